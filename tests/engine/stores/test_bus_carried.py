"""The bus over a server that carries the news: whatever becomes of them, everybody reads everything once."""

import asyncio
import random
import threading
from collections.abc import AsyncGenerator, Iterator, Sequence
from itertools import chain, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.events import Event
from lattice_console.engine.stores import bus_carried
from lattice_console.engine.stores.bus_carried import Heard
from tests.engine.stores.air import FATES, Air, Fate, Outbox, Reader, events

NEVER = 1000.0


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert not [one for one in set(threading.enumerate()) - before if one.name.startswith("lattice")]


def fates(*first: Fate) -> Iterator[Fate]:
    """Those, and then no more accidents."""
    return chain(first, repeat("arrives"))


@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from([0.0, 0.0, 0.005, 0.03])), min_size=1, max_size=12),
    st.lists(st.sampled_from(FATES), min_size=1, max_size=len(FATES)),
    st.integers(0, 2**32),
)
def test_three_listeners_read_every_event_once_and_in_order(
    writes: list[tuple[int, float]], possible: list[Fate], seed: int
) -> None:
    async def run() -> None:
        chance, outbox = random.Random(seed), Outbox()
        air = Air(lambda: chance.choice(possible))
        writer, *buses = [air.bus(outbox) for _ in range(4)]
        readers = [Reader(bus, outbox) for bus in buses]
        total = sum(count for count, _ in writes)
        reading = asyncio.gather(*(reader.read_up_to(total) for reader in readers))
        for count, pause in writes:
            outbox.last += count
            writer.publish("p", events(range(outbox.last - count + 1, outbox.last + 1)))
            await asyncio.sleep(pause)
        await asyncio.wait_for(reading, 20)
        assert [reader.seen for reader in readers] == [list(range(1, total + 1))] * 3
        await asyncio.gather(*(bus.close() for bus in [writer, *buses]))

    asyncio.run(run())


@pytest.mark.parametrize("becomes", ["arrives", "comes twice", "comes after a reconnect", "breaks the connection"])
async def test_news_that_arrive_and_connections_that_break_are_noticed_without_a_heartbeat(becomes: Fate) -> None:
    fate, outbox = fates("arrives", "arrives", becomes, becomes), Outbox()
    air = Air(lambda: next(fate))
    writer, listener = air.bus(outbox, beat=NEVER), air.bus(outbox, beat=NEVER)
    reader = Reader(listener, outbox)
    for last in (1, 2):
        reading = asyncio.create_task(reader.read_up_to(last))
        await asyncio.sleep(0.1)
        assert not reading.done()
        outbox.last = last
        writer.publish("p", events([last]))
        await asyncio.wait_for(reading, 10)
    assert reader.seen == [1, 2]
    await writer.close()
    await listener.close()


async def test_a_last_message_that_is_lost_is_noticed_by_the_heartbeat() -> None:
    outbox = Outbox()
    air = Air(lambda: "is lost")
    writer, listener = air.bus(outbox), air.bus(outbox)
    reader = Reader(listener, outbox)
    reading = asyncio.create_task(reader.read_up_to(1))
    await asyncio.sleep(0.1)
    outbox.last = 1
    writer.publish("p", events([1]))
    await asyncio.wait_for(reading, 10)
    await writer.close()
    await listener.close()


async def test_numbers_that_were_never_written_hide_nothing() -> None:
    outbox = Outbox()
    air = Air(lambda: "is lost")
    listener = air.bus(outbox)
    reader = Reader(listener, outbox)
    reading = asyncio.create_task(reader.read_up_to(1))
    await asyncio.sleep(0.1)
    air.carriers[0].put(Heard("p", 10**9), Heard("p", -1), Heard(None))
    await asyncio.sleep(0.1)
    outbox.last = 1
    await asyncio.wait_for(reading, 10)
    await listener.close()


async def test_the_echo_of_ones_own_news_wakes_nobody_again() -> None:
    outbox = Outbox()
    air = Air(lambda: "arrives")
    bus = air.bus(outbox, beat=NEVER)
    waiting = asyncio.create_task(bus.wait("p", bus.mark("p"), 600))
    # The first subscription is news.
    await asyncio.wait_for(waiting, 10)
    mark = bus.mark("p")
    outbox.last = 1
    bus.publish("p", events([1]))
    await asyncio.sleep(0.2)
    assert bus.mark("p") == mark + 1
    await bus.close()


async def test_news_of_a_project_leave_those_waiting_who_wait_for_another() -> None:
    outbox = Outbox()
    air = Air(lambda: "arrives")
    writer, listener = air.bus(outbox, beat=NEVER), air.bus(outbox, beat=NEVER)
    for project in ("p", "q"):
        await asyncio.wait_for(listener.wait(project, listener.mark(project), 600), 10)
    one, other = (asyncio.create_task(listener.wait(name, listener.mark(name), 600)) for name in ("p", "q"))
    await asyncio.sleep(0.05)
    writer.publish("q", events([1]))
    await asyncio.wait_for(other, 10)
    await asyncio.sleep(0.05)
    assert not one.done()
    await listener.close()
    await asyncio.wait_for(one, 10)
    await writer.close()


