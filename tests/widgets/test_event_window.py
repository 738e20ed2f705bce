"""The event log as far as it was read."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.events import Event
from lattice_console.contract.models.page import Page
from lattice_console.contract.models.people import Person
from lattice_console.widgets import event_window
from lattice_console.widgets.event_window import EventWindow

KIM = Person(id="p", handle="kim", name="Kim")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def events(*numbers: int) -> tuple[Event, ...]:
    return tuple(
        Event(seq=seq, id=str(seq), name="policy.changed", at=NOON, actor=KIM, subject="s", version=1, data={})
        for seq in numbers
    )


def held(window: EventWindow) -> list[int]:
    return [window[at].seq for at in range(len(window))]


@given(st.lists(st.lists(st.integers(1, 60), max_size=8), max_size=12))
def test_repeats_and_disorder_leave_each_event_once_the_newest_first(batches: list[list[int]]) -> None:
    window = EventWindow(Page(items=events(3, 2, 1), total=3))
    expected, arrived = {1, 2, 3}, 0
    for batch in batches:
        new = {seq for seq in batch if seq > max(expected)}
        arrived += len(new)
        assert window.arrived(events(*batch)) == len(new)
        expected |= new
    assert held(window) == sorted(expected, reverse=True)
    assert len(window) == 3 + arrived
    assert window.newest == max(expected)


def test_older_pages_follow_until_there_are_none() -> None:
    window = EventWindow(Page(items=events(9, 8), next_cursor="after 8", has_more=True, total=9))
    assert (window.next_cursor, window.full) == ("after 8", False)
    window.append(Page(items=events(7, 6), total=9))
    assert held(window) == [9, 8, 7, 6]
    assert (window.next_cursor, window.full) == (None, False)


def test_where_there_is_no_more_room_it_says_that_there_is_more() -> None:
    most = event_window._MOST
    window = EventWindow(Page(items=events(*range(most, 0, -1)), next_cursor="older", has_more=True, total=most + 5))
    assert window.next_cursor is None
    assert window.full
    assert window.arrived(events(most + 1)) == 1
    assert len(window) == most
    assert held(window)[0] == most + 1
    assert window.full
