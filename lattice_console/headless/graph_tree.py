"""What depends on what as trees, one line for each spec and file."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lattice_console.contract.models.spec import EdgeKind, SpecGraph, SpecNode
from lattice_console.headless.output import Output
from lattice_console.text import inert


@dataclass(frozen=True, slots=True)
class Ways:
    """A graph by where one gets from each spec or file, and by what kind of edge."""

    nodes: Mapping[str, SpecNode]
    following: Mapping[str, Sequence[str]]
    kinds: Mapping[tuple[str, str], EdgeKind]
    dependents: bool
    referring: Container[str]
    """Those that refer to each other in a circle, which is no mistake."""


def lines(output: Output, graph: SpecGraph, name: str | None, *, dependents: bool) -> Iterable[str]:
    """The trees below `name`, or of all of the graph, and then its circles.

    Below each is what it depends on, or what depends on it where the `dependents` are asked for.
    """
    ways = _ways(graph, dependents)
    drawn: set[str] = set()
    # A spec may be asked for by the path of its document.
    asked = [node.name for node in graph.nodes if name == node.name] or [
        node.name for node in graph.nodes if name == node.path
    ]
    for root in asked if name is not None else _roots(ways):
        yield from _tree(output, ways, root, drawn)
    paint = output.palette.paint
    told = [(paint("bad", "circle:"), circle) for circle in graph.cycles]
    told += [(paint("muted", "refer to each other:"), circle) for circle in graph.reference_cycles]
    if told:
        yield ""
    for word, circle in told:
        yield f"{word} {' -> '.join(inert(one) for one in (*circle, circle[0]))}"


def about(output: Output, node: SpecNode) -> str:
    """Type and version of what is there."""
    if node.missing:
        return ""
    return output.palette.paint("muted", f"  {node.type}{f' {inert(node.version)}' if node.version else ''}")


def _ways(graph: SpecGraph, dependents: bool) -> Ways:
    following: dict[str, list[str]] = {node.name: [] for node in graph.nodes}
    kinds: dict[tuple[str, str], EdgeKind] = {}
    for edge in graph.edges:
        one, other = (edge.target, edge.source) if dependents else (edge.source, edge.target)
        following[one].append(other)
        kinds[one, other] = edge.kind
    return Ways(
        {node.name: node for node in graph.nodes},
        {name: sorted(targets) for name, targets in following.items()},
        kinds,
        dependents,
        {name for circle in graph.reference_cycles for name in circle},
    )


def _reached(name: str, ways: Ways) -> set[str]:
    found = {name}
    waiting = [name]
    while waiting:
        fresh = [one for one in ways.following[waiting.pop()] if one not in found]
        found.update(fresh)
        waiting += fresh
    return found


def _roots(ways: Ways) -> Iterator[str]:
    """Where to begin, so that every one is reached: those that nothing leads to, then one of each circle."""
    led_to = {target for targets in ways.following.values() for target in targets}
    seen: set[str] = set()
    names = sorted(ways.nodes)
    for name in (*(one for one in names if one not in led_to), *names):
        if name not in seen:
            seen |= _reached(name, ways)
            yield name


def _tree(output: Output, ways: Ways, root: str, drawn: set[str]) -> Iterator[str]:
    """One tree, a line for each spec. Walked without recursion: what people declare may be deep."""
    branch, last, bar = ("|- ", "`- ", "|  ") if output.ascii else ("├─ ", "└─ ", "│  ")
    paint = output.palette.paint
    # Each with the signs before it, those before what is below it, and the names above it.
    waiting: list[tuple[str, str, str, tuple[str, ...]]] = [(root, "", "", ())]
    while waiting:
        name, lead, below, above = waiting.pop()
        targets = ways.following[name]
        again = name in drawn and bool(targets)
        if name in above:
            mark = paint("muted" if name in ways.referring else "bad", "  (circle)")
        elif again:
            mark = paint("muted", "  (above)")
        else:
            mark = paint("bad", "  (missing)") if ways.nodes[name].missing else ""
        if above and ways.kinds[above[-1], name] == "governs":
            mark = paint("muted", "  governs it" if ways.dependents else "  governed") + mark
        yield f"{paint('muted', lead)}{inert(name)}{about(output, ways.nodes[name])}{mark}"
        drawn.add(name)
        if name in above or again:
            continue
        for at in range(len(targets) - 1, -1, -1):
            ends = at == len(targets) - 1
            further = below + ("   " if ends else bar)
            waiting.append((targets[at], below + (last if ends else branch), further, (*above, name)))
