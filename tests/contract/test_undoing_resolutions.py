"""Taking a resolution back: the patchset before it stands again, with its conflicts."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.conflict import ConflictReport, Strategy
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.resolution import ResolvedFile
from tests.contract.test_rebasing import BASE, OURS, THEIRS, with_lines
from tests.contract.test_resolving import MINE, OTHERS, meeting
from tests.support.changes import modify
from tests.support.house import House, carry_out, propose, track
from tests.support.refusals import refusal


def content_of(mutation: Mutation) -> object:
    """What a patchset does, and on what."""
    changes = {(one.operation_type, one.file_path, one.new_path, one.base_hash, one.result_hash) for one in
               mutation.changes}  # fmt: skip
    return mutation.patchset_hash, changes, mutation.parents, mutation.status, mutation.conflicts


def told(report: ConflictReport) -> object:
    return {conflict.id: conflict for conflict in report.conflicts}


@pytest.mark.parametrize("strategy", ["auto_merge", "accept_theirs", "accept_ours", "manual"])
async def test_the_patchset_before_and_its_conflicts_stand_again(ann: Backend, strategy: Strategy) -> None:
    mine = await meeting(ann)
    before, conflicts = await ann.mutations.get(mine.id), await ann.conflicts.of(mine.id)
    assert before.status == "needs_manual_resolution"
    files = [ResolvedFile(path="a.txt", content=b"by hand\n")] if strategy == "manual" else []
    done = await ann.conflicts.resolve(mine.id, strategy=strategy, files=files)
    assert done.status == ("pending" if done.resolved else "needs_manual_resolution")
    made = (await ann.mutations.patchset(mine.id, 2)).resolves
    assert made is not None
    assert (made.strategy, made.against, made.replaced) == (strategy, None, 1)
    assert made.paths == tuple(one.path for one in done.settled)
    after = await ann.conflicts.undo(mine.id)
    assert after.patchset == 3
    assert (await ann.mutations.patchset(mine.id, 3)).resolves is None
    assert content_of(after) == content_of(before)
    assert told(await ann.conflicts.of(mine.id)) == told(conflicts)


async def test_a_stack_made_by_a_resolution_is_none_any_more(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    other = await propose(ann, modify("a.txt", OTHERS))
    mine = await propose(ann, modify("a.txt", MINE))
    before = await ann.mutations.get(mine.id)
    await ann.conflicts.resolve(mine.id, strategy="accept_ours", against=other.id)
    stacked = await ann.mutations.get(mine.id)
    assert [parent.number for parent in stacked.parents] == [other.number]
    assert [one.conflicts for one in (before, stacked, await ann.mutations.get(other.id))] == [1, 0, 0]
    assert content_of(await ann.conflicts.undo(mine.id)) == content_of(before)
    assert (await ann.mutations.get(other.id)).conflicts == 1


async def test_what_was_carried_up_comes_down_again(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    low = await propose(ann, modify("a.txt", OURS))
    top = await propose(ann, modify("a.txt", with_lines(line_3=b"ours\n", line_15=b"top\n")), parents=[low.id])
    before = {change.result_hash for change in top.changes}
    await carry_out(ann, modify("a.txt", THEIRS))
    await ann.conflicts.resolve(low.id, strategy="rebase")
    await ann.conflicts.undo(low.id)
    after = await ann.mutations.get(top.id)
    assert after.parents[0].current
    assert {change.result_hash for change in after.changes} == before


async def test_only_a_resolution_can_be_taken_back_and_only_once(ann: Backend) -> None:
    mine = await meeting(ann)
    with refusal("BR_NO_RESOLUTION"):
        await ann.conflicts.undo(mine.id)
    await ann.conflicts.resolve(mine.id, strategy="accept_theirs")
    await ann.conflicts.undo(mine.id)
    with refusal("BR_NO_RESOLUTION") as refused:
        await ann.conflicts.undo(mine.id)
    assert "Patchset 3 of M-1 settled no conflicts" in refused.value.message


async def test_the_timeline_tells_both(ann: Backend) -> None:
    mine = await meeting(ann)
    await ann.conflicts.resolve(mine.id, strategy="accept_theirs")
    await ann.conflicts.undo(mine.id)
    details = [entry.detail for entry in await ann.mutations.timeline(mine.id)]
    assert any(one.startswith("Resolved (accept theirs) on what stands there now.\na.txt: merged") for one in details)
    assert "Took back the resolution (accept theirs) in patchset 2: patchset 1 stands again." in details


# --- Remembered


async def again(ann: Backend, content: bytes = MINE) -> Mutation:
    """Another mutation in which the same two sides meet over the same base."""
    await ann.executions.rollback("M-2", reason="once more")
    mine = await propose(ann, modify("a.txt", content))
    await carry_out(ann, modify("a.txt", OTHERS))
    return mine


async def test_an_earlier_text_is_offered_with_where_it_came_from_and_applied_by_nobody(ann: Backend) -> None:
    mine = await meeting(ann)
    by_hand = with_lines(line_3=b"by hand\n", line_10=b"ours too\n", line_27=b"theirs too\n")
    assert await ann.conflicts.remembered(mine.id) == ()
    await ann.conflicts.resolve(mine.id, strategy="manual", files=[ResolvedFile(path="a.txt", content=by_hand)])
    assert await ann.conflicts.remembered(mine.id) == ()
    other = await again(ann)
    [offer] = await ann.conflicts.remembered(other.id)
    assert (offer.path, offer.index, offer.content) == ("a.txt", 0, b"by hand\n")
    assert (offer.number, offer.patchset, offer.strategy, offer.actor.handle) == (mine.number, 2, "manual", "ann")
    assert (offer.valid, offer.problem) == (True, "")
    assert (await ann.mutations.get(other.id)).patchset == 1
    assert await ann.conflicts.remembered(other.id, path="b.txt") == ()


async def test_it_does_not_matter_which_side_was_ours(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    one = await propose(ann, modify("a.txt", MINE))
    two = await propose(ann, modify("a.txt", OTHERS))
    await ann.conflicts.resolve(one.id, strategy="accept_ours", against=two.id)
    await ann.conflicts.undo(one.id)
    [offer] = await ann.conflicts.remembered(two.id, against=one.id)
    assert offer.content == b"ours\n"


async def test_what_no_longer_holds_is_offered_with_what_is_wrong(ann: Backend) -> None:
    path, base = ".lattice/specs/s.json", b'{"name": "s",\n"version": "1.0.0",\n"type": "generic"}\n'
    await track(ann, {path: base})

    async def meet() -> Mutation:
        mine = await propose(ann, modify(path, base.replace(b"1.0.0", b"1.1.0")))
        done = await carry_out(ann, modify(path, base.replace(b"1.0.0", b"1.2.0")))
        await ann.mutations.update(mine.id, labels=[done.mutation_id])
        return mine

    first = await meet()
    broken = base.replace(b'"1.0.0"', b"nothing")
    await ann.conflicts.resolve(first.id, strategy="manual", files=[ResolvedFile(path=path, content=broken)])
    await ann.executions.rollback("M-2", reason="once more")
    [offer] = await ann.conflicts.remembered((await meet()).id)
    assert offer.content == b'"version": nothing,\n'
    assert not offer.valid
    assert offer.problem


async def test_only_who_may_change_a_mutation_may_take_its_resolution_back(house: House, ann: Backend) -> None:
    mine = await meeting(ann)
    await ann.conflicts.resolve(mine.id, strategy="accept_theirs")
    dev = await house.member("dev", "developer")
    with refusal("AUTH_FORBIDDEN"):
        await dev.conflicts.undo(mine.id)
