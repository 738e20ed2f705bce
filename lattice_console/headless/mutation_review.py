"""`lattice mutation approve | request-changes | reject | withdraw-vote | request-review | cancel | reopen`."""

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.project import Vote
from lattice_console.headless import options, several, views
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import Session, connected

SEVERAL = """Several IDs, --filter, --view and --stack make one run of it: each mutation is tried, whatever comes of the
    others, and one summary says what came of it. The exit code is that of the worst."""
"""What helps say about several mutations."""


@click.command(
    "approve",
    cls=Command,
    examples=(
        "lattice mutation approve 12",
        'lattice mutation approve 12 --comment "Matches the contract."',
        "lattice mutation approve 12 --with-suggestions --comment - < notes.md",
        "lattice mutation approve 12 --stack --dry-run",
        "lattice mutation approve --filter 'is:awaiting author:agent-7' --dry-run",
    ),
    help=f"""Approve the current patchset.

    {SEVERAL}
    """,
)
@click.option(
    "--comment", "--reason", "comment", metavar="R", default="", help="A comment to go with it; - reads stdin."
)
@click.option("--with-suggestions", is_flag=True, help="Approve, and leave suggestions in the comment.")
@options.patchset
@several.chosen
@options.writes
@connected
async def approve(
    session: Session,
    backend: Backend,
    choice: several.Choice,
    comment: str,
    with_suggestions: bool,
    patchset: int | None,
) -> int:
    """Approve the current patchset."""
    vote: Vote = "approve_with_suggestions" if with_suggestions else "approve"
    return await _vote(session, backend, choice, vote, comment, patchset)


@click.command(
    "request-changes",
    cls=Command,
    examples=('lattice mutation request-changes 12 --reason "The limit needs a test case."',),
    help=f"""Ask for changes.

    It cannot be approved until a new patchset makes them, or you take the vote back. {SEVERAL}
    """,
)
@options.reason(required=True)
@options.patchset
@several.chosen
@options.writes
@connected
async def request_changes(
    session: Session,
    backend: Backend,
    choice: several.Choice,
    reason: str,
    patchset: int | None,
) -> int:
    """Ask for changes."""
    return await _vote(session, backend, choice, "request_changes", reason, patchset)


@click.command(
    "reject",
    cls=Command,
    examples=(
        'lattice mutation reject 12 --reason "Superseded by M-15."',
        'lattice mutation reject 12 13 14 --reason "Done by hand."',
    ),
    help=f"""Reject a mutation at once.

    It can be reopened, or the vote withdrawn. {SEVERAL}
    """,
)
@options.reason(required=True)
@options.patchset
@several.chosen
@options.writes
@connected
async def reject(
    session: Session,
    backend: Backend,
    choice: several.Choice,
    reason: str,
    patchset: int | None,
) -> int:
    """Reject a mutation at once."""
    return await _vote(session, backend, choice, "reject", reason, patchset)


@click.command("withdraw-vote", cls=Command, examples=("lattice mutation withdraw-vote 12",))
@options.mutation
@options.writes
@connected
async def withdraw_vote(session: Session, backend: Backend, mutation: str) -> None:
    """Take your own vote back."""
    after = await backend.reviews.withdraw(mutation, **session.guard)
    _wrote(session, after, "Took your vote back")


@click.command("request-review", cls=Command, examples=("lattice mutation request-review 12 ana raj",))
@options.mutation
@click.argument("reviewers", nargs=-1, required=True, metavar="PERSON...")
@options.writes
@connected
async def request_review(session: Session, backend: Backend, mutation: str, reviewers: tuple[str, ...]) -> None:
    """Ask members for their review.

    By handle or e-mail. Who is asked is shown with the mutation; whose approvals it needs, the policy says.
    """
    after = await backend.reviews.request(mutation, reviewers=reviewers, **session.guard)
    asked = ", ".join(person.handle for person in after.reviewers)
    _wrote(session, after, f"Asked {asked} to review")


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


VOTED: dict[Vote, str] = {
    "approve": "Approved",
    "approve_with_suggestions": "Approved, with suggestions,",
    "request_changes": "Requested changes of",
    "reject": "Rejected",
}
"""How a vote is told, before the name of what was voted on."""


async def _vote(
    session: Session, backend: Backend, choice: several.Choice, vote: Vote, comment: str, patchset: int | None
) -> int:
    text = session.text(comment, "the comment")
    if choice.single is not None:
        after = await backend.reviews.vote(choice.single, vote=vote, comment=text, patchset=patchset, **session.guard)
        _wrote(session, after, VOTED[vote])
        return 0
    if patchset is not None:
        raise click.UsageError("--patchset is about one mutation; name one.")
    mutations = await several.find(session, backend, choice)
    me = (await backend.team.whoami()).user

    async def act(mutation: Mutation) -> several.Fate:
        known = any(
            one.current and me is not None and one.author.id == me.id and one.vote == vote for one in mutation.reviews
        )
        if known and not text:
            return several.fate(mutation, "unchanged", "You voted so on this patchset already.")
        if choice.dry_run:
            allowed = mutation.action(vote)
            if not allowed.allowed:
                return several.fate(mutation, "refused", allowed.reason, Exit.ERROR)
            return several.fate(
                mutation, "would", f"{mutation.approvals} of {mutation.approvals_required} approvals yet"
            )
        after = await backend.reviews.vote(
            mutation.id,
            vote=vote,
            comment=text,
            # What is decided is what was listed, and nothing newer.
            patchset=mutation.patchset,
            **several.guard(session, mutation),
        )
        return several.fate(after, "done")

    fates = await several.each(mutations, act)
    return several.report(session, fates, views.words(vote), VOTED[vote], choice.dry_run)


def _wrote(session: Session, mutation: Mutation, what: str) -> None:
    session.output.one(mutation, list)
    session.output.say(views.outcome(what, mutation))
