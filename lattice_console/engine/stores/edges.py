"""What depends on what: the graph as rows, asked by recursive queries.

A name stands for all the specs that claim it: it depends on what any of their documents says. A document that is no
spec goes by its path.
"""

from collections.abc import Iterable

from sqlalchemy import CTE, ColumnElement, Select, and_, bindparam, delete, exists, func, insert, literal, or_, select

from lattice_console.contract.models.spec import NodeType
from lattice_console.engine.records import EdgeRecord, FactRecord, NodeRecord, PlaceRecord, TouchedRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.globs import Globs
from lattice_console.engine.stores.rows import chunks, prefix_range, several, starts_with
from lattice_console.engine.stores.statements import Prepared, Row
from lattice_console.engine.stores.tables import edges, head, refs, specs, touched

_FEW_STEPS = 6
"""How many steps are counted while walking; with more, walking all the way and cutting it then is less work.

A name that is reached in different numbers of steps is walked from once for each of them.
"""

_OF_PROJECT = edges.c.project_id == bindparam("project")
_EDGE = select(edges.c.source, edges.c.target).distinct().where(_OF_PROJECT)
_ALL = Prepared(_EDGE.order_by(edges.c.source, edges.c.target))
_SPECS = select(specs.c.name, specs.c.type, specs.c.version).where(specs.c.project_id == bindparam("project"))
_SPECS_ALL = Prepared(_SPECS.order_by(specs.c.id.desc()))
_SPECS_NAMED = Prepared(_SPECS.where(specs.c.name.in_(several("names"))).order_by(specs.c.id.desc()))
_FILES = Prepared(
    select(head.c.path).where(head.c.project_id == bindparam("project"), head.c.path.in_(several("names")))
)
_CALLED = (
    select(head.c.path, func.coalesce(specs.c.name, head.c.path))
    .select_from(head)
    .outerjoin(specs, specs.c.document_id == head.c.document_id)
    .where(head.c.project_id == bindparam("project"))
)
_AT_PATHS = Prepared(_CALLED.where(head.c.path.in_(several("paths"))))
_UNDER = Prepared(_CALLED.where(starts_with(head.c.path)).order_by(head.c.path))
_FORGET = Prepared(delete(edges).where(_OF_PROJECT))
_UNLINK = Prepared(delete(edges).where(_OF_PROJECT, edges.c.document_id.in_(several("documents"))))
_WRITE = Prepared(insert(edges))

_DECLARED = select(specs.c.document_id, specs.c.name, specs.c.depends_on).where(
    specs.c.project_id == bindparam("project"), specs.c.document_id.is_not(None)
)
_DECLARED_ALL = Prepared(_DECLARED)
_DECLARED_NAMED = Prepared(_DECLARED.where(specs.c.name.in_(several("names"))))
_DECLARED_BY = Prepared(_DECLARED.where(specs.c.document_id.in_(several("documents"))))

_THERE, _TARGET = head.alias("there"), specs.alias("target")
_REFERRING = (
    select(refs.c.document_id, func.coalesce(specs.c.name, head.c.path), func.coalesce(_TARGET.c.name, refs.c.path))
    .select_from(refs)
    .join(head, head.c.document_id == refs.c.document_id)
    .outerjoin(specs, specs.c.document_id == refs.c.document_id)
    .outerjoin(_THERE, and_(_THERE.c.project_id == refs.c.project_id, _THERE.c.path == refs.c.path))
    .outerjoin(_TARGET, _TARGET.c.document_id == _THERE.c.document_id)
    .where(refs.c.project_id == bindparam("project"))
)
_REFERRING_ALL = Prepared(_REFERRING)
_REFERRING_OF = Prepared(_REFERRING.where(refs.c.document_id.in_(several("documents"))))


