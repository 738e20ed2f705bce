"""Whatever the sides hold, the answer is a clear one: git's, or for a person where git's would be no sound document."""

from pathlib import Path

import pytest

from lattice_console.merge.choices import faults
from lattice_console.merge.marked import marked
from lattice_console.merge.merging import three_way
from tests.merge import git
from tests.merge.hostile import NESTED, Case, all_cases

CASES = all_cases()


@pytest.mark.parametrize("name", CASES)
def test_no_hostile_merge_is_wrongly_clean_and_none_is_proposed_unsound(name: str, tmp_path: Path) -> None:
    path, *sides = CASES[name]
    for side, content in zip(("base", "ours", "theirs"), sides, strict=True):
        (tmp_path / side).write_bytes(content)
    by_git = git.run(
        "merge-file", "-p", "-q", "-L", "ours", "-L", "base", "-L", "theirs", "ours", "base", "theirs", cwd=tmp_path
    )
    base, ours, theirs = sides
    assert marked(base, ours, theirs).content == by_git.stdout
    result = three_way(base, ours, theirs, path=path)
    if result.clean:
        assert (by_git.returncode, result.content) == (0, by_git.stdout)
    elif result.rejected:
        assert (by_git.returncode, result.rejected.content) == (0, by_git.stdout)
    else:
        assert by_git.returncode > 0
    sound = not any(faults(path, side) for side in (ours, theirs))
    for made in (result.content, result.proposed):
        if made is not None and sound:
            assert faults(path, made) == ()


@pytest.mark.parametrize("name", NESTED)
def test_what_nests_ten_thousand_deep_is_for_a_person(name: str) -> None:
    case: Case = CASES[f"{name}, apart"]
    result = three_way(*case[1:], path=case[0])
    assert result.rejected
    assert "nests deeper than 200 levels" in result.rejected.message
    assert len(result.conflicts) == 2
