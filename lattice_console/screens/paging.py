"""Reading the queue in windows, and finding the cursor's mutation again when the list has moved."""

from lattice_console.contract.backend import Mutations
from lattice_console.contract.models.query import MutationFilter
from lattice_console.widgets.queue_window import PAGE, QueueWindow

__all__ = ["around", "from_end"]


async def around(
    mutations: Mutations, filter: MutationFilter, before: QueueWindow, cursor: int
) -> tuple[QueueWindow, int]:
    """A new window around row `cursor` of `before`, and where the cursor's mutation is now.

    New mutations come in at the top, so it is looked for where it was, then moved by as much as the list has grown. If
    it no longer matches, the nearest row of `before` that still does takes its place.
    """
    first = max(0, cursor - PAGE // 2)
    window = await _read(mutations, filter, first)
    if (index := _again(before, cursor, window)) is not None:
        return window, index
    moved = max(0, first + window.total - before.total)
    if before.total and moved != first:
        shifted = await _read(mutations, filter, moved)
        if (index := _again(before, cursor, shifted)) is not None:
            return shifted, index
    return window, min(cursor, max(0, window.total - 1))


async def from_end(mutations: Mutations, filter: MutationFilter) -> QueueWindow:
    """The last window of the list."""
    page = await mutations.list(filter=filter, direction="prev", limit=PAGE)
    return QueueWindow(page, max(0, page.total - len(page.items)))


async def _read(mutations: Mutations, filter: MutationFilter, first: int) -> QueueWindow:
    page = await mutations.list(filter=filter, offset=first, limit=PAGE)
    if not page.items and page.total:
        return await from_end(mutations, filter)
    return QueueWindow(page, first)


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
