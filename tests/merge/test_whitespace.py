"""Diffs that ignore whitespace, held against git."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.diff import Side, Whitespace, diff
from lattice_console.merge.lines import split_lines
from tests.merge import git

OPTIONS: dict[Whitespace, list[str]] = {
    "exact": [],
    "trailing": ["--ignore-space-at-eol"],
    "amount": ["-b"],
    "all": ["-w"],
}
MODES = st.sampled_from(sorted(OPTIONS))
LINE = st.sampled_from([b"a b", b"a  b", b" a b", b"ab", b"a b ", b"a b\t", b"c", b"c\r", b"", b" ", b"}", b"\xff x"])
TEXT = st.tuples(st.lists(LINE, max_size=14), st.booleans()).map(lambda drawn: b"\n".join(drawn[0]) + b"\n" * drawn[1])


def ranges(said: bytes) -> list[tuple[int, int, int, int]]:
    """The numbers of the hunk headers of a diff without context."""
    found = []
    for line in said.split(b"\n"):
        if line.startswith(b"@@ "):
            sides = [side[1:].split(b",") for side in line.split(b" ")[1:3]]
            old, new = ((int(side[0]), int(side[1]) if len(side) > 1 else 1) for side in sides)
            found.append((*old, *new))
    return found


def by_git(old: bytes, new: bytes, mode: Whitespace) -> list[tuple[int, int, int, int]]:
    with TemporaryDirectory() as folder:
        Path(folder, "a").write_bytes(old)
        Path(folder, "b").write_bytes(new)
        said = git.run("diff", "--no-index", "--text", "-U0", *OPTIONS[mode], "a", "b", cwd=folder).stdout
    return ranges(said)


@given(TEXT, TEXT, MODES)
def test_what_counts_as_a_change_is_what_git_takes_for_one(old: bytes, new: bytes, mode: Whitespace) -> None:
    hunks = diff(old, new, context=0, whitespace=mode).hunks
    ours = [(hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines) for hunk in hunks]
    assert ours == by_git(old, new, mode)


@given(TEXT, TEXT, MODES)
def test_lines_keep_their_bytes_and_unchanged_ones_are_as_many_on_both_sides(
    old: bytes, new: bytes, mode: Whitespace
) -> None:
    compared = diff(old, new, whitespace=mode)
    texts = {"old": split_lines(old), "new": split_lines(new)}
    for hunk in compared.hunks:
        for line in hunk.lines:
            text = texts["old"][line.old_no - 1] if line.new_no is None and line.old_no else b""
            text = texts["new"][line.new_no - 1] if line.new_no else text
            assert line.content + b"\n" * line.newline == text
    ends = (0, 0)
    for block in (*compared.blocks, (len(texts["old"]), 0, len(texts["new"]), 0)):
        assert block[0] - ends[0] == block[2] - ends[1]
        ends = (block[0] + block[1], block[2] + block[3])


@given(TEXT, TEXT, st.data())
def test_lines_are_reached_by_number(old: bytes, new: bytes, data: st.DataObject) -> None:
    compared = diff(old, new)
    sides: list[tuple[Side, bytes]] = [("old", old), ("new", new)]
    for side, text in sides:
        lines = split_lines(text)
        first, end = sorted(data.draw(st.tuples(*[st.integers(0, len(lines) + 2)] * 2)))
        assert compared.count(side) == len(lines)
        assert compared.lines(side, first, end) == [line.removesuffix(b"\n") for line in lines[first:end]]
        assert compared.text(side, first, end) == b"".join(lines[first:end])
        for number, line in enumerate(lines):
            assert compared.incomplete(side, number) == (not line.endswith(b"\n"))


@pytest.mark.parametrize("mode", sorted(OPTIONS))
def test_binary_content_has_no_lines_in_any_mode(mode: Whitespace) -> None:
    compared = diff(b"\0", b"\0 ", whitespace=mode)
    assert (compared.binary, compared.hunks, list(compared.blocks), compared.count("new")) == (True, (), [], 0)
    assert compared.lines("new", 0, 1) == []
    assert not compared.identical
