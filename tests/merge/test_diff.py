import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.diff import FileDiff, Line, diff, hunk_digest, is_binary
from lattice_console.merge.lines import split_lines
from tests.merge.strategies import texts

CONTEXTS = st.sampled_from([0, 1, 3, 100])


def numbers(compared: FileDiff) -> list[tuple[int, int, int, int]]:
    return [(hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines) for hunk in compared.hunks]


def whole(line: Line) -> bytes:
    return line.content + (b"\n" if line.newline else b"")


def rebuilt(old: bytes, new: bytes, compared: FileDiff) -> tuple[bytes, bytes]:
    """Both sides, from the lines of the hunks and what lies between them in the other side."""
    old_lines, new_lines = split_lines(old), split_lines(new)
    from_new, from_old, old_at, new_at = b"", b"", 0, 0
    for hunk in compared.hunks:
        old_start, new_start = hunk.old_start - (hunk.old_lines > 0), hunk.new_start - (hunk.new_lines > 0)
        from_new += b"".join(new_lines[new_at:new_start])
        from_old += b"".join(old_lines[old_at:old_start])
        from_new += b"".join(whole(line) for line in hunk.lines if line.origin != "+")
        from_old += b"".join(whole(line) for line in hunk.lines if line.origin != "-")
        old_at, new_at = old_start + hunk.old_lines, new_start + hunk.new_lines
    return from_new + b"".join(new_lines[new_at:]), from_old + b"".join(old_lines[old_at:])


def test_a_changed_line_is_a_hunk_with_its_context() -> None:
    compared = diff(b"a\nb\nc\nd\ne\n", b"a\nb\nC\nd\ne\n", context=1)
    assert numbers(compared) == [(2, 3, 2, 3)]
    assert list(compared.hunks[0].lines) == [
        Line(" ", b"b", 2, 2, True),
        Line("-", b"c", 3, None, True),
        Line("+", b"C", None, 3, True),
        Line(" ", b"d", 4, 4, True),
    ]
    assert (compared.added, compared.removed, compared.binary, compared.identical) == (1, 1, False, False)


def test_a_side_without_lines_is_numbered_by_the_line_before() -> None:
    assert numbers(diff(b"a\nb\n", b"a\nx\nb\n", context=0)) == [(1, 0, 2, 1)]
    assert numbers(diff(b"a\nx\nb\n", b"a\nb\n", context=0)) == [(2, 1, 1, 0)]
    assert numbers(diff(None, b"a\nb\n")) == [(0, 0, 1, 2)]
    assert numbers(diff(b"a\nb\n", None)) == [(1, 2, 0, 0)]


def test_hunks_join_when_their_contexts_touch() -> None:
    old = b"".join(b"%d\n" % number for number in range(20))
    near = old.replace(b"\n5\n", b"\nfive\n").replace(b"\n12\n", b"\ntwelve\n")
    far = old.replace(b"\n5\n", b"\nfive\n").replace(b"\n13\n", b"\nthirteen\n")
    assert len(diff(old, near, context=3).hunks) == 1
    assert len(diff(old, far, context=3).hunks) == 2


def test_a_missing_final_newline_is_a_difference_and_marked() -> None:
    lines = list(diff(b"a\nb", b"a\nb\n").hunks[0].lines)
    assert lines == [Line(" ", b"a", 1, 1, True), Line("-", b"b", 2, None, False), Line("+", b"b", None, 2, True)]


def test_carriage_returns_marks_and_invalid_utf8_are_content() -> None:
    compared = diff(b"\xef\xbb\xbfa\r\nb\xff\r\n", b"\xef\xbb\xbfa\r\nb\xfe\n")
    assert [line.content for line in compared.hunks[0].lines] == [b"\xef\xbb\xbfa\r", b"b\xff\r", b"b\xfe"]


def test_an_empty_document_is_not_one_that_does_not_exist() -> None:
    assert not diff(None, b"").identical
    assert not diff(None, b"").hunks
    assert diff(b"", b"").identical
    assert diff(b"a\n", b"a\n").identical


def test_content_is_binary_by_its_first_8000_bytes() -> None:
    assert is_binary(b"a" * 7999 + b"\0")
    assert not is_binary(b"a" * 8000 + b"\0")
    assert not is_binary(None)
    compared = diff(b"a\n", b"\0")
    assert (compared.binary, compared.hunks, compared.added, compared.removed) == (True, (), 0, 0)


def test_nul_behind_the_first_8000_bytes_is_compared_as_text() -> None:
    start = b"a" * 8000 + b"\n"
    lines = diff(start + b"x\0y\n", start + b"x\0z\n", context=0).hunks[0].lines
    assert [line.content for line in lines] == [b"x\0y", b"x\0z"]


