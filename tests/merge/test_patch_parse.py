import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from lattice_console.merge.patch import Operation, PatchError, apply, parse
from tests.merge import git

HUNK = b"@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n"
BASE, RESULT = b"a\nb\nd\n", b"a\nc\nd\n"


def only(patch: bytes) -> tuple[str | None, str | None, Operation]:
    [file] = parse(patch)
    return file.old_path, file.new_path, file.operation


def refused(patch: bytes) -> PatchError:
    with pytest.raises(PatchError) as caught:
        parse(patch)
    return caught.value


NAMES = {
    "prefixes are stripped": (b"--- a/d/f\n+++ b/d/f\n", "d/f"),
    "any first component is stripped": (b"--- src/f\n+++ src/f\n", "f"),
    "bare names stay": (b"--- f\n+++ f\n", "f"),
    "a tab ends a name": (b"--- a/f\tFri\n+++ b/f\tSat\n", "f"),
    "a blank does not": (b"--- a/a b\n+++ b/a b\n", "a b"),
    "a timestamp is none of the name": (
        b"--- a/f\t2010-07-05 19:41:17.620000023 -0500\n+++ b/f\t2010-07-05 19:41:17 +00:00\n",
        "f",
    ),
    "nor are blanks before it": (b"--- a/f  2010-07-05\n+++ b/f  10-07-05\n", "f"),
    "the shorter name is meant": (b"--- a/f.orig\n+++ b/f\n", "f"),
    "from either side": (b"--- a/f\n+++ b/f~\n", "f"),
    "quoted names are unquoted": (b'--- "a/\\303\\274\\t"\n+++ "b/\\303\\274\\t"\n', "ü\t"),
    "double slashes are one": (b"--- a/d///f\n+++ b/d//f\n", "d/f"),
    "carriage returns end a name": (b"--- a/f\r\n+++ b/f\r\n", "f"),
    "git names them twice": (b"diff --git a/d/f b/d/f\nindex 1..2 100644\n--- a/d/f\n+++ b/d/f\n", "d/f"),
    "without prefix too": (b"diff --git x/f y/f\n--- x/f\n+++ y/f\n", "f"),
}


@pytest.mark.parametrize(("header", "path"), NAMES.values(), ids=NAMES.keys())
def test_names_are_read_as_git_reads_them(header: bytes, path: str) -> None:
    assert only(header + HUNK) == (path, path, Operation.MODIFY)
    assert git.apply({path: BASE}, header + HUNK) == {path: RESULT}


OPERATIONS = {
    "created": (
        b"diff --git a/f b/f\nnew file mode 100644\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n",
        (None, "f", Operation.CREATE),
    ),
    "created empty": (b"diff --git a/f b/f\nnew file mode 100644\nindex 0..e69de29\n", (None, "f", Operation.CREATE)),
    "created, without git": (b"--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n", (None, "f", Operation.CREATE)),
    "created, by the epoch": (
        b"--- a/f\t1969-12-31 19:00:00.000 -0500\n+++ b/f\t2010-07-05\n@@ -0,0 +1 @@\n+a\n",
        (None, "f", Operation.CREATE),
    ),
    "deleted": (
        b"diff --git a/f b/f\ndeleted file mode 100644\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n",
        ("f", None, Operation.DELETE),
    ),
    "deleted, by the epoch": (
        b"--- a/f\t2010-07-05\n+++ b/f\t1970-01-01 01:00:00 +01:00\n@@ -1 +0,0 @@\n-a\n",
        ("f", None, Operation.DELETE),
    ),
    "renamed": (
        b"diff --git a/f b/g h\nsimilarity index 100%\nrename from f\nrename to g h\n",
        ("f", "g h", Operation.RENAME),
    ),
    "renamed and changed": (
        b'diff --git a/f "b/\\303\\274"\nrename from f\nrename to "\\303\\274"\n--- a/f\n+++ "b/\\303\\274"\n' + HUNK,
        ("f", "ü", Operation.RENAME),
    ),
    "changed with its mode": (
        b"diff --git a/f b/f\nold mode 100644\nnew mode 100755\n--- a/f\n+++ b/f\n" + HUNK,
        ("f", "f", Operation.MODIFY),
    ),
}


@pytest.mark.parametrize(("patch", "expected"), OPERATIONS.values(), ids=OPERATIONS.keys())
def test_operations_are_told_from_the_header(patch: bytes, expected: tuple[str | None, str | None, Operation]) -> None:
    assert only(patch) == expected