async def test_a_dead_carrier_is_named_with_since_when_and_comes_back_by_itself() -> None:
    outbox = Outbox()
    air = Air(lambda: "arrives")
    bus = air.bus(outbox)
    waiting = asyncio.create_task(Reader(bus, outbox).read_up_to(1))
    await asyncio.sleep(0.05)
    assert (await bus.health("p"))["air"].status == "healthy"
    air.down = True
    air.carriers[0].put(None)
    await asyncio.sleep(0.1)
    first, second = [(await bus.health("p"))["air"] for _ in range(2)]
    assert (first.status, first.error) == ("unhealthy", "It cannot be reached (ConnectionError).")
    assert first.since is not None
    assert first.since == second.since
    outbox.last = 1
    await asyncio.wait_for(waiting, 10)
    assert (await bus.health("p"))["air"].status == "unhealthy"
    air.down = False
    for _ in range(500):
        told = (await bus.health("p"))["air"]
        if told.status == "healthy":
            break
        await asyncio.sleep(0.01)
    assert (told.status, told.last_event, told.since) == ("healthy", 1, None)
    await bus.close()


async def test_a_waiter_is_sent_to_read_where_the_truth_cannot_be_asked() -> None:
    class Gone(Outbox):
        async def newest(self, projects: frozenset[str]) -> dict[str, int]:
            raise SystemFailure("SYS_DATABASE_ERROR", "It is gone.")

    bus = Air(lambda: "arrives").bus(Gone())
    await asyncio.wait_for(bus.wait("p", bus.mark("p"), 600), 10)
    await asyncio.wait_for(bus.wait("p", bus.mark("p"), 600), 10)
    await bus.close()


async def test_nobody_is_asked_anything_while_nobody_waits() -> None:
    class Counting(Outbox):
        asked = 0

        async def newest(self, projects: frozenset[str]) -> dict[str, int]:
            self.asked += 1
            return dict.fromkeys(projects, 0)

    outbox = Counting()
    bus = Air(lambda: "arrives").bus(outbox, beat=0.01)
    bus.publish("p", events([1]))
    await asyncio.sleep(0.1)
    assert outbox.asked == 0
    await bus.wait("p", bus.mark("p"), 0.1)
    await bus.close()
    asked = outbox.asked
    await asyncio.sleep(0.1)
    assert outbox.asked == asked


async def test_what_was_published_is_sent_before_the_bus_is_closed() -> None:
    outbox = Outbox()
    air = Air(lambda: "arrives")
    writer, listener = air.bus(outbox, beat=NEVER), air.bus(outbox, beat=NEVER)
    reading = asyncio.create_task(Reader(listener, outbox).read_up_to(1))
    await asyncio.sleep(0.1)
    outbox.last = 1
    writer.publish("p", events([1]))
    await writer.close()
    await asyncio.wait_for(reading, 10)
    await listener.close()
    # Nobody is left who could be told; that it is told all the same hurts nobody.
    writer.publish("p", events([2]))


async def test_a_project_that_nobody_has_waited_for_in_a_while_is_followed_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bus_carried, "KEEP", 0.05)
    outbox = Outbox()
    air = Air(lambda: "arrives")
    bus = air.bus(outbox, beat=NEVER)
    await bus.wait("p", bus.mark("p"), 10)
    await bus.wait("q", bus.mark("q"), 10)
    assert "q" in air.carriers[0].followed
    await asyncio.sleep(0.3)
    assert air.carriers[0].followed == frozenset()
    # The first subscription is news.
    await asyncio.wait_for(bus.wait("p", bus.mark("p"), 600), 10)
    assert air.carriers[0].followed == {"p"}
    await bus.close()


async def test_a_driver_that_fails_in_a_way_of_its_own_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = Outbox()
    air = Air(lambda: "arrives")
    bus, writer = air.bus(outbox, beat=NEVER), air.bus(outbox, beat=NEVER)
    carrier, failing = air.carriers[0], True
    listen, send = carrier.listen, air.carriers[1].send

    async def fail(projects: frozenset[str]) -> AsyncGenerator[Heard, None]:
        if failing:
            raise RuntimeError("nobody expected that")
        async for heard in listen(projects):
            yield heard

    async def fail_to_send(sent: Sequence[tuple[str, Event]]) -> None:
        if failing:
            raise AttributeError("nor that")
        await send(sent)

    monkeypatch.setattr(carrier, "listen", fail)
    monkeypatch.setattr(air.carriers[1], "send", fail_to_send)
    waiting = asyncio.create_task(bus.wait("p", bus.mark("p"), 600))
    writer.publish("p", events([1]))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    assert (await bus.health("p"))["air"].status == "unhealthy"
    failing = False
    # Being heard again is news.
    await asyncio.wait_for(waiting, 10)
    waiting = asyncio.create_task(bus.wait("p", bus.mark("p"), 600))
    await asyncio.sleep(0.05)
    writer.publish("p", events([2]))
    await asyncio.wait_for(waiting, 10)
    await bus.close()
    await writer.close()
