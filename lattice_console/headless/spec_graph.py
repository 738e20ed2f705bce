"""`lattice spec graph | chain | impact`: what depends on what, how, and what a change may concern."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.spec import Impact, SpecGraph, SpecNode
from lattice_console.headless import completing, options
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
        "lattice spec graph --output json | jq '.edges[] | [.source, .target]'",
    ),
)
@click.argument("name", required=False, shell_complete=completing.specs)
@click.option("--dependents", is_flag=True, help="The other way: what depends on it.")
@click.option("--depth", metavar="N", type=click.IntRange(1, 100_000), help="Over so many dependencies at most.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(1, 10_000), default=2000, help="So many specs and files, nearest first."
)
@options.output
@connected
async def graph(
    session: Session, backend: Backend, name: str | None, dependents: bool, depth: int | None, limit: int
) -> None:
    """Show what a spec or a file depends on.

    That is what a spec declares by depends_on, and what a document refers to by $ref in other files. A file that is no
    spec goes by its path. As a tree: below each what it depends on, with --dependents what depends on it. Without NAME
    all of them. What stands further up already is not drawn again; circles and what is missing are marked.
    """
    if name is None and depth is not None:
        raise click.UsageError("--depth counts from a spec or a file: name one.")
    found = await backend.specs.graph(
        name=name, toward="dependents" if dependents else "dependencies", depth=depth, limit=limit
    )
    session.output.one(found, lambda: _lines(session.output, found, _ways(found, dependents), name))
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
        yield "It changes no spec, and no file that refers to others or is referred to."
        return
    roots = ", ".join(inert(name) for name in impact.roots[:_NAMED])
    more = f" and {len(impact.roots) - _NAMED} more" if len(impact.roots) > _NAMED else ""
    verb = "depends" if impact.total == 1 else "depend"
    yield f"{_counted(impact)} {verb} on {roots}{more}"
    for one in impact.specs:
        how = "directly" if one.distance == 1 else f"over {one.distance} dependencies"
        yield f"  {inert(one.node.name)}{_about(output, one.node)}  {output.palette.paint('muted', how)}"
    if impact.total > len(impact.specs):
        yield f"  and {impact.total - len(impact.specs)} further away"


def _counted(impact: Impact) -> str:
    """How many specs and files depend on what is changed; apart only where all of them are there to be told apart."""
    files = sum(one.node.type == "file" for one in impact.specs)
    if files and impact.total > len(impact.specs):
        return f"{impact.total:,} specs and files"
    kinds = ((impact.total - files, "spec"), (files, "file"))
    return " and ".join(count(number, noun) for number, noun in kinds if number) or count(0, "spec")


def _ways(graph: SpecGraph, dependents: bool) -> Mapping[str, Sequence[str]]:
    """Where one gets from each spec, by name."""
    ways: dict[str, list[str]] = {node.name: [] for node in graph.nodes}
    for edge in graph.edges:
        source, target = (edge.target, edge.source) if dependents else (edge.source, edge.target)
        ways[source].append(target)
    return {name: sorted(targets) for name, targets in ways.items()}


def _reached(name: str, ways: Mapping[str, Sequence[str]]) -> set[str]:
    found = {name}
    waiting = [name]
    while waiting:
        fresh = [one for one in ways[waiting.pop()] if one not in found]
        found.update(fresh)
        waiting += fresh
    return found


def _roots(graph: SpecGraph, ways: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Where to begin, so that every one is reached: those that nothing leads to, then one of each circle."""
    led_to = {target for targets in ways.values() for target in targets}
    seen: set[str] = set()
    names = sorted(node.name for node in graph.nodes)
    for name in (*(one for one in names if one not in led_to), *names):
        if name not in seen:
            seen |= _reached(name, ways)
            yield name


def _lines(output: Output, graph: SpecGraph, ways: Mapping[str, Sequence[str]], name: str | None) -> Iterable[str]:
    nodes = {node.name: node for node in graph.nodes}
    drawn: set[str] = set()
    # A spec may be asked for by the path of its document.
    asked = [node.name for node in graph.nodes if name == node.name] or [
        node.name for node in graph.nodes if name == node.path
    ]
    for root in asked if name is not None else _roots(graph, ways):
        yield from _tree(output, nodes, ways, root, drawn)
    if graph.cycles:
        yield ""
        for cycle in graph.cycles:
            told = " -> ".join(inert(one) for one in (*cycle, cycle[0]))
            yield f"{output.palette.paint('bad', 'circle:')} {told}"


def _tree(
    output: Output, nodes: Mapping[str, SpecNode], ways: Mapping[str, Sequence[str]], root: str, drawn: set[str]
) -> Iterator[str]:
    """One tree, a line for each spec. Walked without recursion: what people declare may be deep."""
    branch, last, bar = ("|- ", "`- ", "|  ") if output.ascii else ("├─ ", "└─ ", "│  ")
    paint = output.palette.paint
    # Each with the signs before it, those before what is below it, and the names above it.
    waiting: list[tuple[str, str, str, tuple[str, ...]]] = [(root, "", "", ())]
    while waiting:
        name, lead, below, above = waiting.pop()
        targets = ways[name]
        again = name in drawn and bool(targets)
        if name in above:
            mark = paint("bad", "  (circle)")
        elif again:
            mark = paint("muted", "  (above)")
        else:
            mark = paint("bad", "  (missing)") if nodes[name].missing else ""
        yield f"{paint('muted', lead)}{inert(name)}{_about(output, nodes[name])}{mark}"
        drawn.add(name)
        if name in above or again:
            continue
        for at in range(len(targets) - 1, -1, -1):
            ends = at == len(targets) - 1
            further = below + ("   " if ends else bar)
            waiting.append((targets[at], below + (last if ends else branch), further, (*above, name)))


def _about(output: Output, node: SpecNode) -> str:
    if node.missing:
        return ""
    return output.palette.paint("muted", f"  {node.type}{f' {inert(node.version)}' if node.version else ''}")