def test_a_patch_may_hold_several_files_between_prose() -> None:
    patch = (
        b"Subject: two\n\n--- not a header\n"
        + b"--- a/f\n+++ b/f\n"
        + HUNK
        + b"Index: g\n==\n--- a/g\n+++ b/g\n"
        + HUNK
    )
    patch += b"-- \n2.39.5\n"
    assert [file.new_path for file in parse(patch)] == ["f", "g"]
    assert git.apply({"f": BASE, "g": BASE}, patch) == {"f": RESULT, "g": RESULT}


def test_a_file_of_which_only_the_mode_changes_is_left_out() -> None:
    assert parse(b"diff --git a/f b/f\nold mode 100644\nnew mode 100755\n") == []


def test_a_file_that_is_renamed_to_itself_is_not_renamed() -> None:
    header = b"diff --git a/f b/f\nrename from f\nrename to f\n"
    assert parse(header) == []
    assert only(header + b"--- a/f\n+++ b/f\n" + HUNK) == ("f", "f", Operation.MODIFY)
    assert git.apply({"f": BASE}, header) == {"f": BASE}
    assert git.apply({"f": BASE}, header + b"--- a/f\n+++ b/f\n" + HUNK) == {"f": RESULT}


def test_a_patch_without_git_that_only_adds_may_create_the_file() -> None:
    [file] = parse(b"--- a/f\n+++ b/f\n@@ -0,0 +1 @@\n+a\n")
    assert file.creates_if_missing
    assert apply(None, file) == apply(b"", file) == b"a\n"
    [other] = parse(b"--- a/f\n+++ b/f\n" + HUNK)
    assert not other.creates_if_missing


def test_empty_context_lines_may_lack_their_blank() -> None:
    [file] = parse(b"--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n\n-b\n+c\n\n")
    assert apply(b"\nb\n\n", file) == b"\nc\n\n"


HEADER = b"--- a/f\n+++ b/f\n"
DAMAGED = {
    "no header": (HUNK, "no header that names its file"),
    "a second hunk after prose": (HEADER + HUNK + b"prose\n" + HUNK, "no header that names its file"),
    "nothing": (b"", "holds no patch"),
    "prose": (b"hello\nworld\n", "holds no patch"),
    "no hunk": (b"diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\nprose\n", "not followed by a hunk"),
    "too few lines": (HEADER + b"@@ -1,4 +1,4 @@\n a\n-b\n+c\n d\n", "the patch ends before them"),
    "too few lines before the next file": (
        HEADER + b"@@ -1,4 +1,4 @@\n a\n-b\n+c\n d\n" + b"diff --git a/g b/g\n",
        "it ends before them",
    ),
    "too many lines": (HEADER + b"@@ -1,2 +1,2 @@\n a\n-b\n+c\n d\n", "more lines follow"),
    "too many old lines": (HEADER + b"@@ -1,2 +1,3 @@\n a\n-b\n-c\n+d\n", "do not add up"),
    "no newline at the patch's end": (HEADER + HUNK[:-1], "the patch ends before them"),
    "no change": (HEADER + b"@@ -1,1 +1,1 @@\n a\n", "neither adds nor removes"),
    "a damaged hunk header": (HEADER + HUNK + b"@@ -1,3 +1,3\n a\n", "not of the form"),
    "a line that is none": (HEADER + b"@@ -1,3 +1,3 @@\n a\n*b\n", "it ends before them"),
    "a strange backslash": (HEADER + b"@@ -1,3 +1,3 @@\n a\n\\b\n-b\n", "backslash"),
    "numbers beyond reason": (HEADER + b"@@ -1,3 +99999999999999999999,3 @@\n a\n", "larger than 2147483647"),
    "a newline missing in the middle": (
        HEADER + b"@@ -1,2 +1,2 @@\n a\n\\ No newline at end of file\n-b\n+c\n",
        "not the last of its side",
    ),
    "a newline missing from nothing": (
        HEADER + b"@@ -1 +1 @@\n-a\n+\n\\ No newline at end of file\n",
        "an empty line cannot lack",
    ),
    "a new file with old lines": (b"--- /dev/null\n+++ b/f\n" + HUNK, "its hunks expect old lines"),
    "a deleted file with new lines": (b"--- a/f\n+++ /dev/null\n" + HUNK, "its hunks leave lines"),
    "two different names": (b"diff --git a/f b/f\nindex 1..2\n--- a/f\n+++ b/f\n--- a/g\n", "two different files"),
    "new and deleted": (
        b"diff --git a/f b/f\nnew file mode 100644\ndeleted file mode 100644\n" + HEADER,
        "contradicts",
    ),
    "a git header without a name": (b"diff --git a/f b/g\nindex 1..2 100644\n", "does not tell the file's name"),
    "a name that is stripped away": (b"--- f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", "no file name"),
    "a name that is no UTF-8": (b"--- a/\xff\n+++ b/\xff\n" + HUNK, "no UTF-8"),
    "a name with NUL": (b'--- "a/\\000"\n+++ "b/\\000"\n' + HUNK, "holds NUL"),
    "a bad mode": (b"diff --git a/f b/f\nnew file mode rw\n", "no octal number"),
    "a symbolic link": (b"diff --git a/f b/f\nnew file mode 120000\n", "no symbolic links"),
    "a submodule": (b"diff --git a/f b/f\nindex 1..2 160000\n", "submodules"),
    "a copy": (b"diff --git a/f b/g\nsimilarity index 100%\ncopy from f\ncopy to g\n", "copies a file"),
    "a binary patch": (b"diff --git a/f b/f\nindex 1..2\nGIT binary patch\nliteral 1\n", "GIT binary patch"),
    "a binary file": (b"diff --git a/f b/f\nindex 1..2\nBinary files a/f and b/f differ\n", "content is binary"),
}


