"""What mutations do to what depends on what: with what stands there, and two of them together."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

from lattice_console.engine.features import pairing, stored
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.tree import unexecuted
from lattice_console.engine.records import HeadMove, HeadRecord, MutationRecord, WriteRecord
from lattice_console.engine.rules import dependencies as rules
from lattice_console.engine.rules import graph, specs
from lattice_console.engine.rules.conflicts import Edit, Finding
from lattice_console.engine.rules.dependencies import Claim, Link, Said, Shift
from lattice_console.engine.rules.graph import Edge

_ANY_LINK = "links"
"""The key of every mutation that adds edges, for where too many names are reached to ask for each."""


# --- What a mutation makes


def _shifts(ctx: Context, record: MutationRecord) -> Sequence[Shift]:
    """What a mutation makes of what its documents say; nothing of what does not merge with what stands there."""
    key = ("shifts", record.id, record.patchset, ctx.project.sequence)
    if key not in ctx.memo:
        ctx.memo[key] = [_shift(ctx, piece) for piece in pairing.pieces(ctx, record)]
    found: Sequence[Shift] = ctx.memo[key]
    return found


def _shift(ctx: Context, piece: pairing.Piece) -> Shift:
    change = piece.change
    edit = Edit(change.operation, change.path, change.new_path, piece.base, piece.result)
    before = _said(ctx, piece.path, piece.base)
    if piece.base is not None and piece.result is not None and piece.target == piece.path:
        contents = stored.blobs(ctx, [piece.base, piece.result])
        if len(contents) == 2 and specs.keeps_identity(piece.path, contents[piece.base], contents[piece.result]):
            return Shift(edit, before, before)
    return Shift(edit, before, _said(ctx, piece.target, piece.result))


def _said(ctx: Context, path: str | None, hash: str | None) -> Said | None:
    """What a document says; what has a hash never changes, so that is kept."""
    if path is None or hash is None:
        return None
    known = ctx.around.said.get((path, hash))
    if known is None:
        content = stored.blobs(ctx, [hash]).get(hash)
        if content is None:
            return Said(path)
        found = specs.identity(path, content)
        known = Said(path, found[0], frozenset(found[1])) if found else Said(path)
        ctx.around.said.put((path, hash), known)
    return known


def _moves(ctx: Context, moves: Sequence[HeadMove], before: Mapping[str, HeadRecord]) -> list[Shift]:
    """The same of what became of the head."""
    shifts = []
    for move in moves:
        was = before.get(move.document_id)
        old, new = (was.path, was.hash) if was else (None, None), (move.path, move.hash)
        edit = Edit("modify", old[0] or move.path or "", None, old[1], move.hash)
        shifts.append(Shift(edit, _said(ctx, *old), _said(ctx, *new)))
    return shifts


# --- What it stands among


class _Land:
    """What depends on what in the head, once those changes are done to it in their order."""

    def __init__(self, ctx: Context, shifts: Iterable[Shift]) -> None:
        self._ctx = ctx
        self._lost: set[Link | Claim] = set()
        self._won: set[Link | Claim] = set()
        for shift in shifts:
            self._won -= shift.lost
            self._lost |= shift.lost
            self._won |= shift.won

    def missing(self, names: Iterable[str]) -> set[str]:
        """Those of the names that are no specs here."""
        wanted = set(names)
        if not wanted:
            return wanted
        claims = {Claim(*row) for row in self._ctx.tables.specs.claims(self._ctx.project.id, wanted)} - self._lost
        return wanted - {one.name for one in claims | self._won if isinstance(one, Claim)}

    def links(self, names: Collection[str], *, reverse: bool) -> list[Link]:
        """What those names depend on here, or in `reverse` what depends on them."""
        rows = self._ctx.tables.graph.links(self._ctx.project.id, names, reverse=reverse)
        found = {Link(row.path, row.source, row.target) for row in rows if row.declared} - self._lost
        wanted = set(names)
        found.update(
            one for one in self._won if isinstance(one, Link) and (one.target if reverse else one.source) in wanted
        )
        return sorted(found)

    def around(self, edge: Edge) -> tuple[str, ...]:
        """A shortest way over that edge back to where it begins; empty where there is none."""
        source, target = edge

        def look(names: Sequence[str], backwards: bool) -> Iterable[Edge]:
            return {link.edge for link in self.links(names, reverse=backwards)}

        way = graph.shortest(target, source, look)
        return (source, *way) if way else ()

    def along(self, way: Sequence[str]) -> list[str]:
        """The paths of the documents that declare the steps of a way."""
        steps = set(pairwise(way))
        return sorted({link.path for link in self.links(way[:-1], reverse=False) if link.edge in steps})


# --- With what stands there


def with_head(ctx: Context, record: MutationRecord) -> list[Finding]:
    """What a mutation breaks of what stands there and of what it is stacked on."""
    shifts = _shifts(ctx, record)
    if not any(shift.lost or shift.won for shift in shifts):
        return []
    below = unexecuted(ctx, [parent.mutation_id for parent in stored.of(ctx, record).parents])
    land = _Land(ctx, [*(shift for one in below for shift in _shifts(ctx, one)), *shifts])
    return [*_taken(land, shifts), *_broken(land, shifts), *_closed(land, shifts)]


def _taken(land: _Land, shifts: Sequence[Shift]) -> list[Finding]:
    taken = _gone(land, shifts)
    needing: dict[str, list[Link]] = {}
    for link in land.links(taken, reverse=True) if taken else ():
        needing.setdefault(link.target, []).append(link)
    return [rules.takes_away(taken[name], needing[name]) for name in sorted(needing)]


def _gone(land: _Land, shifts: Sequence[Shift]) -> dict[str, Shift]:
    """The names that changes take away and nothing else has, each with the change."""
    gone = {shift.gone: shift for shift in shifts if shift.gone is not None}
    return {name: gone[name] for name in land.missing(gone)}


def _broken(land: _Land, shifts: Sequence[Shift]) -> list[Finding]:
    taken = {shift.gone for shift in shifts}
    missing = land.missing({name for shift in shifts for name in shift.needs} - taken)
    broken = ((shift, [name for name in shift.needs if name in missing]) for shift in shifts)
    return [rules.needs_what_is_not_there(shift, names) for shift, names in broken if names]


def _closed(land: _Land, shifts: Sequence[Shift]) -> list[Finding]:
    found: list[Finding] = []
    told: set[Edge] = set()
    for edge, shift in rules.new_edges(shifts).items():
        way = land.around(edge) if edge not in told else ()
        if way:
            told.update(pairwise(way))
            found.append(rules.closes(shift, way, land.along(way)))
    return found


# --- With another mutation


def between(ctx: Context, one: MutationRecord, other: MutationRecord) -> list[tuple[Finding, Finding]]:
    """What two mutations break only together, as each of them has it; nothing where one is stacked on the other."""
    ours, theirs = _shifts(ctx, one), _shifts(ctx, other)
    if not (any(shift.lost or shift.won for shift in ours) and any(shift.lost or shift.won for shift in theirs)):
        return []
    if pairing.is_stacked(ctx, one, other):
        return []
    land = _Land(ctx, [*ours, *theirs])
    taken = [_missed(land, ours, one.number, theirs, other.number)]
    taken += [_turned(_missed(land, theirs, other.number, ours, one.number))]
    closed = _closed_together(ctx, land, ours, one.number, theirs, other.number)
    closed += _turned(_closed_together(ctx, land, theirs, other.number, ours, one.number))
    return [*(pair for pairs in taken for pair in pairs), *closed]


def _turned(pairs: Iterable[tuple[Finding, Finding]]) -> list[tuple[Finding, Finding]]:
    return [(second, first) for first, second in pairs]


def _missed(
    land: _Land, takers: Sequence[Shift], its_number: int, needers: Sequence[Shift], number: int
) -> list[tuple[Finding, Finding]]:
    """What the first takes away and the second newly needs."""
    needed = {name for shift in needers for name in shift.needs}
    gone = _gone(land, [shift for shift in takers if shift.gone in needed])
    return [
        rules.one_takes_what_the_other_needs(gone[name], its_number, shift, number)
        for shift in needers
        for name in shift.needs
        if name in gone
    ]


def _closed_together(
    ctx: Context, land: _Land, ours: Sequence[Shift], number: int, theirs: Sequence[Shift], other: int
) -> list[tuple[Finding, Finding]]:
    """The cycles over edges of the first that it does not close alone."""
    mine, yours = rules.new_edges(ours), rules.new_edges(theirs)
    if not (mine and yours):
        return []
    alone = _Land(ctx, ours)
    found = []
    for edge, shift in mine.items():
        way = land.around(edge)
        their = next((step for step in pairwise(way) if step in yours), None)
        if their is not None and not alone.around(edge):
            both = (shift, number, edge), (yours[their], other, their)
            found.append(rules.close_together(*both, way, land.along(way)))
    return found


# --- What it is found by


def writes(ctx: Context, record: MutationRecord) -> list[WriteRecord]:
    """What a mutation takes away, newly needs and adds to the graph, as keys."""
    shifts = _shifts(ctx, record)
    edges = rules.new_edges(shifts)
    keys = {_gone_key(shift.gone) for shift in shifts if shift.gone is not None}
    keys.update(_needs_key(name) for shift in shifts for name in shift.needs)
    keys.update(_links_key(source) for source, _ in edges)
    keys.update([_ANY_LINK] if edges else [])
    return [WriteRecord(key, *pairing.NO_LINES) for key in sorted(keys)]


def meeting(ctx: Context, record: MutationRecord) -> set[str]:
    """The keys of others that it can break something with."""
    shifts = _shifts(ctx, record)
    keys = {_needs_key(shift.gone) for shift in shifts if shift.gone is not None}
    keys.update(_gone_key(name) for shift in shifts for name in shift.needs)
    return keys | _linked(ctx, rules.new_edges(shifts))


def moved(ctx: Context, moves: Sequence[HeadMove], before: Mapping[str, HeadRecord]) -> set[str]:
    """The keys of those whom it concerns that the head has moved, after it did."""
    shifts = _moves(ctx, moves, before)
    keys = {key(name) for name in rules.changed_names(shifts) for key in (_needs_key, _gone_key)}
    edges = rules.changed_edges(shifts)
    keys.update(_gone_key(target) for _, target in edges)
    return keys | _linked(ctx, edges)


def _linked(ctx: Context, edges: Collection[Edge]) -> set[str]:
    """The keys of those whose edges begin where one comes to over edges."""
    targets = sorted({target for _, target in edges})
    if not targets:
        return set()
    tables, project, most = ctx.tables.graph, ctx.project.id, ctx.around.limits.graph
    if tables.size(project, targets, reverse=False, most=most) == most:
        return {_ANY_LINK}
    reached = tables.reached(project, targets, reverse=False, depth=None)
    return {_links_key(name) for name in (*targets, *(edge.target for edge in reached))}


def _gone_key(name: str) -> str:
    return f"gone {name}"


def _needs_key(name: str) -> str:
    return f"needs {name}"


def _links_key(name: str) -> str:
    return f"links {name}"
