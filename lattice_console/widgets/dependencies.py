"""What a spec or a file depends on, and what depends on it, each as a tree down to its ends."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from lattice_console.contract.models.spec import SpecGraph, SpecNode

__all__ = ["Dependency", "Repeated", "dependencies", "governed"]

_MOST = 2000
"""Rows of one tree; nobody reads more."""


Repeated = Literal["", "above", "circle", "referring"]


@dataclass(frozen=True, slots=True)
class Dependency:
    """A row: a spec or a file at a level of its tree, `last` of those that stand under the same one.

    `repeated` says why nothing follows under it: it stands further up already (`above`), or it leads back to where it
    came from, over what is declared (`circle`) or over references alone (`referring`). `governs` says that the row is
    a spec that governs the file it stands under.
    """

    node: SpecNode
    level: int
    last: tuple[bool, ...]
    repeated: Repeated = ""
    governs: bool = False


def dependencies(graph: SpecGraph, name: str, *, reverse: bool = False) -> list[Dependency]:
    """All that it depends on (`reverse`: all that depends on it), directly or through others, without itself.

    That is without what specs govern; in `reverse` those that govern it are there.
    """
    nodes = {node.name: node for node in graph.nodes}
    following: dict[str, list[str]] = {}
    governors: set[str] = set()
    for edge in graph.edges:
        one, other = (edge.target, edge.source) if reverse else (edge.source, edge.target)
        if edge.kind != "governs" or (reverse and one == name):
            following.setdefault(one, []).append(other)
        if edge.kind == "governs" and reverse and one == name:
            governors.add(other)
    referring = {one for circle in graph.reference_cycles for one in circle}
    rows = _walk(nodes, following, name, referring)
    return [replace(row, governs=True) if row.level == 1 and row.node.name in governors else row for row in rows]


def governed(graph: SpecGraph, name: str) -> list[Dependency]:
    """The files, and the specs in them, that the spec of that name governs and depends on in no other way."""
    nodes = {node.name: node for node in graph.nodes}
    names = sorted(edge.target for edge in graph.edges if edge.kind == "governs" and edge.source == name)
    return [Dependency(nodes[one], 1, (at == len(names) - 1,)) for at, one in enumerate(names)]


def _walk(
    nodes: Mapping[str, SpecNode], following: Mapping[str, Sequence[str]], name: str, referring: Container[str]
) -> list[Dependency]:
    rows: list[Dependency] = []
    expanded = {name}
    # Not by recursion: a chain may be longer than the stack is deep. Each entry is a spec, the path to it, its guides.
    waiting: list[tuple[str, tuple[str, ...], tuple[bool, ...]]] = []

    def expect(parent: str, path: tuple[str, ...], last: tuple[bool, ...]) -> None:
        under = sorted(following.get(parent, ()))
        waiting.extend(
            (child, (*path, parent), (*last, at == len(under) - 1)) for at, child in reversed(list(enumerate(under)))
        )

    expect(name, (), ())
    while waiting and len(rows) < _MOST:
        child, path, last = waiting.pop()
        repeated: Repeated = ""
        if child in path:
            repeated = "referring" if child in referring else "circle"
        elif child in expanded and following.get(child):
            repeated = "above"
        rows.append(Dependency(nodes[child], len(path), last, repeated))
        if not repeated:
            expanded.add(child)
            expect(child, path, last)
    return rows
