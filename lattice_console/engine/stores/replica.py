"""A Postgres server that follows the truth: it answers what may lag, while it is near enough."""

import time
from collections.abc import Callable

from lattice_console.contract.models.health import ComponentHealth
from lattice_console.engine.ports import Behind, Result, Tables
from lattice_console.engine.pulse import Pulse, Vitals
from lattice_console.engine.stores.postgres_pool import READ, Pool

ANSWER = 1.0
"""Seconds to wait for a statement: the truth is there as well."""

RETRY = 5.0
"""Seconds until a replica is asked again that failed."""


class NotThere(Exception):
    """The replica does not know of enough yet, or does not answer."""


class Replica:
    """Reads on one replica; it lives on the store's event loop."""

    def __init__(self, url: str, *, pool_size: int, max_overflow: int, echo: bool) -> None:
        self._pool = Pool(url, ANSWER, pool_size=pool_size, max_overflow=max_overflow, echo=echo)
        self._pulse = Pulse()
        self._not_before = 0.0

    async def read(self, work: Callable[[Tables], Result], behind: Behind) -> Result:
        """Run `work` on one view that knows of that event of the project; raises NotThere, and what `work` raises."""
        from lattice_console.engine.stores.failures import server_errors

        if time.monotonic() < self._not_before:
            raise NotThere

        def run(tables: Tables) -> Result:
            if tables.events.last(behind.project) < behind.seq:
                raise NotThere
            return work(tables)

        try:
            result = await self._pool.attempt(READ, run)
        except server_errors() as error:
            self._pulse.failed()
            self._not_before = time.monotonic() + RETRY
            raise NotThere from error
        self._pulse.answered()
        return result

    async def health(self, project_id: str | None, newest: int | None) -> ComponentHealth:
        """How it is, and how many of the project's events it is behind `newest`."""

        async def ask() -> Vitals:
            last = await self._pool.attempt(READ, lambda tables: tables.events.last(project_id) if project_id else None)
            lag = None if last is None or newest is None else max(0, newest - last)
            return Vitals(connections_in_pool=self._pool.connections, lag=lag, last_event=last)

        return await self._pulse.measure(ask)

    async def close(self) -> None:
        """Let go of its connections."""
        await self._pool.close()
