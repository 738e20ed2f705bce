"""Putting the head's bytes back, losing nothing."""

import os
import stat
from pathlib import Path

import pytest

from lattice_console.contract.errors import NotFound, SystemFailure, ValidationFailed
from lattice_console.workspace import Checkout, sync
from tests.workspace.memory import MemorySource, put, tree


async def test_drift_is_saved_and_the_head_comes_back(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"mine\n").chmod(0o755)
    put(root, "docs/b.yaml", b"mine as well\n")
    report = await checkout.restore(source, ["docs/a.yaml"])
    assert report.restored == ("docs/a.yaml",)
    (saved,) = report.saved
    assert saved.path == "docs/a.yaml"
    assert saved.to.startswith(".lattice/state/restored/")
    assert (root / saved.to).read_bytes() == b"mine\n"
    assert tree(root) == source.documents.files | {"docs/b.yaml": b"mine as well\n"}
    assert stat.S_IMODE((root / "docs/a.yaml").stat().st_mode) == 0o755
    assert [status.path for status in await checkout.status(source)] == ["docs/b.yaml"]


async def test_a_missing_file_comes_back(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    (root / "docs/a.yaml").unlink()
    report = await checkout.restore(source, ["docs/a.yaml"])
    assert (report.restored, report.saved) == (("docs/a.yaml",), ())
    assert tree(root) == source.documents.files


async def test_a_directory_a_glob_or_everything_can_be_restored(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    for pattern, restored in (("docs", 2), ("docs/*.yaml", 2), ("**/a.*", 1), ("", 3)):
        await checkout.sync(source)
        for path in source.documents.files:
            put(root, path, f"{pattern} {path}".encode())
        report = await checkout.restore(source, [pattern])
        assert len(report.restored) == len(report.saved) == restored
        await checkout.restore(source, [""])
        assert tree(root) == source.documents.files


async def test_what_drift_had_held_back_is_the_head_that_comes(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"mine\n")
    put(root, "docs/b.yaml", b"mine\n")
    source.documents.change({"docs/a.yaml": b"a: 2\n", "docs/b.yaml": None})
    await checkout.sync(source)
    report = await checkout.restore(source, ["docs/a.yaml", "docs/b.yaml"])
    assert len(report.saved) == 2
    assert tree(root) == source.documents.files
    assert (await checkout.sync(source)).drifted == ()


async def test_a_restore_before_any_sync_leaves_the_rest_to_the_sync(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    put(root, "docs/a.yaml", b"mine\n")
    await checkout.restore(source, ["docs/a.yaml"])
    assert tree(root) == {"docs/a.yaml": b"a: 1\n"}
    source.documents.change({"docs/a.yaml": None})
    await checkout.sync(source)
    assert tree(root) == source.documents.files


async def test_what_is_as_in_the_head_is_left(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    before = (root / "docs/a.yaml").stat()
    report = await checkout.restore(source, ["docs/a.yaml"])
    assert (report.restored, report.saved, report.unchanged) == ((), (), ("docs/a.yaml",))
    assert (root / "docs/a.yaml").stat() == before


async def test_symlinks_fifos_and_directories_in_the_way_are_saved_as_they_are(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    for path in source.documents.files:
        (root / path).unlink()
    (root / "docs/a.yaml").symlink_to("/etc/passwd")
    os.mkfifo(root / "docs/b.yaml")
    put(root, "README.md/inside", b"mine")
    report = await checkout.restore(source, [""])
    assert {path: content for path, content in tree(root).items()} == source.documents.files
    saved = {one.path: root / one.to for one in report.saved}
    assert os.readlink(saved["docs/a.yaml"]) == "/etc/passwd"
    assert stat.S_ISFIFO(saved["docs/b.yaml"].stat().st_mode)
    assert (saved["README.md"] / "inside").read_bytes() == b"mine"


async def test_a_file_over_the_limit_is_saved_whole(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"x" * 5000)
    (saved,) = (await checkout.restore(source, ["docs/a.yaml"])).saved
    assert (root / saved.to).stat().st_size == 5000


async def test_nothing_is_restored_through_a_symlink(
    checkout: Checkout, root: Path, source: MemorySource, tmp_path: Path
) -> None:
    await checkout.sync(source)
    os.rename(root / "docs", tmp_path / "docs")
    (root / "docs").symlink_to(tmp_path / "docs")
    put(tmp_path, "docs/a.yaml", b"mine\n")
    with pytest.raises(ValidationFailed, match="passes through the symlink docs"):
        await checkout.restore(source, ["docs/a.yaml"])
    assert (tmp_path / "docs/a.yaml").read_bytes() == b"mine\n"


@pytest.mark.parametrize("pattern", ["nowhere", "nowhere/*", "untracked", "mine"])
async def test_what_the_head_does_not_have_is_not_found(
    checkout: Checkout, root: Path, source: MemorySource, pattern: str
) -> None:
    await checkout.sync(source)
    put(root, "untracked", b"mine")
    put(root, "mine/too", b"mine")
    before = tree(root)
    with pytest.raises(NotFound) as caught:
        await checkout.restore(source, [pattern])
    assert caught.value.code == "NF_PATH"
    assert pattern in caught.value.message
    assert tree(root) == before


async def test_a_restore_first_finishes_a_sync_that_was_cut_off(
    checkout: Checkout, root: Path, source: MemorySource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object) -> None:
        raise InterruptedError

    with monkeypatch.context() as patched:
        patched.setattr(sync, "conclude", cut_off)
        with pytest.raises(SystemFailure):
            await checkout.sync(source)
    source.documents.change({"docs/b.yaml": None})
    put(root, "docs/a.yaml", b"mine\n")
    await checkout.restore(source, ["docs/a.yaml"])
    assert tree(root) == source.documents.files
    assert not (root / ".lattice/state/checkout.journal").exists()
