from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects.sqlite import dialect

from lattice_console.engine.stores.types import Json, UtcTime

SQLITE = dialect()
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# A zone must not push the moment out of the calendar.
MOMENTS = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=ZONES)


@given(MOMENTS)
def test_a_time_comes_back_as_the_same_moment_in_utc(moment: datetime) -> None:
    text = UtcTime().process_bind_param(moment, SQLITE)
    back = UtcTime().process_result_value(text, SQLITE)
    assert back == moment
    assert back is not None
    assert back.utcoffset() == timedelta()


@given(MOMENTS, MOMENTS)
def test_the_order_of_stored_times_is_the_order_of_moments(one: datetime, other: datetime) -> None:
    first, second = (UtcTime().process_bind_param(moment, SQLITE) for moment in (one, other))
    assert first is not None
    assert second is not None
    assert len(first) == len(second)
    assert (first < second) == (one < other)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        UtcTime().process_bind_param(datetime(2026, 1, 1), SQLITE)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_json_comes_back_as_it_was_and_is_stored_in_ascii(value: object) -> None:
    text = Json().process_bind_param(value, SQLITE)
    assert text is None if value is None else text is not None and text.isascii()
    assert Json().process_result_value(text, SQLITE) == value
