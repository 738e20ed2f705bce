"""One file's part of a patch, written anew, does what it did."""

import pytest
from hypothesis import given

from lattice_console.merge.patch import FilePatch, PatchError, apply, parse
from lattice_console.merge.patch_render import render
from tests.merge.strategies import drifted_patches

HUNK = b"@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n"

PATCHES = {
    "modify": b"--- a/x\n+++ b/x\n" + HUNK,
    "bare names": b"--- x\n+++ x\n" + HUNK,
    "create": b"diff --git a/x b/x\nnew file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n",
    "create empty": b"diff --git a/x b/x\nnew file mode 100644\nindex 0000000..e69de29\n",
    "create if missing": b"--- x.orig\n+++ x.orig\n@@ -0,0 +1 @@\n+a\n",
    "delete": b"diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
    "delete empty": b"diff --git a/x b/x\ndeleted file mode 100644\nindex e69de29..0000000\n",
    "rename": b"diff --git a/x b/y z\nsimilarity index 100%\nrename from x\nrename to y z\n",
    "rename and modify": b"diff --git a/x b/y\nrename from x\nrename to y\n--- a/x\n+++ b/y\n" + HUNK,
    "names that need quotes": b'--- "a/\\303\\274 \\"x\\".md"\n+++ "b/\\303\\274 \\"x\\".md"\n' + HUNK,
    "a name with blanks": b"--- a/a b.md\t\n+++ b/a b.md\t\n" + HUNK,
    "no final newline": b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n",
    "crlf": b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n",
    "context between changes": b"--- a/x\n+++ b/x\n@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n-d\n+D\n e\n",
}


def said(file: FilePatch) -> object:
    """Everything that a file's patch says, save how its header was written."""
    hunks = [(hunk.old_start, hunk.new_start, hunk.old, hunk.new, hunk.leading, hunk.trailing) for hunk in file.hunks]
    return file.old_path, file.new_path, file.operation, file.creates_if_missing, hunks


@pytest.mark.parametrize("patch", PATCHES.values(), ids=PATCHES.keys())
def test_a_file_patch_survives_being_written_and_read(patch: bytes) -> None:
    (file,) = parse(patch)
    (again,) = parse(render(file))
    assert said(again) == said(file)


@given(drifted_patches())
def test_it_applies_where_the_original_does_and_with_the_same_result(case: tuple[bytes, bytes]) -> None:
    base, hunks = case
    try:
        (file,) = parse(b"--- a/x\n+++ b/x\n" + hunks)
    except PatchError:
        return
    (again,) = parse(render(file))
    assert said(again) == said(file)
    assert outcome(base, again) == outcome(base, file)


def outcome(base: bytes, file: FilePatch) -> object:
    """What applying it gives: the content, or why not."""
    try:
        return apply(base, file)
    except PatchError as error:
        return error.reason
