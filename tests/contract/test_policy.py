"""The policy in force is what the head's documents say; a change of it is a mutation, judged by the one before."""

import json
from typing import Any

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.requirement import Requirement
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, carry_out, propose, track
from tests.support.refusals import refusal

CODE_REVIEW = ".lattice/workflows/code-review.json"


def policy(**review_requirements: Any) -> bytes:
    return json.dumps({"name": "Code review", "review_requirements": review_requirements}).encode()


async def requirement(backend: Backend, mutation: str, name: str) -> Requirement:
    return {one.name: one for one in (await backend.mutations.get(mutation)).requirements}[name]


@pytest.fixture
async def ada(house: House) -> Backend:
    return await house.member("ada", "admin")


async def test_without_a_policy_one_approval_is_enough(ann: Backend) -> None:
    found = await ann.projects.policy()
    assert (found.review.min_reviewers, found.review.require_comments, found.errors) == (1, False, ())
    assert found.review.approval_types == ("approve", "approve_with_suggestions")
    assert found.version == (await ann.projects.get()).policy_version


async def test_the_policy_comes_into_force_when_it_is_executed(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create(CODE_REVIEW, policy(min_reviewers=2, require_comments=True)))
    before = await ann.projects.policy()
    assert (await rob.reviews.vote(proposed.id, vote="approve")).status == "approved"
    assert await ann.projects.policy() == before
    await ann.executions.execute(proposed.id)
    after = await ann.projects.policy()
    assert (after.review.min_reviewers, after.review.require_comments) == (2, True)
    assert after.version != before.version
    assert after.sources == (CODE_REVIEW,)


async def test_a_new_policy_judges_anew_and_outdates_no_vote(ann: Backend, rob: Backend, ada: Backend) -> None:
    waiting = await propose(ann, create("a.txt"))
    await rob.reviews.vote(waiting.id, vote="approve")
    await carry_out(ann, create(CODE_REVIEW, policy(min_reviewers=2)), approver=rob)
    judged = await ann.mutations.get(waiting.id)
    assert (judged.status, judged.approvals, judged.approvals_required) == ("pending", 1, 2)
    [review] = judged.reviews
    assert review.current
    assert review.policy_version != (await ann.projects.policy()).version
    assert "1 of 2 approvals" in (await requirement(ann, waiting.id, "approvals")).reason
    assert (await ada.reviews.vote(waiting.id, vote="approve")).status == "approved"


async def test_a_milder_policy_approves_what_waits(ann: Backend, rob: Backend, ada: Backend) -> None:
    await track(ann, {CODE_REVIEW: policy(min_reviewers=2)})
    waiting = await propose(ann, create("a.txt"))
    assert (await rob.reviews.vote(waiting.id, vote="approve")).status == "pending"
    change = await propose(ann, modify(CODE_REVIEW, policy(min_reviewers=1)))
    for voter in (rob, ada):
        await voter.reviews.vote(change.id, vote="approve")
    await ann.executions.execute(change.id)
    assert (await ann.mutations.get(waiting.id)).status == "approved"


@pytest.mark.parametrize("way", ["delete", "rename", "roll back"])
async def test_a_policy_that_leaves_the_head_is_in_force_no_more(ann: Backend, rob: Backend, way: str) -> None:
    waiting = await propose(ann, create("a.txt"))
    await rob.reviews.vote(waiting.id, vote="approve")
    first = await ann.projects.policy()
    done = await carry_out(ann, create(CODE_REVIEW, policy(approval_types=["approve_with_suggestions"])), approver=rob)
    assert (await ann.mutations.get(waiting.id)).status == "pending"
    if way == "roll back":
        await ann.executions.rollback(done.mutation_id, reason="too strict")
    else:
        change = delete(CODE_REVIEW) if way == "delete" else rename(CODE_REVIEW, "old-review.json")
        proposed = await propose(ann, change)
        await rob.reviews.vote(proposed.id, vote="approve_with_suggestions")
        await ann.executions.execute(proposed.id)
    assert await ann.projects.policy() == first
    assert (await ann.mutations.get(waiting.id)).status == "approved"


