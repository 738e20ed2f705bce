"""Marks and ranges of the queue."""

from lattice_console.widgets.queue_marks import MARK_LIMIT, Marks
from lattice_console.widgets.queue_window import QueueWindow
from tests.widgets.models import page


def test_a_mark_is_turned_on_and_off() -> None:
    marks = Marks()
    assert marks.toggle("a")
    assert list(marks) == ["a"]
    assert marks.toggle("a")
    assert list(marks) == []


def test_no_more_than_the_limit_are_marked_and_the_rest_is_counted() -> None:
    marks = Marks()
    assert marks.add(str(number) for number in range(MARK_LIMIT + 5)) == 5
    assert len(marks) == MARK_LIMIT
    assert not marks.toggle("one more")
    assert marks.add(["3"]) == 0


def test_a_range_goes_from_where_it_was_begun_to_the_cursor_in_either_direction() -> None:
    marks = Marks()
    assert marks.range(3) is None
    marks.begin(5, "e")
    assert marks.range(7) == range(5, 8)
    assert marks.range(2) == range(2, 6)
    assert marks.standing("x", 4, 2) == "range"
    assert marks.standing("x", 7, 2) == "no"
    marks.end()
    assert marks.range(2) is None


def test_a_range_follows_its_first_row_when_the_list_moves() -> None:
    marks = Marks()
    marks.begin(2, "id-98")
    marks.follow(QueueWindow(page(105, 0, 20), 0))
    assert marks.range(9) == range(7, 10)
    marks.follow(QueueWindow(page(3, 0, 20), 0))
    assert marks.range(2) == range(2, 3)
