"""What depends on what: all of it, around one spec or file, from one to another, and what a change may concern."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.spec import (
    EdgeKind,
    Impact,
    NodeType,
    ReachedSpec,
    SpecEdge,
    SpecGraph,
    SpecNode,
    Toward,
)
from lattice_console.engine.features import views
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.governing import NOBODY, Governed, Governors, governors
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

_MANY = 500
"""From how many names on walking from all of them takes longer than reading all edges."""

_FEW = 8
"""How many specs a projection is asked for at once."""


@reads("specs.graph", whose=lambda **_: "everybody", may_lag=True)
def graph(ctx: Context, *, name: str | None, toward: Toward, depth: int | None, limit: int) -> SpecGraph:
    if name is None:
        return _whole(ctx, limit)
    (name,) = _known(ctx, [name])
    found: dict[str, int] = {}
    passed: list[EdgeRecord] = []
    covers: list[EdgeRecord] = []
    governed = Governed(ctx, ())
    if toward != "dependents":
        passed, found = _reach(ctx, [name], depth, reverse=False)
        governed = Governed(ctx, [one for one, step in found.items() if depth is None or step < depth])
    by_edges = found.keys() | {name}
    _keep_nearer(found, governed.distances(found))
    if toward != "dependencies":
        governing = governors(ctx, _places(ctx, [name]))
        edges, distances = _reach(ctx, [name], depth, reverse=True, governing=governing)
        passed += edges
        covers += governing.edges
        by_edges |= distances.keys()
        _keep_nearer(found, distances)
    # The spec itself, and so many more.
    kept = dict.fromkeys(_nearest(found)[: limit + 1])
    covers += _covered(governed, kept, by_edges, limit)
    nodes = _nodes(ctx, kept)
    declared = ctx.tables.graph.declares(ctx.project.id, kept)
    listed = [nodes[one] for one in sorted(kept, key=lambda one: (nodes[one].missing, one))]
    return _graph(listed, passed, declared, covers).model_copy(update={"further": len(found) - len(kept)})


def _keep_nearer(found: dict[str, int], others: Mapping[str, int]) -> None:
    found.update((one, min(step, found.get(one, step))) for one, step in others.items())


def _whole(ctx: Context, limit: int) -> SpecGraph:
    records = ctx.tables.specs.all(ctx.project.id)
    edges = ctx.tables.graph.edges(ctx.project.id)
    names = {record.name for record in records}
    by_edges = names.union(name for edge in edges for name in edge)
    governed = Governed(ctx, None)
    files = sorted(governed.distances(dict.fromkeys(names, 0)).keys() - by_edges)
    kept = dict.fromkeys([*sorted(by_edges), *files[:limit]])
    covers = _covered(governed, kept, by_edges, limit)
    paths = _paths(ctx, records)
    declared = {EdgeRecord(record.name, target) for record in records for target in record.depends_on}
    nodes = [*(_node(record, paths) for record in records), *_others(ctx, sorted(kept.keys() - names))]
    further = len(by_edges) + len(files) - len(kept)
    return _graph(nodes, edges, declared, covers).model_copy(update={"further": further})


def _covered(governed: Governed, kept: dict[str, None], by_edges: Container[str], limit: int) -> list[EdgeRecord]:
    """The edges to governed files, up to so many in all; files that nothing else leads to are kept with all of them."""
    edges, left = governed.edges(kept, kept, limit)
    for name in left:
        if name not in by_edges:
            del kept[name]
    return edges


def _graph(
    nodes: Sequence[SpecNode],
    passed: Iterable[EdgeRecord],
    declared: Container[EdgeRecord],
    covers: Iterable[EdgeRecord],
) -> SpecGraph:
    """The graph of those nodes, with the edges between them."""
    following: dict[str, list[str]] = {node.name: [] for node in nodes}
    kinds: dict[EdgeRecord, EdgeKind] = {}
    for edge in passed:
        if edge not in kinds and edge.source in following and edge.target in following:
            kinds[edge] = "depends_on" if edge in declared else "refers"
            following[edge.source].append(edge.target)
    circles = cycles(following)
    round_ = {name: circle for circle in circles for name in circle}
    mistaken = {
        round_[edge.source]
        for edge, kind in kinds.items()
        if kind == "depends_on" and edge.source in round_ and round_[edge.source] == round_.get(edge.target)
    }
    for edge in covers:
        if edge.source in following and edge.target in following:
            kinds.setdefault(edge, "governs")
    return SpecGraph(
        nodes=tuple(nodes),
        edges=tuple(SpecEdge(source=edge.source, target=edge.target, kind=kind) for edge, kind in kinds.items()),
        cycles=tuple(circle for circle in circles if circle in mistaken),
        reference_cycles=tuple(circle for circle in circles if circle not in mistaken),
    )


@reads("specs.chain", may_lag=True)
def chain(ctx: Context, *, source: str, target: str) -> tuple[SpecNode, ...]:
    source, target = _known(ctx, [source, target])
    names = _shortest(ctx, source, target)
    nodes = _nodes(ctx, names)
    return tuple(nodes[name] for name in names)


def _shortest(ctx: Context, source: str, target: str) -> Sequence[str]:
    governing = governors(ctx, _places(ctx, [target]))
    question = ChainQuestion(source, target, governing.globs)
    told = answered(ctx, question, ChainAnswer)
    if told is not None:
        return told.names
    looked = 0

    def look(names: Sequence[str], backwards: bool) -> Iterable[EdgeRecord]:
        nonlocal looked
        looked += len(names)
        if looked > ctx.around.limits.graph:
            ask(ctx, question)
        near = set(names)
        last = {edge for edge in governing.edges if edge[backwards] in near}
        return last.union(ctx.tables.graph.next(ctx.project.id, names, reverse=backwards))

    return rules.shortest(source, target, look)


@reads("specs.impact", may_lag=True)
def impact(ctx: Context, *, names: Sequence[str], depth: int | None, limit: int) -> Impact:
    known = _known(ctx, names)
    return _impact(ctx, known, governors(ctx, _places(ctx, known)), depth, limit)


@reads("mutations.impact", may_lag=True)
def impact_of_mutation(ctx: Context, *, mutation: str, limit: int) -> Impact:
    record = views.find(ctx, mutation)
    touched = ctx.tables.graph.touched_by(ctx.project.id, record.number)
    governing = governors(ctx, {one.path: one.name for one in touched})
    governed = {edge.target for edge in governing.edges}
    return _impact(ctx, [one.name for one in touched if one.known or one.name in governed], governing, None, limit)


def _impact(ctx: Context, names: Sequence[str], governing: Governors, depth: int | None, limit: int) -> Impact:
    roots = tuple(dict.fromkeys(names))
    found = _dependents(ctx, roots, governing, depth, limit)
    nodes = _nodes(ctx, [name for name, _ in found.nearest])
    return Impact(
        roots=roots,
        total=sum(found.by_distance),
        by_distance=tuple(found.by_distance),
        specs=tuple(ReachedSpec(node=nodes[name], distance=distance) for name, distance in found.nearest),
    )


def _dependents(
    ctx: Context, roots: tuple[str, ...], governing: Governors, depth: int | None, limit: int
) -> DependentsAnswer:
    question = DependentsQuestion(roots, limit, governing.globs)
    # A projection walks from one root after the other, however far that leads.
    if depth is None and len(roots) + len(governing.globs) <= _FEW:
        told = answered(ctx, question, DependentsAnswer)
        if told is not None:
            return told
        if unasked(ctx, question) and _is_large(ctx, [*roots, *governing.names]):
            ask(ctx, question)
    _, found = _reach(ctx, roots, depth, reverse=True, governing=governing)
    counted = Counter(distance for distance in found.values() if distance)
    nearest = _nearest(found)[len(roots) : len(roots) + limit]
    return DependentsAnswer([counted[distance] for distance in sorted(counted)], [(one, found[one]) for one in nearest])


def _is_large(ctx: Context, roots: Sequence[str]) -> bool:
    most = ctx.around.limits.graph
    return len(roots) >= most or ctx.tables.graph.size(ctx.project.id, roots, reverse=True, most=most) == most


def _reach(
    ctx: Context, names: Sequence[str], depth: int | None, *, reverse: bool, governing: Governors = NOBODY
) -> tuple[list[EdgeRecord], dict[str, int]]:
    """The edges passed within that many steps, and how far what they lead to is; some govern what is begun with."""
    graph, starts = ctx.tables.graph, [*names, *governing.names]
    many = len(starts) > _MANY
    edges = graph.edges(ctx.project.id) if many else graph.reached(ctx.project.id, starts, reverse=reverse, depth=depth)
    found = rules.distances([*edges, *governing.edges], names, reverse=reverse)
    if many:
        edges = [edge for edge in edges if (edge.target if reverse else edge.source) in found]
    if depth is not None:
        found = {name: distance for name, distance in found.items() if distance <= depth}
        edges = [edge for edge in edges if found.get(edge.target if reverse else edge.source, depth) < depth]
    return edges, found


def _places(ctx: Context, names: Sequence[str]) -> dict[str, str]:
    """Where the documents lie that go by those names, each with its name."""
    specs = ctx.tables.specs.named(ctx.project.id, names)
    paths = _paths(ctx, specs.values())
    lie = {paths[record.document_id or ""]: name for name, record in specs.items() if record.document_id in paths}
    return lie | {name: name for name in names if name not in specs}


def _nearest(found: Mapping[str, int]) -> list[str]:
    return sorted(found, key=lambda name: (found[name], name))


def _known(ctx: Context, names: Sequence[str]) -> list[str]:
    """The names, that of a spec for the path of its document.

    Raises NotFound for what is no spec, depends on nothing, and has nothing depend on it or govern it.
    """
    specs = ctx.tables.specs.named(ctx.project.id, names)
    others = [name for name in names if name not in specs]
    found = ctx.tables.graph.at_paths(ctx.project.id, others)
    files = [name for name in others if found.get(name, name) == name]
    passed = [edge for way in (False, True) for edge in ctx.tables.graph.next(ctx.project.id, files, reverse=way)]
    ends = {name for edge in passed for name in edge}
    unlinked = {name: name for name in files if name not in ends and name in found}
    ends |= {edge.target for edge in governors(ctx, unlinked).edges}
    for name in files:
        if name not in ends:
            raise NotFound(
                "NF_SPEC",
                f"There is no spec {name[:200]}, and no file of that path that refers to others, is referred to, or "
                "is governed by a spec. See: lattice spec graph",
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
