"""Keeping up what is known of conflicts, in the transaction of what changes them."""

import hashlib
from collections.abc import Mapping, Sequence

from lattice_console.contract.errors import NotFound
from lattice_console.engine.features import bringing, depending, judging, linking, pairing, stored
from lattice_console.engine.features.bringing import Tried
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.tree import Entry, Tree
from lattice_console.engine.records import (
    ChangeRecord,
    ConflictRecord,
    HeadMove,
    HeadRecord,
    MutationRecord,
    WriteRecord,
)
from lattice_console.engine.rules import conflicts as rules
from lattice_console.engine.rules import life
from lattice_console.engine.rules.conflicts import Edit, Finding, Standing
from lattice_console.engine.rules.resolution import Open

_PORTION = 500
"""How many mutations of an earlier program are looked at at once: their bytes are in memory meanwhile."""


def propose(ctx: Context, record: MutationRecord) -> MutationRecord:
    """Take note of what a new mutation writes, and of whom it meets.

    It was made on what stands there, so it merges with that. Returns it with its number of conflicts.
    """
    prepare(ctx)
    pairing.made_on_what_stands(ctx, record)
    written = {record.number: _written(ctx, record)}
    ctx.tables.conflicts.write(ctx.project.id, written)
    pairs = pairing.meeting(ctx, [record], written, depending.meeting)
    found = [as_stored(record.number, finding) for finding in depending.with_head(ctx, record)]
    return _bring(ctx, [record], {record.number: found}, pairs)[0] if pairs or found else record


def update(ctx: Context, record: MutationRecord) -> MutationRecord:
    """Take note of a new patchset, and look again at what is stacked on the mutation.

    Returns the mutation with its number of conflicts.
    """
    prepare(ctx)
    return _look_again(ctx, [record, *_descendants(ctx, record)], judged=1)[0]


def turn(ctx: Context, before: MutationRecord, record: MutationRecord) -> MutationRecord:
    """Take note that a mutation's status changed, which may begin or end that its changes are still to come.

    Returns the mutation with its number of conflicts.
    """
    if (record.status in life.TO_COME) == (before.status in life.TO_COME):
        return record
    prepare(ctx)
    return _look_again(ctx, [record, *_descendants(ctx, record)], judged=1)[0]


def apply(ctx: Context, record: MutationRecord) -> None:
    """Take note that a mutation's changes are about to be in the head; its move tells what comes of that for others."""
    prepare(ctx)
    ctx.tables.conflicts.unwrite(ctx.project.id, [record.number])
    # Others are looked at again by what moves; of what it met of the head itself, only warnings are left by now.
    ctx.tables.conflicts.forget(ctx.project.id, record.number)


def head_moved(ctx: Context, moves: Sequence[HeadMove], before: Mapping[str, HeadRecord]) -> None:
    """Look again at all that can be in conflict with what these moves made of the head.

    `before` is what stood there of their documents, by id.
    """
    prepare(ctx)
    paths = {*(one.path for one in before.values()), *(move.path for move in moves if move.path is not None)}
    keys = pairing.moved((move.document_id for move in moves), paths)
    _look_again(ctx, ctx.tables.conflicts.writing(ctx.project.id, [*keys, *depending.moved(ctx, moves, before)]))


def prepare(ctx: Context) -> None:
    """Find out all, where an earlier program has written the project and nothing is known.

    That is what its documents refer to, and then what its mutations write and are in conflict with.
    """
    if ctx.project.indexed:
        return
    ctx.tables.conflicts.indexed(ctx.project.id)
    ctx.project = ctx.project._replace(indexed=True)
    if linking.read_all(ctx.tables, ctx.project.id):
        # So much of the graph is new that it is told of as a whole.
        ctx.announce("graph.changed", ctx.project.id, ctx.project.version)
    coming = ctx.tables.mutations.with_status(ctx.project.id, life.TO_COME)
    for start in range(0, len(coming), _PORTION):
        # Each meets those before it, whose writes are there by then.
        _look_again(ctx, coming[start : start + _PORTION])
        pairing.let_go(ctx)


# --- What is found


