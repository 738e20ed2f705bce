"""Which words of a replaced block changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.words import Span, tokens, word_changes

LINE = st.text(alphabet="ab ,(\t=é", max_size=12).map(str.encode) | st.binary(max_size=6).map(
    lambda data: data.replace(b"\n", b"\r")
)
LINES = st.lists(LINE, min_size=1, max_size=5)


def marked(lines: list[bytes], spans: tuple[tuple[Span, ...], ...]) -> list[str]:
    """The lines with their changed words in brackets."""
    shown = []
    for line, changed in zip(lines, spans, strict=True):
        text, at = "", 0
        for first, end in changed:
            text += f"{line[at:first].decode()}[{line[first:end].decode()}]"
            at = end
        shown.append(text + line[at:].decode())
    return shown


def compared(old: str, new: str) -> tuple[list[str], list[str]] | None:
    removed, added = old.encode().split(b"\n"), new.encode().split(b"\n")
    changes = word_changes(removed, added)
    return None if changes is None else (marked(removed, changes.old), marked(added, changes.new))


def left(lines: list[bytes], spans: tuple[tuple[Span, ...], ...]) -> list[bytes]:
    """The tokens of both sides that are in no span."""
    kept = []
    for line, changed in zip(lines, spans, strict=True):
        at = 0
        for token in tokens(line):
            if not any(first <= at and at + len(token) <= end for first, end in changed):
                kept.append(token)
            at += len(token)
    return kept


@given(LINES, LINES)
def test_without_what_changed_both_sides_are_the_same_tokens(old: list[bytes], new: list[bytes]) -> None:
    changes = word_changes(old, new)
    if changes is not None:
        assert left(old, changes.old) == left(new, changes.new)


@given(LINES, LINES)
def test_spans_are_whole_tokens_in_order_and_apart(old: list[bytes], new: list[bytes]) -> None:
    changes = word_changes(old, new)
    for lines, spans in ((old, changes.old), (new, changes.new)) if changes else ():
        assert len(spans) == len(lines)
        for line, changed in zip(lines, spans, strict=True):
            bounds = [at for span in changed for at in span]
            assert bounds == sorted(set(bounds))
            edges = {0}
            for token in tokens(line):
                edges.add(max(edges) + len(token))
            assert set(bounds) <= edges


@given(LINE)
def test_the_tokens_of_a_line_join_to_it(line: bytes) -> None:
    assert b"".join(tokens(line)) == line
    assert all(tokens(line))


@pytest.mark.parametrize(
    ("old", "new", "removed", "added"),
    [
        ('"after 24 hours",', '"after 48 hours",', '"after [24] hours",', '"after [48] hours",'),
        ("f(a, b)", "f(a, b, c=None)", "f(a, b)", "f(a, b[, c=None])"),
        ("  return x", "    return x", "[  ]return x", "[    ]return x"),
        ("a quick brown fox ran", "a quick red cat ran", "a quick [brown fox] ran", "a quick [red cat] ran"),
        ("see a-b for all of it", "see c-d for all of it", "see [a-b] for all of it", "see [c-d] for all of it"),
        ("name: größe", "name: maße", "name: [größe]", "name: [maße]"),
        ("text\r", "text", "text[\r]", "text"),
    ],
)
def test_what_a_reader_would_point_at_is_marked(old: str, new: str, removed: str, added: str) -> None:
    assert compared(old, new) == ([removed], [added])


def test_lines_that_came_between_take_no_indentation_from_their_neighbours() -> None:
    shown = compared("    return now > LIMIT", "    if pinned:\n        return False\n    return now > LIMIT + grace")
    assert shown is not None
    assert shown[0] == ["    return now > LIMIT"]
    assert shown[1][-1] == "    return now > LIMIT[ + grace]"


def test_a_line_of_which_little_stays_is_marked_whole_and_the_others_word_by_word() -> None:
    shown = compared("limit: 24 hours\nalpha beta gamma", "limit: 48 hours\nalpha other thing entirely")
    assert shown == (
        ["limit: [24] hours", "[alpha beta gamma]"],
        ["limit: [48] hours", "[alpha other thing entirely]"],
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param([b"hello world"], [b"something else"], id="nothing in common"),
        pytest.param([], [b"a"], id="nothing removed"),
        pytest.param([b"a"], [], id="nothing added"),
        pytest.param([b"a " * 20_000], [b"b " * 20_000], id="too long to be worth the time"),
    ],
)
def test_where_words_say_nothing_the_lines_are_left_alone(old: list[bytes], new: list[bytes]) -> None:
    assert word_changes(old, new) is None
