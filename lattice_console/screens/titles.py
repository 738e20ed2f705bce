"""The titles of mutations that are known by their numbers alone."""

from collections.abc import Collection, Iterable

from lattice_console.contract.events import Event
from lattice_console.contract.models.base import SEVERAL_LIMIT
from lattice_console.contract.models.query import MutationFilter
from lattice_console.screens.session import Session
from lattice_console.telling import tell

__all__ = ["load_titles", "numbers_of"]


def numbers_of(events: Iterable[Event]) -> set[int]:
    """The numbers of the mutations that events are about."""
    return {number for event in events if (number := tell(event).number)}


async def load_titles(session: Session, numbers: Collection[int]) -> dict[int, str]:
    """The titles of mutations, by number."""
    wanted, found = sorted(numbers, reverse=True), dict[int, str]()
    for start in range(0, len(wanted), SEVERAL_LIMIT):
        some = tuple(wanted[start : start + SEVERAL_LIMIT])
        page = await session.backend.mutations.list(filter=MutationFilter(number=some), sort="number")
        found.update((row.number, row.title) for row in page.items)
    return found
