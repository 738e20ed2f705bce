"""What mutations do to what depends on what: with what stands there, and two of them together."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from lattice_console.engine.features import land, pairing, stored
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.land import Land
from lattice_console.engine.features.tree import unexecuted
from lattice_console.engine.records import HeadMove, HeadRecord, MutationRecord, WriteRecord
from lattice_console.engine.rules import dependencies as rules
from lattice_console.engine.rules import specs
from lattice_console.engine.rules.conflicts import Edit, Finding
from lattice_console.engine.rules.dependencies import Fact, Need, Said, Shift, files_on

_ANY_LINK = "links"
"""The key of every mutation that adds to the graph, for where too much is reached to ask for each."""


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
    before = said(ctx, piece.path, piece.base)
    if piece.base is not None and piece.result is not None and piece.target == piece.path:
        contents = stored.blobs(ctx, [piece.base, piece.result])
        if len(contents) == 2 and specs.keeps_identity(piece.path, contents[piece.base], contents[piece.result]):
            return Shift(edit, before, before)
    return Shift(edit, before, said(ctx, piece.target, piece.result))


def said(ctx: Context, path: str | None, hash: str | None) -> Said | None:
    """What a document says; what has a hash never changes, so that is kept."""
    if path is None or hash is None:
        return None
    known = ctx.around.said.get((path, hash))
    if known is None:
        content = stored.blobs(ctx, [hash]).get(hash)
        if content is None:
            return Said(path)
        known = rules.read(path, content)
        ctx.around.said.put((path, hash), known)
    return known


def _moves(ctx: Context, moves: Sequence[HeadMove], before: Mapping[str, HeadRecord]) -> list[Shift]:
    """The same of what became of the head."""
    shifts = []
    for move in moves:
        was = before.get(move.document_id)
        old, new = (was.path, was.hash) if was else (None, None), (move.path, move.hash)
        edit = Edit("modify", old[0] or move.path or "", None, old[1], move.hash)
        shifts.append(Shift(edit, said(ctx, *old), said(ctx, *new)))
    return shifts


# --- With what stands there


def with_head(ctx: Context, record: MutationRecord) -> list[Finding]:
    """What a mutation breaks of what stands there and of what it is stacked on."""
    shifts = _shifts(ctx, record)
    below = unexecuted(ctx, [parent.mutation_id for parent in stored.of(ctx, record).parents])
    under = [shift for one in below for shift in _shifts(ctx, one)]
    before, after = Land(ctx, under), Land(ctx, [*under, *shifts])
    return [*_taken(before, after, shifts), *_broken(before, after, shifts), *_closed(before, after, shifts)]


def _taken(before: Land, after: Land, shifts: Sequence[Shift]) -> list[Finding]:
    """What was there and is not any more, though something still needs it."""
    paths = {shift.loses: shift for shift in shifts if shift.loses is not None}
    names = {shift.gone: shift for shift in shifts if shift.gone is not None}
    needing = [one for one in after.about(names, paths) if one.kind != "is"]
    if not needing:
        return []
    needs = {_need(fact) for fact in needing}
    gone = after.missing(needs) - before.missing(needs)
    called = after.called({fact.path for fact in needing})
    found: dict[tuple[int, str | None], list[tuple[str, Fact]]] = {}
    for fact in needing:
        if _need(fact) in gone:
            shift = names[fact.other] if fact.kind == "declares" else paths[fact.other]
            name = fact.other if fact.kind == "declares" else None
            found.setdefault((shifts.index(shift), name), []).append((_placed(fact.path, called), fact))
    return [rules.takes_away(shifts[at], name, facts) for (at, name), facts in found.items()]


def _placed(path: str, called: Mapping[str, str]) -> str:
    return path if called[path] == path else f"{called[path]} ({path})"


def _need(fact: Fact) -> Need:
    return Need(fact.kind, fact.other, fact.pointer)


def _broken(before: Land, after: Land, shifts: Sequence[Shift]) -> list[Finding]:
    """What is newly needed, and neither was nor is there."""
    needs = {need for shift in shifts for need in shift.needs}
    broken = after.missing(needs)
    broken &= before.missing(broken)
    listed = ((shift, [need for need in shift.needs if need in broken]) for shift in shifts)
    return [finding for shift, needs in listed if needs for finding in rules.needs_what_is_not_there(shift, needs)]


def _closed(before: Land, after: Land, shifts: Sequence[Shift]) -> list[Finding]:
    """The ways around that were not there."""
    found: list[Finding] = []
    told: set[frozenset[str]] = set()
    for shift, need in _steps(shifts):
        way = after.around(shift.after.path, need) if shift.after else None
        if way is None or frozenset(way.stops) in told or _was_closed(before, shift, need):
            continue
        told.add(frozenset(way.stops))
        found.append(rules.closes(shift, way.stops, way.called, declared=way.declared))
    return found


def _steps(shifts: Iterable[Shift]) -> list[tuple[Shift, Need]]:
    return [(shift, need) for shift in shifts for need in shift.steps]


def _was_closed(before: Land, shift: Shift, need: Need) -> bool:
    was = shift.before
    return was is not None and need in was.needs and before.around(was.path, need) is not None


# --- With another mutation


def between(ctx: Context, one: MutationRecord, other: MutationRecord) -> list[tuple[Finding, Finding]]:
    """What two mutations break only together, as each of them has it; nothing where one is stacked on the other."""
    ours, theirs = _shifts(ctx, one), _shifts(ctx, other)
    if not any(shift.steps for shift in (*ours, *theirs)) or pairing.is_stacked(ctx, one, other):
        return []
    head, both = Land(ctx), Land(ctx, [*ours, *theirs])
    sides = (Land(ctx, ours), ours, one.number), (Land(ctx, theirs), theirs, other.number)
    found = _missed(head, both, *sides[0], *sides[1][1:]) + _closed_together(both, *sides[0], *sides[1][1:])
    turned = _missed(head, both, *sides[1], *sides[0][1:]) + _closed_together(both, *sides[1], *sides[0][1:])
    return [*found, *((second, first) for first, second in turned)]


def _missed(
    head: Land, both: Land, alone: Land, takers: Sequence[Shift], its: int, needers: Sequence[Shift], number: int
) -> list[tuple[Finding, Finding]]:
    """What the first takes away and the second newly needs."""
    names = {shift.gone: shift for shift in takers if shift.gone is not None}
    paths = {shift.loses: shift for shift in takers if shift.loses is not None}
    found = []
    for shift in needers:
        needs = [need for need in shift.needs if need.other in (names if need.kind == "declares" else paths)]
        gone = alone.missing(needs) - head.missing(needs) if needs else set()
        # Whoever takes a spec away, another one of that name will do.
        gone -= {need for need in gone if need.kind == "declares"} - both.missing(gone)
        by: dict[tuple[int, str], list[Need]] = {}
        for need in sorted(gone):
            taker = names[need.other] if need.kind == "declares" else paths[need.other]
            by.setdefault((takers.index(taker), need.other), []).append(need)
        for (at, _), needed in by.items():
            called = shift.after.name or shift.after.path if shift.after else ""
            found.append(rules.one_takes_what_the_other_needs(takers[at], its, shift, number, needed, called))
    return found


def _closed_together(
    both: Land, alone: Land, ours: Sequence[Shift], number: int, theirs: Sequence[Shift], other: int
) -> list[tuple[Finding, Finding]]:
    """The ways around over steps of the first that are not there with it alone, and pass by the second."""
    stops = {shift.after.path: shift for shift in theirs if shift.after is not None and shift.steps}
    found = []
    for shift, need in _steps(ours) if stops else ():
        way = both.around(shift.after.path, need) if shift.after else None
        passed = set(files_on(way.stops)[1:-1]) if way else set()
        their = next((stops[path] for path in stops if path in passed), None)
        if way and their and shift.after and alone.around(shift.after.path, need) is None:
            found.append(
                rules.close_together((shift, number), (their, other), way.stops, way.called, declared=way.declared)
            )
    return found


# --- What it is found by


def writes(ctx: Context, record: MutationRecord) -> list[WriteRecord]:
    """What a mutation takes away, newly needs and adds to the graph, as keys."""
    shifts = _shifts(ctx, record)
    keys = {_gone_key(shift.gone) for shift in shifts if shift.gone is not None}
    keys.update(_needs_key(need) for shift in shifts for need in shift.needs)
    linking = [shift for shift in shifts if shift.steps]
    keys.update(_links_key(name) for shift in linking for name in shift.aliases)
    keys.update([_ANY_LINK] if linking else [])
    moved = {shift.before.path for shift in shifts if shift.before and shift.before.path != shift.edit.path}
    return [WriteRecord(key, *pairing.NO_LINES) for key in sorted(keys | set(map(pairing.at_key, moved)))]


def meeting(ctx: Context, record: MutationRecord) -> set[str]:
    """The keys of others that it can break something with."""
    shifts = _shifts(ctx, record)
    keys = {f"needs {shift.gone}" for shift in shifts if shift.gone is not None}
    keys.update(f"refers {shift.loses}" for shift in shifts if shift.loses is not None)
    for shift in shifts:
        for need in shift.needs:
            keys.add(_gone_key(need.other) if need.kind == "declares" else pairing.at_key(need.other))
    return keys | _linked(ctx, [shift for shift in shifts if shift.steps])


def moved(ctx: Context, moves: Sequence[HeadMove], before: Mapping[str, HeadRecord]) -> set[str]:
    """The keys of those whom it concerns that the head has moved, after it did."""
    land.forget(ctx)
    shifts = _moves(ctx, moves, before)
    keys: set[str] = set()
    for shift in shifts:
        keys.update(f"refers {said.path}" for said in (shift.before, shift.after) if said is not None)
        for fact in shift.lost | shift.won:
            if fact.kind == "is":
                keys.update((_gone_key(fact.other), f"needs {fact.other}"))
            else:
                keys.add(_gone_key(fact.other) if fact.kind == "declares" else pairing.at_key(fact.other))
    return keys | _linked(ctx, [shift for shift in shifts if shift.lost or shift.won])


def look_anew(ctx: Context, records: Sequence[MutationRecord]) -> None:
    """Read what it takes to find out anew what those mutations break, for all of them at once."""
    nodes = {rules.file_node(shift.loses) for one in records for shift in _shifts(ctx, one) if shift.loses is not None}
    land.said_of(ctx, nodes)


def _linked(ctx: Context, shifts: Collection[Shift]) -> set[str]:
    """The keys of those that add to the graph where one comes to from those documents."""
    if not shifts:
        return set()
    names = {name for shift in shifts for name in shift.aliases}
    names.update(fact.other for shift in shifts for fact in (*shift.lost, *shift.won))
    names.update(need.other for shift in shifts for need in shift.steps)
    paths = {fact.other for shift in shifts for fact in (*shift.lost, *shift.won) if fact.kind == "refers"}
    names.update(Land(ctx).called(paths).values())
    tables, project, most = ctx.tables.graph, ctx.project.id, ctx.around.limits.graph
    if tables.size(project, names, reverse=False, most=most) == most:
        return {_ANY_LINK}
    reached = tables.reached(project, names, reverse=False, depth=None)
    return {_links_key(name) for name in (*names, *(edge.target for edge in reached))}


def _gone_key(name: str) -> str:
    return f"gone {name}"


def _needs_key(need: Need) -> str:
    return f"needs {need.other}" if need.kind == "declares" else f"refers {need.other}"


def _links_key(name: str) -> str:
    return f"links {name}"
