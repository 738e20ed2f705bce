"""A git history becomes mutations: the same trees, the same authors, nothing twice."""

import os
from pathlib import Path

import pytest

from lattice_console import config
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.filters import parse
from lattice_console.ops import git_trees, graph
from lattice_console.ops.export_git import export_git
from lattice_console.ops.git_history import Selection
from lattice_console.ops.import_git import import_git
from lattice_console.workspace.checkout import Checkout
from tests import real_data
from tests.support.repository import Repository, in_head, opened


def on_disk(root: Path) -> dict[str, bytes]:
    """Every file of a folder, without what is Lattice's own."""
    return {
        str(file.relative_to(root)): file.read_bytes()
        for file in root.rglob("*")
        if file.is_file() and config.FOLDER not in file.parts
    }


async def approve_and_execute_pending(backend: Backend, checkout: Checkout) -> list[int]:
    """Execute what is pending in its order; returns the numbers."""
    page = await backend.mutations.list(filter=parse("status:pending"), limit=1000)
    numbers = sorted(summary.number for summary in page.items)
    for number in numbers:
        mutation = await backend.reviews.vote(str(number), vote="approve")
        await checkout.execute(backend, mutation)
    return numbers


async def test_head_and_folder_equal_the_tree_at_each_stage_and_rolling_back_gives_the_start(
    tmp_path: Path, repository: Repository
) -> None:
    async with opened(tmp_path / "project") as (backend, checkout):
        report = await import_git(backend, repository.place, leave_pending=2)
        await checkout.sync(backend)
        assert (report.commits, report.executed, report.pending, report.skipped) == (6, 3, 2, 1)
        assert await in_head(backend) == on_disk(tmp_path / "project") == repository.tree("HEAD~3")
        pending = await approve_and_execute_pending(backend, checkout)
        assert await in_head(backend) == on_disk(tmp_path / "project") == repository.tree()
        for number in reversed(range(1, 6)):
            await checkout.rollback(backend, await backend.mutations.get(str(number)), reason="all of it")
            if number == pending[0]:
                assert on_disk(tmp_path / "project") == repository.tree("HEAD~3")
        assert await in_head(backend) == on_disk(tmp_path / "project") == {}
        assert (await backend.audit.verify()).ok


async def test_a_commit_keeps_its_title_body_author_and_time_and_nobody_becomes_a_member(
    tmp_path: Path, repository: Repository
) -> None:
    async with opened(tmp_path / "project") as (backend, _):
        await import_git(backend, repository.place)
        mutation = await backend.mutations.get("M-2")
        assert (mutation.title, mutation.description) == ("Change and add", "With a body.")
        assert (mutation.author.handle, mutation.author.name) == ("ana", "Ana Lima")
        assert mutation.created_at.isoformat() == "2023-11-15T00:13:20+00:00"
        assert mutation.metadata["commit"] == repository.git("rev-parse", "HEAD~4").strip()
        assert [member.user.handle for member in await backend.team.list()] == ["kim"]
        assert mutation.reviews == ()
        assert {one.state for one in mutation.requirements if one.kind == "review"} == {"overridden"}


async def test_a_rename_keeps_the_document(tmp_path: Path, repository: Repository) -> None:
    async with opened(tmp_path / "project") as (backend, _):
        await import_git(backend, repository.place)
        history = await backend.documents.history("docs/longer.md")
        assert [revision.operation for revision in history.items] == ["rename", "create"]


async def test_importing_again_does_nothing_and_importing_on_goes_on(tmp_path: Path, repository: Repository) -> None:
    async with opened(tmp_path / "project") as (backend, checkout):
        await import_git(backend, repository.place)
        before = await backend.events.last()
        await import_git(backend, repository.place)
        assert await backend.events.last() == before
        repository.commit("One more", {"new.md": b"new\n"})
        await import_git(backend, repository.place)
        assert (await backend.mutations.list()).total == 6
        await checkout.sync(backend)
        assert on_disk(tmp_path / "project") == repository.tree()


