import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_console.merge.diff import unified
from lattice_console.merge.patch import Operation, apply, parse
from tests.merge import git
from tests.merge.strategies import texts

PATHS = ["f", "a b.json", "tab\tname", 'quo"te', "back\\slash", "ü/straße.yaml", "d/e/f", "new\nline", " ", "b/x"]
CONTENTS = st.one_of(texts(), st.binary(max_size=60).map(lambda data: data.replace(b"\0", b"\n")))


def test_a_modified_file_has_the_headers_and_hunks_of_git() -> None:
    assert unified(b"a\nb\n", b"a\nc", old_path="d/f", new_path="d/f") == (
        b"diff --git a/d/f b/d/f\n--- a/d/f\n+++ b/d/f\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n"
    )


def test_created_deleted_and_renamed_files_say_so() -> None:
    assert unified(None, b"", old_path=None, new_path="f") == b"diff --git a/f b/f\nnew file mode 100644\n"
    assert unified(b"a\n", None, old_path="f", new_path=None) == (
        b"diff --git a/f b/f\ndeleted file mode 100644\n--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"
    )
    assert unified(b"a", b"a", old_path="x y", new_path="z\t") == (
        b'diff --git a/x y "b/z\\t"\nrename from x y\nrename to "z\\t"\n'
    )


def test_no_change_is_no_patch() -> None:
    assert unified(b"a", b"a", old_path="f", new_path="f") == b""


def test_binary_files_are_named_and_not_shown() -> None:
    assert unified(b"\0", b"a", old_path="f", new_path="f").endswith(b"\nBinary files a/f and b/f differ\n")
    assert unified(None, b"\0", old_path=None, new_path="f").endswith(b"\nBinary files /dev/null and b/f differ\n")


@pytest.mark.parametrize(
    ("old", "new", "old_path", "new_path"),
    [(None, None, None, None), (b"a", b"b", None, "f"), (None, b"b", "f", "f"), (b"a", None, "f", "f")],
)
def test_a_side_without_its_path_is_refused(
    old: bytes | None, new: bytes | None, old_path: str | None, new_path: str | None
) -> None:
    with pytest.raises(ValueError, match="bytes and a path"):
        unified(old, new, old_path=old_path, new_path=new_path)


@given(CONTENTS, CONTENTS, st.sampled_from([1, 2, 3, 9]), st.sampled_from(PATHS))
def test_a_patch_made_here_applies_here(old: bytes, new: bytes, context: int, path: str) -> None:
    patch = unified(old, new, old_path=path, new_path=path, context=context)
    if old == new:
        assert patch == b""
        return
    [file] = parse(b"prose\n" + patch + b"-- \n2.39\n")
    assert (file.old_path, file.new_path, file.operation) == (path, path, Operation.MODIFY)
    assert apply(old, file) == new


@settings(max_examples=20)
@given(st.lists(st.tuples(CONTENTS, CONTENTS), min_size=1, max_size=len(PATHS)))
def test_git_applies_what_is_made_here(cases: list[tuple[bytes, bytes]]) -> None:
    files = {path: old for path, (old, _) in zip(PATHS, cases, strict=False) if path != " "}
    results = {path: new for path, (_, new) in zip(PATHS, cases, strict=False) if path != " "}
    patch = b"".join(
        unified(old, new, old_path=path, new_path=path)
        for (path, old), new in zip(files.items(), results.values(), strict=True)
    )
    patch += unified(None, cases[0][0], old_path=None, new_path="made here")
    patch += unified(cases[0][1], None, old_path="gone", new_path=None)
    patch += unified(b"same\n" * 9, b"same\n" * 9 + b"more", old_path="from ö", new_path="to ö")
    files |= {"gone": cases[0][1], "from ö": b"same\n" * 9}
    results |= {"made here": cases[0][0], "to ö": b"same\n" * 9 + b"more"}
    assert git.apply(files, patch) == results


@settings(max_examples=40)
@given(texts(), texts(), st.sampled_from([0, 1, 3]), st.sampled_from(["f", "a b", "ü"]))
def test_a_patch_made_here_is_what_git_diff_prints(old: bytes, new: bytes, context: int, path: str) -> None:
    assert unified(old, new, old_path=path, new_path=path, context=context) == git.diff(
        old, new, context=context, name=path
    )
