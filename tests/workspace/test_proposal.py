"""What differs on disk, as changes to propose; and files to bring in."""

import hashlib
import os
from pathlib import Path

import pytest

from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.workspace import Checkout
from tests.workspace.memory import MemorySource, put


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def modify(path: str, content: bytes, base: bytes) -> ChangeInput:
    return ChangeInput(operation_type="modify", file_path=path, content=content, base_hash=digest(base))


async def test_edits_new_files_and_missing_ones_become_changes(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"\xef\xbb\xbfa: 2\r\n")
    put(root, "docs/empty", b"")
    (root / "docs/b.yaml").unlink()
    put(root, "elsewhere", b"not meant")
    changes = await checkout.proposal(source, ["docs"])
    assert changes == [
        modify("docs/a.yaml", b"\xef\xbb\xbfa: 2\r\n", b"a: 1\n"),
        ChangeInput(operation_type="delete", file_path="docs/b.yaml", base_hash=digest(b"b: 1\n")),
        ChangeInput(operation_type="create", file_path="docs/empty", content=b""),
    ]


async def test_only_the_named_files_are_proposed(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"a: 2\n")
    put(root, "docs/b.yaml", b"b: 2\n")
    assert await checkout.proposal(source, ["docs/a.yaml", "README.md"]) == [
        modify("docs/a.yaml", b"a: 2\n", b"a: 1\n")
    ]


async def test_nothing_that_differs_is_an_error(checkout: Checkout, source: MemorySource) -> None:
    await checkout.sync(source)
    with pytest.raises(ValidationFailed) as caught:
        await checkout.proposal(source, ["docs", "README.md"])
    assert caught.value.code == "VAL_FILES"
    assert caught.value.message == "Nothing differs from the head in docs, README.md."


async def test_a_name_that_is_nowhere_is_not_found(checkout: Checkout, source: MemorySource) -> None:
    await checkout.sync(source)
    for pattern in ("nowhere", "docs/*.md", "a\udcff", "a\0b"):
        with pytest.raises(NotFound):
            await checkout.proposal(source, [pattern])


@pytest.mark.parametrize("pattern", ["../x", "docs/../README.md", "/etc/passwd", "docs//a.yaml"])
async def test_paths_out_of_form_are_refused(checkout: Checkout, source: MemorySource, pattern: str) -> None:
    await checkout.sync(source)
    with pytest.raises(ValidationFailed):
        await checkout.proposal(source, [pattern])


async def test_a_rename_carries_content_only_where_that_changed(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    os.rename(root / "docs/a.yaml", root / "a.yaml")
    os.rename(root / "docs/b.yaml", root / "b.yaml")
    put(root, "b.yaml", b"b: 2\n")
    changes = await checkout.proposal(source, [], {"docs/a.yaml": "a.yaml", "docs/b.yaml": "b.yaml"})
    assert changes == [
        ChangeInput(operation_type="rename", file_path="docs/a.yaml", new_path="a.yaml", base_hash=digest(b"a: 1\n")),
        ChangeInput(
            operation_type="rename",
            file_path="docs/b.yaml",
            new_path="b.yaml",
            content=b"b: 2\n",
            base_hash=digest(b"b: 1\n"),
        ),
    ]


async def test_a_rename_is_not_also_a_delete_and_a_create(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    os.rename(root / "docs/a.yaml", root / "docs/c.yaml")
    (change,) = await checkout.proposal(source, ["docs"], {"docs/a.yaml": "docs/c.yaml"})
    assert change.operation_type == "rename"


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("nowhere", "x", "it is not tracked"),
        ("docs/a.yaml", "x", "still on disk"),
        ("README.md", "nowhere", "is not on disk"),
        ("README.md", "docs/a.yaml", "tracked already"),
        ("README.md", "../x", "'..'"),
        ("README.md", ".git/x", "never tracked"),
    ],
)
async def test_a_rename_that_did_not_happen_on_disk_is_refused(
    checkout: Checkout, root: Path, source: MemorySource, old: str, new: str, error: str
) -> None:
    await checkout.sync(source)
    os.rename(root / "README.md", root / "x")
    with pytest.raises((ValidationFailed, NotFound), match=error):
        await checkout.proposal(source, [], {old: new})


