"""Bringing a folder to the head."""

import asyncio
import fcntl
import json
import os
import stat
from pathlib import Path

import pytest

from lattice_console.contract.errors import NotFound, SystemFailure, ValidationFailed
from lattice_console.contract.models.document import HeadDelta, HeadEntry
from lattice_console.workspace import Checkout, lock, sync
from tests.workspace.memory import MemoryDocuments, MemorySource, put, tree


async def test_an_empty_folder_gets_the_whole_head(checkout: Checkout, root: Path, source: MemorySource) -> None:
    report = await checkout.sync(source)
    assert tree(root) == source.documents.files
    assert report.written == ("README.md", "docs/a.yaml", "docs/b.yaml")
    assert (report.sequence, report.removed, report.drifted, report.missing) == (1, (), (), ())


async def test_a_second_sync_does_nothing_and_asks_for_nothing(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    await asyncio.sleep(0.02)
    await checkout.sync(source)
    source.documents.asked.clear()
    record = (root / ".lattice/state/checkout.json").stat()
    report = await checkout.sync(source)
    assert (report.written, report.removed, source.documents.asked) == ((), (), [])
    assert (root / ".lattice/state/checkout.json").stat().st_ino == record.st_ino


async def test_changes_creations_deletions_and_renames_follow(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    source.documents.change(
        {
            "docs/a.yaml": b"a: 2\n",
            "docs/b.yaml": None,
            "deep/er/c.md": b"new",
            "README.md": None,
            "READ.md": b"# Read\n",
        }
    )
    report = await checkout.sync(source)
    assert tree(root) == {"docs/a.yaml": b"a: 2\n", "deep/er/c.md": b"new", "READ.md": b"# Read\n"}
    assert report.written == ("READ.md", "deep/er/c.md", "docs/a.yaml")
    assert set(report.removed) == {"README.md", "docs/b.yaml"}


async def test_directories_left_empty_go_and_others_stay(checkout: Checkout, root: Path) -> None:
    source = MemorySource({"one/two/three/a": b"a", "other/b": b"b"})
    await checkout.sync(source)
    put(root, "other/mine", b"mine")
    source.documents.change({"one/two/three/a": None, "other/b": None})
    await checkout.sync(source)
    assert not (root / "one").exists()
    assert tree(root) == {"other/mine": b"mine"}


async def test_a_rollback_is_just_another_change(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    start = tree(root)
    source.documents.change({"docs/a.yaml": b"a: 2\n", "new": b"new"})
    await checkout.sync(source)
    source.documents.change({"docs/a.yaml": b"a: 1\n", "new": None})
    await checkout.sync(source)
    assert tree(root) == start


async def test_a_file_becomes_a_directory_and_back(checkout: Checkout, root: Path) -> None:
    source = MemorySource({"a": b"file"})
    await checkout.sync(source)
    source.documents.change({"a": None, "a/b": b"inside", "a/c/d": b"deeper"})
    await checkout.sync(source)
    assert tree(root) == {"a/b": b"inside", "a/c/d": b"deeper"}
    source.documents.change({"a/b": None, "a/c/d": None, "a": b"file"})
    await checkout.sync(source)
    assert tree(root) == {"a": b"file"}


async def test_a_rename_that_changes_only_case_is_done(checkout: Checkout, root: Path) -> None:
    source = MemorySource({"README": b"same"})
    await checkout.sync(source)
    source.documents.change({"README": None, "readme": b"same"})
    await checkout.sync(source)
    assert tree(root) == {"readme": b"same"}
    assert sorted(os.listdir(root)) == [".lattice", "readme"]


async def test_odd_names_and_bytes_survive(checkout: Checkout, root: Path) -> None:
    files = {
        "日本語/ünï.yaml": "\ufeffbom: é\r\n".encode(),
        "back\\slash": bytes(range(256)),
        " leading and trailing ": b"",
        "-rf": b"no newline",
        "x" * 255: b"long",
        "\u202ebidi": b"\xff\xfe",
    }
    source = MemorySource(files)
    await checkout.sync(source)
    assert tree(root) == files


async def test_what_the_store_does_not_hold_is_never_overwritten(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"mine\n")
    put(root, "docs/b.yaml", b"mine as well\n")
    source.documents.change({"docs/a.yaml": b"a: 2\n", "docs/b.yaml": None, "README.md": b"# New\n"})
    for _ in range(2):
        report = await checkout.sync(source)
        assert report.drifted == ("docs/a.yaml", "docs/b.yaml")
        assert tree(root) == {
            "docs/a.yaml": b"mine\n", "docs/b.yaml": b"mine as well\n", "README.md": b"# New\n",
        }  # fmt: skip


async def test_what_drift_held_back_comes_once_it_is_proposed(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"mine\n")
    source.documents.change({"docs/a.yaml": b"a: 2\n"})
    await checkout.sync(source)
    source.documents.change({"docs/b.yaml": b"b: 2\n"})
    await checkout.sync(source)
    source.documents.put(b"mine\n")
    report = await checkout.sync(source)
    assert report.written == ("docs/a.yaml",)
    assert report.drifted == ()
    assert tree(root) == source.documents.files


async def test_local_edits_elsewhere_are_reported_and_untouched(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    put(root, "docs/b.yaml", b"mine\n")
    source.documents.change({"docs/a.yaml": b"a: 2\n"})
    report = await checkout.sync(source)
    assert (report.written, report.drifted) == (("docs/a.yaml",), ("docs/b.yaml",))
    assert (root / "docs/b.yaml").read_bytes() == b"mine\n"


async def test_proposed_bytes_stay_until_the_head_moves_there(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"proposed\n")
    source.documents.put(b"proposed\n")
    source.documents.change({"docs/b.yaml": b"b: 2\n"})
    await checkout.sync(source)
    assert (root / "docs/a.yaml").read_bytes() == b"proposed\n"
    source.documents.change({"docs/a.yaml": b"a: 2\n"})
    report = await checkout.sync(source)
    assert report.written == ("docs/a.yaml",)
    assert tree(root) == source.documents.files


async def test_an_edit_that_equals_the_new_head_needs_nothing(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"a: 2\n")
    source.documents.change({"docs/a.yaml": b"a: 2\n"})
    report = await checkout.sync(source)
    assert (report.written, report.drifted) == ((), ())
    assert await checkout.status(source) == ()


async def test_a_missing_file_stays_missing_until_the_head_moves_there(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    (root / "docs/a.yaml").unlink()
    (root / "docs/b.yaml").unlink()
    source.documents.change({"docs/b.yaml": b"b: 2\n"})
    report = await checkout.sync(source)
    assert (report.written, report.missing) == (("docs/b.yaml",), ("docs/a.yaml",))
    assert not (root / "docs/a.yaml").exists()


async def test_an_untracked_file_where_a_new_one_would_land_is_drift(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    put(root, "docs/a.yaml", b"mine\n")
    put(root, "docs/b.yaml", b"b: 1\n")
    report = await checkout.sync(source)
    assert (report.written, report.drifted) == (("README.md",), ("docs/a.yaml",))
    assert (root / "docs/a.yaml").read_bytes() == b"mine\n"


async def test_a_directory_of_other_files_is_not_cleared_for_a_file(checkout: Checkout, root: Path) -> None:
    put(root, "a/mine", b"mine")
    source = MemorySource({"a": b"file", "b": b"b"})
    report = await checkout.sync(source)
    assert (report.written, report.drifted) == (("b",), ("a",))
    assert tree(root) == {"a/mine": b"mine", "b": b"b"}
    (root / "a/mine").unlink()
    assert (await checkout.sync(source)).written == ("a",)


async def test_a_file_in_the_way_of_a_directory_stays_and_is_named(checkout: Checkout, root: Path) -> None:
    put(root, "a", b"mine")
    source = MemorySource({"a/b": b"inside"})
    assert (await checkout.sync(source)).drifted == ("a/b",)
    assert tree(root) == {"a": b"mine"}


async def test_no_symlink_is_followed_out_of_the_folder(checkout: Checkout, root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    put(outside, "a.yaml", b"known")
    put(outside, "gone.yaml", b"known")
    source = MemorySource({"docs/gone.yaml": b"known", "link": b"known"})
    await checkout.sync(source)
    (root / "docs/gone.yaml").unlink()
    (root / "docs").rmdir()
    (root / "docs").symlink_to(outside)
    (root / "link").unlink()
    (root / "link").symlink_to(outside / "a.yaml")
    source.documents.change({"docs/a.yaml": b"new", "docs/gone.yaml": None, "link": b"new"})
    report = await checkout.sync(source)
    assert report.drifted == ("docs/a.yaml", "docs/gone.yaml", "link")
    assert tree(outside) == {"a.yaml": b"known", "gone.yaml": b"known"}
    assert (root / "link").is_symlink()
    remarks = {status.path: status.remark for status in await checkout.status(source)}
    assert "passes through the symlink docs" in remarks["docs/a.yaml"]
    assert "is a symlink" in remarks["link"]


@pytest.mark.timeout(20)
async def test_a_fifo_is_reported_and_not_waited_for(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    (root / "docs/a.yaml").unlink()
    os.mkfifo(root / "docs/a.yaml")
    source.documents.change({"docs/a.yaml": b"a: 2\n"})
    assert (await checkout.sync(source)).drifted == ("docs/a.yaml",)
    assert stat.S_ISFIFO((root / "docs/a.yaml").stat().st_mode)


async def test_a_file_over_the_limit_is_drift_unread(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"x" * 1001)
    source.documents.change({"docs/a.yaml": b"a: 2\n"})
    assert (await checkout.sync(source)).drifted == ("docs/a.yaml",)
    (status,) = await checkout.status(source)
    assert "1,001 bytes" in status.remark


async def test_a_file_that_cannot_be_read_is_drift(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    file = put(root, "docs/a.yaml", b"mine")
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("this user may read everything")
    assert (await checkout.sync(source)).drifted == ("docs/a.yaml",)


async def test_the_executable_bit_survives_changes_and_renames(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    (root / "README.md").chmod(0o755)
    (root / "docs/a.yaml").chmod(0o700)
    source.documents.change({"README.md": b"# New\n", "docs/a.yaml": None, "moved.yaml": b"a: 1\n"})
    await checkout.sync(source)
    assert stat.S_IMODE((root / "README.md").stat().st_mode) == 0o755
    assert stat.S_IMODE((root / "moved.yaml").stat().st_mode) == 0o700


async def test_a_new_file_has_the_mode_that_the_umask_leaves(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    before = os.umask(0o027)
    try:
        await checkout.sync(source)
    finally:
        os.umask(before)
    assert stat.S_IMODE((root / "README.md").stat().st_mode) == 0o640


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


async def test_an_edit_that_keeps_size_and_time_is_still_seen(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    await checkout.sync(source)
    file = root / "docs/a.yaml"
    before = file.stat()
    file.write_bytes(b"a: 9\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (await checkout.sync(source)).drifted == ("docs/a.yaml",)


async def test_an_edit_at_once_after_a_sync_is_always_seen(checkout: Checkout, root: Path) -> None:
    source = MemorySource({"a": b"0000"})
    for number in range(100):
        await checkout.sync(source)
        text = f"{number:04}".encode()
        put(root, "a", text)
        if number:
            assert (await checkout.sync(source)).drifted == ("a",)
            source.documents.change({"a": text})


async def test_an_unchanged_file_is_not_read_again(
    checkout: Checkout, root: Path, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    await checkout.sync(source)
    await checkout.sync(source)
    opened: list[bytes] = []
    real = os.open

    def note(path: bytes, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        opened.append(path)
        return real(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", note)
    await checkout.sync(source)
    assert b"docs" in opened
    assert not {b"a.yaml", b"b.yaml", b"README.md"} & set(opened)


async def test_a_folder_that_is_no_project_is_refused(tmp_path: Path, source: MemorySource) -> None:
    with pytest.raises(SystemFailure):
        await Checkout(tmp_path).sync(source)
    assert tree(tmp_path) == {}
