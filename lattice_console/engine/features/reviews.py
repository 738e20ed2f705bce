"""Votes."""

from collections.abc import Sequence

from lattice_console.contract.errors import Conflict, NotAllowed, RuleBroken
from lattice_console.contract.events import EventName
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.review import NewComment, Review
from lattice_console.engine.features import detecting, judging, requesting, stored, views
from lattice_console.engine.features import policy as policies
from lattice_console.engine.features.comments import say
from lattice_console.engine.features.context import Context, new_id
from lattice_console.engine.features.mutations import expect_version
from lattice_console.engine.features.registry import reads, writes
from lattice_console.engine.records import MutationRecord, ReviewRecord
from lattice_console.engine.rules import actions, life


@reads("reviews.list", may_lag=True)
def listing(ctx: Context, *, mutation: str) -> tuple[Review, ...]:
    record = views.find(ctx, mutation)
    return tuple(views.review(ctx, one) for one in stored.votes(ctx, [record])[record.id])


@writes("reviews.vote")
def vote(
    ctx: Context,
    *,
    mutation: str,
    vote: Vote,
    comment: str,
    comments: Sequence[NewComment],
    patchset: int | None,
    expected_version: int | None,
) -> Mutation:
    record = views.find(ctx, mutation)
    if patchset is not None and patchset != record.patchset:
        raise Conflict(
            "CF_PATCHSET",
            f"M-{record.number} is at patchset {record.patchset} by now; you looked at {patchset}. Look again.",
            patchset=record.patchset,
        )
    expect_version(ctx, record, expected_version)
    policy = policies.in_force(ctx)
    standing = views.standing(ctx, record)
    if refused := actions.refuse_vote(vote, record.status, standing, policy.authors_may_approve):
        _refuse(record, refused, "it takes" in refused)
    stored.settle(ctx, record, _own(ctx, record), "outdated")
    review = ReviewRecord(
        id=new_id(),
        mutation_id=record.id,
        patchset=record.patchset,
        author_id=ctx.me.id,
        vote=vote,
        comment=comment,
        policy_version=policy.version,
        state="current",
        created_at=ctx.after(record.updated_at),
    )
    stored.cast(ctx, review)
    voted = stored.change(ctx, record)
    if comments:
        voted, _ = say(ctx, voted, comments)
    stored.look(ctx, record)
    ctx.record(
        "mutation.reviewed",
        record.id,
        number=record.number,
        vote=vote,
        patchset_hash=stored.of(ctx, record).patchset.hash,
        policy_version=policy.version,
    )
    ctx.announce("mutation.reviewed", record.id, voted.version, number=record.number, vote=vote, comment=comment[:500])
    if vote == "reject":
        voted = _turn(ctx, voted, "reject")
    return views.mutation(ctx, *judging.judge(ctx, [voted]))


@writes("reviews.withdraw")
def withdraw(ctx: Context, *, mutation: str, expected_version: int | None) -> Mutation:
    record = views.find(ctx, mutation)
    expect_version(ctx, record, expected_version)
    standing = views.standing(ctx, record)
    if refused := actions.refuse_withdrawal(record.status, standing):
        _refuse(record, refused, forbidden=False)
    stored.settle(ctx, record, _own(ctx, record), "withdrawn")
    stored.look_back(ctx, record)
    ctx.record("mutation.reviewed", record.id, number=record.number, vote=None, withdrawn=standing.vote)
    changed = stored.change(ctx, record)
    ctx.announce("mutation.reviewed", record.id, changed.version, number=record.number, vote=None)
    if record.status == "rejected":
        changed = _turn(ctx, changed, "undo_reject")
    return views.mutation(ctx, *judging.judge(ctx, [changed]))


@writes("reviews.request")
def request(ctx: Context, *, mutation: str, reviewers: Sequence[str], expected_version: int | None) -> Mutation:
    record = views.find(ctx, mutation)
    expect_version(ctx, record, expected_version)
    return views.mutation(ctx, requesting.ask(ctx, record, reviewers))


def _own(ctx: Context, record: MutationRecord) -> list[ReviewRecord]:
    """The actor's votes that stand."""
    reviews = stored.votes(ctx, [record])[record.id]
    return [one for one in judging.standing_votes(reviews) if one.author_id == ctx.me.id]


def _turn(ctx: Context, record: MutationRecord, happening: life.Happening) -> MutationRecord:
    """Let a reject vote, or its withdrawal, change the status at once."""
    status = life.follow(record.status, happening)
    turned = detecting.turn(ctx, record, stored.change(ctx, record, status=status))
    event: EventName = "mutation.rejected" if status == "rejected" else "mutation.reopened"
    ctx.record(event, record.id, number=record.number, before=record.status, status=status)
    ctx.announce(event, record.id, turned.version, number=record.number, status=status)
    return turned


def _refuse(record: MutationRecord, reason: str, forbidden: bool) -> None:
    message = f"Not recorded on M-{record.number}: {reason}."
    if forbidden:
        raise NotAllowed("AUTH_FORBIDDEN", message)
    raise RuleBroken("BR_VOTE", message, status=record.status)
