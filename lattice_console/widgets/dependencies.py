"""What a spec or a file depends on, and what depends on it, each as a tree down to its ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lattice_console.contract.models.spec import SpecGraph, SpecNode

__all__ = ["Dependency", "dependencies"]

_MOST = 2000
"""Rows of one tree; nobody reads more."""


@dataclass(frozen=True, slots=True)
class Dependency:
    """A row: a spec or a file at a level of its tree, `last` of those that stand under the same one.

    `repeated` says why nothing follows under it: it stands further up already (`above`), or it leads back to where it
    came from (`circle`).
    """

    node: SpecNode
    level: int
    last: tuple[bool, ...]
    repeated: Literal["", "above", "circle"] = ""


def dependencies(graph: SpecGraph, name: str, *, reverse: bool = False) -> list[Dependency]:
    """All that it depends on (`reverse`: all that depends on it), directly or through others, without itself."""
    nodes = {node.name: node for node in graph.nodes}
    following: dict[str, list[str]] = {}
    for edge in graph.edges:
        one, other = (edge.target, edge.source) if reverse else (edge.source, edge.target)
        following.setdefault(one, []).append(other)
    return _walk(nodes, following, name)


def _walk(nodes: Mapping[str, SpecNode], following: Mapping[str, Sequence[str]], name: str) -> list[Dependency]:
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
        repeated: Literal["", "above", "circle"] = ""
        if child in path:
            repeated = "circle"
        elif child in expanded and following.get(child):
            repeated = "above"
        rows.append(Dependency(nodes[child], len(path), last, repeated))
        if not repeated:
            expanded.add(child)
            expect(child, path, last)
    return rows
