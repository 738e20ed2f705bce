"""Keeping up what is known of conflicts, in the transaction of what changes them."""

import hashlib
from collections.abc import Iterable, Sequence

from lattice_console.contract.errors import NotFound
from lattice_console.contract.paths import folders, twin_key
from lattice_console.engine.features import bringing, judging, stored
from lattice_console.engine.features.bringing import Tried
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.tree import Entry, Tree
from lattice_console.engine.records import ChangeRecord, ConflictRecord, HeadMove, MutationRecord, WriteRecord
from lattice_console.engine.rules import conflicts as rules
from lattice_console.engine.rules import life
from lattice_console.engine.rules.conflicts import Edit, Finding, Standing
from lattice_console.engine.rules.resolution import Open, Outcome, Settled, Sides

_WHOLE = (0, 2**53)
"""All lines that a document can have."""


def propose(ctx: Context, record: MutationRecord) -> None:
    """Take note of what a new mutation writes. It was made on what stands there, so nothing there is against it."""
    prepare(ctx)
    ctx.tables.conflicts.write(ctx.project.id, record.number, _writes(stored.of(ctx, record).changes))


def update(ctx: Context, record: MutationRecord) -> MutationRecord:
    """Take note of a new patchset, and look again at what is stacked on the mutation.

    Returns the mutation with its number of conflicts.
    """
    prepare(ctx)
    table = ctx.tables.conflicts
    table.unwrite(ctx.project.id, record.number)
    table.write(ctx.project.id, record.number, _writes(stored.of(ctx, record).changes))
    [updated] = _store(ctx, [record], _found(ctx, [record]))
    _look_again(ctx, _descendants(ctx, record))
    return updated


def turn(ctx: Context, before: MutationRecord, record: MutationRecord) -> MutationRecord:
    """Take note that a mutation's status changed, which may begin or end that its changes are still to come.

    Returns the mutation with its number of conflicts.
    """
    comes, came = record.status in life.TO_COME, before.status in life.TO_COME
    if comes == came:
        return record
    prepare(ctx)
    if comes:
        ctx.tables.conflicts.write(ctx.project.id, record.number, _writes(stored.of(ctx, record).changes))
        [record] = _store(ctx, [record], _found(ctx, [record]))
    else:
        ctx.tables.conflicts.unwrite(ctx.project.id, record.number)
        [record] = _store(ctx, [record], {record.number: []})
    _look_again(ctx, _descendants(ctx, record))
    return record


def apply(ctx: Context, record: MutationRecord) -> None:
    """Take note that a mutation's changes are about to be in the head; its move tells what comes of that for others."""
    prepare(ctx)
    # It was made on what stands there, so nothing there was against it.
    ctx.tables.conflicts.unwrite(ctx.project.id, record.number)


def head_moved(ctx: Context, moves: Sequence[HeadMove], left: Iterable[str]) -> None:
    """Look again at all that can be in conflict with what these moves made of the head; `left` are the paths before."""
    prepare(ctx)
    paths = {*left, *(move.path for move in moves if move.path is not None)}
    keys = {_of(move.document_id) for move in moves} | {_at(path) for path in paths}
    for path in paths:
        keys.update((_to(path), _in(path), *map(_to, folders(path))))
    _look_again(ctx, ctx.tables.conflicts.writing(ctx.project.id, sorted(keys)))


def prepare(ctx: Context) -> None:
    """Find out all, where an earlier program has written the project and nothing is known."""
    if ctx.project.indexed:
        return
    ctx.tables.conflicts.indexed(ctx.project.id)
    ctx.project = ctx.project._replace(indexed=True)
    everybody = ctx.tables.mutations.with_status(ctx.project.id, life.TO_COME)
    for mutation_id, current in stored.current(ctx, everybody).items():
        number = next(one.number for one in everybody if one.id == mutation_id)
        ctx.tables.conflicts.write(ctx.project.id, number, _writes(current.changes))
    _look_again(ctx, everybody)


# --- What is written


def _of(document_id: str) -> str:
    return f"of {document_id}"


def _at(path: str) -> str:
    return f"at {path}"


def _to(path: str) -> str:
    return f"to {twin_key(path)}"


def _in(path: str) -> str:
    return f"in {twin_key(path)}"


def _writes(changes: Sequence[ChangeRecord]) -> list[WriteRecord]:
    """What changes write: documents, by id and by path, and places that they take, with the folders around these."""
    keys: set[str] = set()
    for change in changes:
        keys.add(_at(change.path))
        if change.document_id is not None:
            keys.add(_of(change.document_id))
        if change.operation in ("create", "rename"):
            keys.update((_to(change.result_path), *map(_in, folders(change.result_path))))
    return [WriteRecord(key, *_WHOLE) for key in sorted(keys)]


