"""Choices for conflicts: the result, what is open, and undo follow from them alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.choices import (
    Choice,
    Choices,
    History,
    Written,
    as_data,
    faults,
    from_data,
    open_conflicts,
    result,
    result_lines,
    text_of,
    texts,
    whole,
)
from lattice_console.merge.lines import LineIndex, split_lines
from lattice_console.merge.merging import MergeResult, three_way

LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"d\n", b"e\r\n"]), max_size=12)
TEXTS = st.builds(lambda lines, rest: b"".join(lines) + rest, LINES, st.sampled_from([b"", b"", b"end"]))
CHOICES: st.SearchStrategy[Choice | None] = st.one_of(
    st.none(),
    st.sampled_from(["ours", "theirs", "ours+theirs", "theirs+ours", "base"]),
    st.builds(Written, st.sampled_from([b"", b"new\n", b"new", b"one\ntwo\n"]), st.booleans()),
)
MERGES = st.builds(three_way, TEXTS, TEXTS, TEXTS)


@st.composite
def chosen(draw: st.DrawFn) -> tuple[MergeResult, tuple[Choice | None, ...]]:
    merge = draw(MERGES)
    size = len(merge.conflicts)
    return merge, tuple(draw(st.lists(CHOICES, min_size=size, max_size=size)))


@st.composite
def histories(draw: st.DrawFn) -> History:
    size = draw(st.integers(1, 4))
    history = History(size)
    for _ in range(draw(st.integers(0, 8))):
        step = draw(st.lists(st.tuples(st.integers(0, size - 1), CHOICES), min_size=1, max_size=2))
        history = draw(st.sampled_from([history.choose(*step), history.undo(), history.redo()]))
    return history


def _everywhere(choice: Choice | None, merge: MergeResult) -> Choices:
    return (choice,) * len(merge.conflicts)


@given(TEXTS, TEXTS, TEXTS)
def test_ours_is_theirs_seen_from_the_other_side_and_what_is_open_stands_as_the_base(
    base: bytes, ours: bytes, theirs: bytes
) -> None:
    merge, turned = three_way(base, ours, theirs), three_way(base, theirs, ours)
    if merge.clean:
        return
    assert result(merge, _everywhere("ours", merge)) == result(turned, _everywhere("theirs", turned))
    assert result(merge, _everywhere("ours+theirs", merge)) == result(turned, _everywhere("theirs+ours", turned))
    assert result(merge, _everywhere("base", merge)) == result(merge, _everywhere(None, merge))


@given(chosen())
def test_each_conflict_stands_in_the_result_where_its_lines_are_said_to_be(
    given: tuple[MergeResult, tuple[Choice | None, ...]],
) -> None:
    merge, choices = given
    content = result(merge, choices)
    lines = LineIndex(content)
    for text, (first, count) in zip(texts(merge, choices), result_lines(merge, choices), strict=True):
        assert lines.span(first - 1, first - 1 + count) == text


@given(chosen())
def test_no_line_is_invented_or_joined_to_another(given: tuple[MergeResult, tuple[Choice | None, ...]]) -> None:
    merge, choices = given
    known = {
        line.rstrip(b"\r\n")
        for part in (*merge.settled, *(text_of(one, how) for one, how in zip(merge.conflicts, choices, strict=True)))
        for line in split_lines(part)
    }
    assert {line.rstrip(b"\r\n") for line in split_lines(result(merge, choices))} <= known


@given(chosen())
def test_what_is_open_is_exactly_what_has_no_choice(given: tuple[MergeResult, tuple[Choice | None, ...]]) -> None:
    _, choices = given
    assert set(open_conflicts(choices)) == {at for at, choice in enumerate(choices) if choice is None}


@given(histories(), st.integers(0, 3), CHOICES)
def test_undo_takes_a_choice_back_exactly_and_redo_makes_it_again(
    history: History, at: int, choice: Choice | None
) -> None:
    after = history.choose((at % history.conflicts, choice))
    if after == history:
        assert history.choices[at % history.conflicts] == choice
        return
    assert after.choices[at % history.conflicts] == choice
    assert after.undo().choices == history.choices
    assert after.undo().redo() == after
    assert after.last == at % history.conflicts
    assert after.undo().next == after.last
    # What was taken back before is gone with another choice.
    assert after.next is None


@given(histories())
def test_what_was_undone_wholly_is_as_if_nothing_was_chosen(history: History) -> None:
    for _ in range(20):
        history = history.undo()
    assert history.choices == (None,) * history.conflicts
    assert history.last is None


@given(histories())
def test_a_history_comes_back_from_json_as_it_was(history: History) -> None:
    assert from_data(json.loads(json.dumps(as_data(history)))) == history


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"conflicts": 1, "steps": [], "done": 1},
        {"conflicts": 1, "steps": [[]], "done": 0},
        {"conflicts": 1, "steps": [[[1, "ours"]]], "done": 0},
        {"conflicts": 1, "steps": [[[0, "mine"]]], "done": 0},
        {"conflicts": 1, "steps": [[[0, {"text": "?", "proposed": False}]]], "done": 0},
        {"conflicts": 1, "steps": [[[0]]], "done": 0},
        {"conflicts": 1, "steps": {}, "done": 0},
    ],
)
def test_what_is_no_history_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match="no "):
        from_data(data)


def test_the_same_choice_again_is_no_step() -> None:
    once = History(1).choose((0, "ours"))
    assert once.choose((0, "ours")) is once


def test_both_sides_at_the_end_of_a_document_without_a_last_line_end_stay_two_lines() -> None:
    merge = three_way(b"a", b"b", b"c")
    assert result(merge, ("ours+theirs",)) == b"b\nc"
    assert result(three_way(b"x\r\na", b"x\r\nb", b"x\r\nc"), ("theirs+ours",)) == b"x\r\nc\nb"


def test_more_choices_than_conflicts_are_refused() -> None:
    with pytest.raises(ValueError, match="1 conflicts take as many choices, not 2"):
        result(three_way(b"a\n", b"b\n", b"c\n"), ("ours", "ours"))


def test_sides_that_are_not_merged_by_lines_are_one_conflict_about_all_of_them() -> None:
    merge = whole(b"\0base", b"\0ours", b"\0theirs")
    assert result(merge, ("theirs",)) == b"\0theirs"
    assert result(merge, (None,)) == b"\0base"


def test_a_result_has_to_parse_to_repeat_no_key_and_to_satisfy_what_is_asked_besides() -> None:
    assert faults("a.json", b'{"a": 1}') == ()
    assert [fault.line for fault in faults("a.json", b'{\n"a": \n}')] == [3]
    assert [fault.reason for fault in faults("a.yaml", b"a: 1\nb: 2\na: 3\n")] == ["/a stands there 2 times"]
    assert faults("a.md", b"{") == ()
    assert [fault.reason for fault in faults("a.json", b"{}", lambda _: ["name is missing"])] == ["name is missing"]
