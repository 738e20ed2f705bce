import pytest

from lattice_console.merge.patch import PatchError, apply, parse
from tests.merge import git

TEN = b"".join(b"%d\n" % number for number in range(1, 11))


def applied(base: bytes | None, hunks: bytes, header: bytes = b"--- a/f\n+++ b/f\n") -> bytes | None:
    [file] = parse(header + hunks)
    return apply(base, file)


def as_git(base: bytes, hunks: bytes) -> bytes:
    """What the hunks make of `base`, here and with git."""
    result = applied(base, hunks)
    assert result is not None
    assert git.apply({"f": base}, b"--- a/f\n+++ b/f\n" + hunks) == {"f": result}
    return result


def refused(base: bytes | None, hunks: bytes, header: bytes = b"--- a/f\n+++ b/f\n") -> PatchError:
    with pytest.raises(PatchError) as caught:
        applied(base, hunks, header)
    return caught.value


def refused_as_git(base: bytes, hunks: bytes) -> PatchError:
    assert git.apply({"f": base}, b"--- a/f\n+++ b/f\n" + hunks) is None
    return refused(base, hunks)


MIDDLE = b"@@ -4,3 +4,3 @@\n 4\n-5\n+five\n 6\n"


def test_a_hunk_is_found_where_lines_moved() -> None:
    assert as_git(TEN, MIDDLE) == TEN.replace(b"5", b"five")
    assert as_git(b"new\n" * 2000 + TEN, MIDDLE) == b"new\n" * 2000 + TEN.replace(b"5", b"five")
    assert as_git(TEN[4:], MIDDLE) == TEN[4:].replace(b"5", b"five")


def test_of_two_places_the_nearer_is_taken_and_of_equally_near_ones_the_later() -> None:
    block = b"x\ny\nz\n"
    hunk = b"@@ -%d,3 +%d,3 @@\n x\n-y\n+Y\n z\n"
    base = block + b"-\n" * 10 + block + b"-\n" * 10 + block
    assert as_git(base, hunk % (11, 11)).split(block) == [b"", b"-\n" * 10 + b"x\nY\nz\n" + b"-\n" * 10, b""]
    # Line 9 is 6 lines from line 3 and from line 15.
    two = b"-\n-\n" + block + b"-\n" * 9 + block + b"-\n"
    assert as_git(two, hunk % (9, 9)) == two[: -len(block) - 2] + b"x\nY\nz\n-\n"


def test_lines_that_a_hunk_has_written_are_not_matched_again() -> None:
    hunk = b"@@ -2,3 +2,3 @@\n b\n-a\n+a!\n b\n"
    again = b"@@ -2,2 +2,2 @@\n-b\n+B\n -\n"
    base = b"-\nb\na\nb\n-\nb\n-\n"
    assert as_git(base, hunk + again) == b"-\nb\na!\nb\n-\nB\n-\n"


def test_a_hunk_that_overlaps_an_earlier_one_is_refused() -> None:
    error = refused_as_git(TEN, MIDDLE + MIDDLE)
    assert str(error) == "hunk 2 (@@ -4,3 +4,3 @@) of f: its lines overlap those of an earlier hunk"


def test_a_hunk_may_stand_before_an_earlier_one() -> None:
    late, early = b"@@ -7,3 +7,4 @@\n 7\n-8\n+a\n+b\n 9\n", b"@@ -2,3 +2,2 @@\n 2\n-3\n 4\n"
    expected = TEN.replace(b"8", b"a\nb").replace(b"3\n", b"")
    assert as_git(TEN, late + early) == as_git(TEN, early + late) == expected


def test_a_hunk_at_line_1_matches_the_start_alone() -> None:
    hunk = b"@@ -1,2 +1,2 @@\n-1\n+one\n 2\n"
    assert as_git(TEN, hunk) == b"one\n" + TEN[2:]
    error = refused_as_git(b"0\n" + TEN, hunk)
    assert error.reason.startswith("it begins at line 1, but the file does not begin with its lines; nearest: line 2")


def test_a_hunk_without_trailing_context_matches_the_end_alone() -> None:
    hunk = b"@@ -9,2 +9,3 @@\n 9\n 10\n+11\n"
    assert as_git(b"new\n" + TEN, hunk) == b"new\n" + TEN + b"11\n"
    assert "does not end with its lines" in refused_as_git(TEN + b"12\n", hunk).reason


def test_a_hunk_without_context_is_refused_except_at_the_end() -> None:
    assert "it has no context lines" in refused_as_git(TEN, b"@@ -5 +5 @@\n-5\n+five\n").reason
    assert as_git(TEN, b"@@ -10,0 +11 @@\n+11\n") == TEN + b"11\n"
    assert as_git(TEN, b"@@ -10 +9,0 @@\n-10\n") == TEN[:-3]