# --- What is found


def _look_again(ctx: Context, records: Sequence[MutationRecord]) -> None:
    """Find anew what is in conflict with those mutations, and bring their status to it; tell what changed."""
    if not records:
        return
    after = _store(ctx, records, _found(ctx, records))
    for before, judged in zip(records, judging.judge(ctx, after), strict=True):
        if judged.conflicts != before.conflicts and judged.status == before.status:
            said = {"number": judged.number, "status": judged.status, "conflicts": judged.conflicts}
            if judged.conflicts > before.conflicts:
                ctx.announce("mutation.conflicted", judged.id, judged.version, **said)
            else:
                ctx.announce("mutation.updated", judged.id, judged.version, **said, fields=["conflicts"])


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


def _found(ctx: Context, records: Sequence[MutationRecord]) -> dict[int, list[ConflictRecord]]:
    """What is in conflict with those mutations, by their numbers."""
    current = stored.current(ctx, records)
    stored.at_paths(ctx, {change.path for one in current.values() for change in one.changes})
    found = {}
    for record in records:
        one = current[record.id]
        tree = Tree(ctx, [parent.mutation_id for parent in one.parents])
        found[record.number] = [_record(record.number, finding) for finding in _with_head(ctx, record, tree)]
    return found


def _with_head(ctx: Context, record: MutationRecord, tree: Tree) -> list[Finding]:
    """What stands between the changes of a mutation and what they would be applied to."""
    current = stored.of(ctx, record)
    here = tree.at_all(change.path for change in current.changes)
    if not any(_is_concerned(change, here.get(change.path)) for change in current.changes):
        return []
    first: dict[str, Outcome] = {}

    def decide(change: ChangeRecord, sides: Sides) -> Outcome:
        return first.setdefault(change.id, bringing.merged(change, sides))

    try:
        tried = bringing.attempt(ctx, record, list(current.parents), tree=tree, decide=decide).tried
    except NotFound as lost:
        return [_unreadable(current.changes, lost)]
    found = []
    for one in tried:
        barred = isinstance(one.outcome, Open) and isinstance(first[one.change.id], Settled)
        if one.moved or barred:
            found.append(
                rules.with_head(_edit(one.change), _standing(ctx, one, tree, barred=barred), one.outcome, barred=barred)
            )
    return found


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


def _standing(ctx: Context, tried: Tried, tree: Tree, *, barred: bool) -> Standing:
    """What a change meets, and whose it is."""
    if barred:
        entry = tree.in_the_way(tried.change.result_path)
    else:
        entry = tree.at_all([tried.sides.theirs.path]).get(tried.sides.theirs.path) if tried.sides.theirs else None
    document_id = entry.document_id if entry else tried.change.document_id
    last = ctx.tables.documents.last_revisions([document_id]).get(document_id) if document_id else None
    where, hash = (entry.path, entry.hash) if entry else (None, None)
    if last is None or (last.path, last.hash) != (where, hash):
        return Standing(where, hash, "what it is stacked on" if entry else "what stands there")
    by = f"M-{last.mutation_number}" if last.mutation_number else "a baseline"
    return Standing(where, hash, f"revision {last.number} by {by}", last.number, last.mutation_number)


# --- What is stored


def _record(number: int, finding: Finding, other: int = 0) -> ConflictRecord:
    sides = f"{min(number, other)} {max(number, other)}"
    id = hashlib.sha256(f"{sides}\n{finding.type}\n{finding.path}".encode()).hexdigest()[:16]
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


def _store(
    ctx: Context, records: Sequence[MutationRecord], found: dict[int, list[ConflictRecord]]
) -> list[MutationRecord]:
    """Bring what is stored to what was found; returns the mutations with their numbers of conflicts."""
    table = ctx.tables.conflicts
    known = table.of(ctx.project.id, found)
    table.drop(ctx.project.id, [one for number, old in known.items() for one in old if one not in found[number]])
    table.put(ctx.project.id, [one for number, new in found.items() for one in new if one not in known[number]])
    after = []
    for record in records:
        errors = sum(one.severity == "error" for one in found[record.number])
        ctx.memo.pop(("conflicts", record.id), None)
        if errors != record.conflicts:
            # Nobody has changed the mutation itself.
            kept = {"version": record.version, "updated_at": record.updated_at}
            record = stored.change(ctx, record, conflicts=errors, **kept)
        after.append(record)
    return after
