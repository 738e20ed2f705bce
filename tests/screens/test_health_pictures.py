"""Pictures of parts that do not answer. Each name says what the eye should see."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.health import TRUTH, ComponentHealth, Health
from tests.screens.console import Console, make_app
from tests.screens.project import NOON, Office

SMALL = (80, 24)

WELL = {
    TRUTH: ComponentHealth(status="healthy", latency_ms=0.8, connections_in_pool=5, last_event=1234),
    "replica": ComponentHealth(status="healthy", latency_ms=1.2, connections_in_pool=2, lag=2, last_event=1232),
    "redis": ComponentHealth(status="healthy", latency_ms=0.3, connections_in_pool=2, lag=0, last_event=1234),
    "neo4j": ComponentHealth(status="healthy", latency_ms=4.8, lag=0, last_event=1234),
}


def gone(error: str) -> ComponentHealth:
    return ComponentHealth(
        status="unhealthy", latency_ms=4000.0, error=error, since=NOON - timedelta(minutes=2, seconds=5)
    )


Sees = Callable[[dict[str, ComponentHealth], str, str], bool]


@pytest.fixture
def looks(snap_compare: Any, office: Office) -> Sees:
    """Compare the screen with its picture, where those parts are as said, once a key shows those words."""

    def compare(lost: dict[str, ComponentHealth], key: str, words: str) -> bool:
        async def connect() -> Backend:
            backend = await office.as_("kim")

            async def check() -> Health:
                return Health.of(NOON, {**WELL, **lost})

            backend.health = cast(Any, SimpleNamespace(check=check))
            return backend

        app = make_app(office, folder=False, open_backend=connect)

        async def before(pilot: Pilot[None]) -> None:
            console = Console(app, pilot)
            await console.sees("down 2m", "1 of 8", "S submit")
            await console.press(key)
            await console.sees(words)
            await console.press()

        return bool(snap_compare(app, terminal_size=SMALL, run_before=before))

    return compare


def test_a_part_that_is_gone_stands_out_in_the_header_and_among_all(looks: Sees) -> None:
    assert looks({"redis": gone("It cannot be reached (ConnectionError).")}, "exclamation_mark", "for 2m: It cannot")


def test_a_key_says_that_the_database_is_gone_and_the_header_how_stale_it_all_is(looks: Sees) -> None:
    assert looks({TRUTH: gone("It has not answered for 4 s.")}, "S", "Nothing can be written: the database")
