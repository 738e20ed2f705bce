"""Executing: dry run, claim, apply; what fails is recorded with nothing applied."""

import asyncio

from lattice_console.contract.backend import Backend
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, carry_out, hashed, head_of, propose, track
from tests.support.refusals import refusal


async def test_an_execution_does_every_change_at_once(ann: Backend, rob: Backend) -> None:
    await track(ann, {"m.txt": b"m\n", "d.txt": b"d\n", "r.txt": b"r\n"})
    proposed = await propose(
        ann, create("c.txt", b"c\n"), modify("m.txt", b"M\n"), delete("d.txt"), rename("r.txt", "s.txt", b"S\n")
    )
    await rob.reviews.vote(proposed.id, vote="approve")
    execution = await ann.executions.execute(proposed.id)
    assert await head_of(ann) == {"c.txt": b"c\n", "m.txt": b"M\n", "s.txt": b"S\n"}
    assert (execution.status, execution.number, execution.patchset) == ("completed", proposed.number, 1)
    assert set(execution.executed_changes) == {change.id for change in proposed.changes}
    assert (execution.failed_changes, execution.errors) == ((), ())
    assert execution.rollback_available
    assert execution.sequence == (await ann.projects.get()).sequence
    assert execution.execution_time is not None
    assert execution.finished_at is not None
    assert execution.finished_at > execution.started_at
    done = await ann.mutations.get(proposed.id)
    assert (done.status, done.execution) == ("completed", execution)
    assert await rob.executions.list(proposed.id) == (execution,)
    assert {requirement.kind for requirement in done.requirements} == {"review"}


async def test_a_dry_run_says_what_would_happen_and_changes_nothing(ann: Backend, rob: Backend) -> None:
    await track(ann, {"a.txt": b"a\n", "b.txt": b"b\n"})
    proposed = await propose(ann, modify("a.txt", b"A\n"), rename("b.txt", "c.txt"), create("d.txt", b"d\n"))
    before = await ann.audit.verify()
    held = await ann.executions.dry_run(proposed.id)
    assert (held.would_execute, [blocker.name for blocker in held.blockers]) == (False, ["approvals"])
    await rob.reviews.vote(proposed.id, vote="approve")
    dry = await rob.executions.dry_run(f"M-{proposed.number}")
    assert (dry.would_execute, dry.blockers, dry.mutation_id) == (True, (), proposed.id)
    assert {(one.operation_type, one.file_path, one.new_path, one.before, one.after) for one in dry.files} == {
        ("modify", "a.txt", None, hashed(b"a\n"), hashed(b"A\n")),
        ("rename", "b.txt", "c.txt", hashed(b"b\n"), hashed(b"b\n")),
        ("create", "d.txt", None, None, hashed(b"d\n")),
    }
    assert await head_of(ann) == {"a.txt": b"a\n", "b.txt": b"b\n"}
    assert (await ann.audit.verify()).rows == before.rows + 2, "the vote and the approval alone"


async def test_only_an_approved_mutation_is_executed_and_the_refusal_says_what_it_is(
    ann: Backend, rob: Backend
) -> None:
    draft = await ann.mutations.create(title="a draft", changes=[create("a.txt")], draft=True)
    cancelled = await propose(ann, create("b.txt"))
    await ann.mutations.cancel(cancelled.id)
    done = await carry_out(ann, create("c.txt"), approver=rob)
    for mutation, told in ((draft.id, "draft"), (cancelled.id, "cancelled"), (done.mutation_id, "completed")):
        with refusal("BR_BLOCKED") as refused:
            await ann.executions.execute(mutation)
        first = refused.value.details["blockers"][0]
        assert (first["name"], first["reason"]) == (
            "status",
            f"Only an approved mutation can be executed; this one is {told}.",
        )
        assert not (await ann.mutations.get(mutation)).action("execute").allowed


async def test_every_blocker_is_told_not_the_first(ann: Backend, rob: Backend) -> None:
    parent = await propose(ann, create("a.txt"))
    child = await propose(ann, create("b.json", b"{"), parents=[parent.id])
    await rob.reviews.vote(child.id, vote="request_changes")
    with refusal("BR_BLOCKED") as refused:
        await ann.executions.execute(child.id)
    names = [blocker["name"] for blocker in refused.value.details["blockers"]]
    assert names == ["approvals", "no_objections", "specs_valid", "parents_executed"]
    reason = (await ann.mutations.get(child.id)).action("execute").reason
    assert all(blocker["reason"].rstrip(".") in reason for blocker in refused.value.details["blockers"])


async def test_lost_bytes_fail_the_execution_with_nothing_applied_and_it_can_be_retried(
    house: House, ann: Backend
) -> None:
    await track(ann, {"a.txt": b"a\n"})
    proposed = await propose(ann, modify("a.txt", b"A\n"), create("b.txt", b"lost\n"))
    await ann.reviews.vote(proposed.id, vote="approve")
    with house.damaged(b"lost\n"):
        failed = await ann.executions.execute(proposed.id)
    assert (failed.status, failed.executed_changes, failed.sequence) == ("failed", (), None)
    [error] = failed.errors
    assert hashed(b"lost\n")[:12] in error.error
    assert not failed.rollback_available
    assert await head_of(ann) == {"a.txt": b"a\n"}
    assert (await ann.mutations.get(proposed.id)).status == "failed"
    assert (await ann.executions.retry(proposed.id)).status == "approved"
    done = await ann.executions.execute(proposed.id)
    assert done.status == "completed"
    assert await ann.executions.list(proposed.id) == (done, failed)
    assert (await ann.mutations.get(proposed.id)).execution == done
    back = await ann.executions.rollback(proposed.id, reason="the second try")
    assert (back.id, back.status) == (done.id, "rolled_back")
    assert await head_of(ann) == {"a.txt": b"a\n"}


async def test_a_failed_mutation_goes_back_to_what_its_requirements_say(
    house: House, ann: Backend, rob: Backend
) -> None:
    proposed = await propose(ann, create("b.txt", b"lost\n"))
    await rob.reviews.vote(proposed.id, vote="approve")
    with house.damaged(b"lost\n"):
        await ann.executions.execute(proposed.id)
    with refusal("BR_VOTE"):
        await rob.reviews.vote(proposed.id, vote="reject")
    await ann.mutations.update(proposed.id, changes=[create("b.txt", b"other\n")])
    assert (await ann.mutations.get(proposed.id)).status == "failed"
    assert (await ann.executions.retry(proposed.id)).status == "pending"


async def test_the_approval_is_judged_anew_when_it_is_executed(house: House, ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await rob.reviews.vote(proposed.id, vote="approve")
    house.sql("UPDATE reviews SET state = 'outdated'")
    with refusal("BR_BLOCKED") as refused:
        await ann.executions.execute(proposed.id)
    assert [blocker["name"] for blocker in refused.value.details["blockers"]] == ["approvals"]
    assert await head_of(ann) == {}


async def test_of_many_who_execute_at_once_one_does(house: House, ann: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await ann.reviews.vote(proposed.id, vote="approve")
    outcomes = await asyncio.gather(*(ann.executions.execute(proposed.id) for _ in range(6)), return_exceptions=True)
    done = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert [execution.status for execution in done] == ["completed"]
    assert len(await ann.executions.list(proposed.id)) == 1
    assert (await ann.documents.get("a.txt")).revision == 1
