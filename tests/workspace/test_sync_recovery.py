"""Syncs after something broke: records, other heads, cuts, failures, and others at the same time."""

import asyncio
import fcntl
import json
import os
from pathlib import Path

import pytest

from lattice_console.contract.errors import NotFound, SystemFailure, ValidationFailed
from lattice_console.contract.models.document import HeadDelta, HeadEntry
from lattice_console.workspace import Checkout, lock, sync
from tests.workspace.memory import MemoryDocuments, MemorySource, put, tree


async def test_a_broken_record_is_built_anew(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"mine\n")
    known = source.documents.put(b"a: 1\n")
    outside = json.dumps({"files": {"../outside": known}, "left": {".git/hooks/pre-commit": known}}).encode()
    for broken in (b"", b"{", b'{"schema_version": 99}', b'{"files": {"a": "no hash"}}', b"\xff", outside):
        (root / ".lattice/state/checkout.json").write_bytes(broken)
        report = await checkout.sync(source)
        assert (report.written, report.drifted) == ((), ("docs/a.yaml",))
        assert report.sequence == 1


async def test_a_broken_journal_is_no_obstacle(checkout: Checkout, root: Path, source: MemorySource) -> None:
    for broken in (b"", b"[]", b'{"paths": 3}', b"\xff", b'{"paths": [1, "docs/x"]}'):
        (root / ".lattice/state").mkdir(exist_ok=True)
        (root / ".lattice/state/checkout.journal").write_bytes(broken)
        await checkout.sync(source)
        assert tree(root) == source.documents.files


