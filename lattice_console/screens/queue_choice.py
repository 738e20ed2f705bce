"""What the queue shows: a saved view, a filter typed within it, and an order; kept on this machine."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar, cast

from lattice_console.config import profile_path
from lattice_console.contract import filters
from lattice_console.contract.errors import LatticeError, ValidationFailed
from lattice_console.contract.models.query import SORTS, MutationFilter, Sort
from lattice_console.profile.left_off import Bookmark
from lattice_console.profile.views import BUILT_IN, SavedViews, View
from lattice_console.screens.session import Session
from lattice_console.widgets.queue_columns import STACKED

__all__ = ["AWAITING", "EVERYTHING", "Query", "QueueChoice", "joined"]

T = TypeVar("T")

AWAITING = BUILT_IN[0]
"""What waits for the actor: where the first start opens, if anything does."""

EVERYTHING = BUILT_IN[-1]
"""The view that leaves nothing out."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for: what lets through both the view's filter and the typed one, in an order."""

    view: View = AWAITING
    typed: str = ""
    sort: Sort = STACKED

    @property
    def filter(self) -> MutationFilter:
        """The filter as it is asked; raises ValidationFailed where a text is none."""
        return filters.both(filters.parse(self.view.filter), filters.parse(self.typed))

    def within(self, view: View) -> "Query":
        """The same in another view: the typed filter stays, and the order unless either view has one of its own."""
        kept = STACKED if self.view.sort and self.sort == self.view.sort else self.sort
        return replace(self, view=view, sort=cast("Sort", view.sort or kept))


class QueueChoice:
    """The person's views, and what was last chosen. Files are read and written in threads."""

    def __init__(self, session: Session) -> None:
        self._saved = SavedViews(profile_path(), session.tell)
        self._bookmark = Bookmark(session.folder, session.tell)
        self._kept = Query()
        self._writing = asyncio.Lock()
        self.views: Sequence[View] = BUILT_IN
        """Every view, in order."""
        self.query = Query()
        """What is chosen now."""
        self.is_first = False
        """Whether nothing was ever chosen here."""

    @property
    def at(self) -> int:
        """The place of the chosen view."""
        return next((at for at, view in enumerate(self.views) if view.slug == self.query.view.slug), 0)

    async def load(self) -> None:
        """Read what was chosen before; what is none any more is left out. Raises LatticeError."""
        self.views = await asyncio.to_thread(self._saved.all)
        left = await asyncio.to_thread(self._bookmark.read)
        self.is_first = not left.view
        view = next((view for view in self.views if view.slug == left.view), AWAITING)
        sort = cast("Sort", left.sort) if left.sort in SORTS else STACKED
        query = Query(view, left.filter, sort)
        try:
            query.filter  # noqa: B018 - it raises where an older version's words are no longer understood
        except LatticeError:
            query = Query(view, "", sort)
        self.query = self._kept = query

    async def keep(self) -> None:
        """Write down what is chosen. Raises LatticeError."""
        async with self._writing:
            query, self._kept = self.query, self.query
            await asyncio.to_thread(self._write, query)

    def keep_now(self) -> None:
        """Write down what is chosen, if it was not yet: nothing runs any more that could. Raises LatticeError."""
        if self.query != self._kept:
            self._kept = self.query
            self._write(self.query)

    def _write(self, query: Query) -> None:
        self._bookmark.keep(view=query.view.slug, filter=query.typed, sort=query.sort)

    async def save(self, name: str) -> View:
        """Save what is shown as a view of that name, and choose it; raises LatticeError."""
        query = self.query
        text = joined(query.view.filter, query.typed)
        view = View(name, text, "" if query.sort == STACKED else query.sort)
        await self._change(lambda: self._saved.save(view))
        self.query = Query(self.views[self._find(view.slug)], "", query.sort)
        return view

    async def remove(self) -> View:
        """Forget the chosen view, and choose the one before it; raises LatticeError."""
        at, view = self.at, self.query.view
        await self._change(lambda: self._saved.remove(view.slug))
        self.query = self.query.within(self.views[max(0, min(at, len(self.views)) - 1)])
        return view

    def _find(self, slug: str) -> int:
        return next(at for at, view in enumerate(self.views) if view.slug == slug)

    async def _change(self, change: Callable[[], T]) -> T:
        def changed() -> tuple[T, Sequence[View]]:
            return change(), self._saved.all()

        result, self.views = await asyncio.to_thread(changed)
        return result


def joined(first: str, second: str) -> str:
    """One text for what lets through both filters; raises ValidationFailed (`VAL_FILTER`) where there is none.

    There are no brackets in the language: alternatives of both are paired instead.
    """
    if not first.strip() or not second.strip():
        return first.strip() or second.strip()
    both = _single(first) & _single(second)
    if both:
        raise ValidationFailed(
            "VAL_FILTER",
            f"The view and the filter both name {min(both)}:, which one filter takes as either. Choose the view All, "
            "type the whole filter, and save that.",
            field="filter",
        )
    return " or ".join(f"{one} {other}" for one, other in product(_alternatives(first), _alternatives(second)))


def _single(text: str) -> set[str]:
    """The keys whose values add up when they are named twice."""
    single = ("status", "author", "spec", "type")
    return {word.key for word in filters.words(text) if word.key in single and not word.negated}


def _alternatives(text: str) -> list[str]:
    cuts = [(word.start, word.end) for word in filters.words(text) if word.is_or]
    starts = [0, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), len(text)]
    return [text[start:end].strip() for start, end in zip(starts, ends, strict=True)]
