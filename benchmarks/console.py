"""The console on a terminal, with a profile of its own, and what stands on its screen."""

import asyncio
import re
import sys
from pathlib import Path

import pyte

from benchmarks.dataset import ACTOR
from benchmarks.terminal import Terminal
from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract import filters
from lattice_console.contract.backend import Backend
from lattice_console.profile.views import BUILT_IN

VIEWS = {view.slug: (str(at), view.filter) for at, view in enumerate(BUILT_IN, start=1)}
"""The key and the filter of each view."""

FIRST_ROW = "of area"
"""Words that stand in each row of the queue."""

_CURSOR = re.compile(r"▌\D{0,8}(\d+) ")
_POSITION = re.compile(r"^ *([\d,]+) of ([\d,]+) ")


def console(place: Path, *, columns: int = 160, rows: int = 50) -> Terminal:
    """The console on the project at `place`; what it keeps of the person lies beside that."""
    lattice = str(Path(sys.executable).with_name("lattice"))
    kept = place.with_name(f"{place.name}-profile")
    environ = {"XDG_CONFIG_HOME": str(kept / "config"), "XDG_STATE_HOME": str(kept / "state")}
    command = [lattice, "-C", str(place), "--as", ACTOR, "console"]
    return Terminal(command, columns=columns, rows=rows, environ=environ)


def server_console(url: str, carrier: str | None, project: str, kept: Path) -> Terminal:
    """The console on a project of a server, without a folder; `carrier` is a Redis server's URL."""
    environ = {"DATABASE_URL": url, "LATTICE_PROJECT_ID": project, "HOME": str(kept)}
    environ |= {"XDG_CONFIG_HOME": str(kept / "config"), "XDG_STATE_HOME": str(kept / "state")}
    if carrier is not None:
        environ["LATTICE_REDIS_URL"] = carrier
    return Terminal([str(Path(sys.executable).with_name("lattice")), "--as", ACTOR], environ=environ, folder=kept)


def number_at_cursor(screen: pyte.Screen) -> int | None:
    """The number of the mutation under the queue's cursor."""
    found = (_CURSOR.match(line) for line in screen.display)
    return next((int(one[1]) for one in found if one), None)


def rows_in_all(screen: pyte.Screen) -> int | None:
    """How many rows the list says it has; None where no list stands there."""
    found = position(screen)
    return None if found is None else found[1]


def position(screen: pyte.Screen) -> tuple[int, int] | None:
    """At which of how many rows the cursor is, as the list says; None where no list stands there."""
    found = (_POSITION.match(line) for line in screen.display)
    return next(((_number(one[1]), _number(one[2])) for one in found if one), None)


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def totals(place: Path, texts: list[str]) -> dict[str, int]:
    """How many mutations each filter means to the actor."""

    async def ask() -> dict[str, int]:
        backend: Backend = await connect(config.load(place, actor=ACTOR))
        try:
            pages = [await backend.mutations.list(filter=filters.parse(text), limit=1) for text in texts]
            return {text: page.total for text, page in zip(texts, pages, strict=True)}
        finally:
            await backend.close()

    return asyncio.run(ask())
