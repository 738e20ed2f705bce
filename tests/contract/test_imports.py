"""Imported history: commits become mutations by policy, never by invented votes."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import ChangeInput, ImportedCommit, Mutation
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, carry_out, head_of, track
from tests.support.refusals import refusal

AT = datetime(2019, 7, 1, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))


def commit(number: int, *changes: ChangeInput, **others: Any) -> ImportedCommit:
    said: dict[str, Any] = {"title": f"commit {number}", "author_name": "Lin Chen", "author_email": "lin@example.org"}
    return ImportedCommit(
        commit=f"{number:040x}", description="why\n", authored_at=AT, changes=changes, **(said | others)
    )


async def bring(backend: Backend, number: int, *changes: ChangeInput, execute: bool = True) -> Mutation:
    return await backend.mutations.import_commit(commit(number, *changes), execute=execute)


async def test_a_commit_is_executed_with_its_requirements_overridden_and_no_vote(ann: Backend, rob: Backend) -> None:
    await track(ann, {"m.txt": b"m\n", "r.txt": b"r\n", "d.txt": b"d\n"})
    done = await bring(
        ann, 1, create("broken.json", b"{"), modify("m.txt", b"M\n"), rename("r.txt", "s.txt"), delete("d.txt")
    )
    assert await head_of(ann) == {"broken.json": b"{", "m.txt": b"M\n", "s.txt": b"r\n"}
    assert (done.status, done.title, done.description, done.type) == ("completed", "commit 1", "why\n", "import")
    assert (done.reviews, done.approvals, done.metadata["commit"]) == ((), 0, f"{1:040x}")
    overridden = {one.name: one for one in done.requirements}
    assert {one.state for one in overridden.values()} == {"overridden"}
    assert set(overridden) == {"approvals", "no_objections", "comments", "specs_valid"}
    assert "policy import" in overridden["approvals"].reason
    assert f"{1:040x}"[:12] in overridden["approvals"].reason


async def test_the_author_and_the_time_are_the_commits_and_the_audit_time_is_now(house: House, ann: Backend) -> None:
    done = await bring(ann, 1, create("a.txt"))
    assert (done.author.name, done.author.handle) == ("Lin Chen", "lin")
    assert done.created_at == AT
    assert done.created_at.utcoffset() == timedelta(0)
    assert done.execution is not None
    assert done.execution.actor.handle == "ann"
    rows = [row for row in (await ann.audit.log()).items if row.subject == done.id]
    assert {row.actor for row in rows} == {"ann"}
    assert all(row.at > datetime(2026, 1, 1, tzinfo=UTC) for row in rows)


async def test_authors_are_users_without_membership_one_per_e_mail(house: House, ann: Backend) -> None:
    first = await ann.mutations.import_commit(commit(1, create("a.txt")))
    same = await ann.mutations.import_commit(commit(2, create("b.txt"), author_name="L. Chen"))
    namesake = await ann.mutations.import_commit(commit(3, create("c.txt"), author_email="lin@example.com"))
    unnamed = await ann.mutations.import_commit(commit(4, create("d.txt"), author_name="", author_email=""))
    known = await ann.mutations.import_commit(commit(5, create("e.txt"), author_email="LIN@example.org"))
    assert first.author.id == same.author.id == known.author.id
    assert first.author.id != namesake.author.id
    assert len({first.author.handle, namesake.author.handle, unnamed.author.handle}) == 3
    assert [member.user.handle for member in await ann.team.list()] == ["ann"]
    assert (await house.backend("lin").team.whoami()).role is None


async def test_the_same_commit_again_is_the_mutation_that_it_became(ann: Backend) -> None:
    done = await bring(ann, 1, create("a.txt"))
    before = await ann.audit.verify()
    assert await bring(ann, 1, create("a.txt")) == done
    assert await bring(ann, 1, create("elsewhere.txt"), execute=False) == done
    assert await ann.audit.verify() == before


async def test_what_is_left_pending_is_stacked_on_what_it_touches(ann: Backend) -> None:
    await bring(ann, 1, create("a.txt", b"1\n"), create("b.txt", b"1\n"))
    left = await bring(ann, 2, modify("a.txt", b"2\n"), execute=False)
    right = await bring(ann, 3, modify("b.txt", b"3\n"), execute=False)
    both = await bring(ann, 4, modify("a.txt", b"4\n"), rename("b.txt", "c.txt"), execute=False)
    alone = await bring(ann, 5, create("d.txt"), execute=False)
    assert {parent.number for parent in both.parents} == {left.number, right.number}
    assert (left.parents, right.parents, alone.parents) == ((), (), ())
    assert {one.status for one in (left, right, both, alone)} == {"pending"}
    for one in (left, right, both, alone):
        await ann.reviews.vote(one.id, vote="approve")
        await ann.executions.execute(one.id)
    assert await head_of(ann) == {"a.txt": b"4\n", "c.txt": b"3\n", "d.txt": b"one\n"}
    for one in (alone, both, right, left):
        await ann.executions.rollback(one.id, reason="as it was")
    assert await head_of(ann) == {"a.txt": b"1\n", "b.txt": b"1\n"}


async def test_a_pending_import_is_reviewed_as_any_other(ann: Backend, rob: Backend) -> None:
    waiting = await bring(ann, 1, create("broken.json", b"{"), execute=False)
    assert {one.name for one in waiting.blockers} == {"approvals", "specs_valid"}
    assert (await rob.reviews.vote(waiting.id, vote="approve")).status == "pending"


async def test_an_import_that_does_not_fit_the_head_changes_nothing(ann: Backend) -> None:
    before = await ann.audit.verify()
    with refusal("NF_DOCUMENT"):
        await bring(ann, 1, modify("a.txt", b"2\n"))
    assert await ann.audit.verify() == before
    await bring(ann, 1, create("a.txt"))
    assert await head_of(ann) == {"a.txt": b"one\n"}


async def test_under_a_broken_policy_from_a_history_nothing_is_approved_until_it_is_undone(ann: Backend) -> None:
    waiting = await bring(ann, 1, create("a.txt"), execute=False)
    await ann.reviews.vote(waiting.id, vote="approve")
    broken = await bring(ann, 2, create(".lattice/workflows/code-review.json", b"{"))
    assert (await ann.projects.policy()).errors
    held = await ann.mutations.get(waiting.id)
    assert held.status == "pending"
    assert [(one.name, one.state) for one in held.blockers] == [("approvals", "error")]
    await ann.executions.rollback(broken.id, reason="it cannot be read")
    assert (await ann.mutations.get(waiting.id)).status == "approved"


async def test_an_import_is_seen_as_it_happens(ann: Backend) -> None:
    done = await bring(ann, 1, create("a.txt"))
    names = [event.name for event in await ann.events.since(0) if event.subject == done.id]
    assert names[0] == "mutation.created"
    assert names[-1] == "mutation.executed"
    await carry_out(ann, modify("a.txt", b"two\n"))
    assert [one.mutation for one in (await ann.documents.history("a.txt")).items] == [2, 1]
