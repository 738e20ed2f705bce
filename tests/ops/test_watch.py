"""What changes in a folder becomes one draft, which is kept as the folder is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.models.mutation import Mutation
from lattice_console.ops import watch as watching
from lattice_console.ops.watch import Watch, wakes
from lattice_console.workspace import Checkout
from tests.support.changes import modify
from tests.support.house import carry_out, track
from tests.support.repository import Repository, opened

DOCUMENTS = {"docs/a.md": b"a\n", "docs/b.md": b"b\n"}


class Desk:
    """A project whose folder holds two documents."""

    def __init__(self, backend: Backend, checkout: Checkout) -> None:
        self.backend = backend
        self.checkout = checkout
        self.root = checkout.root

    def watch(self, *paths: str) -> Watch:
        return Watch(self.backend, self.checkout, paths)

    def write(self, path: str, content: bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    async def drafts(self) -> list[tuple[int, str, int]]:
        """Number, status and patchset of every mutation."""
        page = await self.backend.mutations.list(sort="number")
        return [(one.number, one.status, one.patchset) for one in page.items]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path / "project") as (backend, checkout):
        await track(backend, DOCUMENTS)
        await checkout.sync(backend)
        yield Desk(backend, checkout)


def changes(mutation: Mutation | None) -> list[tuple[str, str, str | None]]:
    assert mutation is not None
    return [(one.operation_type, one.file_path, one.new_path) for one in mutation.changes]


async def test_one_draft_follows_the_folder(desk: Desk) -> None:
    watch = desk.watch("docs")
    assert await watch.look() is None
    desk.write("docs/a.md", b"A\n")
    first = await watch.look()
    assert first is not None
    assert (changes(first), first.status, first.title) == ([("modify", "docs/a.md", None)], "draft", "Change docs/a.md")
    assert await watch.look() is None
    (desk.root / "docs/b.md").rename(desk.root / "docs/c.md")
    desk.write("docs/new.md", b"new\n")
    assert changes(await watch.look()) == [
        ("modify", "docs/a.md", None),
        ("rename", "docs/b.md", "docs/c.md"),
        ("create", "docs/new.md", None),
    ]
    (desk.root / "docs/c.md").rename(desk.root / "docs/b.md")
    (desk.root / "docs/new.md").unlink()
    assert changes(await watch.look()) == [("modify", "docs/a.md", None)]
    (desk.root / "docs/a.md").unlink()
    assert changes(await watch.look()) == [("delete", "docs/a.md", None)]
    desk.write("docs/a.md", b"a\n")
    gone = await watch.look()
    assert gone is not None
    assert (gone.number, gone.status) == (first.number, "cancelled")
    assert await watch.look() is None
    assert {path: (desk.root / path).read_bytes() for path in DOCUMENTS} == DOCUMENTS


async def test_what_was_handed_in_is_not_drafted_again_until_it_changes(desk: Desk) -> None:
    watch = desk.watch("docs")
    desk.write("docs/a.md", b"A\n")
    desk.write("docs/copy.md", b"b\n")
    (desk.root / "docs/b.md").unlink()
    await watch.look()
    await desk.backend.mutations.submit("M-1")
    assert await watch.look() is None
    # Nor by another process, which knows the draft by the folder alone.
    assert await desk.watch("docs").look() is None
    desk.write("docs/a.md", b"AA\n")
    assert changes(await desk.watch("docs").look()) == [("modify", "docs/a.md", None)]
    desk.write("docs/a.md", b"AAA\n")
    await desk.watch("docs").look()
    assert await desk.drafts() == [(1, "pending", 1), (2, "draft", 2)]


async def test_what_somebody_else_proposed_from_these_files_is_not_drafted_again(desk: Desk) -> None:
    desk.write("docs/a.md", b"A\n")
    (desk.root / "docs/b.md").unlink()
    await desk.backend.mutations.create(title="By hand", changes=await desk.checkout.proposal(desk.backend, ["docs"]))
    assert await desk.watch().look() is None
    desk.write("docs/a.md", b"b\n")
    assert changes(await desk.watch().look()) == [("modify", "docs/a.md", None)]


async def test_versions_are_not_written_into_a_draft_that_follows_the_folder(desk: Desk) -> None:
    policy = {".lattice/collaboration/spec-collaboration.json": b'{"version_control": {"auto_version": true}}\n'}
    await track(desk.backend, {**policy, ".lattice/specs/s.json": b'{"name": "s", "version": "1.0.0", "a": 1}\n'})
    await desk.checkout.sync(desk.backend)
    desk.write(".lattice/specs/s.json", b'{"name": "s", "version": "1.0.0", "a": 1, "b": 2}\n')
    await desk.watch().look()
    assert await desk.drafts() == [(1, "draft", 1)]
    assert await desk.watch().look() is None


async def test_new_files_count_where_they_are_asked_for_and_git_does_not_ignore_them(desk: Desk) -> None:
    Repository(desk.root)
    desk.write(".gitignore", b"*.log\n")
    for path in ("docs/x.log", "docs/.a.md.swp", "src/new.md", ".lattice/specs/s.json", ".lattice/state/own"):
        desk.write(path, b"{}\n")
    assert changes(await desk.watch().look()) == [("create", ".lattice/specs/s.json", None)]
    desk.write("docs/sub/y.md", b"y\n")
    made = changes(await desk.watch("docs", "src/*.md").look())
    assert made == [("create", path, None) for path in (".lattice/specs/s.json", "docs/sub/y.md", "src/new.md")]


async def test_the_base_of_a_draft_is_what_the_folder_was_brought_to(desk: Desk) -> None:
    watch = desk.watch()
    desk.write("docs/a.md", b"A\n")
    await carry_out(desk.backend, modify("docs/b.md", b"B\n"))
    # The folder is behind at b.md: that is no change of anybody's here.
    assert changes(await watch.look()) == [("modify", "docs/a.md", None)]
    await desk.checkout.sync(desk.backend)
    assert await watch.look() is None


async def test_a_change_wakes_its_watcher(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_CAUGHT_UP", 50)
    async with aclosing(wakes(desk.root, 0.05)) as times:
        # At once, and again when the system watches.
        for _ in range(2):
            await asyncio.wait_for(anext(times), 60)
        desk.write("docs/a.md", b"A\n")
        await asyncio.wait_for(anext(times), 60)


async def test_a_folder_that_cannot_be_watched_is_told(tmp_path: Path) -> None:
    async with aclosing(wakes(tmp_path / "nowhere", 1)) as times:
        await anext(times)
        with pytest.raises(SystemFailure, match="does not watch"):
            await anext(times)
