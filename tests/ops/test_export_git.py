"""What was executed becomes a git history: the same trees, authors and times, and in again as it was."""

import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pygit2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.errors import LatticeError
from lattice_console.ops.export_git import ExportReport, export_git
from lattice_console.ops.git_history import Selection
from lattice_console.ops.git_signature import Signature
from lattice_console.ops.import_git import import_git
from tests.support.changes import create, delete, modify, rename
from tests.support.house import carry_out
from tests.support.repository import Repository, in_head, opened

DOCUMENTS = Selection(excluded=(".lattice/*",))


async def test_an_imported_history_goes_out_as_it_was(tmp_path: Path, repository: Repository) -> None:
    async with opened(tmp_path / "project") as (backend, _):
        await import_git(backend, repository.place)
        report = await export_git(backend, tmp_path / "out", selection=DOCUMENTS)
    assert report == ExportReport(commits=5, new=5, skipped=1, refused=())
    exported = Repository(tmp_path / "out")
    assert exported.told() == [one for one in repository.told() if "Nothing at all" not in one]
    assert exported.git("status", "--porcelain") == ""
    exported.git("fsck", "--strict")


async def test_what_was_proposed_here_goes_out_with_its_people_and_comes_in_again(tmp_path: Path) -> None:
    async with opened(tmp_path / "project") as (backend, _):
        await carry_out(backend, create("a.md", b"a\n"), create("b.md", b"b\n"), create("odd \\ näme", b"\xff\x00\r"))
        await carry_out(backend, rename("a.md", "c/a.md"), rename("b.md", "a.md"))
        heads = [await in_head(backend)]
        await carry_out(backend, delete("odd \\ näme"), modify("a.md", b"newer\n"))
        heads.append(await in_head(backend))
        await backend.executions.rollback("M-3", reason="It was right.")
        await export_git(backend, tmp_path / "out", selection=DOCUMENTS)
        steps = await backend.documents.steps(after=1)
    exported = Repository(tmp_path / "out")
    assert [exported.tree("HEAD~1"), exported.tree()] == [heads[1], heads[0]]
    last = exported.told()[-1].splitlines()[1:]
    at = str(int(steps[-1].at.timestamp()))
    assert [one.replace(at, "now") for one in last[:2]] == ["kim <> now +0000"] * 2
    assert last[2:] == ["Roll back M-3: a change", "", "It was right."]
    async with opened(tmp_path / "again") as (backend, _):
        await import_git(backend, exported.place)
        assert await in_head(backend) == heads[0]
        await export_git(backend, tmp_path / "out again", selection=DOCUMENTS)
    assert Repository(tmp_path / "out again").told() == exported.told()


async def test_exporting_again_adds_what_is_new_and_the_folder_follows(tmp_path: Path) -> None:
    async with opened(tmp_path / "project") as (backend, _):
        await carry_out(backend, create("a.md", b"a\n"))
        assert (await export_git(backend, tmp_path / "out")).new == 2
        assert (await export_git(backend, tmp_path / "out")).new == 0
        first = Repository(tmp_path / "out").git("rev-parse", "HEAD")
        await carry_out(backend, modify("a.md", b"b\n"))
        assert (await export_git(backend, tmp_path / "out")).new == 1
    exported = Repository(tmp_path / "out")
    assert exported.git("rev-parse", "HEAD~1") == first
    assert (tmp_path / "out" / "a.md").read_bytes() == b"b\n"
    assert exported.git("status", "--porcelain") == ""


async def test_a_whole_history_comes_in_without_the_configuration_of_its_project(tmp_path: Path) -> None:
    async with opened(tmp_path / "project") as (backend, _):
        await carry_out(backend, create("a.md", b"a\n"), create(".lattice/specs/s.json", b'{"name": "s"}\n'))
        await export_git(backend, tmp_path / "out")
    async with opened(tmp_path / "again") as (backend, _):
        own = (await backend.documents.get(".lattice/config.json")).hash
        report = await import_git(backend, tmp_path / "out")
        assert [path for path, _ in report.refused] == [".lattice/config.json"]
        assert (await backend.documents.get(".lattice/config.json")).hash == own
        assert (await backend.documents.get(".lattice/specs/s.json")).revision == 1


