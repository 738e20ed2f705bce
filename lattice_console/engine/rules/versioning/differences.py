"""What the rules of every type of spec compare with: differences, and things told apart by name."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from lattice_console.contract.models.advice import VersionStep
from lattice_console.merge.pointers import escaped

__all__ = ["Difference", "Item", "amount", "changed_pointers", "inner", "mapping", "matched", "named", "text"]


class Difference(NamedTuple):
    """What differs at a JSON pointer (of what stands there now, of what stood there for what is gone), in words."""

    step: VersionStep
    pointer: str
    message: str


class Item(NamedTuple):
    """A value, and the JSON pointer where it stands."""

    pointer: str
    value: Any


def mapping(value: Any) -> dict[str, Any]:
    """A mapping as it is; for anything else an empty one."""
    return value if isinstance(value, dict) else {}


def amount(value: Any) -> float | None:
    """A number as it is; None for anything else."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def text(value: Any) -> str:
    """A value as a message shows it: on one line, and cut where it is long."""
    words = " ".join(value.split()) if isinstance(value, str) else str(value)
    return words if len(words) <= 80 else f"{words[:77]}..."


def inner(item: Item, key: str) -> Item:
    """What a mapping has under a key; None where it has nothing, or is none."""
    return Item(f"{item.pointer}/{escaped(key)}", mapping(item.value).get(key))


def named(item: Item, name: Callable[[Mapping[str, Any]], str | None]) -> dict[str, Item]:
    """The mappings of a list by their names, those of a mapping by their keys; what has no name is left out.

    Of several of one name the first counts.
    """
    found: dict[str, Item] = {}
    if isinstance(item.value, dict):
        return {key: inner(item, key) for key in item.value}
    for index, value in enumerate(item.value if isinstance(item.value, list) else ()):
        called = name(value) if isinstance(value, dict) else None
        if called is not None:
            found.setdefault(called, Item(f"{item.pointer}/{index}", value))
    return found


def matched(before: Mapping[str, Item], after: Mapping[str, Item]) -> Iterator[tuple[str, Item | None, Item | None]]:
    """Every name with what it stood for and what it stands for; those that are gone first."""
    for name, item in before.items():
        if name not in after:
            yield name, item, None
    for name, item in after.items():
        yield name, before.get(name), item


def changed_pointers(before: Any, after: Any) -> Iterator[str]:
    """The pointers of what differs, as far out as one side lacks it or is of another kind."""
    pending = [("", before, after)]
    while pending:
        pointer, old, new = pending.pop()
        if isinstance(old, dict) and isinstance(new, dict):
            keys = [*new, *(key for key in old if key not in new)]
            for key in reversed(keys):
                below = f"{pointer}/{escaped(key)}"
                pending.append((below, old[key], new[key]) if key in old and key in new else (below, _GONE, None))
        elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            pairs = enumerate(zip(old, new, strict=True))
            pending.extend(reversed([(f"{pointer}/{index}", one, other) for index, (one, other) in pairs]))
        elif old is _GONE or old != new or type(old) is not type(new):
            yield pointer


_GONE = object()