@pytest.mark.parametrize(("patch", "reason"), DAMAGED.values(), ids=DAMAGED.keys())
def test_what_is_no_whole_patch_is_refused_with_its_reason(patch: bytes, reason: str) -> None:
    assert reason in refused(patch).reason


REFUSED_BY_GIT = set(DAMAGED) - {
    "too many lines",
    "a newline missing in the middle",
    "a newline missing from nothing",
    "numbers beyond reason",
    "a name that is no UTF-8",
    "a name with NUL",
    "a symbolic link",
    "a copy",
}


@pytest.mark.parametrize("case", sorted(REFUSED_BY_GIT))
def test_git_refuses_it_too(case: str) -> None:
    assert git.apply({"f": b"a\nb\nd\n"}, DAMAGED[case][0]) is None


def test_the_error_names_the_hunk_and_the_file() -> None:
    error = refused(b"--- a/d/\xc3\xbc\n+++ b/d/\xc3\xbc\n" + HUNK + b"@@ -9,4 +9,4 @@ x\n a\n")
    assert error.hunk is not None
    assert (error.hunk.number, error.hunk.header, error.file) == (2, "@@ -9,4 +9,4 @@", '"d/\\303\\274"')
    assert str(error) == f'hunk 2 (@@ -9,4 +9,4 @@) of "d/\\303\\274": {error.reason}'
    assert "4 old and 4 new lines" in error.reason


def test_a_patch_over_the_limit_is_refused_by_its_size() -> None:
    patch = HEADER + HUNK
    assert len(parse(patch, max_bytes=len(patch))) == 1
    with pytest.raises(PatchError, match=f"{len(patch)} bytes, more than the 10 "):
        parse(patch, max_bytes=10)


PIECES = st.sampled_from(
    b"""diff --git a/f b/f
diff --git f f
diff --git "a/f" "b/f"
diff --git a/ b/
--- a/f
+++ b/f
--- f
+++ f
+++ "b/f"
--- /dev/null
+++ /dev/null
--- a/f\t1970-01-01 00:00:00 +0000
@@ -1,3 +1,3 @@
@@ -1 +1 @@
@@ -0,0 +1 @@
@@ -2,1 +2,1 @@ f
 a
-b
+c
 d

\\ No newline at end of file
-- 
prose
\xff
index 1..2 100644
similarity index 90%
rename from f
rename to g
old mode 100644
new mode 100755
new file mode 100644
deleted file mode 100644""".split(b"\n")
)


@given(st.lists(PIECES, max_size=12), st.binary(max_size=8))
def test_any_bytes_are_a_patch_or_refused(pieces: list[bytes], tail: bytes) -> None:
    patch = b"\n".join(pieces) + tail
    try:
        assert all(file.path for file in parse(patch))
    except PatchError as error:
        event(error.reason[:30])
        message = str(error)
    else:
        message = ""
    assert message.isascii()
    assert message.isprintable()
