"""News over Redis: each project has a channel, each message is an event as others see it, as JSON."""

import json
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Any

from lattice_console.contract.events import Event
from lattice_console.engine.pulse import Vitals
from lattice_console.engine.stores.bus_carried import Heard
from lattice_console.engine.stores.redis_link import RedisLink, failing_by_connection

if TYPE_CHECKING:
    from redis.asyncio.client import PubSub

SILENCE = 2.0
"""Seconds without a message after which the server is asked whether it is there, and after as many more given up."""


class RedisCarrier:
    """`Carrier` over the channels `lattice:{project_id}:events`.

    A connection that the server or the network ends is made anew by the client, which subscribes again and says
    nothing: what was published meanwhile is gone. The only trace is the server's answer to the second subscription, so
    every such answer is news.
    """

    name = "redis"

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._hearing: PubSub | None = None

    async def listen(self, projects: frozenset[str]) -> AsyncGenerator[Heard, None]:
        """Hear of those projects; raises ConnectionError."""
        with failing_by_connection():
            async with self._link.client().pubsub() as hearing:
                await hearing.subscribe(*map(_channel, projects))
                self._hearing = hearing
                try:
                    asked = False
                    while True:
                        message = await hearing.get_message(timeout=SILENCE)
                        if message is not None:
                            asked = False
                            heard = _read(message)
                            if heard is not None:
                                yield heard
                        elif asked:
                            raise ConnectionError("there was no answer")
                        else:
                            await hearing.ping()
                            asked = True
                finally:
                    self._hearing = None

    async def follow(self, projects: frozenset[str]) -> None:
        """While it listens: hear of those projects instead."""
        hearing = self._hearing
        if hearing is None:
            return
        wanted = {_channel(project).encode() for project in projects}
        known = set(hearing.channels)
        with failing_by_connection():
            if wanted - known:
                await hearing.subscribe(*(wanted - known))
            if known - wanted:
                await hearing.unsubscribe(*(known - wanted))

    async def send(self, events: Sequence[tuple[str, Event]]) -> None:
        """Publish events, each on its project's channel, in their order."""
        with failing_by_connection():
            pipeline = self._link.client().pipeline(transaction=False)
            for project, event in events:
                pipeline.publish(_channel(project), event.model_dump_json())
            await pipeline.execute()

    async def ping(self) -> Vitals:
        """Ask the server whether it answers."""
        with failing_by_connection():
            await self._link.client().ping()
        return Vitals()

    async def close(self) -> None:
        """Let go of all connections."""
        await self._link.close()


def _channel(project_id: str) -> str:
    return f"lattice:{project_id}:events"


def _read(message: dict[str, Any]) -> Heard | None:
    """What a message means; a text that is no event of ours is news as well: somebody meant to tell something."""
    if message["type"] not in ("message", "subscribe"):
        return None
    project = message["channel"].decode().removeprefix("lattice:").removesuffix(":events")
    if message["type"] == "subscribe":
        return Heard(project)
    try:
        seq = json.loads(message["data"])["seq"]
    except (ValueError, KeyError, TypeError):
        return Heard(project)
    return Heard(project, seq if isinstance(seq, int) else None)
