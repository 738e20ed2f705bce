"""Reading the parts of a document that rules are about, with their JSON pointers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

__all__ = ["ELSEWHERE", "Entry", "Mention", "entries", "repeated", "shown", "text_of"]

_SHOWN = 60


class Entry(NamedTuple):
    """An object in a list, or under a key, and its JSON pointer."""

    pointer: str
    data: Mapping[str, Any]


ELSEWHERE: Final = "elsewhere"
"""What a document mentions that depends on other specs, or on what only these can have."""


class Mention(NamedTuple):
    """That a document names something, and as what: two edits that each change a mention of it may break a rule."""

    role: str
    name: str


def entries(data: Mapping[str, Any], key: str, pointer: str = "") -> Iterator[Entry]:
    """The objects in the list under a key of the object at `pointer`; nothing else that is there."""
    items = data.get(key)
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield Entry(f"{pointer}/{key}/{index}", item)


def text_of(data: Mapping[str, Any], key: str) -> str:
    """The text under a key, without the spaces around it; empty for anything else."""
    value = data.get(key)
    return value.strip() if isinstance(value, str) else ""


def shown(value: object) -> str:
    """A value as a message shows it: cut where it is long, and all of it printable."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = value if isinstance(value, str) else repr(value)
    text = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def repeated(found: Iterable[Entry], key: str = "name") -> Iterator[tuple[Entry, str]]:
    """The entries whose text under a key another one before them has, in whatever case, with that text."""
    seen: set[str] = set()
    for entry in found:
        name = text_of(entry.data, key)
        if name.casefold() in seen:
            yield entry, shown(name)
        elif name:
            seen.add(name.casefold())
