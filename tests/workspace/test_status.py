"""How a folder stands to the head, and which paths drift."""

import os
from pathlib import Path

from lattice_console.workspace import Checkout, FileStatus
from tests.workspace.memory import MemorySource, put, tree


async def states(checkout: Checkout, source: MemorySource) -> dict[str, str]:
    return {status.path: status.state for status in await checkout.status(source)}


async def test_a_folder_as_in_the_head_has_nothing_to_say(checkout: Checkout, source: MemorySource) -> None:
    await checkout.sync(source)
    assert await checkout.status(source, untracked=True) == ()


async def test_every_state_is_told_apart(checkout: Checkout, root: Path) -> None:
    names = ("clean", "modified", "proposed", "behind", "missing", "gone", "torn")
    source = MemorySource({name: name.encode() for name in names})
    await checkout.sync(source)
    put(root, "modified", b"mine")
    put(root, "proposed", b"proposed elsewhere")
    source.documents.put(b"proposed elsewhere")
    (root / "missing").unlink()
    put(root, "torn", b"mine as well")
    source.documents.change({"behind": b"newer", "gone": None, "torn": b"newer", "new": b"new"})
    assert await states(checkout, source) == {
        "modified": "modified",
        "proposed": "proposed",
        "behind": "behind",
        "missing": "missing",
        "gone": "behind",
        "torn": "modified",
        "new": "behind",
    }
    remarks = {status.path: status.remark for status in await checkout.status(source)}
    assert (remarks["gone"], remarks["torn"], remarks["new"]) == (
        "deleted in the head", "newer in the head", "new in the head",
    )  # fmt: skip
    assert remarks["modified"] == ""


async def test_status_changes_nothing(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.status(source)
    assert os.listdir(root / ".lattice") == []


async def test_drift_that_a_sync_left_is_told_again(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"mine\n")
    source.documents.change({"docs/a.yaml": None})
    await checkout.sync(source)
    assert await checkout.status(source) == (FileStatus("docs/a.yaml", "modified", "deleted in the head"),)


async def test_untracked_files_are_listed_apart_from_what_cannot_be_tracked(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    put(root, "docs/new.md", b"new")
    put(root, ".git/HEAD", b"ref")
    put(root, ".lattice/config.json", b"{}")
    put(root, ".lattice/local.json", b"{}")
    put(root, "docs/large", b"x" * 1001)
    (root / "docs/link").symlink_to("a.yaml")
    (root / "linked").symlink_to("docs")
    os.mkfifo(root / "docs/pipe")
    put(root, "docs/line\nbreak", b"x")
    put(root, os.fsdecode(b"docs/caf\xe9"), b"latin")
    found = await checkout.status(source, untracked=True)
    assert [status.path for status in found if status.state == "untracked"] == [".lattice/config.json", "docs/new.md"]
    odd = {status.path: status.remark for status in found if status.state == "untrackable"}
    assert odd == {
        "docs/large": "has 1,001 bytes; the limit for a document is 1,000",
        "docs/link": "is a symlink",
        "linked": "is a symlink",
        "docs/pipe": "is no regular file (a FIFO, a socket or a device)",
        "docs/line\\nbreak": "has a name that no document may have (a control character, or too long)",
        "docs/caf\\xe9": "has a name that is no UTF-8",
    }


async def test_drift_is_what_the_store_does_not_hold(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"mine\n")
    put(root, "docs/b.yaml", b"proposed\n")
    source.documents.put(b"proposed\n")
    (root / "README.md").unlink()
    put(root, "untracked", b"mine too\n")
    put(root, "lucky", b"b: 1\n")
    paths = ["docs/a.yaml", "docs/b.yaml", "README.md", "untracked", "lucky", "nothing/there"]
    assert await checkout.drift(source, paths) == ("docs/a.yaml", "untracked")


async def test_a_directory_that_the_same_paths_empty_is_no_drift(checkout: Checkout, root: Path) -> None:
    source = MemorySource({"a/b": b"b", "c": b"c"})
    await checkout.sync(source)
    assert await checkout.drift(source, ["a", "a/b"]) == ()
    assert await checkout.drift(source, ["a"]) == ("a",)
    assert await checkout.drift(source, ["c", "c/d"]) == ()
    assert await checkout.drift(source, ["c/d"]) == ("c/d",)
    put(root, "a/mine", b"mine")
    assert await checkout.drift(source, ["a", "a/b"]) == ("a",)


async def test_a_symlink_on_the_way_is_drift(checkout: Checkout, root: Path, tmp_path: Path) -> None:
    source = MemorySource({"b": b"b"})
    await checkout.sync(source)
    (tmp_path / "outside").mkdir()
    (root / "docs").symlink_to(tmp_path / "outside")
    assert await checkout.drift(source, ["docs/a"]) == ("docs/a",)
    assert tree(tmp_path / "outside") == {}