def _written(ctx: Context, record: MutationRecord) -> list[WriteRecord]:
    """All that a mutation is found by."""
    return sorted([*pairing.writes(ctx, record), *depending.writes(ctx, record)])


def _look_again(ctx: Context, records: Sequence[MutationRecord], *, judged: int = 0) -> list[MutationRecord]:
    """Find anew what those mutations write and what is in conflict with them, and bring their status to it.

    The first ones, as many as `judged` says, are judged by the caller. Returns the mutations as they are then.
    """
    if not records:
        return []
    table = ctx.tables.conflicts
    coming = [record for record in records if record.status in life.TO_COME]
    pairing.look_anew(ctx, coming)
    depending.look_anew(ctx, coming)
    written = {record.number: _written(ctx, record) for record in coming}
    table.unwrite(ctx.project.id, [record.number for record in records])
    table.write(ctx.project.id, written)
    found: dict[int, list[ConflictRecord]] = {record.number: [] for record in records}
    for record in coming:
        findings = (*_with_head(ctx, record), *depending.with_head(ctx, record))
        found[record.number] = [as_stored(record.number, finding) for finding in findings]
    after = _bring(ctx, records, found, pairing.meeting(ctx, coming, written, depending.meeting))
    return [*after[:judged], *_judge(ctx, records[judged:], after[judged:])]


def _judge(ctx: Context, before: Sequence[MutationRecord], after: Sequence[MutationRecord]) -> list[MutationRecord]:
    """Judge mutations with their numbers of conflicts, and tell of these where the status does not."""
    judged = judging.judge(ctx, after)
    for old, new in zip(before, judged, strict=True):
        if new.status == old.status:
            _tell(ctx, old, new)
    return judged


def _tell(ctx: Context, before: MutationRecord, after: MutationRecord) -> None:
    said = {"number": after.number, "status": after.status, "conflicts": after.conflicts}
    if after.conflicts > before.conflicts:
        ctx.announce("mutation.conflicted", after.id, after.version, **said)
    elif after.conflicts < before.conflicts and after.status in life.OPEN:
        # Of what is executed, or has ended, nobody waits for it.
        ctx.announce("mutation.updated", after.id, after.version, **said, fields=["conflicts"])


def _descendants(ctx: Context, record: MutationRecord) -> list[MutationRecord]:
    """All that is stacked on a mutation, over however many others, and still to come; by number."""
    found: dict[int, MutationRecord] = {}
    waiting = stored.children(ctx, record)
    while waiting:
        child = waiting.pop()
        if child.number not in found:
            found[child.number] = child
            waiting.extend(stored.children(ctx, child))
    return [found[number] for number in sorted(found) if found[number].status in life.TO_COME]


def _with_head(ctx: Context, record: MutationRecord) -> list[Finding]:
    """What stands between the changes of a mutation and what they would be applied to."""
    current = stored.of(ctx, record)
    here = Tree(ctx, [parent.mutation_id for parent in current.parents]).at_all(one.path for one in current.changes)
    if not any(_is_concerned(change, here.get(change.path)) for change in current.changes):
        return []
    try:
        trial = bringing.as_it_is(ctx, record)
    except NotFound as lost:
        return [_unreadable(current.changes, lost)]
    return [
        rules.with_head(_edit(one.change), _standing(ctx, one, trial.tree), one.outcome, barred=one.barred)
        for one in trial.tried
        if one.moved or isinstance(one.outcome, Open)
    ]


def _is_concerned(change: ChangeRecord, entry: Entry | None) -> bool:
    """Whether a change has to be tried: its document is not as it was, or it takes a path."""
    if change.operation in ("create", "rename"):
        return True
    return entry is None or entry.hash != change.base_hash


def _unreadable(changes: Sequence[ChangeRecord], lost: NotFound) -> Finding:
    return Finding(
        type="concurrent_modification",
        severity="error",
        path=changes[0].path,
        description=lost.message,
        files=tuple(change.path for change in changes),
        remedies=("merge_by_hand",),
        standing=Standing(None, None, "what is lost"),
    )


def _edit(change: ChangeRecord) -> Edit:
    return Edit(change.operation, change.path, change.new_path, change.base_hash, change.result_hash)