_LIES = head.c.project_id == bindparam("project"), head.c.path.in_(several("paths"))
_SPECS_AT = Prepared(
    select(head.c.path, specs.c.name, specs.c.depends_on)
    .join(specs, specs.c.document_id == head.c.document_id)
    .where(*_LIES)
)
_POINTERS = select(head.c.path, refs.c.path, refs.c.pointers).join(refs, refs.c.document_id == head.c.document_id)
_REFERRING_AT = Prepared(_POINTERS.where(*_LIES))
_REFERRING_TO = Prepared(_POINTERS.where(refs.c.project_id == bindparam("project"), refs.c.path.in_(several("paths"))))
_CLAIMING = Prepared(
    select(func.coalesce(head.c.path, ""), specs.c.name)
    .select_from(specs)
    .outerjoin(head, head.c.document_id == specs.c.document_id)
    .where(specs.c.project_id == bindparam("project"), specs.c.name.in_(several("names")))
)
_DECLARING = Prepared(
    select(head.c.path, edges.c.target, specs.c.depends_on)
    .select_from(edges)
    .join(head, head.c.document_id == edges.c.document_id)
    .join(specs, specs.c.document_id == edges.c.document_id)
    .where(_OF_PROJECT, edges.c.target.in_(several("names")))
)


def _referring(rows: Iterable[Row]) -> list[FactRecord]:
    """Each place that a document refers to."""
    return [FactRecord("refers", path, target, pointer) for path, target, pointers in rows for pointer in pointers]


def _touched() -> Select[tuple[str, str, bool]]:
    """What a mutation touches of the head, what that goes by in the graph, and whether an edge leads there or away."""
    ends = [exists().where(edges.c.project_id == head.c.project_id, end == head.c.path) for end in _ends(False)]
    return (
        select(
            head.c.path,
            func.coalesce(specs.c.name, head.c.path).label("name"),
            or_(specs.c.name.is_not(None), *ends),
        )
        .select_from(touched)
        .join(head, and_(head.c.project_id == touched.c.project_id, head.c.path == touched.c.path))
        .outerjoin(specs, specs.c.document_id == head.c.document_id)
        .where(
            touched.c.project_id == bindparam("project"),
            touched.c.number == bindparam("number"),
        )
        .order_by("name", head.c.path)
    )


def _ends(reverse: bool) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """Where a step begins and where it leads."""
    return (edges.c.target, edges.c.source) if reverse else (edges.c.source, edges.c.target)


def _next(reverse: bool) -> Prepared:
    near, _ = _ends(reverse)
    return Prepared(_EDGE.where(near.in_(several("names"))))


def _reached(reverse: bool) -> CTE:
    """The names that are reached, those begun with among them; each is walked from once, whatever circles there are."""
    near, far = _ends(reverse)
    reached: CTE = (
        select(near.label("name")).where(_OF_PROJECT, near.in_(several("names"))).cte("reached", recursive=True)
    )
    return reached.union(select(far).where(_OF_PROJECT, near == reached.c.name))


def _closure(reverse: bool) -> Prepared:
    """Every edge that leaves a name that is reached."""
    near, _ = _ends(reverse)
    return Prepared(_EDGE.where(near.in_(select(_reached(reverse).c.name))))


def _size(reverse: bool) -> Prepared:
    """How many names are reached: the walk ends with the limit."""
    some = select(_reached(reverse).c.name).limit(bindparam("most")).subquery()
    return Prepared(select(func.count()).select_from(some))


def _within(reverse: bool) -> Prepared:
    """The same for those that are reached in few steps."""
    near, far = _ends(reverse)
    begin = select(near.label("name"), literal(1).label("step")).where(_OF_PROJECT, near.in_(several("names")))
    reached: CTE = begin.cte("reached", recursive=True)
    reached = reached.union(
        select(far, reached.c.step + 1).where(_OF_PROJECT, near == reached.c.name, reached.c.step < bindparam("depth"))
    )
    return Prepared(_EDGE.where(near.in_(select(reached.c.name))))


