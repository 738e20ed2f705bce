"""The keys that a person gave to actions: what the profile says, held against the bindings of every place."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from textual.dom import DOMNode

from lattice_console import screens, widgets
from lattice_console.profile.keymap import Keymap, read_keymap
from lattice_console.profile.store import JsonFile

__all__ = ["PLACES", "actions", "is_wanted", "keymap", "places"]

PLACES: Mapping[str, tuple[str, ...]] = {
    "the queue": ("QueueScreen", "QueueList"),
    "a mutation": ("MutationScreen", "DiffPane", "DiffView", "Overview"),
    "the tree of files": ("MutationScreen", "DiffPane", "FileTree"),
    "a dry run": ("DryRunScreen", "DiffView"),
    "its conflicts": ("ResolveScreen", "ResolveSides"),
    "the final diff": ("SettledScreen", "DiffView"),
    "Home": ("HomeScreen", "RowView"),
    "Home's counts": ("HomeScreen", "StateCounts"),
    "Conflicts": ("ConflictsScreen", "RowView"),
    "Specs": ("SpecsScreen", "DocumentTree"),
    "a document": ("SpecsScreen", "DocumentView"),
    "a document's lists": ("SpecsScreen", "RowView"),
    "a revision": ("SpecsScreen", "DiffView"),
    "Activity": ("ActivityScreen", "RowView"),
    "many at once": ("BulkScreen", "RowView"),
    "a filter": ("FilterBar",),
    "a search": ("SearchBar",),
    "a narrowing": ("NarrowBar",),
    "the review dialog": ("ReviewDialog",),
    "the comment dialog": ("CommentDialog", "Editor"),
    "a conflict's text": ("EditDialog", "Editor"),
    "a dialog": ("ConfirmDialog", "ReasonDialog", "ViewDialog", "PathDialog", "Editor"),
    "a picker": ("PickDialog",),
    "the help": ("HelpScreen",),
    "the messages": ("MessagesScreen",),
    "the health of every part": ("HealthScreen",),
}
"""Where actions can be chosen at once, by the classes that bring them; those of the app are everywhere."""


def is_wanted(path: Path) -> bool:
    """Whether the profile at `path` gives any key; to look costs nothing that a start would feel."""
    return bool(JsonFile(path, ("keys",), lambda _: None, hand_written=True).section("keys"))


def keymap(path: Path) -> Keymap:
    """The keymap of the profile at `path`, and what is wrong with it. Raises SystemFailure."""
    known = actions()
    typing = {id for id, (_, priority) in known.items() if priority}
    return read_keymap(path, {id: keys for id, (keys, _) in known.items()}, places(), while_typing=typing)


def actions() -> dict[str, tuple[tuple[str, ...], bool]]:
    """Every action's keys, as they ship, by its id, and whether it acts while somebody types."""
    found: dict[str, tuple[tuple[str, ...], bool]] = {}
    for kind in _kinds():
        for key, bindings in kind._merged_bindings.key_to_bindings.items() if kind._merged_bindings else ():
            for binding in bindings:
                if binding.id is not None:
                    keys, priority = found.get(binding.id, ((), False))
                    found[binding.id] = (tuple(dict.fromkeys((*keys, key))), priority or binding.priority)
    return found


def places() -> dict[str, frozenset[str]]:
    """The actions of each place, by its name."""
    ids: dict[str, set[str]] = {}
    for kind in _kinds():
        bindings = kind._merged_bindings.key_to_bindings.values() if kind._merged_bindings else ()
        ids.setdefault(kind.__name__, set()).update(one.id for several in bindings for one in several if one.id)
    return {name: frozenset().union(*(ids[kind] for kind in kinds)) for name, kinds in PLACES.items()}


def _kinds() -> Iterator[type[DOMNode]]:
    """Everything of the console that has bindings of its own or takes over those of another."""
    for package in (screens, widgets):
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    waiting: list[type[DOMNode]] = [DOMNode]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("lattice_console."):
                yield kind
