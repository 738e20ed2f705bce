"""A vote with its comments: all of it, or nothing."""

from typing import Any

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.review import Anchor, NewComment
from tests.support.changes import create, modify
from tests.support.house import House, propose, track
from tests.support.refusals import refusal

LINE = Anchor(file_path="a.txt", line=1)
DRAFTS = (NewComment(text="why?", anchor=LINE), NewComment(text="fine otherwise"))
COMMENTED = b'{"review_requirements": {"require_comments": true}}'


@pytest.fixture
async def proposed(ann: Backend, rob: Backend) -> Mutation:
    return await propose(ann, create("a.txt", b"one\ntwo\n"))


async def trace(house: House, proposed: Mutation) -> tuple[Any, ...]:
    """All that a review leaves behind."""
    ann = house.backend()
    return (
        await ann.reviews.list(proposed.id),
        await ann.reviews.comments(proposed.id),
        await ann.events.last(),
        await ann.audit.verify(),
        await ann.mutations.get(proposed.id),
    )


async def test_vote_and_comments_arrive_together(house: House, rob: Backend, proposed: Mutation) -> None:
    events = await rob.events.last()
    voted = await rob.reviews.vote(proposed.id, vote="approve", comment="good", comments=DRAFTS)
    assert (voted.status, voted.approvals, voted.comments, voted.threads) == ("approved", 1, 2, 1)
    assert [one.text for one in await rob.reviews.comments(proposed.id)] == ["why?", "fine otherwise"]
    assert [event.name for event in await rob.events.since(events)] == [
        "mutation.commented",
        "mutation.commented",
        "mutation.reviewed",
        "mutation.approved",
    ]
    actions = [row.action for row in (await rob.audit.log(limit=4)).items]
    assert sorted(actions) == ["mutation.approved", "mutation.commented", "mutation.commented", "mutation.reviewed"]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (NewComment(text="t", anchor=Anchor(file_path="b.txt", line=1)), "VAL_ANCHOR"),
        (NewComment(text="t", anchor=Anchor(file_path="a.txt", line=3)), "VAL_ANCHOR"),
        (NewComment(text="t", anchor=LINE, patchset=2), "NF_PATCHSET"),
        (NewComment(text="t", patchset=2), "NF_PATCHSET"),
        (NewComment(text="t", reply_to="a comment that is not there"), "NF_COMMENT"),
    ],
)
async def test_one_bad_comment_and_nothing_was_said(
    house: House, rob: Backend, proposed: Mutation, bad: NewComment, code: str
) -> None:
    before = await trace(house, proposed)
    with refusal(code) as refused:
        await rob.reviews.vote(proposed.id, vote="reject", comment="no", comments=[*DRAFTS, bad])
    assert refused.value.details["entry"] == 2
    assert await trace(house, proposed) == before


async def test_a_vote_that_is_refused_makes_no_comment(house: House, ann: Backend, proposed: Mutation) -> None:
    before = await trace(house, proposed)
    with refusal("BR_VOTE"):
        await ann.reviews.vote(proposed.id, vote="approve", comments=DRAFTS)
    assert await trace(house, proposed) == before


async def test_drafts_written_on_an_older_patchset_are_not_sent_with_a_vote_on_it(
    house: House, ann: Backend, rob: Backend, proposed: Mutation
) -> None:
    await ann.mutations.update(proposed.id, changes=[create("a.txt", b"zero\none\ntwo\n")])
    before = await trace(house, proposed)
    with refusal("CF_PATCHSET"):
        await rob.reviews.vote(proposed.id, vote="approve", comments=DRAFTS, patchset=1)
    assert await trace(house, proposed) == before
    drafts = [one.model_copy(update={"patchset": 1}) for one in DRAFTS]
    voted = await rob.reviews.vote(proposed.id, vote="approve", comments=drafts, patchset=2)
    assert (voted.seen, voted.comments) == (2, 2)
    first = (await rob.reviews.comments(proposed.id))[0]
    assert (first.patchset, first.place) == (1, Anchor(file_path="a.txt", line=2))


async def test_drafts_sent_again_under_the_same_key_are_there_once(rob: Backend, proposed: Mutation) -> None:
    answer = await rob.reviews.vote(proposed.id, vote="approve", comments=DRAFTS, idempotency_key="review-1")
    again = await rob.reviews.vote(proposed.id, vote="approve", comments=DRAFTS, idempotency_key="review-1")
    assert again == answer
    assert len(await rob.reviews.comments(proposed.id)) == len(DRAFTS)
    with refusal("CF_IDEMPOTENCY_KEY"):
        await rob.reviews.vote(proposed.id, vote="approve", comments=DRAFTS[:1], idempotency_key="review-1")


async def test_a_review_cut_off_before_it_was_written_can_be_sent_again(
    house: House, rob: Backend, proposed: Mutation
) -> None:
    before = await trace(house, proposed)
    with house.killed_after(0):
        await rob.reviews.vote(proposed.id, vote="approve", comments=DRAFTS, idempotency_key="review-1")
    assert await trace(house, proposed) == before
    await rob.reviews.vote(proposed.id, vote="approve", comments=DRAFTS, idempotency_key="review-1")
    assert len(await rob.reviews.comments(proposed.id)) == len(DRAFTS)


async def test_an_approval_that_needs_a_text_has_it_in_its_comments(house: House, ann: Backend, rob: Backend) -> None:
    await track(ann, {".lattice/workflows/code-review.json": COMMENTED, "a.txt": b"zero\n"})
    for comments, status in (((), "pending"), (DRAFTS, "approved")):
        proposed = await propose(ann, modify("a.txt", b"one\ntwo\n"))
        assert (await rob.reviews.vote(proposed.id, vote="approve", comments=comments)).status == status


async def test_a_remark_makes_up_for_the_text_that_an_approval_lacked(ann: Backend, rob: Backend) -> None:
    await track(ann, {".lattice/workflows/code-review.json": COMMENTED})
    proposed = await propose(ann, create("a.txt"))
    await rob.reviews.vote(proposed.id, vote="approve")
    await rob.reviews.comment(proposed.id, text="I have read it")
    assert (await ann.mutations.get(proposed.id)).status == "approved"
