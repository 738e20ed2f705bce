"""Viewed marks agree with content."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.profile import viewed
from lattice_console.profile.viewed import FileState, Viewed
from tests.fault import forks
from tests.profile.support import FORKS, Listener

ONE, TWO, THREE = "1" * 64, "2" * 64, "3" * 64

FILES = st.tuples(
    st.sampled_from(
        ["docs/a.md", "b", "../c", '["b", null'],
    ),
    st.sampled_from([None, ONE, TWO]),
    st.sampled_from([None, ONE, TWO]),
)
PATCHSETS = st.lists(FILES, min_size=1, max_size=4, unique_by=lambda file: file[0])
MUTATIONS = st.sampled_from(["m", "../n", "M"])
ACTS = st.sampled_from(["mark", "unmark", "toggle", "mark all", "reopen"])


def test_a_file_stays_viewed_in_the_next_patchset_only_if_it_did_not_change(tmp_path: Path, told: Listener) -> None:
    marks = Viewed(tmp_path, told)
    marks.mark("m", ("a", ONE, TWO), ("b", ONE, TWO), ("new", None, TWO))
    second: list[FileState] = [("a", ONE, TWO), ("b", ONE, THREE), ("new", None, TWO), ("gone", ONE, None)]
    assert [marks.is_viewed("m", *file) for file in second] == [True, False, True, False]
    assert marks.count("m", second) == 2
    assert not marks.is_viewed("another", "a", ONE, TWO)


def test_a_change_that_is_taken_back_is_still_viewed(tmp_path: Path, told: Listener) -> None:
    marks = Viewed(tmp_path, told)
    marks.mark("m", ("a", ONE, TWO))
    marks.mark("m", ("a", ONE, THREE))
    assert marks.is_viewed("m", "a", ONE, TWO)


def test_toggling_says_what_holds_now(tmp_path: Path, told: Listener) -> None:
    marks = Viewed(tmp_path, told)
    assert marks.toggle("m", "a", ONE, TWO)
    assert Viewed(tmp_path, told).is_viewed("m", "a", ONE, TWO)
    assert not marks.toggle("m", "a", ONE, TWO)
    assert not Viewed(tmp_path, told).is_viewed("m", "a", ONE, TWO)


@given(st.lists(st.tuples(MUTATIONS, PATCHSETS, st.lists(st.tuples(ACTS, st.integers(0, 3))))))
def test_marks_agree_with_the_content_that_was_marked(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[tuple[str, list[FileState], list[tuple[str, int]]]],
) -> None:
    folder, told = tmp_path_factory.mktemp("viewed"), Listener()
    marks = Viewed(folder, told)
    model: set[tuple[str, FileState]] = set()
    for mutation, patchset, acts in history:
        assert [marks.is_viewed(mutation, *file) for file in patchset] == [
            (mutation, file) in model for file in patchset
        ]
        for act, which in acts:
            file = patchset[which % len(patchset)]
            if act == "mark":
                marks.mark(mutation, file)
                model.add((mutation, file))
            elif act == "mark all":
                marks.mark(mutation, *patchset)
                model |= {(mutation, every) for every in patchset}
            elif act == "unmark":
                marks.unmark(mutation, file)
                model.discard((mutation, file))
            elif act == "toggle":
                assert marks.toggle(mutation, *file) == ((mutation, file) not in model)
                model ^= {(mutation, file)}
            else:
                marks = Viewed(folder, told)
            assert marks.count(mutation, patchset) == sum((mutation, every) in model for every in patchset)
    assert told == []


def test_the_mutation_that_was_not_marked_for_the_longest_is_forgotten_first(
    tmp_path: Path, told: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewed, "MUTATION_LIMIT", 3)
    marks = Viewed(tmp_path, told)
    for age, mutation in enumerate(["old", "older", "oldest"]):
        marks.mark(mutation, ("a", ONE, TWO))
        (file,) = (tmp_path / "viewed").glob(f"{mutation}.json")
        os.utime(file, (1_000_000 - age, 1_000_000 - age))
    marks.mark("new", ("a", ONE, TWO))
    known = {name for name in ("new", "old", "older", "oldest") if marks.is_viewed(name, "a", ONE, TWO)}
    assert known == {"new", "old", "older"}
    monkeypatch.setattr(viewed, "MUTATION_LIMIT", 2)
    marks.mark("newer", ("a", ONE, TWO))
    known = {name for name in ("newer", "new", "old", "older") if marks.is_viewed(name, "a", ONE, TWO)}
    assert known == {"newer", "new"}


def test_the_oldest_marks_of_a_mutation_make_room(
    tmp_path: Path, told: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewed, "MARK_LIMIT", 2)
    marks = Viewed(tmp_path, told)
    for name in "abc":
        marks.mark("m", (name, ONE, TWO))
    assert [marks.is_viewed("m", name, ONE, TWO) for name in "abc"] == [False, True, True]


@pytest.mark.parametrize("mutation", ["../x", "", ".", "a/b", "\x00", "x" * 1000])
def test_a_mutation_of_any_name_has_a_file_inside(tmp_path: Path, told: Listener, mutation: str) -> None:
    Viewed(tmp_path / "kim", told).mark(mutation, ("a", ONE, TWO))
    assert Viewed(tmp_path / "kim", told).is_viewed(mutation, "a", ONE, TWO)
    assert {path.name for path in tmp_path.iterdir()} == {"kim"}
    assert {path.name for path in (tmp_path / "kim").iterdir()} == {"viewed"}
    assert len(list((tmp_path / "kim" / "viewed").iterdir())) == 2


@FORKS
def test_two_consoles_that_mark_different_files_lose_no_mark(tmp_path: Path, told: Listener) -> None:
    def work(which: str) -> forks.Work:
        def mark(_: forks.Marks) -> None:
            for number in range(30):
                Viewed(tmp_path, told).toggle("m", f"{which}{number}", ONE, TWO)

        return mark

    forks.run_all([work("a"), work("b")])
    files: list[FileState] = [(f"{which}{number}", ONE, TWO) for which in "ab" for number in range(30)]
    assert Viewed(tmp_path, told).count("m", files) == 60
