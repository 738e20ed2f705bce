"""`lattice spec graph | chain | impact`: what depends on what, how, and what a change may concern."""

from collections.abc import Iterable, Sequence

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.spec import Impact, SpecNode
from lattice_console.headless import completing, graph_diagrams, graph_tree, options
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.output import Output
from lattice_console.headless.session import Session, connected
from lattice_console.headless.table import Column
from lattice_console.text import count, inert

_NAMED = 8
"""How many of the changed specs are named."""

_CHAIN: Sequence[Column[SpecNode]] = (
    Column("NAME", lambda row: row.name, gives=True),
    Column("TYPE", lambda row: row.type),
    Column("VERSION", lambda row: row.version or ""),
    Column("PATH", lambda row: row.path or "", gives=True),
)


@click.command(
    "graph",
    cls=Command,
    examples=(
        "lattice spec graph",
        "lattice spec graph user-auth",
        "lattice spec graph payments --dependents --depth 2",
        "lattice spec graph api/schemas/user.yaml --dependents",
        "lattice spec graph --output dot | dot -Tsvg > specs.svg",
        "lattice spec graph --output json | jq '.edges[] | [.source, .target]'",
    ),
)
@click.argument("name", required=False, shell_complete=completing.specs)
@click.option("--dependents", is_flag=True, help="The other way: what depends on it.")
@click.option("--depth", metavar="N", type=click.IntRange(1, 100_000), help="Over so many dependencies at most.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, 10_000), default=2000, help="So many specs and files, nearest first."
)
@options.output_or("dot", "mermaid", help="dot, mermaid: a diagram for Graphviz, or for Mermaid.")
@connected
async def graph(
    session: Session,
    backend: Backend,
    name: str | None,
    dependents: bool,
    depth: int | None,
    limit: int,
    diagram: str | None,
) -> None:
    """Show what a spec or a file depends on.

    That is what a spec declares by depends_on, what a document refers to by $ref in other files, and the files that a
    spec governs by its allowed_files. A file that is no spec goes by its path. As a tree: below each what it depends
    on, with --dependents what depends on it. Without NAME all of them. What stands further up already is not drawn
    again; circles and what is missing are marked.
    """
    if name is None and depth is not None:
        raise click.UsageError("--depth counts from a spec or a file: name one.")
    found = await backend.specs.graph(
        name=name, toward="dependents" if dependents else "dependencies", depth=depth, limit=limit
    )
    if diagram == "dot":
        session.output.lines(graph_diagrams.dot(found))
    elif diagram == "mermaid":
        session.output.lines(graph_diagrams.mermaid(found))
    else:
        session.output.one(found, lambda: graph_tree.lines(session.output, found, name, dependents=dependents))
    if found.further:
        session.output.say(f"{found.further:,} further away left out; --limit shows more.")
    if not found.nodes:
        session.output.say(
            "There are no specs yet. Next: lattice spec create --name user-auth --template authentication"
        )


@click.command(
    "chain",
    cls=Command,
    examples=(
        "lattice spec chain billing users",
        "lattice spec chain billing users --output json | jq .total",
    ),
)
@click.argument("source", shell_complete=completing.specs)
@click.argument("target", shell_complete=completing.specs)
@options.output
@connected
async def chain(session: Session, backend: Backend, source: str, target: str) -> int:
    """Show how one spec or file depends on another.

    The shortest way from SOURCE to TARGET, each depending on the next. Exits 10 where there is none.
    """
    found = await backend.specs.chain(source, target)
    session.output.many(found, _CHAIN, empty="", facts={"total": len(found)})
    if found:
        return Exit.OK
    other = " It is the other way round." if await backend.specs.chain(target, source) else ""
    session.output.say(f"{inert(source)} does not depend on {inert(target)}.{other}")
    return Exit.FINDINGS


@click.command(
    "impact",
    cls=Command,
    examples=("lattice spec impact users", "lattice spec impact --mutation M-12 --output json | jq .total"),
)
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=completing.specs)
@click.option("--mutation", metavar="M", help="What this mutation changes.")
@click.option("--depth", metavar="N", type=click.IntRange(1, 100_000), help="Over so many dependencies at most.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, 10_000), default=100, help="So many specs and files, the nearest."
)
@options.output
@connected
async def impact(
    session: Session, backend: Backend, names: tuple[str, ...], mutation: str | None, depth: int | None, limit: int
) -> None:
    """Show what a change may concern.

    That is what depends on the specs and files, directly or through others.
    """
    if bool(names) == bool(mutation) or (mutation and depth is not None):
        raise click.UsageError("Name specs or files, perhaps with --depth, or take --mutation.")
    output = session.output
    if mutation:
        found = await backend.mutations.impact(mutation, limit=limit)
    else:
        found = await backend.specs.impact(names, depth=depth, limit=limit)
    output.one(found, lambda: _reaches(output, found))


def _reaches(output: Output, impact: Impact) -> Iterable[str]:
    if not impact.roots:
        yield "It changes no spec, and no file that refers to others, is referred to, or is governed by a spec."
        return
    roots = ", ".join(inert(name) for name in impact.roots[:_NAMED])
    more = f" and {len(impact.roots) - _NAMED} more" if len(impact.roots) > _NAMED else ""
    verb = "depends" if impact.total == 1 else "depend"
    yield f"{_counted(impact)} {verb} on {roots}{more}"
    for one in impact.specs:
        how = "directly" if one.distance == 1 else f"over {one.distance} dependencies"
        yield f"  {inert(one.node.name)}{graph_tree.about(output, one.node)}  {output.palette.paint('muted', how)}"
    if impact.total > len(impact.specs):
        yield f"  and {impact.total - len(impact.specs)} further away"


def _counted(impact: Impact) -> str:
    """How many specs and files depend on what is changed; apart only where all of them are there to be told apart."""
    files = sum(one.node.type == "file" for one in impact.specs)
    if files and impact.total > len(impact.specs):
        return f"{impact.total:,} specs and files"
    kinds = ((impact.total - files, "spec"), (files, "file"))
    return " and ".join(count(number, noun) for number, noun in kinds if number) or count(0, "spec")
