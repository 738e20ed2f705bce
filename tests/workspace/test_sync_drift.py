"""What a sync leaves alone: bytes that the store does not hold, and whatever is no file."""

import os
import stat
from pathlib import Path

import pytest

from lattice_console.workspace import Checkout
from tests.workspace.memory import MemorySource, put, tree


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
