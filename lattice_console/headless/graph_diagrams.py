"""What depends on what as text that other programs draw: DOT for Graphviz, and Mermaid.

Names are untrusted: they stand in quoted strings only, made inert, with what would end or format those escaped.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from lattice_console.contract.models.spec import EdgeKind, SpecGraph, SpecNode
from lattice_console.text import inert

_DOT_EDGES: Final[Mapping[EdgeKind, str]] = {
    "depends_on": "",
    "refers": " [style=dashed]",
    "governs": " [style=dotted, arrowhead=empty]",
}
_MERMAID_EDGES: Final[Mapping[EdgeKind, str]] = {
    "depends_on": "-->",
    "refers": "-.->",
    "governs": "-. governs .->",
}


def dot(graph: SpecGraph) -> Iterator[str]:
    """A directed graph in the DOT language: files as notes, what is missing dashed, circles in red.

    References are dashed edges, dotted ones lead to governed files.
    """
    ids, circles = _ids(graph), _circles(graph)
    yield "digraph specs {"
    yield "  rankdir=LR;"
    yield "  node [shape=box];"
    for node in graph.nodes:
        looks = ['label="' + _lines(node, _backslashed, r"\n") + '"']
        looks += ["shape=note"] if node.type == "file" else []
        looks += ["style=dashed"] if node.missing else []
        looks += ["color=red"] if node.name in circles else []
        yield f"  {ids[node.name]} [{', '.join(looks)}];"
    for edge in graph.edges:
        yield f"  {ids[edge.source]} -> {ids[edge.target]}{_DOT_EDGES[edge.kind]};"
    yield "}"


def mermaid(graph: SpecGraph) -> Iterator[str]:
    """A Mermaid flowchart, drawn alike."""
    ids, circles = _ids(graph), _circles(graph)
    yield "flowchart LR"
    for node in graph.nodes:
        begin, end = ("[/", "/]") if node.type == "file" else ("[", "]")
        yield f'  {ids[node.name]}{begin}"{_lines(node, _entities, "<br/>")}"{end}'
    for edge in graph.edges:
        yield f"  {ids[edge.source]} {_MERMAID_EDGES[edge.kind]} {ids[edge.target]}"
    yield from _classed("missing", "stroke-dasharray: 4", (ids[one.name] for one in graph.nodes if one.missing))
    yield from _classed("circle", "stroke: red", (ids[one.name] for one in graph.nodes if one.name in circles))


def _classed(name: str, style: str, ids: Iterable[str]) -> Iterator[str]:
    members = ",".join(ids)
    if members:
        yield f"  classDef {name} {style}"
        yield f"  class {members} {name}"


def _ids(graph: SpecGraph) -> dict[str, str]:
    return {node.name: f"n{at}" for at, node in enumerate(graph.nodes)}


def _circles(graph: SpecGraph) -> set[str]:
    return {name for circle in graph.cycles for name in circle}


def _lines(node: SpecNode, escaped: Callable[[str], str], between: str) -> str:
    """What a node says: its name, and beneath it its type and version, or that it is missing."""
    told = "missing" if node.missing else " ".join([node.type, *([inert(node.version)] if node.version else [])])
    shown = [inert(node.name), *([told] if node.missing or node.type != "file" else [])]
    return between.join(map(escaped, shown))


def _backslashed(text: str) -> str:
    """Text in a quoted string of DOT."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _entities(text: str) -> str:
    """Text in a quoted string of Mermaid, which knows entities by their numbers and takes some Markdown for markup."""
    return "".join(char if char.isalnum() or char in " ./_-+@," else f"#{ord(char)};" for char in text)
