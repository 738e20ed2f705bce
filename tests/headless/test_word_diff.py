"""A diff by words: nothing of either side is lost, and brackets say which is which."""

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.headless.word_diff import Piece, plain, word_lines
from lattice_console.merge.diff import diff

Texts = st.lists(
    st.lists(st.sampled_from(["limit", "unit", "of", "a", "day", "24", "48", ":", " ", "  "]), max_size=8).map("".join),
    max_size=8,
).map(lambda lines: "".join(f"{line}\n" for line in lines).encode())


def body(old: bytes, new: bytes) -> list[list[Piece]]:
    """The lines of a diff with everything around each change."""
    return [line for line in word_lines(diff(old, new, context=1000)) if line[:1] and line[0][0] != "accent"]


def side(lines: list[list[Piece]], without: str) -> bytes:
    return b"".join(text for line in lines for role, text in line if role != without)


@given(Texts, Texts)
def test_both_sides_can_be_read_out_of_it(old: bytes, new: bytes) -> None:
    if old == new:
        assert body(old, new) == []
        return
    lines = body(old, new)
    assert side(lines, "added") == old.replace(b"\n", b"")
    assert side(lines, "removed") == new.replace(b"\n", b"")


@given(Texts, Texts)
def test_its_lines_are_those_of_the_new_side_and_those_that_went(old: bytes, new: bytes) -> None:
    if old == new:
        return
    kept = [b"".join(text for role, text in line if role != "removed") for line in body(old, new)]
    assert [line for line in kept if line] == [line for line in new.split(b"\n") if line]


def told(old: str, new: str) -> list[str]:
    return [plain(line).decode() for line in body(old.encode(), new.encode())]


def test_changed_words_stand_beside_each_other() -> None:
    assert told("limit: 24\nunit: hours\n", "limit: 48\nunit: hours\n") == ["limit: [-24-]{+48+}", "unit: hours"]


def test_lines_without_much_in_common_are_told_one_after_the_other() -> None:
    assert told("one two three\n", "quite another sentence\n") == ["[-one two three-]", "{+quite another sentence+}"]


def test_a_line_that_went_stands_by_itself() -> None:
    assert told("limit: 24\nburst: 2\nunit: h\n", "limit: 48\nunit: h\n") == [
        "limit: [-24-]{+48+}",
        "[-burst: 2-]",
        "unit: h",
    ]


def test_a_missing_end_of_the_last_line_is_told() -> None:
    assert told("a b c\n", "a b d") == ["a b [-c-]{+d+}", "\\ No newline at end of file"]
