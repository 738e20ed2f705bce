"""What depends on what: all of it, around one spec or file, from one to another, and what a change may concern."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.spec import Impact, NodeType, ReachedSpec, SpecEdge, SpecGraph, SpecNode, Toward
from lattice_console.engine.features import views
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.projected import answered, ask, unasked
from lattice_console.engine.features.registry import reads
from lattice_console.engine.records import (
    ChainAnswer,
    ChainQuestion,
    DependentsAnswer,
    DependentsQuestion,
    EdgeRecord,
    SpecRecord,
)
from lattice_console.engine.rules import graph as rules
from lattice_console.engine.rules.circles import cycles

_FEW = 8
"""How many specs a projection is asked for at once."""


@reads("specs.graph", whose=lambda **_: "everybody", may_lag=True)
def graph(ctx: Context, *, name: str | None, toward: Toward, depth: int | None, limit: int) -> SpecGraph:
    if name is None:
        return _whole(ctx)
    (name,) = _known(ctx, [name])
    found: dict[str, int] = {}
    passed: list[EdgeRecord] = []
    for reverse in (False, True):
        if toward != ("dependencies" if reverse else "dependents"):
            edges, distances = _reach(ctx, [name], depth, reverse=reverse)
            passed += edges
            found.update((one, min(step, found.get(one, step))) for one, step in distances.items())
    # The spec itself, and so many more.
    kept = _nearest(found)[: limit + 1]
    nodes = _nodes(ctx, kept)
    edges = [edge for edge in dict.fromkeys(passed) if edge.source in nodes and edge.target in nodes]
    return _graph([nodes[one] for one in sorted(kept, key=lambda one: (nodes[one].missing, one))], edges).model_copy(
        update={"further": len(found) - len(kept)}
    )


def _whole(ctx: Context) -> SpecGraph:
    records = ctx.tables.specs.all(ctx.project.id)
    edges = ctx.tables.graph.edges(ctx.project.id)
    paths = _paths(ctx, records)
    others = sorted({name for edge in edges for name in edge} - {record.name for record in records})
    return _graph([*(_node(record, paths) for record in records), *_others(ctx, others)], edges)


def _graph(nodes: Sequence[SpecNode], edges: Sequence[EdgeRecord]) -> SpecGraph:
    following: dict[str, list[str]] = {node.name: [] for node in nodes}
    for edge in edges:
        following[edge.source].append(edge.target)
    return SpecGraph(
        nodes=tuple(nodes),
        edges=tuple(SpecEdge(source=edge.source, target=edge.target) for edge in edges),
        cycles=cycles(following),
    )


@reads("specs.chain", may_lag=True)
def chain(ctx: Context, *, source: str, target: str) -> tuple[SpecNode, ...]:
    source, target = _known(ctx, [source, target])
    names = _shortest(ctx, source, target)
    nodes = _nodes(ctx, names)
    return tuple(nodes[name] for name in names)


def _shortest(ctx: Context, source: str, target: str) -> Sequence[str]:
    question = ChainQuestion(source, target)
    told = answered(ctx, question, ChainAnswer)
    if told is not None:
        return told.names
    looked = 0

    def look(names: Sequence[str], backwards: bool) -> Iterable[EdgeRecord]:
        nonlocal looked
        looked += len(names)
        if looked > ctx.around.limits.graph:
            ask(ctx, question)
        return ctx.tables.graph.next(ctx.project.id, names, reverse=backwards)

    return rules.shortest(source, target, look)


@reads("specs.impact", may_lag=True)
def impact(ctx: Context, *, names: Sequence[str], depth: int | None, limit: int) -> Impact:
    return _impact(ctx, _known(ctx, names), depth, limit)


@reads("mutations.impact", may_lag=True)
def impact_of_mutation(ctx: Context, *, mutation: str, limit: int) -> Impact:
    record = views.find(ctx, mutation)
    return _impact(ctx, ctx.tables.graph.touched_by(ctx.project.id, record.number), None, limit)


def _impact(ctx: Context, names: Sequence[str], depth: int | None, limit: int) -> Impact:
    roots = tuple(dict.fromkeys(names))
    found = _dependents(ctx, roots, depth, limit)
    nodes = _nodes(ctx, [name for name, _ in found.nearest])
    return Impact(
        roots=roots,
        total=sum(found.by_distance),
        by_distance=tuple(found.by_distance),
        specs=tuple(ReachedSpec(node=nodes[name], distance=distance) for name, distance in found.nearest),
    )


def _dependents(ctx: Context, roots: tuple[str, ...], depth: int | None, limit: int) -> DependentsAnswer:
    question = DependentsQuestion(roots, limit)
    # A projection walks from one root after the other, however far that leads.
    if depth is None and len(roots) <= _FEW:
        told = answered(ctx, question, DependentsAnswer)
        if told is not None:
            return told
        if unasked(ctx, question) and _is_large(ctx, roots):
            ask(ctx, question)
    _, found = _reach(ctx, roots, depth, reverse=True)
    counted = Counter(distance for distance in found.values() if distance)
    nearest = _nearest(found)[len(roots) : len(roots) + limit]
    return DependentsAnswer([counted[distance] for distance in sorted(counted)], [(one, found[one]) for one in nearest])


def _is_large(ctx: Context, roots: Sequence[str]) -> bool:
    most = ctx.around.limits.graph
    return ctx.tables.graph.size(ctx.project.id, roots, reverse=True, most=most) == most


def _reach(
    ctx: Context, names: Sequence[str], depth: int | None, *, reverse: bool
) -> tuple[list[EdgeRecord], dict[str, int]]:
    """The edges passed within that many steps, and how far what they lead to is."""
    edges = ctx.tables.graph.reached(ctx.project.id, names, reverse=reverse, depth=depth)
    found = rules.distances(edges, names, reverse=reverse)
    if depth is not None:
        found = {name: distance for name, distance in found.items() if distance <= depth}
        edges = [edge for edge in edges if found.get(edge.target if reverse else edge.source, depth) < depth]
    return edges, found


def _nearest(found: Mapping[str, int]) -> list[str]:
    return sorted(found, key=lambda name: (found[name], name))


def _known(ctx: Context, names: Sequence[str]) -> list[str]:
    """The names, that of a spec for the path of its document.

    Raises NotFound for what is no spec, and depends on nothing and has nothing depend on it.
    """
    specs = ctx.tables.specs.named(ctx.project.id, names)
    others = [name for name in names if name not in specs]
    found = ctx.tables.graph.at_paths(ctx.project.id, others)
    files = [name for name in others if found.get(name, name) == name]
    passed = [edge for way in (False, True) for edge in ctx.tables.graph.next(ctx.project.id, files, reverse=way)]
    ends = {name for edge in passed for name in edge}
    for name in files:
        if name not in ends:
            raise NotFound(
                "NF_SPEC",
                f"There is no spec {name[:200]}, and no file of that path that refers to others or is referred to. "
                "See: lattice spec graph",
            )
    return [found.get(name, name) for name in names]


def _nodes(ctx: Context, names: Iterable[str]) -> dict[str, SpecNode]:
    """What is known of each name."""
    wanted = list(names)
    records = ctx.tables.specs.named(ctx.project.id, wanted)
    paths = _paths(ctx, records.values())
    found = {name: _node(record, paths) for name, record in records.items()}
    found |= {node.name: node for node in _others(ctx, [name for name in wanted if name not in records])}
    return {name: found[name] for name in wanted}


def _paths(ctx: Context, records: Iterable[SpecRecord]) -> dict[str, str]:
    ids = [record.document_id for record in records if record.document_id]
    return {id: document.path for id, document in ctx.tables.documents.in_head(ctx.project.id, ids).items()}


def _node(record: SpecRecord, paths: Mapping[str, str]) -> SpecNode:
    path = paths.get(record.document_id or "")
    return SpecNode(name=record.name, type=record.type, version=record.version, path=path)


def _others(ctx: Context, names: Sequence[str]) -> Iterator[SpecNode]:
    """What are no specs: the files at those paths, or what is not there; a file then if something refers to it."""
    files = ctx.tables.documents.at_paths(ctx.project.id, names)
    lacking = [name for name in names if name not in files]
    referred = {one.path for one in ctx.tables.references.to(ctx.project.id, lacking)}
    for name in names:
        missing = name not in files
        kind: NodeType = "generic" if missing and name not in referred else "file"
        yield SpecNode(name=name, type=kind, version=None, path=None if missing else name, missing=missing)