async def test_the_base_is_what_was_checked_out_not_what_came_since(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"mine\n")
    source.documents.change({"docs/a.yaml": b"a: 2\n", "docs/b.yaml": b"b: 2\n", "new": b"new"})
    expected = [modify("docs/a.yaml", b"mine\n", b"a: 1\n")]
    assert await checkout.proposal(source, [""]) == expected
    await checkout.sync(source)
    assert await checkout.proposal(source, [""]) == expected


async def test_an_edit_of_what_the_head_has_deleted_is_a_new_file(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"mine\n")
    source.documents.change({"docs/a.yaml": None, "docs/b.yaml": None})
    assert await checkout.proposal(source, ["docs"]) == [
        ChangeInput(operation_type="create", file_path="docs/a.yaml", content=b"mine\n")
    ]


async def test_on_parents_the_disk_is_compared_with_their_result(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    put(root, "docs/a.yaml", b"a: 3\n")
    put(root, "docs/new", b"parent's")
    put(root, "docs/b.yaml", b"b: 2\n")
    (root / "README.md").unlink()
    bases = {
        "docs/a.yaml": digest(b"a: 2\n"),
        "docs/new": digest(b"parent's"),
        "docs/b.yaml": None,
        "README.md": None,
        "theirs": digest(b"theirs"),
    }
    assert await checkout.proposal(source, [""], bases=bases) == [
        modify("docs/a.yaml", b"a: 3\n", b"a: 2\n"),
        ChangeInput(operation_type="create", file_path="docs/b.yaml", content=b"b: 2\n"),
        ChangeInput(operation_type="delete", file_path="theirs", base_hash=digest(b"theirs")),
    ]


@pytest.mark.parametrize("pattern", ["docs/large", "docs", "**/large"])
async def test_a_file_over_the_limit_is_refused_by_name_and_size(
    checkout: Checkout, root: Path, source: MemorySource, pattern: str
) -> None:
    await checkout.sync(source)
    put(root, "docs/large", b"x" * 1001)
    with pytest.raises(ValidationFailed, match="docs/large has 1,001 bytes") as caught:
        await checkout.proposal(source, [pattern])
    assert caught.value.code == "VAL_SIZE"


async def test_symlinks_are_refused_where_named_and_passed_over_elsewhere(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    (root / "docs/link").symlink_to("/etc/passwd")
    (root / "linked").symlink_to("docs")
    put(root, "docs/c.yaml", b"c\n")
    for pattern in ("docs/link", "linked/a.yaml"):
        with pytest.raises(ValidationFailed, match="symlink"):
            await checkout.proposal(source, [pattern])
    (change,) = await checkout.proposal(source, ["**"])
    assert change.file_path == "docs/c.yaml"


async def test_a_local_place_cannot_be_proposed(checkout: Checkout, root: Path, source: MemorySource) -> None:
    await checkout.sync(source)
    put(root, ".git/config", b"x")
    put(root, ".lattice/local.json", b"{}")
    for pattern in (".git/config", ".lattice/local.json", ".lattice/state/checkout.json"):
        with pytest.raises(ValidationFailed, match="never tracked"):
            await checkout.proposal(source, [pattern])
    with pytest.raises(NotFound):
        await checkout.proposal(source, [".git"])


async def test_a_baseline_holds_the_untracked_files_and_lists_what_it_passes_over(
    checkout: Checkout, root: Path, source: MemorySource
) -> None:
    await checkout.sync(source)
    put(root, "src/one.py", b"1")
    put(root, "src/deep/two.py", b"2")
    put(root, "src/three.txt", b"3")
    put(root, "src/large.py", b"x" * 1001)
    (root / "src/link.py").symlink_to("one.py")
    found = await checkout.baseline(source, ["src/**/*.py", "docs", "src/three.txt"])
    assert {file.path: file.content for file in found.files} == {
        "src/one.py": b"1", "src/deep/two.py": b"2", "src/three.txt": b"3",
    }  # fmt: skip
    assert [one.path for one in found.passed_over] == ["src/large.py", "src/link.py"]
    with pytest.raises(ValidationFailed, match="1,001 bytes"):
        await checkout.baseline(source, ["src/large.py"])
