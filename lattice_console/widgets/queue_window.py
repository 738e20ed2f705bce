"""A window of the queue: the pages around the cursor, with their place in the whole list."""

from collections.abc import Iterator

from lattice_console.contract.models.mutation import MutationSummary
from lattice_console.contract.models.page import Page

__all__ = ["PAGE", "QueueWindow"]

PAGE = 200
"""Rows of one page."""

_PAGES = 8

_DEEPEST = 7
"""What is deeper in its stack counts as being as deep: titles are indented by it."""


class QueueWindow:
    """Adjoining pages of a list of `total` rows, the first of them starting at row `first` (from 0).

    It holds at most 8 pages: what grows at one end is let go at the other, with the cursors that led there.
    """

    def __init__(self, page: Page[MutationSummary] | None = None, first: int = 0) -> None:
        self.total = page.total if page else 0
        self.first = first
        self._pages = [page] if page else []
        self._rows: list[MutationSummary] = []
        self.highest = 0
        """The highest number of a mutation held."""
        self.specs = False
        """Whether a row that is held, or was, belongs to a spec."""
        self.conflicts = False
        """Whether a row that is held, or was, is in a conflict for a person."""
        self._collect(self.total)

    @property
    def end(self) -> int:
        """The row behind the last one held."""
        return self.first + len(self._rows)

    @property
    def next_cursor(self) -> str | None:
        """What leads to the page after this window; None at the end of the list."""
        return self._pages[-1].next_cursor if self._pages and self.end < self.total else None

    @property
    def prev_cursor(self) -> str | None:
        """What leads to the page before this window; None at the start of the list."""
        return self._pages[0].prev_cursor if self._pages and self.first > 0 else None

    def __iter__(self) -> Iterator[MutationSummary]:
        return iter(self._rows)

    def row(self, index: int) -> MutationSummary | None:
        """The row at `index` of the whole list, if it is held."""
        return self._rows[index - self.first] if self.first <= index < self.end else None

    def find(self, id: str) -> int | None:
        """Where in the whole list the mutation with that id is, if it is held."""
        return next((self.first + at for at, row in enumerate(self._rows) if row.id == id), None)

    def append(self, page: Page[MutationSummary]) -> None:
        """Add the page that `next_cursor` led to."""
        self._pages.append(page)
        if len(self._pages) > _PAGES:
            self.first += len(self._pages.pop(0).items)
        self._collect(page.total)

    def prepend(self, page: Page[MutationSummary]) -> int:
        """Add the page that `prev_cursor` led to; returns by how many rows those held are further down than thought.

        That is seen where the page is the first of the list: others may have come in above, or have left.
        """
        before = self.first - len(page.items)
        self.first = max(0, before) if page.has_more else 0
        self._pages.insert(0, page)
        del self._pages[_PAGES:]
        self._collect(page.total)
        return self.first - before

    def replace(self, row: MutationSummary) -> int | None:
        """Put a newer state of a row in its place; where it is, None if it is not held."""
        index = self.find(row.id)
        if index is None:
            return None
        at = index - self.first
        for number, page in enumerate(self._pages):
            if at < len(page.items):
                items = (*page.items[:at], row, *page.items[at + 1 :])
                self._pages[number] = page.model_copy(update={"items": items})
                break
            at -= len(page.items)
        self._rows[index - self.first] = row
        self.specs = self.specs or bool(row.spec_id)
        self.conflicts = self.conflicts or row.conflicts > 0
        return index

    def remove(self, id: str) -> int | None:
        """Take a row out, so that those behind it move up; where it was, None if it is not held."""
        index = self.find(id)
        if index is not None:
            for number, page in enumerate(self._pages):
                items = tuple(row for row in page.items if row.id != id)
                self._pages[number] = page.model_copy(update={"items": items})
            self._collect(self.total - 1)
        return index

    def insert(self, index: int, row: MutationSummary) -> None:
        """Put a row in before the one at `index`, or at the end of those held, so that those behind it move down."""
        at = max(0, min(index, self.end) - self.first)
        for number, page in enumerate(self._pages):
            if at <= len(page.items):
                self._pages[number] = page.model_copy(update={"items": (*page.items[:at], row, *page.items[at:])})
                self._collect(self.total + 1)
                return
            at -= len(page.items)

    def depth(self, index: int) -> tuple[int, bool]:
        """How deep a row is in its stack as far as that is in a list ordered by stacks, and whether it ends its level.

        A stack lies there level by level. 0 where the row begins it, or stands there without what it is stacked on.
        """
        row, after = self.row(index), self.row(index + 1)
        if row is None or not row.level:
            return 0, True
        below: set[int] = set()
        for at in range(index - 1, self.first - 1, -1):
            before = self.row(at)
            if before is None or before.stack != row.stack or len(below) == _DEEPEST:
                break
            if before.level != row.level:
                below.add(before.level)
        ends = after is None or (after.stack, after.level) != (row.stack, row.level)
        return len(below), ends

    def _collect(self, total: int) -> None:
        self.total = max(total, self.first + sum(len(page.items) for page in self._pages))
        self._rows = [row for page in self._pages for row in page.items]
        self.highest = max((row.number for row in self._rows), default=0)
        self.specs = self.specs or any(row.spec_id for row in self._rows)
        self.conflicts = self.conflicts or any(row.conflicts for row in self._rows)