def _standing(ctx: Context, tried: Tried, tree: Tree) -> Standing:
    """What a change meets, and whose it is."""
    if tried.barred:
        entry = tree.in_the_way(tried.change.result_path)
    else:
        entry = tree.at_all([tried.sides.theirs.path]).get(tried.sides.theirs.path) if tried.sides.theirs else None
    document_id = entry.document_id if entry else tried.change.document_id
    last = stored.last_revision(ctx, document_id) if document_id else None
    where, hash = (entry.path, entry.hash) if entry else (None, None)
    if last is None or (last.path, last.hash) != (where, hash):
        return Standing(where, hash, "what it is stacked on" if entry else "what stands there")
    by = f"M-{last.mutation_number}" if last.mutation_number else "a baseline"
    return Standing(where, hash, f"revision {last.number} by {by}", last.number, last.mutation_number)


# --- What is stored


def as_stored(number: int, finding: Finding, other: int = 0) -> ConflictRecord:
    """A finding about the mutation of that number and the other one, or the head, as it is kept."""
    sides = f"{min(number, other)} {max(number, other)}"
    id = hashlib.sha256(f"{sides}\n{finding.type}\n{finding.about or finding.path}".encode()).hexdigest()[:16]
    facts = {
        "pointer": finding.pointer,
        "description": finding.description,
        "files": list(finding.files),
        "remedies": list(finding.remedies),
        "revision": finding.standing.revision,
        "by": finding.standing.mutation,
        "places": [place.model_dump() for place in finding.places],
        "base": finding.base,
        "ours": finding.ours,
        "theirs": finding.standing.hash,
    }
    return ConflictRecord(id, number, other, finding.type, finding.severity, finding.path, facts)


def _bring(
    ctx: Context,
    records: Sequence[MutationRecord],
    found: dict[int, list[ConflictRecord]],
    pairs: Sequence[tuple[MutationRecord, MutationRecord]],
) -> list[MutationRecord]:
    """Bring what is stored to what was found with the head, and to what stands between those pairs.

    Returns the mutations with their numbers of conflicts. Others that they meet, or met, get theirs, too.
    """
    table = ctx.tables.conflicts
    involved = {record.number: record for pair in pairs for record in pair} | {one.number: one for one in records}
    known = table.of(ctx.project.id, found)
    beside = {one.other for rows in known.values() for one in rows if one.other} | involved.keys()
    beside -= found.keys()
    kept = table.of(ctx.project.id, beside) if beside else {}
    wanted = found | {number: [one for one in rows if one.other not in found] for number, rows in kept.items()}
    for one, other in pairs:
        for mine, yours in (*pairing.between(ctx, one, other), *depending.between(ctx, one, other)):
            wanted[one.number].append(as_stored(one.number, mine, other.number))
            wanted[other.number].append(as_stored(other.number, yours, one.number))
    known |= kept
    # The same two may meet twice in one way, such as in two places of one folder.
    wanted = {
        number: list({one.id: one for one in sorted(rows, key=_mildest)}.values()) for number, rows in wanted.items()
    }
    table.drop(ctx.project.id, [one for number, old in known.items() for one in old if one not in wanted[number]])
    table.put(ctx.project.id, [one for number, new in wanted.items() for one in new if one not in known[number]])
    involved |= ctx.tables.mutations.numbered(ctx.project.id, beside - involved.keys())
    for number in sorted(beside):
        _tell(ctx, involved[number], _count(ctx, involved[number], wanted[number]))
    return [_count(ctx, record, wanted[record.number]) for record in records]


def _mildest(one: ConflictRecord) -> bool:
    return one.severity == "error"


def _count(ctx: Context, record: MutationRecord, found: Sequence[ConflictRecord]) -> MutationRecord:
    """The mutation with its number of conflicts, which nobody has made a change of."""
    errors = sum(one.severity == "error" for one in found)
    ctx.memo.pop(("conflicts", record.id), None)
    if errors == record.conflicts:
        return record
    return stored.change(ctx, record, conflicts=errors, version=record.version, updated_at=record.updated_at)
