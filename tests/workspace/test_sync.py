"""Bringing a folder to the head."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from lattice_console.workspace import Checkout
from tests.workspace.memory import MemorySource, put, tree


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
    # A file as young as the look at it is not trusted.
    await asyncio.sleep(0.02)
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
