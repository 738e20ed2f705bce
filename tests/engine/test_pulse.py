"""What is remembered of a part that may not answer."""

import asyncio
from datetime import timedelta

from lattice_console.contract.errors import SystemFailure
from lattice_console.engine.pulse import Pulse, Vitals
from tests.support.clock import Clock


async def _well() -> Vitals:
    return Vitals(connections_in_pool=3, lag=0, last_event=7)


async def _never() -> Vitals:
    await asyncio.sleep(60)
    raise AssertionError("nobody waits so long")


async def _refused() -> Vitals:
    raise ConnectionRefusedError("redis://:hunter2@db.example:6379/0 refused")


async def _told() -> Vitals:
    raise SystemFailure("SYS_DATABASE_UNREACHABLE", "The database cannot be reached.")


async def test_a_part_that_answers_is_healthy_with_what_it_tells_and_the_time_it_took() -> None:
    async def slow() -> Vitals:
        await asyncio.sleep(0.02)
        return await _well()

    found = await Pulse().measure(slow)
    assert (found.status, found.error, found.since) == ("healthy", None, None)
    assert (found.connections_in_pool, found.lag, found.last_event) == (3, 0, 7)
    assert 20 <= found.latency_ms < 4000


async def test_a_part_that_stalls_is_given_up() -> None:
    found = await Pulse().measure(_never, patience=0.01)
    assert (found.status, found.error) == ("unhealthy", "It has not answered for 0.01 s.")


async def test_a_drivers_own_words_are_not_repeated_but_ours_are() -> None:
    pulse = Pulse()
    assert (await pulse.measure(_refused)).error == "It cannot be reached (ConnectionRefusedError)."
    assert (await pulse.measure(_told)).error == "The database cannot be reached."


async def test_since_is_the_first_failure_after_the_last_answer() -> None:
    clock = Clock()
    pulse = Pulse(clock)
    pulse.failed()
    first = pulse.since
    clock.advance(120)
    assert (await pulse.measure(_refused)).since == first
    await pulse.measure(_well)
    assert pulse.since is None
    later = (await pulse.measure(_refused)).since
    assert later is not None
    assert first is not None
    assert later - first >= timedelta(minutes=2)
