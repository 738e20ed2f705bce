"""A diff is applied once, when it is proposed: exactly, or it fails naming the hunk."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.merge.diff import unified
from tests.support.changes import create, modify, patch
from tests.support.house import carry_out, head_of, propose, track
from tests.support.refusals import refusal

LINES = [b"line %d\n" % number for number in range(1, 31)]
BEFORE = b"".join(LINES)
AFTER = BEFORE.replace(b"line 9\n", b"line nine\n").replace(b"line 25\n", b"")


def _diff(before: bytes | None, after: bytes | None, path: str = "a.txt") -> bytes:
    return unified(before, after, old_path=path if before else None, new_path=path if after else None)


async def test_a_diff_becomes_whole_content_at_once(ann: Backend) -> None:
    await track(ann, {"a.txt": BEFORE})
    proposed = await propose(ann, patch("a.txt", _diff(BEFORE, AFTER)))
    result = proposed.changes[0].result_hash
    assert result is not None
    assert await ann.documents.content(result) == AFTER
    await ann.reviews.vote(proposed.id, vote="approve")
    await ann.executions.execute(proposed.id)
    assert await head_of(ann) == {"a.txt": AFTER}


async def test_a_diff_applies_where_its_lines_have_moved(ann: Backend) -> None:
    moved = b"new first line\n" * 5 + BEFORE
    await track(ann, {"a.txt": moved})
    await carry_out(ann, patch("a.txt", _diff(BEFORE, AFTER)))
    assert await head_of(ann) == {"a.txt": b"new first line\n" * 5 + AFTER}


async def test_a_hunk_that_does_not_fit_is_named_and_nothing_is_proposed(ann: Backend) -> None:
    await track(ann, {"a.txt": BEFORE.replace(b"line 24\n", b"something else\n")})
    with refusal("VAL_DIFF") as refused:
        await propose(ann, patch("a.txt", _diff(BEFORE, AFTER)))
    assert "hunk 2" in refused.value.message
    assert "a.txt" in refused.value.message
    assert refused.value.details["field"] == "diff"
    assert (await ann.mutations.list()).total == 0


@pytest.mark.parametrize(
    "diff",
    [
        b"",
        b"no diff at all\n",
        b"--- a.txt\n+++ a.txt\n@@ -1,9 +1,9 @@\n line 1\n",
        _diff(BEFORE, AFTER) + _diff(b"x\n", b"y\n", "b.txt"),
        _diff(BEFORE, None),
        b"\xff\xfe\x00",
    ],
    ids=["empty", "no diff", "cut off", "two files", "a deletion", "binary"],
)
async def test_a_diff_that_is_none_of_that_file_is_refused(ann: Backend, diff: bytes) -> None:
    await track(ann, {"a.txt": BEFORE})
    with refusal("VAL_DIFF"):
        await propose(ann, patch("a.txt", diff))


async def test_a_diff_creates_and_deletes_too(ann: Backend) -> None:
    await carry_out(ann, ChangeInput(operation_type="create", file_path="a.txt", diff=_diff(None, BEFORE)))
    assert await head_of(ann) == {"a.txt": BEFORE}
    await carry_out(ann, ChangeInput(operation_type="delete", file_path="a.txt", diff=_diff(BEFORE, None)))
    assert await head_of(ann) == {}


@pytest.mark.parametrize(
    "before", [b"one\r\ntwo\r\nthree\r\n", b"\xef\xbb\xbfone\ntwo\nthree", b"one\n\xff\xfe\nthree\n"]
)
async def test_a_diff_touches_no_byte_that_it_does_not_name(ann: Backend, before: bytes) -> None:
    after = before.replace(b"three", b"3")
    await track(ann, {"a.txt": before})
    await carry_out(ann, patch("a.txt", _diff(before, after)))
    assert await head_of(ann) == {"a.txt": after}


async def test_a_diff_is_made_against_the_parents_result(ann: Backend) -> None:
    await track(ann, {"a.txt": BEFORE})
    parent = await propose(ann, modify("a.txt", AFTER))
    last = AFTER + b"line 31\n"
    child = await propose(ann, patch("a.txt", _diff(AFTER, last)), parents=[parent.id])
    result = child.changes[0].result_hash
    assert result is not None
    assert await ann.documents.content(result) == last


async def test_a_diff_never_applies_again_when_it_is_executed(ann: Backend) -> None:
    await track(ann, {"a.txt": BEFORE})
    proposed = await propose(ann, patch("a.txt", _diff(BEFORE, AFTER)))
    await ann.reviews.vote(proposed.id, vote="approve")
    await carry_out(ann, modify("a.txt", b"new first line\n" + BEFORE))
    with refusal("CF_STALE_BASE"):
        await ann.executions.execute(proposed.id)
    await propose(ann, create("b.txt"))
    assert (await head_of(ann))["a.txt"] == b"new first line\n" + BEFORE
