"""Sending drafts: with a verdict in one step, or alone, and never twice."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from lattice_console.contract.errors import Conflict, LatticeError, SystemFailure
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.review import Comment
from lattice_console.profile.drafts import Draft
from lattice_console.screens.session import Session

__all__ = ["Review", "drafts_of", "send_alone", "send_with"]


@dataclass(frozen=True, slots=True)
class Review:
    """What is to be sent: the drafts, and the text of the verdict."""

    drafts: tuple[Draft, ...]
    text: str


async def drafts_of(session: Session, mutation: Mutation) -> tuple[Draft, ...]:
    """The drafts that wait to be sent.

    Those whose sending was cut off, and which have arrived all the same, are forgotten here. Raises LatticeError.
    """
    keeping = session.keeping
    await keeping.settled()
    drafts, sending = sorted(keeping.drafts(mutation.id), key=_place), keeping.sending(mutation.id)
    if not sending or mutation.id in keeping.under_way or session.actor is None or session.actor.user is None:
        return tuple(drafts)
    mine = session.actor.user.id
    said = [one for one in await session.backend.reviews.comments(mutation.id) if one.author.id == mine]
    arrived = [draft.id for draft in drafts if draft.id in sending and any(_is(one, draft) for one in said)]
    if arrived:
        await keeping.remove(*arrived)
    await keeping.send(mutation.id, ())
    return tuple(draft for draft in drafts if draft.id not in arrived)


def _place(draft: Draft) -> tuple[str, int]:
    """Where a draft comes among others: those on the mutation first, then by file and line."""
    return (draft.anchor.file_path, draft.anchor.line or 0) if draft.anchor else ("", 0)


def _is(comment: Comment, draft: Draft) -> bool:
    """Whether a comment is what became of a draft."""
    if (comment.text, comment.suggestion, comment.patchset) != (draft.text, draft.suggestion, draft.patchset):
        return False
    if draft.reply_to is not None:
        return comment.thread == draft.reply_to
    if draft.anchor is None or comment.anchor is None:
        return comment.anchor is draft.anchor
    parts = ("file_path", "side", "pointer") if draft.anchor.pointer else ("file_path", "side", "line", "last")
    return all(getattr(comment.anchor, part) == getattr(draft.anchor, part) for part in parts)


async def send_with(session: Session, mutation: Mutation, vote: Vote, text: str, drafts: Sequence[Draft]) -> Mutation:
    """Vote, and make comments of drafts, all of it or nothing; raises LatticeError."""
    comments = [draft.as_comment() for draft in drafts]
    async with _under_way(session, mutation, drafts):
        after = await session.backend.reviews.vote(
            mutation.id,
            vote=vote,
            comment=text,
            comments=comments,
            patchset=mutation.patchset,
            expected_version=mutation.version,
            idempotency_key=str(uuid4()),
        )
        await session.keeping.remove(*(draft.id for draft in drafts))
    return after


async def send_alone(session: Session, mutation: Mutation, drafts: Sequence[Draft]) -> None:
    """Make a comment of each draft; each is forgotten once it is made. Raises LatticeError."""
    async with _under_way(session, mutation, drafts):
        for draft in drafts:
            await _comment(session, mutation, draft)
            await session.keeping.remove(draft.id)


@asynccontextmanager
async def _under_way(session: Session, mutation: Mutation, drafts: Sequence[Draft]) -> AsyncIterator[None]:
    """Take note of drafts that are being sent, until it is known what became of them."""
    keeping = session.keeping
    keeping.under_way.add(mutation.id)
    try:
        await keeping.send(mutation.id, [draft.id for draft in drafts])
        try:
            yield
        except SystemFailure:
            # They may have arrived all the same: that is looked at before the next sending.
            raise
        except LatticeError:
            await keeping.send(mutation.id, ())
            raise
        await keeping.send(mutation.id, ())
    finally:
        keeping.under_way.discard(mutation.id)


async def _comment(session: Session, mutation: Mutation, draft: Draft) -> None:
    new = draft.as_comment()
    for key in (draft.id, str(uuid4())):
        try:
            await session.backend.reviews.comment(
                mutation.id,
                text=new.text,
                anchor=new.anchor,
                reply_to=new.reply_to,
                suggestion=new.suggestion,
                patchset=new.patchset,
                idempotency_key=key,
            )
            return
        except Conflict as error:
            # It was sent before, and written anew since: so it is another comment.
            if error.code != "CF_IDEMPOTENCY_KEY":
                raise
