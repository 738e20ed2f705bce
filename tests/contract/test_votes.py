"""Votes: who may cast them, what they bind to, and what becomes of a mutation by them."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.requirement import Requirement
from tests.support.changes import create, modify
from tests.support.house import House, carry_out, propose, track
from tests.support.refusals import refusal

LINES = [b"line %d\n" % number for number in range(1, 41)]


async def requirement(backend: Backend, mutation: str, name: str) -> Requirement:
    return {one.name: one for one in (await backend.mutations.get(mutation)).requirements}[name]


async def test_one_approval_approves(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    assert proposed.status == "pending"
    approvals = await requirement(ann, proposed.id, "approvals")
    assert (approvals.state, approvals.kind) == ("unsatisfied", "review")
    assert "0 of 1 approval: a member other than the author has to approve it" in approvals.reason
    approved = await rob.reviews.vote(proposed.id, vote="approve")
    assert (approved.status, approved.approvals, approved.approvals_required) == ("approved", 1, 1)
    assert (await requirement(ann, proposed.id, "approvals")).state == "satisfied"


async def test_approving_with_suggestions_approves_too(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    voted = await rob.reviews.vote(proposed.id, vote="approve_with_suggestions", comment="rename it one day")
    assert voted.status == "approved"


async def test_authors_may_approve_only_while_they_are_the_only_member(house: House, ann: Backend) -> None:
    assert (await ann.projects.policy()).authors_may_approve
    alone = await propose(ann, create("a.txt"))
    assert (await ann.reviews.vote(alone.id, vote="approve")).status == "approved"
    await house.member("rob", "reviewer")
    assert not (await ann.projects.policy()).authors_may_approve
    later = await ann.mutations.get(alone.id)
    assert (later.status, later.approvals) == ("pending", 0)
    assert "An author's own approval does not count" in (await requirement(ann, alone.id, "approvals")).reason
    for vote in ("approve", "approve_with_suggestions"):
        assert "own patchset" in later.action(vote).reason
        with refusal("BR_VOTE"):
            await ann.reviews.vote(alone.id, vote=vote)


async def test_whoever_brought_the_patchset_is_its_author(house: House, ann: Backend, rob: Backend) -> None:
    admin = await house.member("ada", "admin")
    proposed = await propose(rob, create("a.txt"))
    await admin.mutations.update(proposed.id, changes=[create("a.txt", b"two\n")])
    with refusal("BR_VOTE"):
        await admin.reviews.vote(proposed.id, vote="approve")
    assert (await rob.reviews.vote(proposed.id, vote="approve")).status == "approved"


async def test_an_approver_who_rebases_becomes_the_author_and_counts_no_more(house: House, ann: Backend) -> None:
    admin = await house.member("ada", "admin")
    content = b"".join(LINES)
    await track(ann, {"a.txt": content})
    proposed = await propose(ann, modify("a.txt", content + b"end\n"))
    await admin.reviews.vote(proposed.id, vote="approve")
    await carry_out(ann, modify("a.txt", b"start\n" + content), approver=admin)
    rebased = await admin.mutations.update(proposed.id, changes=[modify("a.txt", b"start\n" + content + b"end\n")])
    assert [review.current for review in rebased.reviews] == [True]
    assert (rebased.status, rebased.approvals) == ("pending", 0)


async def test_a_vote_binds_to_its_patchset_and_its_policy(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await rob.reviews.vote(proposed.id, vote="approve", comment="fine")
    [review] = await ann.reviews.list(proposed.id)
    policy = await ann.projects.policy()
    assert (review.patchset, review.policy_version, review.comment) == (1, policy.version, "fine")
    assert (review.author.handle, review.current, review.withdrawn) == ("rob", True, False)


async def test_a_new_patchset_outdates_the_votes(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await rob.reviews.vote(proposed.id, vote="approve")
    updated = await ann.mutations.update(proposed.id, changes=[create("a.txt", b"two\n")])
    assert (updated.status, updated.patchset, updated.approvals) == ("pending", 2, 0)
    assert [(review.patchset, review.current) for review in updated.reviews] == [(1, False)]
    assert (await rob.reviews.vote(proposed.id, vote="approve")).status == "approved"
    assert [(review.patchset, review.current) for review in await ann.reviews.list(proposed.id)] == [
        (2, True),
        (1, False),
    ]


async def test_a_new_patchset_answers_an_objection(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    objected = await rob.reviews.vote(proposed.id, vote="request_changes", comment="two, please")
    assert (objected.status, objected.objections) == ("pending", 1)
    assert "rob requests changes" in (await requirement(ann, proposed.id, "no_objections")).reason
    await ann.mutations.update(proposed.id, changes=[create("a.txt", b"two\n")])
    assert (await requirement(ann, proposed.id, "no_objections")).state == "satisfied"


async def test_a_clean_rebase_keeps_the_votes(ann: Backend, rob: Backend) -> None:
    content = b"".join(LINES)
    changed = content.replace(b"line 30\n", b"line thirty\n")
    await track(ann, {"a.txt": content})
    proposed = await propose(ann, modify("a.txt", changed))
    await rob.reviews.vote(proposed.id, vote="approve")
    await carry_out(ann, modify("a.txt", b"first\n" * 9 + content), approver=rob)
    rebased = await ann.mutations.update(proposed.id, changes=[modify("a.txt", b"first\n" * 9 + changed)])
    one, two = [await ann.mutations.patchset(proposed.id, number) for number in (1, 2)]
    assert (one.diff_hash, one.hash != two.hash) == (two.diff_hash, True)
    assert (rebased.status, rebased.patchset, rebased.approvals) == ("approved", 2, 1)
    await ann.executions.execute(proposed.id)


async def test_a_rebase_that_changes_a_line_of_context_outdates_the_votes(ann: Backend, rob: Backend) -> None:
    content = b"".join(LINES)
    changed = content.replace(b"line 30\n", b"line thirty\n")
    await track(ann, {"a.txt": content})
    proposed = await propose(ann, modify("a.txt", changed))
    await rob.reviews.vote(proposed.id, vote="approve")
    await carry_out(ann, modify("a.txt", content.replace(b"line 29\n", b"line 2x\n")), approver=rob)
    new = changed.replace(b"line 29\n", b"line 2x\n")
    assert (await ann.mutations.update(proposed.id, changes=[modify("a.txt", new)])).status == "pending"


async def test_words_beside_the_patchset_outdate_nothing(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await rob.reviews.vote(proposed.id, vote="approve")
    updated = await ann.mutations.update(
        proposed.id, title="better words", description="why", labels=["urgent"], metadata={"ticket_id": "SEC-123"}
    )
    assert (updated.status, updated.patchset, updated.patchset_hash) == ("approved", 1, proposed.patchset_hash)
    merged = await ann.mutations.update(proposed.id, metadata={"commit": "abc"})
    assert merged.metadata == {"ticket_id": "SEC-123", "commit": "abc"}


async def test_a_later_vote_of_the_same_person_replaces_the_former(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    for vote, status in (("approve", "approved"), ("request_changes", "pending"), ("approve", "approved")):
        assert (await rob.reviews.vote(proposed.id, vote=vote)).status == status  # type: ignore[arg-type]
    votes = [(review.vote, review.current) for review in await ann.reviews.list(proposed.id)]
    assert votes == [("approve", True), ("request_changes", False), ("approve", False)]


async def test_a_rejection_rejects_at_once_and_undoing_it_goes_back(ann: Backend, rob: Backend, house: House) -> None:
    ada = await house.member("ada", "admin")
    proposed = await propose(ann, create("a.txt"))
    await ada.reviews.vote(proposed.id, vote="approve")
    rejected = await rob.reviews.vote(proposed.id, vote="reject", comment="never")
    assert rejected.status == "rejected"
    assert "rob rejects" in (await requirement(ann, proposed.id, "no_objections")).reason
    with refusal("BR_VOTE"):
        await ada.reviews.vote(proposed.id, vote="approve")
    with refusal("BR_VOTE"):
        await ada.reviews.withdraw(proposed.id)
    undone = await rob.reviews.withdraw(proposed.id)
    assert undone.status == "approved", "the other approval stands"
    assert [(review.vote, review.current, review.withdrawn) for review in undone.reviews] == [
        ("reject", False, True),
        ("approve", True, False),
    ]


async def test_reopening_a_rejected_mutation_outdates_the_rejection(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await rob.reviews.vote(proposed.id, vote="reject")
    reopened = await ann.mutations.reopen(proposed.id, reason="look again")
    assert (reopened.status, reopened.objections) == ("pending", 0)
    assert [(review.current, review.withdrawn) for review in reopened.reviews] == [(False, False)]
    with refusal("BR_VOTE"):
        await rob.reviews.withdraw(proposed.id)


async def test_withdrawing_an_approval_goes_back_to_pending(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await rob.reviews.vote(proposed.id, vote="approve")
    withdrawn = await rob.reviews.withdraw(proposed.id)
    assert (withdrawn.status, withdrawn.approvals) == ("pending", 0)
    with refusal("BR_VOTE"):
        await rob.reviews.withdraw(proposed.id)


@pytest.mark.parametrize("vote", ["approve", "approve_with_suggestions", "request_changes", "reject"])
async def test_votes_are_for_mutations_under_review(ann: Backend, rob: Backend, vote: Vote) -> None:
    draft = await ann.mutations.create(title="a draft", changes=[create("a.txt")], draft=True)
    cancelled = await propose(ann, create("b.txt"))
    await ann.mutations.cancel(cancelled.id)
    done = await carry_out(ann, create("c.txt"), approver=rob)
    for mutation in (draft.id, cancelled.id, done.mutation_id):
        with refusal("BR_VOTE") as refused:
            await rob.reviews.vote(mutation, vote=vote)
        action = (await rob.mutations.get(mutation)).action(vote)
        assert not action.allowed
        assert action.reason.lower().rstrip(".") in refused.value.message.lower()


async def test_comments_are_kept_oldest_first_with_their_patchset(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await rob.reviews.comment(proposed.id, text="first\nand more")
    await ann.mutations.update(proposed.id, changes=[create("a.txt", b"two\n")])
    second = await ann.reviews.comment(proposed.id, text="second")
    comments = await rob.reviews.comments(proposed.id)
    assert [(one.text, one.author.handle, one.patchset) for one in comments] == [
        ("first\nand more", "rob", 1),
        ("second", "ann", 2),
    ]
    assert comments[-1] == second
    assert (await ann.mutations.get(proposed.id)).comments == 2


async def test_a_missing_approval_says_from_whom_it_may_come_and_nothing_is_asked_of_what_is_past(
    house: House, ann: Backend, rob: Backend
) -> None:
    await house.member("bob", "reviewer")
    done = await propose(ann, create("a.txt"))
    await rob.reviews.vote(done.id, vote="approve")
    await ann.executions.execute(done.id)
    policy = create(".lattice/workflows/code-review.json", b'{"review_requirements": {"min_reviewers": 2}}')
    await carry_out(ann, policy, approver=rob)
    asked = await propose(ann, create("b.txt"))
    first = (await requirement(ann, asked.id, "approvals")).reason
    assert first == "0 of 2 approvals: 2 members other than the author have to approve it."
    await rob.reviews.vote(asked.id, vote="approve")
    second = (await requirement(ann, asked.id, "approvals")).reason
    assert second == "1 of 2 approvals: 1 more from a member other than the author and those who approved."
    past = await requirement(ann, done.id, "approvals")
    assert (past.state, past.reason) == ("not_applicable", "It is completed: nothing asks for it any more.")
    assert (await ann.mutations.get(done.id)).blockers == ()
