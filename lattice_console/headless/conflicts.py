"""`lattice conflicts`: what of the project is in conflict, by document."""

from collections.abc import Sequence
from typing import get_args

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.conflict_filter import parse_conflict_filter
from lattice_console.contract.models.conflict import Conflict, ConflictFilter, ConflictType, Severity
from lattice_console.headless import options, views
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import Session, connected
from lattice_console.headless.table import Column
from lattice_console.text import count

_COLUMNS: Sequence[Column[Conflict]] = (
    Column("", lambda one: "!" if one.severity == "error" else "", role=lambda one: "bad"),
    Column("PATH", lambda one: one.path, gives=True),
    Column("ID", lambda one: f"M-{one.mutation}"),
    Column("WITH", lambda one: _with(one)),
    Column("TYPE", lambda one: views.words(one.type)),
    Column("WHY", lambda one: one.description.removeprefix(f"{one.path}: "), gives=True),
)


def _with(one: Conflict) -> str:
    if one.conflicting_mutations:
        return ", ".join(f"M-{number}" for number in one.conflicting_mutations)
    return f"revision {one.revision}" if one.revision else "the head"


@click.command(
    "conflicts",
    cls=Command,
    examples=(
        "lattice conflicts",
        "lattice conflicts severity:error docs/",
        "lattice conflicts --mutation M-12 --output json | jq -r '.items[].description'",
    ),
    help="""Show the conflicts of the project by document.

    FILTER narrows them as in the console: parts of a path, severity:error, type:schema, M-12; the options say the same.
    `!` marks what a person has to decide; the others merge by themselves. Exits 12 where there is one to decide.
    """,
)
@click.argument("filter", nargs=-1)
@click.option("--path", help="Only of documents whose path has this in it.")
@click.option("--type", "kind", type=click.Choice(get_args(ConflictType)), help="Only of this type.")
@click.option("--severity", type=click.Choice(get_args(Severity)), help="Only errors, or only warnings.")
@click.option("--mutation", help="Only of this mutation.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True, help="At most so many.")
@options.output
@connected
async def command(
    session: Session,
    backend: Backend,
    filter: tuple[str, ...],
    path: str | None,
    kind: str | None,
    severity: str | None,
    mutation: str | None,
    limit: int,
) -> int:
    """Show the conflicts of the project."""
    said = {"path": path, "type": kind, "severity": severity, "mutation": mutation}
    given = {key: value for key, value in said.items() if value is not None}
    narrowed = ConflictFilter.model_validate(parse_conflict_filter(" ".join(filter)).model_dump() | given)
    page = await backend.conflicts.list(filter=narrowed, limit=limit)
    session.output.many(
        page.items,
        _COLUMNS,
        empty="Nothing is in conflict.",
        facts={"total": page.total, "has_more": page.has_more},
    )
    if page.has_more and session.output.shape == "table":
        session.output.say(f"{len(page.items):,} of {count(page.total, 'conflict')}; --limit N shows more.")
    return Exit.CONFLICT if any(one.severity == "error" for one in page.items) else Exit.OK