def test_a_hunk_is_named_by_the_nearest_line_that_begins_like_an_identifier() -> None:
    old = b"paths:\n" + b"  /a: 1\n" * 8 + b"_x: \t\r\n" + b"  /b: 2\n" * 8 + b"y" * 100 + b"\n" + b" z\n" * 8
    new = old.replace(b"/a: 1\n_x", b"/c: 1\n_x").replace(b"/b: 2\nyy", b"/c: 2\nyy") + b"end\n"
    hunks = diff(old, new).hunks
    assert [hunk.section for hunk in hunks] == [b"paths:", b"_x:", b"y" * 80]
    assert hunks[0].header == b"@@ -6,7 +6,7 @@ paths:"
    assert diff(b"a\n", b"b\n").hunks[0].header == b"@@ -1 +1 @@"


def test_lines_are_reached_by_row_slice_and_from_the_end() -> None:
    lines = diff(b"a\nb\nc\nd\n", b"a\nB\nc\nD\n").hunks[0].lines
    every = list(lines)
    assert len(lines) == len(every) == 6
    assert [lines[row] for row in range(6)] == every
    assert lines[-1] == every[-1]
    assert lines[1:4] == every[1:4]
    assert lines[::-2] == every[::-2]
    assert lines[4:2] == []
    with pytest.raises(IndexError, match="row 6"):
        lines[6]


def test_negative_context_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        diff(b"a", b"b", context=-1)


@given(texts(), texts(), CONTEXTS)
def test_each_side_is_rebuilt_from_the_other_and_the_hunks(old: bytes, new: bytes, context: int) -> None:
    compared = diff(old, new, context=context)
    assert rebuilt(old, new, compared) == (old, new)
    lines = [line for hunk in compared.hunks for line in hunk.lines]
    assert compared.added == sum(line.origin == "+" for line in lines)
    assert compared.removed == sum(line.origin == "-" for line in lines)
    assert compared.identical == (old == new) == (not compared.hunks)


@given(texts(), texts(), CONTEXTS)
def test_lines_are_numbered_without_gaps_and_match_their_header(old: bytes, new: bytes, context: int) -> None:
    for hunk in diff(old, new, context=context).hunks:
        olds = [line.old_no for line in hunk.lines if line.old_no is not None]
        news = [line.new_no for line in hunk.lines if line.new_no is not None]
        assert olds == list(range(hunk.old_start, hunk.old_start + hunk.old_lines))
        assert news == list(range(hunk.new_start, hunk.new_start + hunk.new_lines))
        assert len(hunk.lines) == len(list(hunk.lines))


@given(texts(), texts(), st.data())
def test_a_slice_holds_the_lines_of_the_whole(old: bytes, new: bytes, draw: st.DataObject) -> None:
    for hunk in diff(old, new).hunks:
        start, stop = draw.draw(st.tuples(st.integers(0, 40), st.integers(0, 40)))
        assert hunk.lines[start:stop] == list(hunk.lines)[start:stop]


def test_libgit2_is_loaded_with_the_first_comparison_and_not_before() -> None:
    program = (
        "import sys; from lattice_console.merge.diff import diff; from lattice_console.merge.patch import apply;"
        "before = 'pygit2' in sys.modules; diff(b'a', b'b'); print(before, 'pygit2' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said == "False True\n"


@pytest.fixture
def only_voluntary_switches() -> Iterator[None]:
    """Threads hand over where they give the interpreter lock back, not because their time is up."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(60)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("only_voluntary_switches")
def test_other_threads_run_while_texts_are_compared() -> None:
    lines = [b"%d\n" % (number % 3) for number in range(120_000)]
    old, new = b"".join(lines), b"".join(lines[number * 7919 % len(lines)] for number in range(len(lines)))
    diff(b"a", b"b")  # The library is loaded by now.
    started, ran = threading.Event(), threading.Event()

    def run() -> None:
        started.wait()
        ran.set()

    other = threading.Thread(target=run)
    other.start()
    started.set()
    diff(old, new)
    had_run = ran.is_set()
    other.join()
    assert had_run


def test_the_digest_follows_a_change_that_only_moved() -> None:
    old, new = b"a\nb\nc\nd\n", b"a\nb\nx\nc\nd\n"
    before = b"new\n" * 40
    assert hunk_digest(old, new) != hunk_digest(before + old, before + new)  # The start of the file is no context.
    start = b"1\n2\n3\n"
    assert hunk_digest(start + old, start + new) == hunk_digest(before + start + old, before + start + new)


@given(texts(), texts(), texts(), texts())
def test_the_digest_tells_apart_whatever_has_other_lines(old: bytes, new: bytes, old2: bytes, new2: bytes) -> None:
    def lines(a: bytes, b: bytes) -> list[list[tuple[str, bytes]]]:
        return [[(line.origin, whole(line)) for line in hunk.lines] for hunk in diff(a, b).hunks]

    assert (hunk_digest(old, new) == hunk_digest(old2, new2)) == (lines(old, new) == lines(old2, new2))


def test_the_digest_of_binary_content_takes_in_both_sides_whole() -> None:
    digests = {
        hunk_digest(*sides) for sides in [(b"\0", b"a"), (b"\0", b"b"), (b"\0a", b""), (b"", b"\0a"), (b"", b"a")]
    }
    assert len(digests) == 5
