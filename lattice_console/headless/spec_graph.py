"""`lattice spec graph`: which spec depends on which, as trees in both directions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.spec import SpecGraph, SpecNode
from lattice_console.headless import completing, options
from lattice_console.headless.commands import Command
from lattice_console.headless.output import Output
from lattice_console.headless.session import Session, connected
from lattice_console.text import inert


@click.command(
    "graph",
    cls=Command,
    examples=(
        "lattice spec graph",
        "lattice spec graph user-auth",
        "lattice spec graph payments --dependents",
        "lattice spec graph --output json | jq '.edges[] | [.source, .target]'",
    ),
)
@click.argument("name", required=False, shell_complete=completing.specs)
@click.option("--dependents", is_flag=True, help="The other way: what depends on it.")
@options.output
@connected
async def graph(session: Session, backend: Backend, name: str | None, dependents: bool) -> None:
    """Show what a spec depends on.

    As a tree: below each spec what it depends on, with --dependents what depends on it. Without NAME all of them.
    What stands further up already is not drawn again; circles and specs that are missing are marked.
    """
    whole = await backend.specs.graph()
    ways = _ways(whole, dependents)
    if name is not None:
        if name not in {node.name for node in whole.nodes}:
            raise NotFound("NF_SPEC", f"There is no spec {name}. See: lattice spec list")
        whole = _part(whole, _reached(name, ways))
    session.output.one(whole, lambda: _lines(session.output, whole, ways, name, dependents))
    if not whole.nodes:
        session.output.say(
            "There are no specs yet. Next: lattice spec create --name user-auth --template authentication"
        )


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


def _part(graph: SpecGraph, names: set[str]) -> SpecGraph:
    return SpecGraph(
        nodes=tuple(node for node in graph.nodes if node.name in names),
        edges=tuple(edge for edge in graph.edges if edge.source in names and edge.target in names),
        cycles=tuple(cycle for cycle in graph.cycles if names.issuperset(cycle)),
    )


def _roots(graph: SpecGraph, ways: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Specs to begin with, so that every one is reached: those that nothing leads to, then one of each circle."""
    led_to = {target for targets in ways.values() for target in targets}
    seen: set[str] = set()
    names = sorted(node.name for node in graph.nodes)
    for name in (*(one for one in names if one not in led_to), *names):
        if name not in seen:
            seen |= _reached(name, ways)
            yield name


def _lines(
    output: Output, graph: SpecGraph, ways: Mapping[str, Sequence[str]], name: str | None, dependents: bool
) -> Iterable[str]:
    nodes = {node.name: node for node in graph.nodes}
    drawn: set[str] = set()
    for root in [name] if name is not None else _roots(graph, ways):
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
