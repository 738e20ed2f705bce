"""How versions and advice look in a terminal, and `lattice mutation advice`."""

from collections.abc import Iterable, Mapping

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.advice import Advice, VersionStep
from lattice_console.contract.models.mutation import Mutation
from lattice_console.headless import options
from lattice_console.headless.commands import Command
from lattice_console.headless.output import Output
from lattice_console.headless.session import Session, connected
from lattice_console.headless.style import Role
from lattice_console.telling import STEPS, version_summary
from lattice_console.text import count, inert

_ROLES: Mapping[VersionStep, Role] = {"major": "bad", "minor": "good", "patch": "muted"}
_FEW = 5


@click.command(
    "advice",
    cls=Command,
    examples=("lattice mutation advice 12", "lattice mutation advice M-12 --output json | jq '.versions[].proposed'"),
)
@options.mutation
@options.output
@connected
async def advice(session: Session, backend: Backend, mutation: str) -> None:
    """Show which versions a mutation asks for, and why.

    Of each spec that it changes: the version now, what it states, what is proposed, and every reason; then what is
    better done otherwise. Nothing of it holds the mutation back.
    """
    output = session.output
    found = await backend.mutations.advice(mutation)
    output.one(found, lambda: list(lines(output, found)))
    if output.shape == "table" and not found.versions and not found.remarks:
        output.say("It changes no spec, and there is nothing to advise.")


def lines(output: Output, found: Advice, *, few: Mutation | None = None) -> Iterable[str]:
    """Versions with their reasons, then remarks; of a mutation that is shown with more, a few reasons."""
    for index, one in enumerate(found.versions):
        if index:
            yield ""
        yield f"{inert(one.spec)}  {version_summary(one)}"
        shown = one.reasons[:_FEW] if few else one.reasons
        for reason in shown:
            word = output.palette.paint(_ROLES[reason.step], STEPS[reason.step].ljust(8))
            yield f"  {word}  {inert(reason.message)}"
        left = len(one.reasons) - len(shown) + one.further
        if left:
            where = f": lattice mutation advice M-{few.number}" if few else ""
            yield f"  and {count(left, 'more reason')}{where}"
    for remark in found.remarks:
        yield f"{output.palette.paint('warning', 'advice:')} {inert(remark.message)}"


async def say(session: Session, backend: Backend, mutation: Mutation, sent: int = 1) -> None:
    """Narrate what the policy wrote into a mutation beyond the patchset that was sent, and what is advised."""
    if not mutation.changes:
        return
    if mutation.patchset > sent:
        newest = await backend.mutations.patchset(mutation.id, mutation.patchset)
        session.output.say(f"Written by the policy, as patchset {newest.number}: {newest.message}.")
    for remark in (await backend.mutations.advice(mutation.id)).remarks:
        session.output.say(f"advice: {remark.message}")
