"""Suggestions: edits that are taken over as a new patchset, byte by byte what they say."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.review import Anchor, Comment, NewComment
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, propose, track
from tests.support.refusals import refusal

BOM = b"\xef\xbb\xbf"


@pytest.fixture
async def proposed(ann: Backend, rob: Backend) -> Mutation:
    return await propose(ann, create("a.txt", b"one\ntwo\nthree\n"), create("b.txt", b"bee\n"))


async def suggest(
    backend: Backend, mutation: Mutation, line: int, text: str, *, last: int | None = None, path: str = "a.txt"
) -> Comment:
    anchor = Anchor(file_path=path, line=line, end_line=last)
    return await backend.reviews.comment(mutation.id, suggestion=text, anchor=anchor)


async def content_of(backend: Backend, mutation: Mutation, path: str = "a.txt") -> bytes:
    [change] = [one for one in (await backend.mutations.get(mutation.id)).changes if one.result_path == path]
    assert change.result_hash is not None
    return await backend.documents.content(change.result_hash)


async def test_an_applied_suggestion_is_a_new_patchset_that_says_so_and_settles_its_thread(
    ann: Backend, rob: Backend, proposed: Mutation
) -> None:
    said = await suggest(rob, proposed, 2, "TWO")
    await rob.reviews.vote(proposed.id, vote="approve_with_suggestions")
    applied = await ann.reviews.apply_suggestions(proposed.id, comments=[said.id])
    assert await content_of(ann, applied) == b"one\nTWO\nthree\n"
    assert await content_of(ann, applied, "b.txt") == b"bee\n"
    assert (applied.patchset, applied.status, applied.approvals, applied.threads) == (2, "pending", 0, 0)
    latest = await ann.mutations.patchset(proposed.id, 2)
    assert (latest.author.handle, latest.message) == ("ann", "Apply a suggestion by rob")
    [after] = await ann.reviews.comments(proposed.id)
    assert (after.open, after.applied, after.gone, after.patchset) == (False, 2, True, 1)
    assert after.resolved_by is not None
    assert after.resolved_by.handle == "ann"


async def test_it_is_told_and_recorded_as_the_patchset_that_it_is(
    ann: Backend, rob: Backend, proposed: Mutation
) -> None:
    said = await suggest(rob, proposed, 2, "TWO")
    events = await ann.events.last()
    applied = await ann.reviews.apply_suggestions(proposed.id, comments=[said.id], message="as rob says")
    [told] = await ann.events.since(events)
    assert (told.name, told.subject, told.version) == ("mutation.updated", proposed.id, applied.version)
    assert (told.data["fields"], told.data["patchset"], told.data["text"]) == (["patchset"], 2, "as rob says")
    [row] = (await ann.audit.log(limit=1)).items
    assert (row.action, row.actor) == ("mutation.updated", "ann")
    assert applied.version == proposed.version + 1


@pytest.mark.parametrize(
    ("before", "lines", "text", "after"),
    [
        (b"one\ntwo\nthree\n", (2, 2), "TWO", b"one\nTWO\nthree\n"),
        (b"one\ntwo\nthree\n", (2, 2), "TWO\n", b"one\nTWO\nthree\n"),
        (b"one\ntwo\nthree\n", (1, 3), "all\nof it", b"all\nof it\n"),
        (b"one\ntwo\nthree\n", (2, 3), "", b"one\n"),
        (b"one\ntwo\nthree\n", (2, 2), "\n", b"one\n\nthree\n"),
        (b"one\ntwo\nthree\n", (2, 2), "two\n\n", b"one\ntwo\n\nthree\n"),
        (b"one\r\ntwo\r\nthree\r\n", (2, 2), "TWO\nand", b"one\r\nTWO\r\nand\r\nthree\r\n"),
        (b"one\r\ntwo\nthree\r\n", (2, 2), "TWO\nand", b"one\r\nTWO\nand\nthree\r\n"),
        (b"one\r\ntwo\r\nthree", (3, 3), "THREE\nand", b"one\r\ntwo\r\nTHREE\r\nand"),
        (b"one\ntwo", (2, 2), "TWO", b"one\nTWO"),
        (b"one\ntwo", (2, 2), "TWO\n", b"one\nTWO"),
        (b"one\ntwo", (1, 2), "all\nof it", b"all\nof it"),
        (b"one", (1, 1), "one\ntwo", b"one\ntwo"),
        (BOM + b"one\ntwo\n", (1, 1), "ONE", BOM + b"ONE\ntwo\n"),
        (BOM + b"one\ntwo\n", (1, 1), "\ufeffONE", BOM + b"ONE\ntwo\n"),
        (BOM + b"one\ntwo\n", (1, 1), "", BOM + b"two\n"),
        (b"caf\xe9\nna\xefve\n", (2, 2), "naïf", b"caf\xe9\nna\xc3\xaff\n"),
        (b"a\n\xe2\x80\xa8b\x0cc\n", (2, 2), "x", b"a\nx\n"),
    ],
)
async def test_the_lines_are_replaced_and_nothing_else_changes(
    ann: Backend, before: bytes, lines: tuple[int, int], text: str, after: bytes
) -> None:
    proposed = await propose(ann, create("a.txt", before))
    said = await suggest(ann, proposed, lines[0], text, last=lines[1])
    applied = await ann.reviews.apply_suggestions(proposed.id, comments=[said.id])
    assert await content_of(ann, applied) == after


async def test_several_are_applied_at_once_in_one_file_and_in_others(
    ann: Backend, rob: Backend, proposed: Mutation
) -> None:
    taken = [
        await suggest(rob, proposed, 3, "THREE"),
        await suggest(rob, proposed, 1, "ONE\nand a half"),
        await suggest(ann, proposed, 1, "BEE", path="b.txt"),
    ]
    left = await suggest(rob, proposed, 2, "TWO")
    applied = await ann.reviews.apply_suggestions(proposed.id, comments=[one.id for one in taken])
    assert await content_of(ann, applied) == b"ONE\nand a half\ntwo\nTHREE\n"
    assert await content_of(ann, applied, "b.txt") == b"BEE\n"
    assert (await ann.mutations.patchset(proposed.id, 2)).message == "Apply 3 suggestions by ann, rob"
    assert [one.applied for one in await ann.reviews.comments(proposed.id)] == [2, 2, 2, None]
    further = await ann.reviews.apply_suggestions(proposed.id, comments=[left.id])
    assert await content_of(ann, further) == b"ONE\nand a half\nTWO\nTHREE\n"
    assert (further.patchset, further.threads) == (3, 0)


async def test_one_that_is_named_twice_is_applied_once(ann: Backend, rob: Backend, proposed: Mutation) -> None:
    said = await suggest(rob, proposed, 2, "TWO\nand")
    applied = await ann.reviews.apply_suggestions(proposed.id, comments=[said.id, said.id, said.id[:20]])
    assert await content_of(ann, applied) == b"one\nTWO\nand\nthree\n"


@pytest.mark.parametrize(("first", "second"), [((1, 2), (2, 3)), ((2, 2), (2, 2)), ((1, 3), (2, 2))])
async def test_suggestions_that_overlap_are_refused_together_and_applied_apart(
    ann: Backend, rob: Backend, proposed: Mutation, first: tuple[int, int], second: tuple[int, int]
) -> None:
    one, other = [await suggest(rob, proposed, line, "new", last=last) for line, last in (first, second)]
    with refusal("BR_SUGGESTION") as refused:
        await ann.reviews.apply_suggestions(proposed.id, comments=[one.id, other.id])
    assert "a.txt" in refused.value.message
    assert (await ann.mutations.get(proposed.id)).patchset == 1
    assert (await ann.reviews.apply_suggestions(proposed.id, comments=[other.id])).patchset == 2
    with refusal("BR_SUGGESTION") as refused:
        await ann.reviews.apply_suggestions(proposed.id, comments=[one.id])
    assert "have changed since patchset 1" in refused.value.message


async def test_lines_that_have_moved_are_found_and_those_that_have_changed_are_refused(
    ann: Backend, rob: Backend, proposed: Mutation
) -> None:
    moved = await suggest(rob, proposed, 3, "THREE")
    parted = await suggest(rob, proposed, 1, "both", last=2)
    changed = await suggest(rob, proposed, 2, "TWO")
    untouched = await suggest(rob, proposed, 1, "BEE", path="b.txt")
    await ann.mutations.update(proposed.id, changes=[create("a.txt", b"zero\none\nhalf\nthree\n")])
    for said in (parted, changed, untouched):
        with refusal("BR_SUGGESTION") as refused:
            await ann.reviews.apply_suggestions(proposed.id, comments=[moved.id, said.id])
        assert refused.value.details["comment"] == said.id
    applied = await ann.reviews.apply_suggestions(proposed.id, comments=[moved.id])
    assert await content_of(ann, applied) == b"zero\none\nhalf\nTHREE\n"


async def test_a_suggestion_for_a_pointer_replaces_the_lines_of_its_value(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.json", b'{\n  "fee": 3,\n  "end": 0\n}\n'))
    anchor = Anchor(file_path="a.json", pointer="/fee")
    said = await rob.reviews.comment(proposed.id, suggestion='  "fee": 4,', anchor=anchor)
    late = await rob.reviews.comment(proposed.id, suggestion='  "fee": 5,', anchor=anchor)
    applied = await ann.reviews.apply_suggestions(proposed.id, comments=[said.id])
    assert await content_of(ann, applied, "a.json") == b'{\n  "fee": 4,\n  "end": 0\n}\n'
    with refusal("BR_SUGGESTION"):
        await ann.reviews.apply_suggestions(proposed.id, comments=[late.id])


async def test_what_suggests_no_lines_or_was_applied_is_refused(ann: Backend, rob: Backend, proposed: Mutation) -> None:
    remark = await rob.reviews.comment(proposed.id, text="hm")
    with refusal("BR_SUGGESTION") as refused:
        await ann.reviews.apply_suggestions(proposed.id, comments=[remark.id])
    assert "suggests no lines" in refused.value.message
    said = await suggest(rob, proposed, 2, "TWO")
    await ann.reviews.apply_suggestions(proposed.id, comments=[said.id])
    with refusal("BR_SUGGESTION") as refused:
        await ann.reviews.apply_suggestions(proposed.id, comments=[said.id])
    assert "was applied in patchset 2 already" in refused.value.message


async def test_a_suggestion_that_changes_nothing_is_refused(ann: Backend, rob: Backend, proposed: Mutation) -> None:
    said = await suggest(rob, proposed, 2, "two")
    with refusal("VAL_UPDATE"):
        await ann.reviews.apply_suggestions(proposed.id, comments=[said.id])


async def test_a_base_that_has_moved_refuses_a_suggestion_until_the_mutation_is_updated(
    ann: Backend, rob: Backend
) -> None:
    await track(ann, {"a.txt": b"one\ntwo\nthree\n"})
    first = await propose(ann, modify("a.txt", b"ONE\ntwo\nthree\n"))
    proposed = await propose(ann, modify("a.txt", b"one\ntwo\nTHREE\n"))
    said = await suggest(rob, proposed, 3, "III")
    await rob.reviews.vote(first.id, vote="approve")
    await ann.executions.execute(first.id)
    with refusal("CF_STALE_BASE"):
        await ann.reviews.apply_suggestions(proposed.id, comments=[said.id])
    assert (await ann.mutations.get(proposed.id)).patchset == 1
    await ann.mutations.update(proposed.id, changes=[modify("a.txt", b"ONE\ntwo\nTHREE\n")])
    applied = await ann.reviews.apply_suggestions(proposed.id, comments=[said.id])
    assert await content_of(ann, applied) == b"ONE\ntwo\nIII\n"


async def test_a_patchset_of_every_kind_of_change_takes_a_suggestion(ann: Backend, rob: Backend) -> None:
    await track(ann, {"a.txt": b"a\n", "b.txt": b"b\n", "c.txt": b"c\n"})
    proposed = await propose(ann, rename("a.txt", "moved.txt"), delete("b.txt"), rename("c.txt", "b.txt"))
    moved = await suggest(rob, proposed, 1, "A", path="moved.txt")
    come = await suggest(rob, proposed, 1, "C", path="b.txt")
    applied = await ann.reviews.apply_suggestions(proposed.id, comments=[moved.id, come.id])
    assert [(one.operation_type, one.file_path, one.new_path) for one in applied.changes] == [
        ("rename", "a.txt", "moved.txt"),
        ("delete", "b.txt", None),
        ("rename", "c.txt", "b.txt"),
    ]
    assert await content_of(ann, applied, "moved.txt") == b"A\n"
    [come_to] = [one for one in applied.changes if one.file_path == "c.txt"]
    assert come_to.result_hash is not None
    assert await ann.documents.content(come_to.result_hash) == b"C\n"


async def test_a_stack_keeps_its_parents(ann: Backend, rob: Backend) -> None:
    await track(ann, {"a.txt": b"one\n"})
    parent = await propose(ann, modify("a.txt", b"two\n"))
    child = await propose(ann, modify("a.txt", b"two\nthree\n"), parents=[parent.id])
    said = await suggest(rob, child, 2, "THREE")
    applied = await ann.reviews.apply_suggestions(child.id, comments=[said.id])
    assert [one.number for one in applied.parents] == [parent.number]
    assert await content_of(ann, applied) == b"two\nTHREE\n"
    assert (applied.stack, applied.level) == (parent.number, 1)


async def test_only_its_author_or_who_may_change_others_applies_a_suggestion(
    house: House, ann: Backend, rob: Backend
) -> None:
    dev = await house.member("dev", "developer")
    viewer = await house.member("viv", "viewer")
    proposed = await propose(dev, create("a.txt", b"one\n"))
    said = await suggest(rob, proposed, 1, "ONE")
    for other in (rob, viewer, await house.member("kim", "developer")):
        with refusal("AUTH_FORBIDDEN"):
            await other.reviews.apply_suggestions(proposed.id, comments=[said.id])
    assert (await dev.reviews.apply_suggestions(proposed.id, comments=[said.id])).patchset == 2
    again = await suggest(rob, proposed, 1, "I")
    taken = await ann.reviews.apply_suggestions(proposed.id, comments=[again.id])
    assert (taken.author.handle, (await ann.mutations.patchset(proposed.id, 3)).author.handle) == ("dev", "ann")


async def test_a_mutation_that_cannot_change_any_more_takes_no_suggestion(
    ann: Backend, rob: Backend, proposed: Mutation
) -> None:
    said = await suggest(rob, proposed, 2, "TWO")
    await ann.mutations.cancel(proposed.id)
    with refusal("BR_STATUS"):
        await ann.reviews.apply_suggestions(proposed.id, comments=[said.id])
    await ann.mutations.reopen(proposed.id)
    with refusal("CF_VERSION"):
        await ann.reviews.apply_suggestions(proposed.id, comments=[said.id], expected_version=proposed.version)
    [after] = await ann.reviews.comments(proposed.id)
    assert (after.open, after.applied) == (True, None)


async def test_a_suggestion_applied_twice_under_one_key_is_one_patchset(
    ann: Backend, rob: Backend, proposed: Mutation
) -> None:
    said = await suggest(rob, proposed, 2, "TWO")
    answer = await ann.reviews.apply_suggestions(proposed.id, comments=[said.id], idempotency_key="k-1")
    assert await ann.reviews.apply_suggestions(proposed.id, comments=[said.id], idempotency_key="k-1") == answer
    assert (await ann.mutations.get(proposed.id)).patchset == 2


async def test_suggestions_come_with_a_vote(ann: Backend, rob: Backend, proposed: Mutation) -> None:
    draft = NewComment(text="shorter", suggestion="TWO", anchor=Anchor(file_path="a.txt", line=2))
    voted = await rob.reviews.vote(proposed.id, vote="approve_with_suggestions", comments=[draft])
    assert (voted.status, voted.threads) == ("approved", 1)
    [said] = await ann.reviews.comments(proposed.id)
    assert (said.text, said.suggestion) == ("shorter", "TWO")


line = st.sampled_from(["", "a", "b", "ü", "\t"])
ends = st.sampled_from([b"\n", b"\r\n"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(line, min_size=1, max_size=6), ends, st.booleans(), st.data())
async def test_any_lines_become_what_is_said_and_the_others_stay(
    house: House, lines: list[str], end: bytes, ended: bool, data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, len(lines)), "first")
    last = data.draw(st.integers(first, len(lines)), "last")
    new = data.draw(st.lists(line, max_size=3).filter(lambda new: new != lines[first - 1 : last]), "new")
    ended = ended or not lines[-1]
    # Without a line end anywhere nothing says what one would be.
    end = b"\n" if len(lines) == 1 and not ended else end

    def content(lines: list[str], ended: bool) -> bytes:
        joined = end.join(one.encode() for one in lines)
        return joined + end if ended and lines else joined

    ann = house.backend()
    proposed = await propose(ann, create("a.txt", content(lines, ended)))
    said = await suggest(ann, proposed, first, "".join(f"{one}\n" for one in new), last=last)
    applied = await ann.reviews.apply_suggestions(proposed.id, comments=[said.id])
    after = [*lines[: first - 1], *new, *lines[last:]]
    # Where the last lines go, the one before them keeps its line end.
    still = ended or (not new and last == len(lines))
    assert await content_of(ann, applied) == content(after, still)
    await ann.mutations.cancel(proposed.id)
