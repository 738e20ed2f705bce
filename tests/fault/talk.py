"""Another process that says much of a mutation: `python -m tests.fault.talk`, told by JSON on stdin's first line.

It talks until stdin ends, and then prints the number of the last event and how many it made a second.
"""

import asyncio
import json
import sys
import time
from typing import NamedTuple

from lattice_console.contract.models.review import NewComment
from tests.fault.site import Site


class Said(NamedTuple):
    """What came of it."""

    last: int
    rate: float


async def talk(site: Site, mutation: str, rate: float, together: int, enough: asyncio.Event) -> Said:
    """Make that many events a second, so many of them in one transaction: a vote with its comments."""
    async with site.backend() as backend:
        began, said = time.monotonic(), 0
        while not enough.is_set():
            comments = [NewComment(text=f"Remark {said + number}") for number in range(together - 1)]
            await backend.reviews.vote(mutation, vote="approve", comments=comments)
            said += together
            await asyncio.sleep(max(0.0, began + said / rate - time.monotonic()))
        return Said(await backend.events.last(), said / (time.monotonic() - began))


async def main() -> None:
    """Talk as told."""
    told = json.loads(await asyncio.to_thread(sys.stdin.readline))
    enough = asyncio.Event()

    async def listen() -> None:
        await asyncio.to_thread(sys.stdin.read)
        enough.set()

    listening = asyncio.create_task(listen())
    said = await talk(Site(told["environ"]), told["mutation"], told["rate"], told["together"], enough)
    await listening
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    asyncio.run(main())