async def test_another_project_is_checked_out_from_scratch(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    other = MemorySource({"docs/a.yaml": b"other\n", "docs/c.yaml": b"c\n"}, project_id="p2")
    report = await checkout.sync(other)
    assert (report.written, report.drifted) == (("docs/c.yaml",), ("docs/a.yaml",))
    assert (root / "docs/a.yaml").read_bytes() == b"a: 1\n"


async def test_a_head_restored_from_a_backup_is_checked_out_from_scratch(checkout: Checkout, root: Path) -> None:
    source = MemorySource({"a": b"1"})
    source.documents.change({"a": b"2"})
    source.documents.change({"a": b"3"})
    await checkout.sync(source)
    source.documents.change({"b": b"4", "c": b"5"})
    await checkout.sync(source)
    restored = MemorySource({"a": b"1"})
    restored.documents.put(b"3")
    restored.documents.put(b"4")
    report = await checkout.sync(restored)
    assert (report.sequence, report.written, report.removed, report.drifted) == (1, ("a",), ("b",), ("c",))
    assert tree(root) == {"a": b"1", "c": b"5"}


async def test_what_a_cut_off_sync_left_behind_is_cleared(
    checkout: Checkout, root: Path, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.rename

    def fail(source: bytes, target: bytes, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        if target == b"b.yaml":
            raise OSError(28, "No space left on device")
        real(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(SystemFailure, match="No space left on device") as caught:
        await checkout.sync(source)
    assert caught.value.code == "SYS_FILES"
    monkeypatch.undo()
    assert any(name.startswith(".lattice-tmp-") for name in os.listdir(root / "docs"))
    source.documents.change({"docs/a.yaml": None, "docs/b.yaml": None})
    await checkout.sync(source)
    assert tree(root) == {"README.md": b"# Read\n"}
    assert not (root / "docs").exists()
    assert not (root / ".lattice/state/checkout.journal").exists()


async def test_a_source_that_fails_leaves_work_that_the_next_sync_finishes(
    checkout: Checkout, root: Path, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    await checkout.sync(source)
    source.documents.change({"docs/a.yaml": None, "docs/c.yaml": b"c\n", "README.md": b"# New\n"})

    async def fail(self: MemoryDocuments, hash: str) -> bytes:
        raise NotFound("NF_CONTENT", "gone")

    with monkeypatch.context() as patched:
        patched.setattr(MemoryDocuments, "content", fail)
        with pytest.raises(NotFound):
            await checkout.sync(source)
    await checkout.sync(source)
    assert tree(root) == source.documents.files


async def test_bytes_that_are_not_those_asked_for_are_refused(
    checkout: Checkout, root: Path, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lie(self: MemoryDocuments, hash: str) -> bytes:
        return b"something else"

    monkeypatch.setattr(MemoryDocuments, "content", lie)
    with pytest.raises(SystemFailure) as caught:
        await checkout.sync(source)
    assert caught.value.code == "SYS_CONTENT"
    assert tree(root) == {}


@pytest.mark.parametrize("path", ["../escape", "/etc/escape", ".git/hooks/pre-commit", ".lattice/state/lattice.db"])
async def test_a_head_with_an_illegal_path_is_refused_whole(
    checkout: Checkout, root: Path, source: MemorySource, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hash = source.documents.put(b"evil")

    async def head(self: MemoryDocuments, *, after: int = -1) -> HeadDelta:
        return HeadDelta(project_id="p1", sequence=9, entries=(HeadEntry(path=path, hash=hash),))

    monkeypatch.setattr(MemoryDocuments, "head", head)
    with pytest.raises(ValidationFailed):
        await checkout.sync(source)
    assert tree(root) == {}


async def test_a_sync_waits_for_another_and_then_gives_up(
    checkout: Checkout, root: Path, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    await checkout.sync(source)
    with (root / ".lattice/state/checkout.lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = asyncio.create_task(checkout.sync(source))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        fcntl.flock(held, fcntl.LOCK_UN)
        await waiting
        fcntl.flock(held, fcntl.LOCK_EX)
        monkeypatch.setattr(lock, "PATIENCE", 0.05)
        with pytest.raises(SystemFailure) as caught:
            await checkout.sync(source)
    assert caught.value.code == "SYS_CHECKOUT_BUSY"


async def test_syncs_at_the_same_time_take_turns(checkout: Checkout, root: Path, source: MemorySource) -> None:
    reports = await asyncio.gather(*(Checkout(root).sync(source) for _ in range(5)))
    assert sorted(len(report.written) for report in reports) == [0, 0, 0, 0, 3]
    assert tree(root) == source.documents.files


async def test_a_cancelled_sync_lets_go_of_the_lock_and_can_be_finished(
    checkout: Checkout, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"{n}": str(n).encode() for n in range(300)}
    source = MemorySource(files)
    real = MemoryDocuments.content

    async def cancel_midway(self: MemoryDocuments, hash: str) -> bytes:
        if len(self.asked) == 150:
            running.cancel()
        return await real(self, hash)

    monkeypatch.setattr(MemoryDocuments, "content", cancel_midway)
    running = asyncio.create_task(checkout.sync(source))
    with pytest.raises(asyncio.CancelledError):
        await running
    assert 150 < len(tree(root)) < 300
    await checkout.sync(source)
    assert tree(root) == files


async def test_a_change_and_its_rollback_around_a_cut_leave_nothing_behind(
    checkout: Checkout, root: Path, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    await checkout.sync(source)
    start = tree(root)
    source.documents.change({"docs/a.yaml": b"a: 2\n", "new/file": b"new"})
    with monkeypatch.context() as patched:
        patched.setattr(sync, "conclude", cut_off)
        with pytest.raises(SystemFailure):
            await checkout.sync(source)
    assert tree(root) != start
    source.documents.change({"docs/a.yaml": b"a: 1\n", "new/file": None})
    await checkout.sync(source)
    assert tree(root) == start
    assert not (root / "new").exists()


def cut_off(*_: object) -> None:
    """Stand in for a process that ends here."""
    raise InterruptedError


async def test_a_folder_that_is_no_project_is_refused(tmp_path: Path, source: MemorySource) -> None:
    with pytest.raises(SystemFailure):
        await Checkout(tmp_path).sync(source)
    assert tree(tmp_path) == {}