async def test_nothing_of_a_repository_is_overwritten(tmp_path: Path, repository: Repository) -> None:
    before = repository.told()
    async with opened(tmp_path / "project") as (backend, _):
        await carry_out(backend, create("a.md", b"a\n"))
        with pytest.raises(LatticeError) as refused:
            await export_git(backend, repository.place)
        assert (refused.value.code, repository.told()) == ("CF_BRANCH", before)
        assert (await export_git(backend, repository.place, branch="executed")).new == 2
        assert (repository.told(), len(repository.told("executed"))) == (before, 2)
        await export_git(backend, tmp_path / "out", selection=DOCUMENTS)
        (tmp_path / "out" / "b.md").write_bytes(b"mine\n")
        await carry_out(backend, create("b.md", b"b\n"))
        with pytest.raises(LatticeError) as refused:
            await export_git(backend, tmp_path / "out", selection=DOCUMENTS)
        assert refused.value.code == "CF_FOLDER"
        assert (tmp_path / "out" / "b.md").read_bytes() == b"mine\n"
        assert len(Repository(tmp_path / "out").told()) == 1


@pytest.mark.parametrize(
    ("place", "branch", "code"),
    [("full", "main", "NF_REPOSITORY"), ("out", "a..b", "VAL_BRANCH"), ("full/file/out", "main", "SYS_GIT")],
)
async def test_a_place_that_cannot_take_it_is_refused_by_name(
    tmp_path: Path, place: str, branch: str, code: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    async with opened(tmp_path / "project") as (backend, _):
        with pytest.raises(LatticeError) as refused:
            await export_git(backend, tmp_path / place, branch=branch)
    assert refused.value.code == code
    assert not (tmp_path / "out").exists()


_NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="<>"), max_size=9)
_ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_TIMES = st.integers(0, 2**33).flatmap(lambda at: _ZONES.map(lambda zone: datetime.fromtimestamp(at, zone)))
SIGNATURES = st.builds(Signature, _NAMES.map(str.strip), _NAMES.map(str.strip), _TIMES)


@given(SIGNATURES)
def test_a_signature_is_read_from_metadata_as_it_was_written(signature: Signature) -> None:
    assert Signature.read(signature.person, signature.moment) == signature


@pytest.mark.parametrize("who", [None, 7, "", "Ana", "Ana <a@b.c", ["Ana <a>"]])
@pytest.mark.parametrize("at", ["2020-01-01T00:00:00+02:00", "2020-01-01T00:00:00", "yesterday", None])
def test_metadata_that_name_nobody_are_no_signature(who: object, at: object) -> None:
    assert Signature.read(who, at) is None


def test_git_reads_what_odd_people_are_written_as(tmp_path: Path) -> None:
    repository = pygit2.init_repository(str(tmp_path))
    tree = repository.TreeBuilder().write()
    odd = [
        Signature("", "", datetime.fromtimestamp(0, timezone(timedelta(minutes=-570)))),
        Signature("A <b>\n", "c>", _NOW),
    ]
    raw = f"tree {tree}\nauthor {odd[0].header}\ncommitter {odd[1].header}\n\nm\n".encode()
    commit = repository.odb.write(pygit2.enums.ObjectType.COMMIT, raw)
    shown = subprocess.run(
        ["git", "-C", str(tmp_path), "log", "-1", "--date=raw", "--format=%an|%ae|%ad|%cn|%ce|%cd", str(commit)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert shown == "||0 -0930|A b|c|1700000000 +0530\n"


_NOW = datetime.fromtimestamp(1_700_000_000, timezone(timedelta(hours=5, minutes=30)))
