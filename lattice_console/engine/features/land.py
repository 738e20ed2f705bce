"""What depends on what where a mutation stands: the head, with changes done to it."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple

from lattice_console.engine.features import stored
from lattice_console.engine.features.context import Context
from lattice_console.engine.records import FactRecord
from lattice_console.engine.rules import graph, references, syntax
from lattice_console.engine.rules.dependencies import Fact, Need, Shift, file_node, files_on, spec_node
from lattice_console.engine.rules.graph import Edge


class Way(NamedTuple):
    """A way all around, from a document over what it needs back to it; what its documents are called, and whether a
    dependency is declared on it."""

    stops: Sequence[str]
    called: Sequence[str]
    declared: bool


def said_by(ctx: Context, paths: Iterable[str]) -> set[Fact]:
    """What the documents of the head at those paths say; read once, until the head moves."""
    wanted = list(paths)
    missing = [path for path in wanted if ("said by", path) not in ctx.memo]
    if missing:
        _remember(ctx, "said by", missing, ctx.tables.graph.said_by(ctx.project.id, missing), lambda fact: fact.path)
    return {fact for path in wanted for fact in ctx.memo["said by", path]}


def said_of(ctx: Context, nodes: Iterable[str]) -> set[Fact]:
    """What the documents of the head say of those specs and files; read once, until the head moves."""
    wanted = list(nodes)
    missing = [node for node in wanted if ("said of", node) not in ctx.memo]
    if missing:
        specs, files = ([node[5:] for node in missing if _is_spec(node) is spec] for spec in (True, False))
        _remember(ctx, "said of", missing, ctx.tables.graph.said_of(ctx.project.id, specs, files), _about)
    return {fact for node in wanted for fact in ctx.memo["said of", node]}


def _remember(
    ctx: Context, how: str, keys: Iterable[str], rows: Iterable[FactRecord], key: Callable[[Fact], str]
) -> None:
    told: dict[str, set[Fact]] = {one: set() for one in keys}
    for fact in (Fact(*row) for row in rows):
        told[key(fact)].add(fact)
    ctx.memo.update(((how, one), found) for one, found in told.items())


def forget(ctx: Context) -> None:
    """Read anew what the documents of the head say, as it has moved."""
    for key in [key for key in ctx.memo if key[0] in ("said by", "said of")]:
        del ctx.memo[key]


class Land:
    """The head, once those changes are done to it in their order."""

    def __init__(self, ctx: Context, shifts: Iterable[Shift] = ()) -> None:
        self._ctx = ctx
        self._lost: set[Fact] = set()
        self._won: set[Fact] = set()
        self._hashes: dict[str, str | None] = {}
        self._known: dict[str, frozenset[Fact]] = {}
        for shift in shifts:
            self._won -= shift.lost
            self._lost |= shift.lost
            self._won |= shift.won
            if shift.before is not None:
                self._hashes[shift.before.path] = None
            if shift.after is not None:
                self._hashes[shift.after.path] = shift.edit.result

    # --- What is said

    def by(self, paths: Iterable[str]) -> list[Fact]:
        """What the documents at those paths say."""
        wanted = set(paths)
        missing = [path for path in wanted if f"by {path}" not in self._known]
        if missing:
            self._learn("by", missing, (said_by(self._ctx, missing) - self._lost) | self._won, lambda fact: fact.path)
        return sorted(fact for path in wanted for fact in self._known[f"by {path}"])

    def about(self, names: Iterable[str] = (), paths: Iterable[str] = ()) -> list[Fact]:
        """What is said of the specs of those names, by those that are it and by others, and of the files there."""
        wanted = {*map(spec_node, names), *map(file_node, paths)}
        missing = [node for node in wanted if f"about {node}" not in self._known]
        if missing:
            self._learn("about", missing, (said_of(self._ctx, missing) - self._lost) | self._won, _about)
        return sorted(fact for node in wanted for fact in self._known[f"about {node}"])

    def _learn(self, how: str, keys: Iterable[str], facts: Iterable[Fact], key: Callable[[Fact], str]) -> None:
        told: dict[str, set[Fact]] = {one: set() for one in keys}
        for fact in facts:
            if key(fact) in told:
                told[key(fact)].add(fact)
        self._known.update((f"{how} {one}", frozenset(found)) for one, found in told.items())

    def called(self, paths: Iterable[str]) -> dict[str, str]:
        """The names of the specs at those paths; of other documents their paths."""
        wanted = list(paths)
        return {path: path for path in wanted} | {one.path: one.other for one in self.by(wanted) if one.kind == "is"}

    # --- What is there

    def missing(self, needs: Iterable[Need]) -> set[Need]:
        """Those of the needs that are not met here: no spec has that name, or the file, or that place in it, is gone.

        What cannot be read is taken to have every place.
        """
        wanted = set(needs)
        names = {need.other for need in wanted if need.kind == "declares"}
        there = {fact.other for fact in self.about(names) if fact.kind == "is"} if names else set()
        hashes = self.hashes(need.other for need in wanted if need.kind == "refers")
        pointers: dict[str, set[str]] = {}
        for need in wanted:
            if need.kind == "refers" and need.pointer and need.other in hashes:
                pointers.setdefault(need.other, set()).add(need.pointer)
        lost = {(path, one) for path, ones in pointers.items() for one in self._lacks(path, hashes[path], ones)}
        return {
            need
            for need in wanted
            if (need.other not in there if need.kind == "declares" else need.other not in hashes)
            or (need.other, need.pointer) in lost
        }

    def hashes(self, paths: Iterable[str]) -> dict[str, str]:
        """The hashes of the documents at those paths, where there are any."""
        wanted = set(paths)
        below = wanted - self._hashes.keys()
        found = {path: one.hash for path, one in stored.at_paths(self._ctx, below).items()} if below else {}
        return found | {path: hash for path in wanted if (hash := self._hashes.get(path)) is not None}

    def _lacks(self, path: str, hash: str, pointers: Collection[str]) -> set[str]:
        """Those of the places that a document does not have; what has a hash never changes, so that is kept."""
        kind, known = syntax.kind_of(path), self._ctx.around.places
        unknown = [one for one in pointers if known.get((kind, hash, one)) is None]
        if unknown:
            content = stored.blobs(self._ctx, [hash]).get(hash, b"")
            data = syntax.parse(path, content).data
            for one in unknown:
                known.put((kind, hash, one), data is None or references.leads_somewhere(data, one))
        return {one for one in pointers if not known.get((kind, hash, one))}

    # --- Where it leads

    def around(self, path: str, need: Need) -> Way | None:
        """A shortest way from a document over one of its needs back to it; one over what is declared, if there is."""
        start, goal = need.node, file_node(path)
        stops = graph.shortest(start, goal, self._look)
        if not stops:
            return None
        declared = need.kind == "declares" or any(_is_spec(stop) for stop in stops)
        if not declared:
            longer = graph.shortest(f"- {start}", f"+ {goal}", self._look_for_declared)
            if longer:
                stops, declared = tuple(stop[2:] for stop in longer), True
        around = (goal, *stops)
        names = self.called(files_on(around))
        return Way(around, [names[one] for one in files_on(around)], declared)

    def _look(self, stops: Sequence[str], backwards: bool) -> Iterable[Edge]:
        """The steps from those stops, or those that lead to them: to the specs and files that a document needs, and
        from a spec to the documents that are it."""
        names = [stop[5:] for stop in stops if _is_spec(stop)]
        paths = [stop[5:] for stop in stops if not _is_spec(stop)]
        near = set(stops)
        facts = {*self.by(paths), *self.about(names, paths if backwards else ())}
        return {edge for edge in map(_step, facts) if (edge[1] if backwards else edge[0]) in near}

    def _look_for_declared(self, stops: Sequence[str], backwards: bool) -> Iterable[Edge]:
        """The same where each stop is marked: with + once something declared was passed on the way there."""
        found = set()
        for source, target in self._look(list({stop[2:] for stop in stops}), backwards):
            for before, after in (("+", "+"), ("-", "+" if _is_spec(target) else "-")):
                found.add((f"{before} {source}", f"{after} {target}"))
        near = set(stops)
        return {edge for edge in found if (edge[1] if backwards else edge[0]) in near}


def _is_spec(stop: str) -> bool:
    return stop.startswith("spec ")


def _step(fact: Fact) -> Edge:
    if fact.kind == "is":
        return spec_node(fact.other), file_node(fact.path)
    return file_node(fact.path), spec_node(fact.other) if fact.kind == "declares" else file_node(fact.other)


def _about(fact: Fact) -> str:
    return file_node(fact.other) if fact.kind == "refers" else spec_node(fact.other)
