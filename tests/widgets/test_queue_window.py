"""A window of the queue."""

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.models.page import Page
from lattice_console.widgets.queue_window import QueueWindow
from tests.widgets.models import page, row

SIZE = 20


@given(st.integers(1, 900), st.floats(0, 1), st.lists(st.booleans(), max_size=60))
def test_however_it_grows_every_row_it_holds_is_the_one_of_its_index(
    total: int, where: float, directions: list[bool]
) -> None:
    first = int(where * (total - 1))
    window = QueueWindow(page(total, first, SIZE), first)
    for forward in directions:
        if forward and window.next_cursor is not None:
            assert int(window.next_cursor) == window.end
            window.append(page(total, int(window.next_cursor), SIZE))
        elif not forward and window.prev_cursor is not None:
            before = int(window.prev_cursor)
            start = max(0, before - SIZE)
            window.prepend(page(total, start, before - start))
        assert 0 < window.end - window.first <= 8 * SIZE
        assert [held.number for held in window] == [total - at for at in range(window.first, window.end)]
        assert (window.next_cursor is None) == (window.end == total)
        assert (window.prev_cursor is None) == (window.first == 0)


def test_a_row_is_found_by_its_index_and_by_its_id() -> None:
    window = QueueWindow(page(100, 40, SIZE), 40)
    held = window.row(45)
    assert held is not None
    assert held.number == 55
    assert window.find("id-55") == 45
    assert window.row(39) is None
    assert window.row(60) is None
    assert window.find("id-99") is None


def test_a_newer_state_takes_the_place_of_a_row() -> None:
    window = QueueWindow(page(100, 0, SIZE), 0)
    window.append(page(100, SIZE, SIZE))
    assert window.replace(row(75, status="approved")) == 25
    held = window.row(25)
    assert held is not None
    assert held.status == "approved"
    window.append(page(100, 2 * SIZE, SIZE))
    assert window.row(25) == held
    assert window.replace(row(1)) is None


def test_where_others_came_in_above_the_first_page_tells_by_how_many() -> None:
    window = QueueWindow(page(100, SIZE, SIZE), SIZE)
    # Three more than there were when the window was read.
    first = page(103, 0, SIZE + 3).model_copy(update={"has_more": False})
    assert window.prepend(first) == 3
    assert (window.first, window.total) == (0, 103)
    assert window.find("id-80") == SIZE + 3


def test_where_some_have_left_above_the_first_page_tells_that_too() -> None:
    window = QueueWindow(page(100, SIZE, SIZE), SIZE)
    first = page(98, 0, SIZE - 2).model_copy(update={"has_more": False})
    assert window.prepend(first) == -2
    assert window.find("id-80") == SIZE - 2


def test_an_empty_window_holds_nothing() -> None:
    window = QueueWindow()
    assert (window.total, window.end, list(window), window.next_cursor, window.prev_cursor) == (0, 0, [], None, None)


def test_a_row_that_is_taken_out_lets_those_behind_it_move_up() -> None:
    window = QueueWindow(page(100, 0, SIZE), 0)
    window.append(page(100, SIZE, SIZE))
    assert window.remove("id-75") == 25
    assert (window.total, window.end) == (99, 2 * SIZE - 1)
    held = window.row(25)
    assert held is not None
    assert held.number == 74
    assert window.remove("id-75") is None
    assert window.total == 99


def depths(*places: tuple[int, int]) -> list[tuple[int, bool]]:
    """How deep rows are that stand so in the stack of so many a number, by stack and level."""
    rows = tuple(row(100 - at, stack=stack, level=level) for at, (stack, level) in enumerate(places))
    window = QueueWindow(Page(items=rows, total=len(rows)))
    return [window.depth(index) for index in range(len(rows))]


def test_what_stands_on_others_is_deeper_than_those_and_the_last_of_its_level_ends_it() -> None:
    assert depths((5, 0), (5, 1), (5, 1), (5, 2)) == [(0, True), (1, False), (1, True), (2, True)]


def test_depth_is_counted_from_what_is_in_the_list() -> None:
    assert depths((8, 0), (5, 1), (5, 1), (5, 3), (3, 0), (2, 1)) == [
        (0, True), (0, False), (0, True), (1, True), (0, True), (0, True)
    ]  # fmt: skip


def test_what_is_very_deep_is_drawn_as_less() -> None:
    assert [depth for depth, _ in depths(*((1, level) for level in range(12)))] == [*range(8), 7, 7, 7, 7]


def test_a_list_that_has_shown_a_spec_keeps_saying_so_while_its_pages_come_and_go() -> None:
    bare = tuple(row(number, spec_id=None) for number in range(100, 80, -1))
    window = QueueWindow(page(200, 0, SIZE).model_copy(update={"items": bare}))
    said = [window.specs]
    for spec in ("plans", None):
        window.replace(row(90, spec_id=spec))
        said.append(window.specs)
    for start in range(SIZE, 200, SIZE):
        rows = tuple(row(200 - index, spec_id=None) for index in range(start, start + SIZE))
        window.append(page(200, start, SIZE).model_copy(update={"items": rows}))
        said.append(window.specs)
    assert said == [False] + [True] * 11


@given(st.integers(0, 3 * SIZE - 1))
def test_a_row_that_is_put_back_stands_where_it_was_taken_out(index: int) -> None:
    window = QueueWindow(page(100, 0, SIZE), 0)
    window.append(page(100, SIZE, SIZE))
    window.append(page(100, 2 * SIZE, SIZE))
    before, taken = [held.id for held in window], window.row(index)
    assert taken is not None
    window.remove(taken.id)
    window.insert(index, taken)
    assert [held.id for held in window] == before
    assert (window.total, window.end) == (100, 3 * SIZE)
