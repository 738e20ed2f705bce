"""`lattice mutation approve | request-changes | reject | withdraw-vote | comment | cancel | reopen`."""

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.project import Vote
from lattice_console.headless import options, views
from lattice_console.headless.commands import Command
from lattice_console.headless.session import Session, connected

_patchset = click.option(
    "--patchset",
    metavar="N",
    type=click.IntRange(min=1),
    help="Fail unless this is the current patchset: the one you read.",
)


@click.command(
    "approve",
    cls=Command,
    examples=(
        "lattice mutation approve 12",
        'lattice mutation approve 12 --comment "Matches the contract."',
        "lattice mutation approve 12 --with-suggestions --comment - < notes.md",
    ),
)
@options.mutation
@click.option(
    "--comment", "--reason", "comment", metavar="R", default="", help="A comment to go with it; - reads stdin."
)
@click.option("--with-suggestions", is_flag=True, help="Approve, and leave suggestions in the comment.")
@_patchset
@options.writes
@connected
async def approve(
    session: Session,
    backend: Backend,
    mutation: str,
    comment: str,
    with_suggestions: bool,
    patchset: int | None,
) -> None:
    """Approve the current patchset."""
    vote: Vote = "approve_with_suggestions" if with_suggestions else "approve"
    await _vote(session, backend, mutation, vote, comment, patchset)


@click.command(
    "request-changes",
    cls=Command,
    examples=('lattice mutation request-changes 12 --reason "The limit needs a test case."',),
)
@options.mutation
@options.reason(required=True)
@_patchset
@options.writes
@connected
async def request_changes(
    session: Session,
    backend: Backend,
    mutation: str,
    reason: str,
    patchset: int | None,
) -> None:
    """Ask for changes.

    It cannot be approved until a new patchset makes them, or you take the vote back.
    """
    await _vote(session, backend, mutation, "request_changes", reason, patchset)


@click.command("reject", cls=Command, examples=('lattice mutation reject 12 --reason "Superseded by M-15."',))
@options.mutation
@options.reason(required=True)
@_patchset
@options.writes
@connected
async def reject(
    session: Session,
    backend: Backend,
    mutation: str,
    reason: str,
    patchset: int | None,
) -> None:
    """Reject a mutation at once.

    It can be reopened, or the vote withdrawn.
    """
    await _vote(session, backend, mutation, "reject", reason, patchset)


@click.command("withdraw-vote", cls=Command, examples=("lattice mutation withdraw-vote 12",))
@options.mutation
@options.writes
@connected
async def withdraw_vote(session: Session, backend: Backend, mutation: str) -> None:
    """Take your own vote back."""
    after = await backend.reviews.withdraw(mutation, **session.guard)
    _wrote(session, after, "Took your vote back")


@click.command(
    "comment",
    cls=Command,
    examples=(
        'lattice mutation comment 12 "Does the refresh token follow?"',
        "lattice mutation comment 12 - < notes.md",
    ),
)
@options.mutation
@click.argument("text", metavar="TEXT")
@options.writes
@connected
async def comment(
    session: Session,
    backend: Backend,
    mutation: str,
    text: str,
) -> None:
    """Comment on a mutation. TEXT is one argument; - reads stdin."""
    made = await backend.reviews.comment(
        mutation,
        text=session.text(text, "the comment"),
        **session.guard,
    )
    session.output.one(made, list)
    session.output.say(f"Commented on {mutation}. Next: lattice mutation history {mutation}")


@click.command(
    "cancel", cls=Command, examples=("lattice mutation cancel 12", 'lattice mutation cancel 12 --reason "Not needed."')
)
@options.mutation
@options.reason(required=False)
@options.writes
@connected
async def cancel(
    session: Session,
    backend: Backend,
    mutation: str,
    reason: str,
) -> None:
    """Withdraw a mutation.

    One that has not been executed; it can be reopened.
    """
    after = await backend.mutations.cancel(
        mutation,
        reason=session.text(reason, "--reason"),
        **session.guard,
    )
    _wrote(session, after, "Cancelled")


@click.command("reopen", cls=Command, examples=('lattice mutation reopen 12 --reason "We need it after all."',))
@options.mutation
@options.reason(required=False)
@options.writes
@connected
async def reopen(
    session: Session,
    backend: Backend,
    mutation: str,
    reason: str,
) -> None:
    """Bring a mutation back under review.

    One that was rejected or cancelled, or has expired. The vote that rejected it counts no longer.
    """
    after = await backend.mutations.reopen(
        mutation,
        reason=session.text(reason, "--reason"),
        **session.guard,
    )
    _wrote(session, after, "Reopened")


_VOTED: dict[Vote, str] = {
    "approve": "Approved",
    "approve_with_suggestions": "Approved, with suggestions,",
    "request_changes": "Requested changes of",
    "reject": "Rejected",
}


async def _vote(
    session: Session,
    backend: Backend,
    mutation: str,
    vote: Vote,
    comment: str,
    patchset: int | None,
) -> None:
    after = await backend.reviews.vote(
        mutation,
        vote=vote,
        comment=session.text(comment, "the comment"),
        patchset=patchset,
        **session.guard,
    )
    _wrote(session, after, _VOTED[vote])


def _wrote(session: Session, mutation: Mutation, what: str) -> None:
    session.output.one(mutation, list)
    session.output.say(views.outcome(what, mutation))
