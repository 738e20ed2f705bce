"""The JSON pointers (RFC 6901) of what stands at lines of a JSON or YAML document."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

from yaml.events import CollectionEndEvent, CollectionStartEvent, DocumentEndEvent, Event, MappingStartEvent, NodeEvent

from lattice_console.merge.reading import BOM, DEPTH_LIMIT, Unreadable, syntax_of, yaml_events

__all__ = ["Place", "escaped", "pointer_at", "pointers_at"]


class Place:
    """A collection that is being read, or a document as a whole: where it stands, and where its next value does."""

    __slots__ = ("_above", "_index", "_mapping", "_token", "depth", "key")

    def __init__(self, above: Self | None, *, mapping: bool) -> None:
        self._above = above
        self._mapping = mapping
        self._token = above.next if above else ""
        self._index = 0
        self.depth: int = above.depth + 1 if above else 0
        self.key: str | None = None

    @property
    def above(self) -> Self:
        """The collection, or document, that this one stands in."""
        assert self._above is not None, "a document stands in nothing"
        return self._above

    @property
    def wants_key(self) -> bool:
        """Whether a key comes next."""
        return self._mapping and self.key is None

    @property
    def next(self) -> str:
        """The token of a pointer for the next value; `?` for a key that is a collection, which no pointer can name."""
        if self._mapping:
            return "?" if self.key is None else self.key
        return str(self._index)

    def go_on(self) -> None:
        """Go past the next value."""
        self.key = None
        self._index += 1

    def pointer(self) -> str:
        """The pointer of this collection; empty for the outermost value."""
        tokens: list[str] = []
        place = self
        while place.depth > 1:
            tokens.append(place._token)
            place = place.above
        return "".join(f"/{escaped(token)}" for token in reversed(tokens))

    def pointer_of_next(self) -> str:
        """The pointer of the next value."""
        return f"{self.pointer()}/{escaped(self.next)}" if self.depth else ""


def pointer_at(path: str, content: bytes, line: int) -> str | None:
    """The pointer of the outermost value that begins on `line` (from 1), else of the innermost that the line is in.

    None for a document that is neither JSON nor YAML by its name, or cannot be read up to there, and where there is no
    value but the whole. JSON is read as the YAML that it nearly is.
    """
    return pointers_at(path, content, (line,))[0]


def pointers_at(path: str, content: bytes, lines: Sequence[int]) -> list[str | None]:
    """`pointer_at` for each of several lines, in any order, with the document read once."""
    search = _Search(lines)
    if lines and syntax_of(path):
        try:
            for event in yaml_events(content.removeprefix(BOM)):
                if not search.takes(event):
                    break
            search.finish()
        except Unreadable:
            # What was found before it is right.
            pass
    return [search.found.get(line) for line in lines]


class _Search:
    """Looks for lines in the events of one document, in order. `found` are the pointers of those that it has passed."""

    def __init__(self, lines: Iterable[int]) -> None:
        self.found: dict[int, str] = {}
        self._due = sorted(set(lines), reverse=True)
        # What is being read, with the first lines of all the collections that are open, and of the key before a value.
        self._place = Place(None, mapping=False)
        self._firsts: list[int] = []
        self._key_line = 0
        # The last line of what was read, and the innermost of the values that ended on a line that is due or beyond it.
        self._last = 1
        self._within: dict[int, tuple[int, str]] = {}

    def takes(self, event: Event) -> bool:
        """Take the next event; False where there is nothing more to be found."""
        if isinstance(event, NodeEvent):
            return self._value(event)
        if isinstance(event, CollectionEndEvent):
            self._last = max(self._last, _last_line(event))
            self._ended(self._firsts.pop(), self._place.depth, self._place.pointer)
            self._place = self._place.above
            self._place.go_on()
        return not isinstance(event, DocumentEndEvent)

    def finish(self) -> None:
        """Find what ended on the last lines."""
        self.found.update((line, pointer) for line, (_, pointer) in self._within.items() if line not in self.found)

    def _value(self, event: NodeEvent) -> bool:
        first = _first_line(event)
        self._pass(first)
        self._last = max(self._last, first)
        place = self._place
        collection = isinstance(event, CollectionStartEvent)
        if not self._due or (collection and (place.wants_key or place.depth > DEPTH_LIMIT)):
            # Below a key that is a collection nothing can be pointed at.
            return False
        if place.wants_key:
            place.key = getattr(event, "value", "")
            self._key_line = first
            self._begins(first)
            return True
        # The value of a key begins with it.
        begins = first if place.key is None else self._key_line
        self._begins(begins)
        if collection:
            self._firsts.append(begins)
            self._place = Place(place, mapping=isinstance(event, MappingStartEvent))
        else:
            self._last = max(self._last, _last_line(event))
            self._ended(begins, place.depth + 1, place.pointer_of_next)
            place.go_on()
        return True

    def _pass(self, first: int) -> None:
        """Decide on the lines before `first`: whatever is open goes on beyond them."""
        while self._due and self._due[-1] < first:
            line = self._due.pop()
            depth, pointer = self._within.pop(line, (0, ""))
            if line not in self.found:
                pointer = pointer if depth > self._place.depth else self._place.pointer()
                if pointer:
                    self.found[line] = pointer

    def _begins(self, line: int) -> None:
        """The next value begins on a line; the outermost one is the first."""
        if self._due and self._due[-1] == line and (pointer := self._place.pointer_of_next()):
            self.found[self._due.pop()] = pointer

    def _ended(self, first: int, depth: int, pointer: Callable[[], str]) -> None:
        """A value ended on the last line so far, and may be the innermost around lines behind its first."""
        for line in reversed(self._due):
            if line > self._last:
                return
            if line > first and depth > self._within.get(line, (1, ""))[0] and line not in self.found:
                self._within[line] = depth, pointer()


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
