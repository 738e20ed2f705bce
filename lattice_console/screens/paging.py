"""Reading the queue in windows, and finding the cursor's mutation again when the list has moved."""

from lattice_console.contract.backend import Mutations
from lattice_console.contract.models.query import MutationFilter, Sort
from lattice_console.widgets.queue_window import PAGE, QueueWindow

__all__ = ["around", "from_end", "from_start", "read"]


async def read(mutations: Mutations, filter: MutationFilter, sort: Sort, first: int) -> QueueWindow:
    """A window from row `first` on, or the last one where the list is shorter."""
    page = await mutations.list(filter=filter, sort=sort, offset=first, limit=PAGE)
    if not page.items and page.total:
        return await from_end(mutations, filter, sort)
    return QueueWindow(page, first)


async def from_end(mutations: Mutations, filter: MutationFilter, sort: Sort) -> QueueWindow:
    """The last window of the list."""
    page = await mutations.list(filter=filter, sort=sort, direction="prev", limit=PAGE)
    return QueueWindow(page, max(0, page.total - len(page.items)))


async def from_start(
    mutations: Mutations, filter: MutationFilter, sort: Sort, before: QueueWindow, cursor: int
) -> tuple[QueueWindow, int]:
    """The first window of another list, and the row for the cursor: its mutation's if that is there, else the first."""
    window = await read(mutations, filter, sort, 0)
    row = before.row(cursor)
    found = window.find(row.id) if row is not None else None
    return window, found or 0


async def around(
    mutations: Mutations, filter: MutationFilter, sort: Sort, before: QueueWindow, cursor: int
) -> tuple[QueueWindow, int]:
    """A new window around row `cursor` of `before`, and where the cursor's mutation is now.

    New mutations come in at the top, so it is looked for where it was, then moved by as much as the list has grown. If
    it no longer matches, the nearest row of `before` that still does takes its place.
    """
    first = max(0, cursor - PAGE // 2)
    window = await read(mutations, filter, sort, first)
    if (index := _again(before, cursor, window)) is not None:
        return window, index
    moved = max(0, first + window.total - before.total)
    if before.total and moved != first:
        shifted = await read(mutations, filter, sort, moved)
        if (index := _again(before, cursor, shifted)) is not None:
            return shifted, index
    return window, min(cursor, max(0, window.total - 1))


def _again(before: QueueWindow, cursor: int, window: QueueWindow) -> int | None:
    """Where the row under the cursor is in `window`, or else the nearest of its old neighbours, those below first."""
    rows = {row.id: index for index, row in enumerate(window, window.first)}
    row = before.row(cursor)
    if row is None:
        return None
    if row.id in rows:
        return rows[row.id]
    if window.total > before.total:
        # It may only have been pushed out of this window.
        return None
    for distance in range(1, PAGE):
        for neighbour in (before.row(cursor + distance), before.row(cursor - distance)):
            if neighbour is not None and neighbour.id in rows:
                return rows[neighbour.id]
    return None