_TOUCHED = Prepared(_touched())
_NEXT = {reverse: _next(reverse) for reverse in (False, True)}
_CLOSURE = {reverse: _closure(reverse) for reverse in (False, True)}
_SIZE = {reverse: _size(reverse) for reverse in (False, True)}
_WITHIN = {reverse: _within(reverse) for reverse in (False, True)}


class Graph:
    """`ports.Graph` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def edges(self, project_id: str) -> list[EdgeRecord]:
        """All of the project's, by source and target."""
        return [EdgeRecord(*row) for row in self._database.rows(_ALL, project=project_id)]

    def declares(self, project_id: str, names: Iterable[str]) -> set[EdgeRecord]:
        """What the specs of those names declare to depend on."""
        rows = [self._database.rows(_DECLARED_NAMED, project=project_id, names=portion) for portion in chunks(names)]
        return {EdgeRecord(name, target) for some in rows for _, name, targets in some for target in targets}

    def next(self, project_id: str, names: Iterable[str], *, reverse: bool) -> list[EdgeRecord]:
        """The edges that leave those names, or in `reverse` those that lead to them."""
        return self._collect(_NEXT[reverse], project_id, names)

    def said_by(self, project_id: str, paths: Iterable[str]) -> list[FactRecord]:
        """What the documents of the head at those paths are, declare and refer to."""
        found: list[FactRecord] = []
        for portion in chunks(paths):
            for path, name, declared in self._database.rows(_SPECS_AT, project=project_id, paths=portion):
                found.append(FactRecord("is", path, name))
                found += [FactRecord("declares", path, target) for target in declared]
            found += _referring(self._database.rows(_REFERRING_AT, project=project_id, paths=portion))
        return found

    def said_of(self, project_id: str, names: Iterable[str], paths: Iterable[str]) -> list[FactRecord]:
        """Which documents of the head are specs of those names, and which declare to need them or refer to paths."""
        found: list[FactRecord] = []
        for portion in chunks(names):
            rows = self._database.rows(_CLAIMING, project=project_id, names=portion)
            found += [FactRecord("is", path, name) for path, name in rows]
            for path, target, declared in self._database.rows(_DECLARING, project=project_id, names=portion):
                if target in declared:
                    found.append(FactRecord("declares", path, target))
        for portion in chunks(paths):
            found += _referring(self._database.rows(_REFERRING_TO, project=project_id, paths=portion))
        return found

    def reached(self, project_id: str, names: Iterable[str], *, reverse: bool, depth: int | None) -> list[EdgeRecord]:
        """Every edge that is passed on the ways from those names, or in `reverse` to them.

        With `depth` all that take at most so many steps; where that is not few, longer ways as well.
        """
        if depth is not None and depth <= _FEW_STEPS:
            return self._collect(_WITHIN[reverse], project_id, names, depth=depth)
        return self._collect(_CLOSURE[reverse], project_id, names)

    def size(self, project_id: str, names: Iterable[str], *, reverse: bool, most: int) -> int:
        """How many names are come by on the ways from those, or in `reverse` to them; counted up to `most`."""
        found = 0
        for portion in chunks(names):
            ((size,),) = self._database.rows(_SIZE[reverse], project=project_id, names=portion, most=most)
            found = max(found, size)
        return found

    def nodes(self, project_id: str, names: Iterable[str] | None = None) -> list[NodeRecord]:
        """What is known of each of those names, or of all that are in the graph."""
        if names is None:
            found, edges = self._database.rows(_SPECS_ALL, project=project_id), self.edges(project_id)
            wanted = [name for name, _, _ in found] + [name for edge in edges for name in edge]
        else:
            wanted = list(names)
            portions = [
                self._database.rows(_SPECS_NAMED, project=project_id, names=portion) for portion in chunks(wanted)
            ]
            found = [row for rows in portions for row in rows]
            edges = self.next(project_id, wanted, reverse=False)
        governs: dict[str, list[str]] = {}
        for one in Globs(self._database).of(project_id, names if names is None else wanted):
            governs.setdefault(one.name, []).append(one.glob)
        # Of several that claim a name, the oldest comes last.
        known: dict[str, tuple[NodeType | None, str | None]] = {name: (type, version) for name, type, version in found}
        for portion in chunks(name for name in wanted if name not in known):
            paths = self._database.column(_FILES, project=project_id, names=portion)
            known.update((path, ("file", None)) for path in paths)
        following: dict[str, list[str]] = {}
        for edge in edges:
            following.setdefault(edge.source, []).append(edge.target)
        return [
            NodeRecord(
                name,
                *known.get(name, (None, None)),
                name not in known,
                following.get(name, ()),
                governs.get(name, ()),
            )
            for name in dict.fromkeys(wanted)
        ]

    def at_paths(self, project_id: str, paths: Iterable[str]) -> dict[str, str]:
        """What the documents at those paths go by in the graph, by path."""
        found = (self._database.rows(_AT_PATHS, project=project_id, paths=portion) for portion in chunks(paths))
        return {path: name for rows in found for path, name in rows}

    def under(self, project_id: str, folder: str) -> list[PlaceRecord]:
        """Every document of the head in that folder, by path; the empty folder is the project's."""
        return [PlaceRecord(*row) for row in self._database.rows(_UNDER, project=project_id, **prefix_range(folder))]

    def touched_by(self, project_id: str, number: int) -> list[TouchedRecord]:
        """The documents of the head that the newest patchset of that mutation touches, by name."""
        rows = self._database.rows(_TOUCHED, project=project_id, number=number)
        return [TouchedRecord(path, name, bool(known)) for path, name, known in rows]

    def link(self, project_id: str, document_ids: Iterable[str]) -> None:
        """Bring the edges of those documents to what they declare and refer to, and to what lies there now."""
        for portion in chunks(document_ids):
            self._database.run(_UNLINK, project=project_id, documents=portion)
            declared = self._database.rows(_DECLARED_BY, project=project_id, documents=portion)
            self._write(project_id, declared, self._database.rows(_REFERRING_OF, project=project_id, documents=portion))

    def declared(self, project_id: str) -> list[EdgeRecord]:
        """What the documents declare and refer to, by source and target."""
        said = _said(*(self._database.rows(rows, project=project_id) for rows in (_DECLARED_ALL, _REFERRING_ALL)))
        return sorted({EdgeRecord(source, target) for _, source, target in said})

    def rebuild(self, project_id: str) -> None:
        """Make all edges anew from what the documents declare and refer to."""
        self._database.run(_FORGET, project=project_id)
        declared = self._database.rows(_DECLARED_ALL, project=project_id)
        self._write(project_id, declared, self._database.rows(_REFERRING_ALL, project=project_id))

    def _write(self, project_id: str, declared: Iterable[Row], referring: Iterable[Row]) -> None:
        rows = [
            {"project_id": project_id, "source": source, "target": target, "document_id": document_id}
            for document_id, source, target in _said(declared, referring)
        ]
        self._database.run_each(_WRITE, rows)

    def _collect(self, prepared: Prepared, project_id: str, names: Iterable[str], **values: int) -> list[EdgeRecord]:
        portions = chunks(names)
        found = [self._database.rows(prepared, project=project_id, names=portion, **values) for portion in portions]
        if len(found) == 1:
            return [EdgeRecord(*row) for row in found[0]]
        return [EdgeRecord(*row) for row in dict.fromkeys(row for rows in found for row in rows)]


def _said(declared: Iterable[Row], referring: Iterable[Row]) -> set[tuple[str, str, str]]:
    """Who says it, source and target. Of two that claim one name, what either says of the other is nothing."""
    said = {(document_id, name, target) for document_id, name, targets in declared for target in targets}
    return said | {(document_id, one, other) for document_id, one, other in referring if one != other}
