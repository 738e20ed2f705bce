"""`lattice mutation rebase`: bringing mutations to what stands there now."""

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Mutation
from lattice_console.headless import options, several, views
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.mutation_review import SEVERAL
from lattice_console.headless.session import Session, connected

_CURRENT = "It stands on what is there now; there is nothing to rebase."


@click.command(
    "rebase",
    cls=Command,
    examples=(
        "lattice mutation rebase 12",
        "lattice mutation rebase 12 --stack --dry-run",
        "lattice mutation rebase --filter 'is:open author:me'",
    ),
    help=f"""Bring a mutation to what stands there now.

    Merges each of its changes with what others made of the document since, into a new patchset: all of it, or nothing.
    What is stacked on it is brought along. Votes stand where it still changes the same lines. Exits 12, with every
    document named, where a person has to decide.

    {SEVERAL}
    """,
)
@several.chosen
@options.writes
@connected
async def rebase(session: Session, backend: Backend, choice: several.Choice) -> int:
    """Bring a mutation to what stands there now."""
    if choice.single is not None:
        before = await backend.mutations.get(choice.single)
        after = await backend.mutations.rebase(before.id, **session.guard)
        session.output.one(after, list)
        if after.patchset == before.patchset:
            session.output.say(f"M-{after.number}: {_CURRENT} Next: {views.next_step(after)}")
        else:
            session.output.say(views.outcome("Rebased", after, _how(before, after)))
        return Exit.OK
    mutations = await several.find(session, backend, choice)

    async def act(mutation: Mutation) -> several.Fate:
        # One that stands on another of them may have been brought along with it.
        current = await backend.mutations.get(mutation.id)
        allowed = current.action("rebase")
        if current.action("update").allowed and not allowed.allowed:
            how = _CURRENT if current.patchset == mutation.patchset else "Brought along with what it stands on."
            return several.fate(current, "unchanged", how)
        if choice.dry_run:
            if not allowed.allowed:
                return several.fate(current, "refused", allowed.reason, Exit.ERROR)
            return several.fate(current, "would")
        after = await backend.mutations.rebase(current.id, **several.guard(session, current))
        return several.fate(after, "done", _how(current, after))

    fates = await several.each(mutations, act)
    return several.report(session, fates, "rebase", "Rebased", choice.dry_run)


def _how(before: Mutation, after: Mutation) -> str:
    """Which patchset it became, and what became of the votes."""
    if not before.approvals:
        votes = ""
    elif after.approvals == before.approvals:
        votes = ", its votes stand"
    else:
        votes = ", its votes are outdated: the lines around its changes are others"
    return f"patchset {after.patchset}{votes}"
