"""What is kept while there is room."""

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.screens.kept import Kept


def test_what_was_asked_for_last_stays_longest() -> None:
    kept: Kept[str, str] = Kept(10)
    kept.keep("a", "A", 4)
    kept.keep("b", "B", 4)
    assert kept.get("a") == "A"
    kept.keep("c", "C", 4)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == ("A", None, "C")


def test_the_newest_stays_however_large() -> None:
    kept: Kept[str, str] = Kept(10)
    kept.keep("a", "A", 4)
    kept.keep("b", "B", 400)
    assert (kept.get("a"), kept.get("b")) == (None, "B")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 12)), max_size=40))
def test_the_rest_never_takes_more_than_the_room(asked: list[tuple[int, int]]) -> None:
    kept: Kept[int, int] = Kept(20)
    sizes: dict[int, int] = {}
    for key, size in asked:
        kept.keep(key, size, size)
        sizes[key] = size
        held = [size for key, size in sizes.items() if kept.get(key) is not None]
        assert sum(held) <= 20 or len(held) == 1
        assert kept.get(key) == size
