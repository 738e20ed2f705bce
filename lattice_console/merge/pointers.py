"""The JSON pointer (RFC 6901) of what stands at a line of a JSON or YAML document."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

from yaml.events import CollectionEndEvent, CollectionStartEvent, DocumentEndEvent, MappingStartEvent, NodeEvent

from lattice_console.merge.reading import BOM, Unreadable, syntax_of, yaml_events

__all__ = ["escaped", "pointer_at", "pointers_at"]


class _Open:
    """A collection that is being read: its pointer, its first line, and its next index or the key without a value."""

    __slots__ = ("first", "index", "key", "pointer")

    def __init__(self, pointer: str, first: int, index: int | None) -> None:
        self.pointer = pointer
        self.first = first
        self.index = index
        self.key: tuple[str, int] | None = None


class _Wanted:
    """Lines whose pointers are looked for, and what is found of them while a document is read once."""

    def __init__(self, lines: Iterable[int]) -> None:
        self._lines = sorted(set(lines))
        self._begun: dict[int, str] = {}
        self._within = dict.fromkeys(self._lines, "")
        self._passed = 0

    def found(self, line: int, *, whole: bool) -> str | None:
        """The pointer of a line; of one that was not passed only what begins there, unless the `whole` was read."""
        if line in self._begun:
            return self._begun[line]
        passed = bisect_right(self._lines, line) <= self._passed
        return self._within[line] or None if whole or passed else None

    def begins(self, pointer: str, first: int) -> None:
        """A value begins, or a key; those that begin on one line from the outside in."""
        if pointer and first in self._within:
            self._begun.setdefault(first, pointer)

    def ends(self, pointer: str, first: int, last: int) -> None:
        """A value ends."""
        begin = max(self._passed, bisect_right(self._lines, first))
        for line in self._lines[begin : bisect_right(self._lines, last)]:
            self._within[line] = _deeper(self._within[line], pointer)

    def reaches(self, first: int, places: Sequence[_Open]) -> bool:
        """Something begins on a line; whatever is open goes on beyond those before. Whether none is left to find."""
        while self._passed < len(self._lines) and self._lines[self._passed] < first:
            line = self._lines[self._passed]
            for place in places:
                if place.first < line:
                    self._within[line] = _deeper(self._within[line], place.pointer)
            self._passed += 1
        return self._passed == len(self._lines)


def _deeper(one: str, other: str) -> str:
    return max(one, other, key=lambda pointer: pointer.count("/"))


def pointer_at(path: str, content: bytes, line: int) -> str | None:
    """The pointer of the outermost value that begins on `line` (from 1), else of the innermost that the line is in.

    None for a document that is neither JSON nor YAML by its name, or cannot be read up to there, and where there is no
    value but the whole. JSON is read as the YAML that it nearly is.
    """
    return pointers_at(path, content, (line,))[0]


def pointers_at(path: str, content: bytes, lines: Sequence[int]) -> list[str | None]:
    """`pointer_at` for each of several lines, in any order, with the document read once."""
    if syntax_of(path) is None or not lines:
        return [None] * len(lines)
    wanted, whole = _Wanted(lines), True
    try:
        _read(content.removeprefix(BOM), wanted)
    except Unreadable:
        whole = False
    return [wanted.found(line, whole=whole) for line in lines]


def _read(content: bytes, wanted: _Wanted) -> None:
    """Tell of every value, up to the last line that is wanted."""
    places: list[_Open] = []
    last = 1
    for event in yaml_events(content):
        if isinstance(event, DocumentEndEvent):
            return
        if isinstance(event, CollectionEndEvent):
            last = max(last, _last_line(event))
            ended = places.pop()
            wanted.ends(ended.pointer, ended.first, last)
            continue
        if not isinstance(event, NodeEvent):
            continue
        first = _first_line(event)
        if wanted.reaches(first, places):
            return
        last = max(last, first)
        pointer = ""
        if places:
            place = places[-1]
            if place.index is not None:
                pointer = f"{place.pointer}/{place.index}"
                place.index += 1
            elif place.key is None:
                if isinstance(event, CollectionStartEvent):
                    # No key of data; nothing below it can be pointed at.
                    return
                place.key = (getattr(event, "value", ""), first)
                wanted.begins(f"{place.pointer}/{escaped(place.key[0])}", first)
                continue
            else:
                key, first = place.key
                pointer = f"{place.pointer}/{escaped(key)}"
                place.key = None
        wanted.begins(pointer, first)
        if isinstance(event, CollectionStartEvent):
            places.append(_Open(pointer, first, None if isinstance(event, MappingStartEvent) else 0))
        else:
            last = max(last, _last_line(event))
            wanted.ends(pointer, first, last)


def _first_line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _last_line(event: Any) -> int:
    """The last line of what an event stands for; 1 for the end of a block, which has no text of its own."""
    start, end = event.start_mark, event.end_mark
    if (start.line, start.column) == (end.line, end.column):
        return 1
    # A block of text ends where the next line begins.
    return int(end.line if end.column == 0 and end.line > start.line else end.line + 1)


def escaped(key: str) -> str:
    """A key as a token of a pointer."""
    return key.replace("~", "~0").replace("/", "~1")
