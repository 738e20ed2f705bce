"""`lattice mutation conflicts`: what stands between a mutation and others."""

from collections.abc import Iterable

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.conflict import Conflict, ConflictReport
from lattice_console.headless import options, views
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.output import Output
from lattice_console.headless.session import Session, connected
from lattice_console.text import count, inert


@click.command(
    "conflicts",
    cls=Command,
    examples=(
        "lattice mutation conflicts 12",
        "lattice mutation conflicts 12 --output json | jq '.conflicts[].affected_files'",
    ),
)
@options.mutation
@options.output
@connected
async def conflicts(session: Session, backend: Backend, mutation: str) -> int:
    """Show what others do to the same places.

    Every conflict of the mutation with what stands there now and with other mutations, errors first, with what can be
    done about it. Exits 12 where a person has to decide one; a warning merges by itself, or tells of dependencies that
    may well be as they are.
    """
    report = await backend.conflicts.of(mutation)
    session.output.one(report, lambda: _lines(session.output, report))
    name = f"M-{report.number}"
    if not report.has_conflicts:
        session.output.say(f"{name} has no conflicts.")
    elif report.errors:
        to_decide = count(report.errors, "conflict")
        session.output.say(f"{to_decide} of {name} to decide. Next: {_next(name, report)}")
    elif all(one.type == "dependency_violation" for one in report.conflicts):
        session.output.say(f"Nothing of {name} is for a person to decide.")
    elif any(not one.conflicting_mutations for one in report.conflicts):
        session.output.say(f"{name} merges by itself. Next: lattice mutation rebase {name}")
    else:
        session.output.say(f"{name} merges by itself with what else is to come. There is nothing to do.")
    return Exit.CONFLICT if report.errors else Exit.OK


def _next(name: str, report: ConflictReport) -> str:
    """What settles it: what breaks dependencies is for no merge, but for a new patchset."""
    errors = [one for one in report.conflicts if one.severity == "error"]
    if all(one.type == "dependency_violation" for one in errors):
        return f"lattice mutation update {name} --files FILE"
    among = [one.conflicting_mutations[0] for one in errors if one.conflicting_mutations]
    # What it meets in the head is settled first, and without a word against whom.
    against = f" --against M-{among[0]}" if len(among) == len(errors) else ""
    return f"lattice mutation resolve {name} --strategy S{against}"


def _lines(output: Output, report: ConflictReport) -> Iterable[str]:
    for at, one in enumerate(report.conflicts):
        if at:
            yield ""
        verdict = output.palette.paint("bad" if one.severity == "error" else "warning", one.severity)
        yield f"{verdict}  {inert(one.path)}  {views.words(one.type)}, with {_with(one)}"
        yield f"  {inert(one.description)}"
        yield from (f"  - {inert(suggestion.sentence)}" for suggestion in one.resolution_suggestions)


def _with(conflict: Conflict) -> str:
    if conflict.conflicting_mutations:
        return ", ".join(f"M-{number}" for number in conflict.conflicting_mutations)
    return f"M-{conflict.revision_mutation}, executed" if conflict.revision_mutation else "what stands there now"