def test_context_is_never_dropped() -> None:
    error = refused_as_git(TEN.replace(b"7", b"seven"), b"@@ -3,5 +3,5 @@\n 3\n 4\n-5\n+five\n 6\n 7\n")
    assert error.reason == (
        "its context is not found; nearest: line 3, 4 of its 5 lines match, the first that differs is line 7"
    )


def test_a_missing_final_newline_is_added_taken_and_kept() -> None:
    no_newline = b"\\ No newline at end of file\n"
    assert as_git(b"a\nb", b"@@ -1,2 +1,2 @@\n a\n-b\n" + no_newline + b"+b\n") == b"a\nb\n"
    assert as_git(b"a\nb\n", b"@@ -1,2 +1,2 @@\n a\n-b\n+b\n" + no_newline) == b"a\nb"
    assert as_git(b"a\nb\nc", b"@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n" + no_newline) == b"a\nB\nc"
    refused_as_git(b"a\nb", b"@@ -1,2 +1,2 @@\n a\n-b\n+c\n")
    refused_as_git(b"a\nb\n", b"@@ -1,2 +1,2 @@\n a\n-b\n" + no_newline + b"+c\n")


def test_a_context_line_without_newline_matches_the_last_line_that_has_one() -> None:
    hunk = b"@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n\\ No newline at end of file\n"
    assert as_git(b"a\nb\nc\n", hunk) == b"a\nB\nc"
    assert as_git(b"a\nb\nc \n", hunk) == b"a\nB\nc"


def test_where_git_would_join_two_lines_the_hunk_is_refused() -> None:
    within = b"@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n\\ No newline at end of file\n"
    assert git.apply({"f": b"a\nb\nc\nd\n"}, b"--- a/f\n+++ b/f\n" + within) == {"f": b"a\nB\ncd\n"}
    assert "other lines follow" in refused(b"a\nb\nc\nd\n", within).reason
    behind = b"@@ -2,0 +3 @@\n+c\n"
    assert git.apply({"f": b"a\nb"}, b"--- a/f\n+++ b/f\n" + behind) == {"f": b"a\nbc\n"}
    assert "last line has no newline" in refused(b"a\nb", behind).reason


def test_carriage_returns_marks_and_invalid_utf8_are_compared_as_bytes() -> None:
    base = b"\xef\xbb\xbfa\r\nb\xff\r\nc\r\n"
    hunk = b"@@ -1,3 +1,3 @@\n \xef\xbb\xbfa\r\n-b\xff\r\n+B\xfe\r\n c\r\n"
    assert as_git(base, hunk) == b"\xef\xbb\xbfa\r\nB\xfe\r\nc\r\n"
    refused_as_git(base.replace(b"\r", b""), hunk)


CREATE = b"diff --git a/f b/f\nnew file mode 100644\n--- /dev/null\n+++ b/f\n"
DELETE = b"diff --git a/f b/f\ndeleted file mode 100644\n--- a/f\n+++ /dev/null\n"


def test_a_new_file_must_not_exist_and_others_must() -> None:
    assert applied(None, b"@@ -0,0 +1 @@\n+a\n", CREATE) == b"a\n"
    assert refused(b"", b"@@ -0,0 +1 @@\n+a\n", CREATE).reason == "it makes a new file, but the file exists"
    assert refused(None, MIDDLE).reason == "the file does not exist"
    assert refused(None, b"@@ -1 +0,0 @@\n-a\n", DELETE).reason == "the file does not exist"


def test_a_deletion_leaves_nothing() -> None:
    assert applied(b"a\n", b"@@ -1 +0,0 @@\n-a\n", DELETE) is None
    [empty] = parse(b"diff --git a/f b/f\ndeleted file mode 100644\nindex e69de29..0000000\n")
    assert apply(b"", empty) is None
    with pytest.raises(PatchError, match="holds more lines"):
        apply(b"a\n", empty)


def test_removing_every_line_leaves_an_empty_file() -> None:
    assert as_git(b"a\nb\n", b"@@ -1,2 +0,0 @@\n-a\n-b\n") == b""


def test_a_rename_keeps_or_changes_the_content() -> None:
    header = b"diff --git a/f b/g\nrename from f\nrename to g\n"
    assert applied(TEN, b"", header) == TEN
    assert applied(TEN, b"--- a/f\n+++ b/g\n" + MIDDLE, header) == TEN.replace(b"5", b"five")


def test_a_search_that_would_not_end_is_given_up_and_the_hunk_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lattice_console.merge.patch._SEARCH_LIMIT", 1_000_000)
    base = b"".join(b"%d\n" % number for number in range(8000))
    far = b"".join(b"@@ -7990,3 +2,3 @@\n %d\n-%d\n+x\n %d\n" % (at, at + 1, at + 2) for at in range(1, 7000, 4))
    with pytest.raises(PatchError, match=r"hunk \d+ .* the search was given up"):
        applied(base, far)
    assert applied(base, far[: far.index(b"@@ -7990", 2000)]) is not None
