"""`lattice spec create | list | show | validate | graph | chain | impact | history`: documents with meaning."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import get_args

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import CheckedDocument
from lattice_console.contract.models.spec import Finding, Spec, SpecFormat
from lattice_console.headless import completing, findings, options, views
from lattice_console.headless.commands import Group
from lattice_console.headless.output import Output
from lattice_console.headless.session import Session, connected
from lattice_console.headless.spec_graph import chain, graph, impact
from lattice_console.headless.spec_history import history
from lattice_console.headless.table import Column
from lattice_console.text import inert, inert_lines

group = Group(
    "spec",
    help="List, read and check specs, see what depends on what, and propose new ones.",
    short_help="List, check, propose specs.",
    examples=("lattice spec list", "lattice spec validate --all"),
)

_SPECS: Sequence[Column[Spec]] = (
    Column("NAME", lambda row: row.name, gives=True),
    Column("TYPE", lambda row: row.type),
    Column("VERSION", lambda row: row.version or ""),
    Column("PATH", lambda row: row.path or "", gives=True),
    Column("DEPENDS ON", lambda row: ", ".join(row.depends_on), gives=True),
)


@group.command(
    "create",
    examples=(
        "lattice spec create --name user-auth --template authentication",
        "lattice spec create --name guide --template requirements --format markdown",
        "lattice spec create --name payments --template api --output json | jq -r .id",
    ),
)
@click.option("--name", metavar="N", required=True, help="The new spec's name, and that of its file in .lattice/specs.")
@click.option(
    "--template",
    metavar="T",
    required=True,
    help="What to start from, perhaps one of .lattice/templates; an unknown one lists those there are.",
)
@click.option(
    "--format",
    type=click.Choice(get_args(SpecFormat)),
    help="How it is written; else as a template of your own is, or as json.",
)
@click.option("--description", metavar="D", default="", help="What it is for; - reads stdin.")
@click.option("--ticket", metavar="T", help="Metadata: the ticket that asks for it, such as SEC-123.")
@options.writes
@connected
async def create(
    session: Session,
    backend: Backend,
    name: str,
    template: str,
    format: SpecFormat | None,
    description: str,
    ticket: str | None,
) -> None:
    """Propose a new spec from a template. It is there once its mutation is approved and executed."""
    made = await backend.specs.create(
        name=name,
        template=template,
        format=format,
        description=session.text(description, "--description"),
        metadata={} if ticket is None else {"ticket_id": ticket},
        **session.guard,
    )
    session.output.one(made, lambda: [f"M-{made.number}"])
    session.output.say(views.outcome(f"Proposed the spec {name} as", made))


@group.command("list", examples=("lattice spec list", "lattice spec list --output json | jq -r '.items[].name'"))
@options.output
@connected
async def list_(session: Session, backend: Backend) -> None:
    """List the specs of the head."""
    specs = await backend.specs.list()
    session.output.many(
        specs,
        _SPECS,
        empty="There are no specs yet. Next: lattice spec create --name user-auth --template authentication",
        facts={"total": len(specs)},
    )


@group.command("show", examples=("lattice spec show user-auth", "lattice spec show user-auth --output json"))
@click.argument("name", shell_complete=completing.specs)
@options.output
@connected
async def show(session: Session, backend: Backend, name: str) -> None:
    """Show one spec, with what is wrong with it."""
    found = await backend.specs.get(name)
    session.output.one(found, lambda: _lines(session.output, found))


@group.command(
    "validate",
    examples=("lattice spec validate --all", "lattice spec validate user-auth payments --output json"),
)
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=completing.specs)
@click.option("--all", "all_", is_flag=True, help="Every spec; the same as naming none.")
@findings.reports
@connected
async def validate(
    session: Session, backend: Backend, names: tuple[str, ...], all_: bool, junit_file: Path | None
) -> int:
    """Check specs of the head by the rules of their types.

    Exits 10 when something was found that is not suppressed, be it a warning.
    """
    if names and all_:
        raise click.UsageError("Name specs, or take --all.")
    found = await backend.specs.validate(names)
    by_path: dict[str, list[Finding]] = {one.path: [] for one in await _specs(backend, names) if one.path}
    for finding in found:
        by_path.setdefault(finding.path, []).append(finding)
    documents = [CheckedDocument(path=path, findings=tuple(by_path[path])) for path in sorted(by_path)]
    return findings.tell(session, documents, strict=True, junit_file=junit_file, nothing="Nothing was found.")


async def _specs(backend: Backend, names: tuple[str, ...]) -> list[Spec]:
    return [one for one in await backend.specs.list() if not names or one.name in names]


group.add_command(graph)
group.add_command(chain)
group.add_command(impact)
group.add_command(history)


def _lines(output: Output, spec: Spec) -> Iterable[str]:
    yield f"{inert(spec.name)}  {spec.type}  {inert(spec.version or 'no version')}"
    for title, value in (
        ("path", spec.path or "none: it has no document"),
        ("depends on", ", ".join(spec.depends_on)),
        ("governs", ", ".join(spec.governs)),
        ("schema", "its own" if spec.has_schema else ""),
        ("requirements", str(spec.requirements or "")),
    ):
        if value:
            yield f"  {output.palette.paint('muted', title.ljust(12))}  {inert(value)}"
    if spec.description:
        yield ""
        yield from (f"  {line}" for line in inert_lines(spec.description))
    if spec.findings:
        yield ""
        yield from output.table(spec.findings, findings.COLUMNS)
