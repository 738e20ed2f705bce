"""Merges that could take long."""

import random
from pathlib import Path

import pytest

from lattice_console.merge import deadline
from lattice_console.merge.deadline import LONG, merged_in_time
from lattice_console.merge.merging import three_way
from lattice_console.merge.parting import merged_by_lines
from lattice_console.merge.regions import Texts

LINES = [b"line %d\n" % number for number in range(LONG + 10)]


def changed(*changes: tuple[int, bytes]) -> bytes:
    lines = list(LINES)
    for at, line in changes:
        lines[at] = line
    return b"".join(lines)


MANY: Texts = (changed(), changed((7, b"ours\n"), (99, b"one\n")), changed((7, b"theirs\n"), (5000, b"two\n")))


def test_many_lines_are_merged_as_few_are_whatever_lies_in_the_folder_one_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pickle.py").write_text("raise SystemExit('imported from the folder')\n")
    monkeypatch.chdir(tmp_path)
    assert merged_in_time(MANY, LONG) == merged_by_lines(MANY)


def test_what_takes_too_long_is_left_to_a_person_and_its_process_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = random.Random(1)
    base, ours, theirs = (b"".join(drawn.choices([b"a\n", b"b\n"], k=LONG)) for _ in range(3))
    assert merged_in_time((base, ours, theirs), LONG, seconds=0.05) is None
    monkeypatch.setattr(deadline.merged_in_time, "__defaults__", (0.05,))
    result = three_way(base, ours, theirs, path="a.txt")
    assert result.unmergeable
    assert (result.content, result.unmergeable.reason) == (None, "too_slow")
    assert "no merge of them ended within 10 s; choose a side" in result.unmergeable.message


def test_a_merge_that_ends_its_process_is_left_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "__name__", "lattice_console.merge.nothing_of_that_name")
    assert merged_in_time(MANY, LONG) is None
