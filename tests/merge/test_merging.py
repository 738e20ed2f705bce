"""The three-way merge: its verdict, its bytes, and conflicts as data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.lines import split_lines
from lattice_console.merge.marked import marked
from lattice_console.merge.merging import LINE_LIMIT, Range, three_way
from lattice_console.merge.regions import CONFLICT_LIMIT
from tests.merge.strategies import merges, texts


def test_changes_of_different_lines_are_merged() -> None:
    result = three_way(b"a\nb\nc\nd\n", b"A\nb\nc\nd\n", b"a\nb\nc\nD\n")
    assert (result.clean, result.content, result.conflicts) == (True, b"A\nb\nc\nD\n", ())


def test_a_conflict_says_what_each_side_has_and_where() -> None:
    result = three_way(b"a\nb\nc\nd\ne\n", b"new\na\nB\nc\nd\ne\n", b"a\nb!\nand\nc\nd\nE\n")
    assert (result.clean, result.content) == (False, None)
    [conflict] = result.conflicts
    assert (conflict.base, conflict.ours, conflict.theirs) == (b"b\n", b"B\n", b"b!\nand\n")
    assert (conflict.base_lines, conflict.our_lines, conflict.their_lines) == (Range(2, 1), Range(3, 1), Range(2, 2))
    assert conflict.result_lines == Range(3, 1)
    assert conflict.pointer is None
    assert result.settled == (b"new\na\n", b"c\nd\nE\n")
    assert result.settled_with([b"x\n"]) == b"new\na\nx\nc\nd\nE\n"


def test_a_side_without_lines_names_the_line_before_which_they_would_be() -> None:
    [conflict] = three_way(b"a\nz\n", b"a\nx\nz\n", b"a\ny\nz\n").conflicts
    assert (conflict.base_lines, conflict.our_lines, conflict.their_lines) == (Range(2, 0), Range(2, 1), Range(2, 1))
    [deleted] = three_way(b"a\nb\nc\n", b"a\nc\n", b"a\nB\nc\n").conflicts
    assert (deleted.ours, deleted.our_lines) == (b"", Range(2, 0))


def test_as_many_texts_as_conflicts_are_taken() -> None:
    result = three_way(b"a\n", b"b\n", b"c\n")
    with pytest.raises(ValueError, match="1 conflicts take as many texts, not 2"):
        result.settled_with([b"x\n", b"y\n"])


@pytest.mark.parametrize("side", ["base", "ours", "theirs"])
def test_a_binary_side_is_named_and_not_merged(side: str) -> None:
    sides = {"base": b"a\n", "ours": b"b\n", "theirs": b"c\n"} | {side: b"a\0\n"}
    result = three_way(sides["base"], sides["ours"], sides["theirs"])
    assert not result.clean
    assert result.unmergeable
    assert (result.unmergeable.reason, result.unmergeable.side) == ("binary", side)
    assert (result.content, result.conflicts, result.settled) == (None, (), ())


def test_a_side_over_the_limit_is_named_with_its_size() -> None:
    result = three_way(b"a\n", b"b\n", b"c\n" * 6, limit=10)
    assert result.unmergeable
    assert (result.unmergeable.reason, result.unmergeable.side) == ("too_large", "theirs")
    assert "12 bytes, more than the 10" in result.unmergeable.message
    assert three_way(b"a\n", b"b\n", b"c\n" * 5, limit=10).unmergeable is None


def test_a_side_of_too_many_lines_is_named_with_their_number() -> None:
    result = three_way(b"\n" * (LINE_LIMIT + 1), b"a\n", b"b\n")
    assert result.unmergeable
    assert (result.unmergeable.reason, result.unmergeable.side) == ("too_large", "base")
    assert "base has 1,000,001 lines, more than the 1,000,000" in result.unmergeable.message


def test_more_conflicts_than_anybody_decides_are_one_about_the_whole_document() -> None:
    count = CONFLICT_LIMIT + 1
    sides = [b"".join(b"%d\n%d\n" % (number, side) for number in range(count)) for side in range(3)]
    result = three_way(sides[0], sides[1], sides[2])
    [conflict] = result.conflicts
    assert [conflict.base, conflict.ours, conflict.theirs] == sides
    assert (conflict.base_lines, conflict.result_lines) == (Range(1, 2 * count), Range(1, 2 * count))
    fewer = three_way(*(side[: -len(b"20000\n0\n")] for side in sides))
    assert len(fewer.conflicts) == CONFLICT_LIMIT


def test_a_binary_side_that_alone_changed_is_the_result() -> None:
    assert three_way(b"a\n", b"a\n", b"\0").content == b"\0"
    assert three_way(b"a\n", b"\0", b"a\n").content == b"\0"
    assert three_way(b"a\n", b"\0", b"\0").content == b"\0"


def test_an_emptied_side_conflicts_with_a_changed_one() -> None:
    [conflict] = three_way(b"a\nb\n", b"", b"a\nB\n").conflicts
    assert (conflict.base, conflict.ours, conflict.theirs) == (b"a\nb\n", b"", b"a\nB\n")
    assert (conflict.our_lines, conflict.result_lines) == (Range(1, 0), Range(1, 2))


def test_both_sides_filling_an_empty_base_differently_conflict() -> None:
    [conflict] = three_way(b"", b"a\n", b"b").conflicts
    assert (conflict.base, conflict.ours, conflict.theirs) == (b"", b"a\n", b"b")


def test_line_ends_are_those_of_the_side_that_a_line_comes_from() -> None:
    assert three_way(b"a\r\nb\nc\r\n", b"A\r\nb\nc\r\n", b"a\r\nb\nC").content == b"A\r\nb\nC"
    [conflict] = three_way(b"a\nb\n", b"a\r\nb\r\n", b"a\nB\n").conflicts
    assert (conflict.ours, conflict.theirs) == (b"a\r\nb\r\n", b"a\nB\n")


MARKERS = b"<<<<<<< ours\nx\n||||||| base\ny\n=======\nz\n>>>>>>> theirs\n"


def test_content_that_looks_like_markers_is_content() -> None:
    base = MARKERS + b"a\nb\nc\n"
    assert three_way(base, base + b"d\n", b"0\n" + base).content == b"0\n" + base + b"d\n"
    sides = base, base.replace(b"\nb\n", b"\n" + MARKERS + b"B\n"), base.replace(b"\nb\n", b"\nC\n")
    assert [conflict.ours for conflict in three_way(*sides).conflicts] == [MARKERS + b"B\n"]
    assert marked(*sides).conflicts == 1


@pytest.mark.parametrize(
    ("path", "pointer"), [("api.yaml", "/limits/day"), ("API.JSON", "/limits/day"), ("api.md", None), (None, None)]
)
def test_a_conflict_in_json_or_yaml_has_the_pointer_of_what_stands_there(path: str | None, pointer: str | None) -> None:
    base = b'{\n  "limits": {\n    "hour": 1,\n    "day": 24\n  }\n}\n'
    [conflict] = three_way(base, base.replace(b"24", b"48"), base.replace(b"24", b"12"), path=path).conflicts
    assert conflict.pointer == pointer


def test_what_only_one_side_has_is_pointed_at_there() -> None:
    base = b"a: 1\nz: 1\n"
    [conflict] = three_way(base, b"a: 1\nb: 1\nz: 1\n", b"a: 1\nc: 1\nz: 1\n", path="x.yaml").conflicts
    assert conflict.pointer == "/b"


@given(texts(), texts())
def test_a_side_that_alone_changed_is_the_result(base: bytes, side: bytes) -> None:
    assert three_way(base, side, base).content == side
    assert three_way(base, base, side).content == side
    assert three_way(base, side, side).content == side


@given(merges())
def test_sides_may_be_swapped(case: tuple[bytes, bytes, bytes]) -> None:
    base, ours, theirs = case
    one, other = three_way(base, ours, theirs), three_way(base, theirs, ours)
    assert one.content == other.content
    assert one.settled == other.settled
    assert [(each.base, each.ours, each.theirs) for each in one.conflicts] == [
        (each.base, each.theirs, each.ours) for each in other.conflicts
    ]


@given(merges())
def test_no_line_is_invented(case: tuple[bytes, bytes, bytes]) -> None:
    result = three_way(*case)
    lines = {line for side in case for line in split_lines(side)}
    assert {line for text in result.settled for line in split_lines(text)} <= lines


@given(merges())
def test_ranges_hold_the_texts_of_a_conflict_in_each_side_and_in_the_result(case: tuple[bytes, bytes, bytes]) -> None:
    result = three_way(*case)
    based = result.settled_with([each.base for each in result.conflicts])
    for conflict in result.conflicts:
        for side, text, (first, count) in (
            (case[0], conflict.base, conflict.base_lines),
            (case[1], conflict.ours, conflict.our_lines),
            (case[2], conflict.theirs, conflict.their_lines),
            (based, conflict.base, conflict.result_lines),
        ):
            assert b"".join(split_lines(side)[first - 1 : first - 1 + count]) == text
        assert conflict.ours != conflict.theirs
        assert conflict.base not in (conflict.ours, conflict.theirs)


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.data())
def test_edits_apart_from_each_other_never_conflict(mine: list[bool], data: st.DataObject) -> None:
    base = [b"line %d\n" % number for number in range(3 * len(mine))]
    ours, theirs, both = list(base), list(base), list(base)
    for number, is_mine in enumerate(mine):
        new = data.draw(st.sampled_from([b"", b"x\n", b"x\ny\n", b"line 0\n"]))
        at = 3 * number + 1
        (ours if is_mine else theirs)[at] = new
        both[at] = new
    assert three_way(*(b"".join(side) for side in (base, ours, theirs))).content == b"".join(both)


@given(merges())
def test_what_neither_side_touched_stays(case: tuple[bytes, bytes, bytes]) -> None:
    first, last = b"\xef\xbb\xbf\xff first\r\n", b"last \xfe, without newline"
    base, ours, theirs = (first + side + (b"\n" if side[-1:] not in (b"", b"\n") else b"") + last for side in case)
    result = three_way(base, ours, theirs)
    assert result.settled[0].startswith(first)
    assert result.settled[-1].endswith(last)
