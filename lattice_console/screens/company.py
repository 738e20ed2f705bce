"""Who else looks at what: tells the others what is open here, and the screens what is open elsewhere."""

import asyncio
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.message import Message

from lattice_console.contract.errors import LatticeError
from lattice_console.screens.news import CompanyChanged
from lattice_console.screens.session import Session

if TYPE_CHECKING:
    from lattice_console.contract.backend import Backend
    from lattice_console.contract.models.people import Looker

__all__ = ["Company"]

AGAIN = 3.0
"""Seconds after which it is said again what is looked at; others forget it in five times that."""

PATIENCE = 3.0
"""Seconds to wait for an answer."""

FAREWELL = 0.5
"""Seconds that leaving may take."""


class Company:
    """Runs beside the connection and speaks to the screens by messages; a failure means that nobody is known of."""

    def __init__(self, session: Session, post: Callable[[Message], object]) -> None:
        self._session = session
        self._post = post
        self._window = str(uuid.uuid4())
        self._said: str | None = None

    async def run(self, backend: "Backend") -> None:
        """Say and hear until cancelled, and say in the end that nothing is looked at any more."""
        try:
            while True:
                self._session.turned.clear()
                self._heard(await self._say(backend, self._session.looking_at(), PATIENCE))
                with suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN):
                        await self._session.turned.wait()
        finally:
            if self._said is not None:
                await self._say(backend, None, FAREWELL)

    async def _say(self, backend: "Backend", mutation: str | None, patience: float) -> "tuple[Looker, ...]":
        self._said = mutation
        with suppress(LatticeError, OSError):
            async with asyncio.timeout(patience):
                return await backend.events.look(mutation, window=self._window)
        return ()

    def _heard(self, lookers: "tuple[Looker, ...]") -> None:
        actor = self._session.actor
        own = actor.user.id if actor is not None and actor.user is not None else None
        company: dict[str, tuple[str, ...]] = {}
        for looker in lookers:
            if looker.person.id != own:
                company[looker.mutation] = (*company.get(looker.mutation, ()), looker.person.handle)
        if company != self._session.company:
            before: Mapping[str, tuple[str, ...]] = self._session.company
            self._session.company = company
            changed = {id for id in before.keys() | company.keys() if before.get(id) != company.get(id)}
            self._post(CompanyChanged(frozenset(changed)))
