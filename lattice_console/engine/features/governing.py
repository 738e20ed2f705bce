"""Which specs govern which files of the head, found when it is asked for.

Specs keep the globs of their `allowed_files`; what these cover is nowhere written, so that no file that comes or goes
has to be told of, however many specs govern it. A step from a spec leads to a file that it governs, and ends there:
what that file refers to is its own affair.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from lattice_console.engine.features.context import Context
from lattice_console.engine.records import EdgeRecord
from lattice_console.engine.rules.coverage import Coverage, around

_FOLDERS = 20
"""So many folders are looked into one by one; where there are more, all paths are looked at once."""


@dataclass(frozen=True, slots=True)
class Governors:
    """Who governs some files: the globs that cover them, and the specs of those as edges to what the files go by."""

    globs: tuple[str, ...]
    edges: tuple[EdgeRecord, ...]

    @property
    def names(self) -> list[str]:
        """The specs."""
        return list(dict.fromkeys(edge.source for edge in self.edges))


NOBODY = Governors((), ())


def governors(ctx: Context, places: Mapping[str, str]) -> Governors:
    """Who governs the files at those paths, each with what it goes by in the graph."""
    found = ctx.tables.globs.over(ctx.project.id, {folder for path in places for folder in around(path)})
    names: dict[str, list[str]] = {}
    for one in found:
        names.setdefault(one.glob, []).append(one.name)
    coverage = Coverage({one.glob: one.folder for one in found})
    globs: set[str] = set()
    edges: dict[EdgeRecord, None] = {}
    for path, node in places.items():
        covering = coverage.of(path)
        globs.update(covering)
        edges |= dict.fromkeys(EdgeRecord(name, node) for glob in covering for name in names[glob] if name != node)
    return Governors(tuple(sorted(globs)), tuple(edges))


class Governed:
    """What the specs of some names govern, or with None all specs, by what it goes by in the graph."""

    def __init__(self, ctx: Context, names: Iterable[str] | None) -> None:
        kept = ctx.tables.globs.of(ctx.project.id, names)
        self._by_glob: dict[str, set[str]] = {}
        for one in kept:
            self._by_glob.setdefault(one.glob, set()).add(one.name)
        coverage = Coverage({one.glob: one.folder for one in kept})
        folders = coverage.folders if len(coverage.folders) <= _FOLDERS else [""]
        self._globs: dict[str, frozenset[str]] = {}
        for folder in folders:
            for path, name in ctx.tables.graph.under(ctx.project.id, folder):
                if covering := coverage.of(path):
                    self._globs[name] = self._globs.get(name, frozenset()).union(covering)

    def distances(self, found: Mapping[str, int]) -> dict[str, int]:
        """How far what they govern is, where the specs are as far as `found` says."""
        nearest = {glob: min(found[name] for name in names) + 1 for glob, names in self._by_glob.items()}
        return {
            name: min(nearest[glob] for glob in globs)
            for name, globs in self._globs.items()
            # Nobody governs itself.
            if any(self._by_glob[glob] != {name} for glob in globs)
        }

    def edges(self, names: Iterable[str], among: Container[str], most: int) -> tuple[list[EdgeRecord], list[str]]:
        """The edges to what goes by those names from the specs that are `among` others, and the names without theirs.

        A name has all its edges or, where that would be more than `most` in all, none.
        """
        edges: list[EdgeRecord] = []
        left: list[str] = []
        # Many files are covered by the very same globs.
        known: dict[frozenset[str], list[str]] = {}
        for name in names:
            globs = self._globs.get(name, frozenset())
            if globs not in known:
                known[globs] = sorted({spec for glob in globs for spec in self._by_glob[glob] if spec in among})
            if len(edges) + len(known[globs]) <= most:
                edges += (EdgeRecord(spec, name) for spec in known[globs] if spec != name)
            else:
                left.append(name)
        return edges, left