async def test_required_comments_may_come_with_the_vote_or_apart(ann: Backend, rob: Backend, ada: Backend) -> None:
    await track(ann, {CODE_REVIEW: policy(min_reviewers=2, require_comments=True)})
    proposed = await propose(ann, create("a.txt"))
    assert (await requirement(ann, proposed.id, "comments")).state == "unsatisfied"
    await rob.reviews.vote(proposed.id, vote="approve", comment="fine by me")
    assert (await ada.reviews.vote(proposed.id, vote="approve")).status == "pending"
    missing = await requirement(ann, proposed.id, "comments")
    assert "ada" in missing.reason
    assert "rob" not in missing.reason
    await ada.reviews.comment(proposed.id, text="so it is")
    assert (await ann.mutations.get(proposed.id)).status == "approved"
    assert (await requirement(ann, proposed.id, "comments")).state == "satisfied"


async def test_comments_are_not_applicable_where_the_policy_asks_for_none(ann: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    assert (await requirement(ann, proposed.id, "comments")).state == "not_applicable"


async def test_only_the_named_types_of_approval_count(ann: Backend, rob: Backend) -> None:
    await track(ann, {CODE_REVIEW: policy(approval_types=["approve"])})
    proposed = await propose(ann, create("a.txt"))
    assert (await rob.reviews.vote(proposed.id, vote="approve_with_suggestions")).status == "pending"
    assert (await rob.reviews.vote(proposed.id, vote="approve")).status == "approved"


BROKEN = {
    "cut off": b'{"review_requirements": {',
    "no object": b"[]",
    "nobody": policy(min_reviewers=0),
    "too many": policy(min_reviewers=51),
    "a text for a number": policy(min_reviewers="2"),
    "true for a number": policy(min_reviewers=True),
    "a word for a truth": policy(require_comments="yes"),
    "an objection for an approval": policy(approval_types=["reject"]),
    "no type at all": policy(approval_types=[]),
    "requirements that are a list": b'{"review_requirements": []}',
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
async def test_a_broken_policy_never_comes_into_force(ann: Backend, rob: Backend, content: bytes) -> None:
    before = await ann.projects.policy()
    proposed = await propose(ann, create(CODE_REVIEW, content))
    assert (await rob.reviews.vote(proposed.id, vote="approve")).status == "pending"
    held = await requirement(ann, proposed.id, "specs_valid")
    assert (held.state, CODE_REVIEW in held.reason) == ("unsatisfied", True)
    with refusal("BR_BLOCKED"):
        await ann.executions.execute(proposed.id)
    renamed = await propose(ann, create("draft.txt", content), create("other.txt"))
    await rob.reviews.vote(renamed.id, vote="approve")
    await ann.executions.execute(renamed.id)
    moved = await propose(ann, rename("draft.txt", CODE_REVIEW))
    assert (await rob.reviews.vote(moved.id, vote="approve")).status == "pending"
    with refusal("VAL_POLICY") as refused:
        await track(ann, {CODE_REVIEW: content})
    assert CODE_REVIEW in refused.value.message
    assert await ann.projects.policy() == before


async def test_a_change_of_the_team_judges_anew(house: House, ann: Backend) -> None:
    mine = await propose(ann, create("a.txt"))
    await ann.reviews.vote(mine.id, vote="approve")
    await ann.team.add(user="rob", role="reviewer")
    assert (await ann.mutations.get(mine.id)).status == "pending"


async def test_what_a_policy_change_turned_is_told(ann: Backend, rob: Backend) -> None:
    waiting = await propose(ann, create("a.txt"))
    await rob.reviews.vote(waiting.id, vote="approve")
    last = await ann.events.last()
    await carry_out(ann, create(CODE_REVIEW, policy(min_reviewers=2)), approver=rob)
    events = await ann.events.since(last)
    assert "policy.changed" in {event.name for event in events}
    [turned] = [event for event in events if event.subject == waiting.id]
    assert (turned.name, turned.data["status"]) == ("mutation.updated", "pending")
    assert "policy.changed" in {row.action for row in (await ann.audit.log()).items}