async def test_an_import_that_was_cut_off_goes_on_where_it_stopped(tmp_path: Path, repository: Repository) -> None:
    def cut_off(done: int, total: int, title: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    async with opened(tmp_path / "project") as (backend, _):
        with pytest.raises(KeyboardInterrupt):
            await import_git(backend, repository.place, progress=cut_off)
        assert (await backend.mutations.list()).total == 2
        await import_git(backend, repository.place)
        assert (await backend.mutations.list()).total == 5
        assert await in_head(backend) == repository.tree()


async def test_a_range_takes_its_start_as_baseline(tmp_path: Path, repository: Repository) -> None:
    async with opened(tmp_path / "project") as (backend, _):
        report = await import_git(backend, repository.place, range="HEAD~4..HEAD~2")
        assert (report.baseline, report.imported) == (4, 2)
        assert await in_head(backend) == repository.tree("HEAD~2")
        history = await backend.documents.history("a.json")
        assert [revision.operation for revision in history.items] == ["baseline"]
        await import_git(backend, repository.place, range="HEAD~4..HEAD~2")
        assert (await backend.mutations.list()).total == 2


async def test_globs_narrow_what_comes_in(tmp_path: Path, repository: Repository) -> None:
    async with opened(tmp_path / "project") as (backend, _):
        report = await import_git(backend, repository.place, selection=Selection(globs=("*.md",)))
        assert (report.imported, report.skipped) == (2, 4)
        assert list(await in_head(backend)) == ["docs/longer.md"]


async def test_what_cannot_be_a_document_is_left_out_and_named(tmp_path: Path, repository: Repository) -> None:
    (repository.place / "link").symlink_to("docs")
    (repository.place / os.fsdecode(b"latin-\xe9.md")).write_bytes(b"x")
    repository.commit(
        "Odd ones",
        {"big.md": b"x" * 2000, "new\nline.md": b"x", "Twin.md": b"one", "twin.md": b"two", "fine.md": b"fine"},
    )
    async with opened(tmp_path / "project") as (backend, _):
        report = await import_git(backend, repository.place, selection=Selection(limit=1000))
        refused = dict(report.refused)
        assert refused.keys() == {"link", "latin-\\xe9.md", "big.md", "new\nline.md", "twin.md"}
        assert "2,000 bytes" in refused["big.md"]
        assert {"Twin.md", "fine.md"} <= (await in_head(backend)).keys()


async def test_folders_beyond_measure_are_left_out_or_refused(
    tmp_path: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit_nested("Deep", levels=1400, wide=1)
    async with opened(tmp_path / "project") as (backend, _):
        report = await import_git(backend, repository.place)
        assert await in_head(backend) == {}
        assert [(len(path) > 4096, why) for path, why in report.refused] == [(True, "it is no file")]
        monkeypatch.setattr(git_trees, "FILES", 500)
        repository.commit_nested("Wide", levels=10, wide=10)
        with pytest.raises(LatticeError) as refused:
            await import_git(backend, repository.place)
        assert refused.value.code == "VAL_HISTORY"
        assert (await backend.mutations.list()).total == 6


async def test_control_characters_of_a_history_are_replaced(tmp_path: Path, repository: Repository) -> None:
    repository.commit("Bell \x07 and escape \x1b[31m", {"x.md": b"x"})
    async with opened(tmp_path / "project") as (backend, _):
        await import_git(backend, repository.place)
        assert (await backend.mutations.get("M-6")).title == "Bell \ufffd and escape \ufffd[31m"


@pytest.mark.parametrize(
    ("range_", "code"),
    [("HEAD", "VAL_RANGE"), ("nowhere..HEAD", "NF_REVISION"), ("HEAD..HEAD~1", "VAL_RANGE")],
)
async def test_a_range_that_is_none_is_refused_by_name(
    tmp_path: Path, repository: Repository, range_: str, code: str
) -> None:
    async with opened(tmp_path / "project") as (backend, _):
        with pytest.raises(LatticeError) as refused:
            await import_git(backend, repository.place, range=range_)
        assert refused.value.code == code


@pytest.fixture(params=["a file", "servers"])
def _truth(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where projects lie: in a file of their folder, or on all the servers there are."""
    if request.param == "servers":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("postgres_database"))
        monkeypatch.setenv("LATTICE_REDIS_URL", request.getfixturevalue("redis_url"))
        monkeypatch.setenv("LATTICE_NEO4J_URL", request.getfixturevalue("neo4j_url"))


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("_truth")
async def test_the_real_history_comes_in_executes_to_its_tip_goes_out_as_it_was_and_rolls_back_to_nothing(
    tmp_path: Path,
) -> None:
    bundle = real_data.find("openapi-history.bundle")
    repository = Repository(tmp_path / "repository", bundle)
    async with opened(tmp_path / "project") as (backend, checkout):
        await import_git(backend, repository.place, leave_pending=40)
        await checkout.sync(backend)
        assert on_disk(tmp_path / "project") == await in_head(backend) == repository.tree("HEAD~40")
        assert len(await approve_and_execute_pending(backend, checkout)) == 40
        assert on_disk(tmp_path / "project") == await in_head(backend) == repository.tree()
        exported = tmp_path / "exported"
        await export_git(backend, exported, selection=Selection(excluded=(".lattice/*",)))
        assert Repository(exported).told() == repository.told()
        for number in reversed(range(208, 248)):
            await checkout.rollback(backend, await backend.mutations.get(str(number)), reason="all of it")
        assert on_disk(tmp_path / "project") == await in_head(backend) == repository.tree("HEAD~40")
        assert (await backend.audit.verify()).ok
    settings = config.load(tmp_path / "project")
    for look in (graph.check, graph.rebuild, graph.check):
        found = await look(settings)
        assert found.ok, found.problems
        assert found.neo4j == (settings.servers.neo4j is not None)
