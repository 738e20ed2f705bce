"""What each mutation would make of the head, what of that it writes, and whether two of them merge."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.contract.paths import folders, twin_key
from lattice_console.engine.features import bringing, stored
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.tree import Entry, Tree, unexecuted
from lattice_console.engine.records import ChangeRecord, MutationRecord, WriteRecord
from lattice_console.engine.rules import conflicts as rules
from lattice_console.engine.rules import hashes, resolution
from lattice_console.engine.rules.conflicts import Edit, Finding, Standing
from lattice_console.engine.rules.resolution import Open, Outcome, Place, Settled, Sides
from lattice_console.engine.rules.soundness import binds, shared_names
from lattice_console.merge.merging import MergeResult
from lattice_console.merge.writing import Written, written

_ALL = 2**53
"""Beyond the last line that a document can have."""

_FOUND_BY = (-1, -1)
"""The lines of what is written nowhere: a key that only the head's moves look for."""

_NO_REACH: tuple[bool, frozenset[str]] = (False, frozenset())

NO_LINES = (0, -1)
"""Meets nothing under its own key: it is another key that is looked for by it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A change as it would be made on the head, or on what the mutation is stacked on.

    `document` names the document in whatever state: by its id, or by its path where it is still to be made. `base` and
    `result` are the hashes of bytes that are known by then; `target` is where it is afterwards, None where it is gone.
    """

    change: ChangeRecord
    document: str
    path: str
    target: str | None
    base: str | None
    result: str | None
    stacked: bool

    @property
    def takes(self) -> str | None:
        """The path that it takes."""
        return self.target if self.base is None or self.target != self.path else None


# --- What a mutation makes


def pieces(ctx: Context, record: MutationRecord) -> Sequence[Piece]:
    """What a mutation would make; nothing of what conflicts with what it stands on, or stands on what is stale."""
    key = ("pieces", record.id, record.patchset, ctx.project.sequence)
    if key not in ctx.memo:
        ctx.memo[key] = _pieces(ctx, record)
    found: Sequence[Piece] = ctx.memo[key]
    return found


def look_anew(ctx: Context, records: Sequence[MutationRecord]) -> None:
    """Read what it takes to find out anew what those mutations would make, for all of them at once."""
    for record in records:
        for kind in ("pieces", "trial", "shifts"):
            ctx.memo.pop((kind, record.id, record.patchset, ctx.project.sequence), None)
    changes = [change for one in stored.current(ctx, records).values() for change in one.changes]
    head = stored.at_paths(ctx, {change.path for change in changes})
    hashes = {hash for change in changes for hash in (change.base_hash, change.result_hash) if hash}
    stored.blobs(ctx, hashes.union(entry.hash for entry in head.values()))


def let_go(ctx: Context) -> None:
    """Forget what was read and tried to find that out: it can be found out again."""
    for key in [key for key in ctx.memo if key[0] in ("pieces", "trial", "shifts", "said by", "said of", "blob")]:
        del ctx.memo[key]


def made_on_what_stands(ctx: Context, record: MutationRecord) -> None:
    """Take note that all of a mutation fits what stands there, as that was found out in this transaction."""
    current = stored.of(ctx, record)
    ids = [parent.mutation_id for parent in current.parents]
    below = unexecuted(ctx, ids)
    here = Tree(ctx, ids).at_all(change.path for change in current.changes)
    ctx.memo["pieces", record.id, record.patchset, ctx.project.sequence] = _as_they_are(
        ctx, current.changes, below, here
    )


def _pieces(ctx: Context, record: MutationRecord) -> Sequence[Piece]:
    current = stored.of(ctx, record)
    below = unexecuted(ctx, [parent.mutation_id for parent in current.parents])
    here = Tree(ctx, [parent.mutation_id for parent in current.parents]).at_all(one.path for one in current.changes)
    takes = any(change.operation in ("create", "rename") for change in current.changes)
    if below or not (takes or any(_has_moved(change, here.get(change.path)) for change in current.changes)):
        return _as_they_are(ctx, current.changes, below, here)
    try:
        trial = bringing.as_it_is(ctx, record)
    except NotFound:
        return []
    here = trial.tree.at_all(made.file_path for made in trial.inputs)
    settled = [(one, one.outcome.change) for one in trial.tried if isinstance(one.outcome, Settled)]
    return [_brought(ctx, one, made, here.get(made.file_path)) for one, made in settled if made is not None]


def _as_they_are(
    ctx: Context, changes: Sequence[ChangeRecord], below: Sequence[MutationRecord], here: Mapping[str, Entry]
) -> Sequence[Piece]:
    """The changes that fit what stands there, where that fits what it stands on itself."""
    return [
        _piece(change, here.get(change.path), stacked=bool(_touching(ctx, below, change.path)))
        for change in changes
        if not _has_moved(change, here.get(change.path)) and not _stands_on_stale(ctx, below, change.path)
    ]


def _has_moved(change: ChangeRecord, entry: Entry | None) -> bool:
    if change.operation == "create":
        return entry is not None
    return entry is None or entry.hash != change.base_hash


def _piece(change: ChangeRecord, entry: Entry | None, *, stacked: bool) -> Piece:
    target = change.result_path if change.result_hash is not None else None
    return Piece(change, _named(entry, change), change.path, target, change.base_hash, change.result_hash, stacked)


def _named(entry: Entry | None, change: ChangeRecord) -> str:
    return entry.document_id if entry and entry.document_id else f"/{change.path}"


def _brought(ctx: Context, tried: bringing.Tried, made: ChangeInput, entry: Entry | None) -> Piece:
    """A change that is settled on what stands there now; its bytes are kept in mind for this transaction."""
    theirs = tried.sides.theirs
    base = hashes.digest(theirs.content) if theirs else None
    content = made.content if made.content is not None or made.operation_type != "rename" else tried.sides.ours
    result = hashes.digest(content) if content is not None else None
    for hash, held in ((base, theirs.content if theirs else None), (result, content)):
        if hash is not None and held is not None:
            ctx.memo["blob", hash] = held
    target = None if made.operation_type == "delete" else made.new_path or made.file_path
    document = entry.document_id if entry and entry.document_id else f"/{made.file_path}"
    return Piece(tried.change, document, made.file_path, target, base, result, False)


def _touching(ctx: Context, records: Iterable[MutationRecord], path: str) -> list[MutationRecord]:
    """Those of the mutations that make what stands at a path."""
    return [one for one in records if any(change.result_path == path for change in stored.of(ctx, one).changes)]


def _stands_on_stale(ctx: Context, below: Sequence[MutationRecord], path: str) -> bool:
    """Whether something that makes what stands at a path is itself not on what stands there."""
    for one in _touching(ctx, below, path):
        current = stored.of(ctx, one)
        tree = Tree(ctx, [parent.mutation_id for parent in current.parents])
        for change in current.changes:
            if change.result_path == path and _has_moved(change, tree.at_all([change.path]).get(change.path)):
                return True
    return False


# --- What of that it writes


def _of(document: str) -> str:
    return f"of {document}"


def _to(path: str) -> str:
    return f"to {twin_key(path)}"


def _in(path: str) -> str:
    return f"in {twin_key(path)}"


def at_key(path: str) -> str:
    """The key of those that change a document there, or make one."""
    return f"at {path}"


def writes(ctx: Context, record: MutationRecord) -> list[WriteRecord]:
    """Everything that a mutation writes, and what else it is to be found by when the head moves."""
    rows: set[WriteRecord] = set()
    for change in stored.of(ctx, record).changes:
        rows.add(WriteRecord(at_key(change.path), *NO_LINES))
        keys = [_of(change.document_id)] if change.document_id else []
        if change.operation in ("create", "rename"):
            keys += [_to(change.result_path), *map(_in, folders(change.result_path))]
        rows.update(WriteRecord(key, *_FOUND_BY) for key in keys)
    for piece in pieces(ctx, record):
        rows.update(_written_by(ctx, piece))
    return sorted(rows)


def _written_by(ctx: Context, piece: Piece) -> list[WriteRecord]:
    rows = []
    if piece.takes is not None:
        rows.append(WriteRecord(_to(piece.takes), 0, 0))
        rows += [WriteRecord(_in(folder), *NO_LINES) for folder in folders(piece.takes)]
    if piece.base is None:
        return rows
    made = _edited(ctx, piece)
    if made.lines is None or _binds(ctx, piece):
        return [*rows, WriteRecord(_of(piece.document), 0, _ALL)]
    rows += [WriteRecord(_of(piece.document), first, last) for first, last in made.lines]
    rows += [WriteRecord(f"key {piece.document} {pointer}", 0, 0) for pointer in made.keys]
    rows += [WriteRecord(f"name {piece.document} {name}", 0, 0) for name in _shared_names(ctx, piece)]
    return [*rows, *([WriteRecord(f"anchors {piece.document}", 0, 0)] if made.anchors else [])]


def _edited(ctx: Context, piece: Piece) -> Written:
    """What of its document an edit writes; all of it, where it does more than edit."""
    if piece.takes is not None or piece.stacked or not piece.base or not piece.result:
        return Written(None)
    contents = stored.blobs(ctx, [piece.base, piece.result])
    if len(contents) < len({piece.base, piece.result}):
        return Written(None)
    return written(piece.path, contents[piece.base], contents[piece.result])


def _binds(ctx: Context, piece: Piece) -> bool:
    """Whether an edit can break a rule of its document together with any one far from it."""
    return _far_reach(ctx, piece)[0]


def _shared_names(ctx: Context, piece: Piece) -> frozenset[str]:
    """By what names an edit can break a rule of its document together with one far from it that changes the same."""
    return _far_reach(ctx, piece)[1]


def _far_reach(ctx: Context, piece: Piece) -> tuple[bool, frozenset[str]]:
    key = ("far reach", piece.path, piece.base, piece.result)
    if key not in ctx.memo:
        contents = stored.blobs(ctx, [hash for hash in (piece.base, piece.result) if hash])
        edit = [contents[hash] for hash in key[2:] if hash]
        ctx.memo[key] = (binds(piece.path, *edit), shared_names(piece.path, *edit)) if len(contents) > 1 else _NO_REACH
    found: tuple[bool, frozenset[str]] = ctx.memo[key]
    return found


def meeting(
    ctx: Context,
    records: Sequence[MutationRecord],
    written: Mapping[int, Sequence[WriteRecord]],
    keys: Callable[[Context, MutationRecord], Iterable[str]],
) -> list[tuple[MutationRecord, MutationRecord]]:
    """Every two of which one is among those mutations and that write something of the same, the lower number first.

    Only these can be in conflict with each other; `written` is what is kept of what those mutations write, by number,
    and `keys` what else of others each of them looks for.
    """
    table = ctx.tables.conflicts
    found = set(table.meeting(ctx.project.id, written))
    looking: dict[str, set[int]] = {}
    for record in records:
        number, rows = record.number, written[record.number]
        beside = {key for row in rows if row.first != _FOUND_BY[0] for key in _beside(row.key)}
        for key in beside.union(keys(ctx, record)):
            looking.setdefault(key, set()).add(number)
    for key, other in table.under(ctx.project.id, looking):
        found.update((number, other) for number in looking[key] - {other})
    known = {record.number: record for record in records}
    known |= ctx.tables.mutations.numbered(ctx.project.id, {other for _, other in found} - known.keys())
    return [(known[low], known[high]) for low, high in sorted({(min(pair), max(pair)) for pair in found})]


def _beside(key: str) -> Sequence[str]:
    """Other keys that mean a meeting: a path meets what is taken below it, and a folder a file in its place."""
    kind, _, name = key.partition(" ")
    other = {"to": "in", "in": "to"}.get(kind)
    return [f"{other} {name}"] if other else []


def moved(document_ids: Iterable[str], paths: Iterable[str]) -> list[str]:
    """What is written by those whom a move of the head can concern, by its documents and their paths."""
    keys = {_of(document_id) for document_id in document_ids}
    for path in paths:
        keys.update((at_key(path), _to(path), _in(path), *map(_to, folders(path))))
    return sorted(keys)


# --- Whether two of them merge


class _Meeting(NamedTuple):
    """Where two mutations meet: a piece of each; `ground` is what both began from, if there is such a thing."""

    mine: Piece
    yours: Piece
    ground: str | None

    @property
    def documents(self) -> frozenset[str]:
        """Of whichever side it is told."""
        return frozenset((self.mine.document, self.yours.document))


def between(ctx: Context, one: MutationRecord, other: MutationRecord) -> list[tuple[Finding, Finding]]:
    """What stands between two mutations, as each of them has it; nothing where one is stacked on the other.

    What is in conflict already lower in their stacks is not said of what stands on that.
    """
    if is_stacked(ctx, one, other):
        return []
    ours, theirs = _with_below(ctx, one), _with_below(ctx, other)
    lower = {
        met.documents
        for mine in ours.values()
        for yours in theirs.values()
        if (mine.id, yours.id) != (one.id, other.id) and mine.id not in theirs and yours.id not in ours
        for met in _met(ctx, mine, yours)
        if isinstance(_outcome(ctx, met), Open)
    }
    found = []
    for met in _met(ctx, one, other):
        if met.documents not in lower and not _merges_far_apart(ctx, met):
            turned = _Meeting(met.yours, met.mine, met.ground)
            found.append((_finding(ctx, met, other.number), _finding(ctx, turned, one.number)))
    return found


def _merges_far_apart(ctx: Context, met: _Meeting) -> bool:
    """Whether only the rules of their document made a trial of two edits necessary, and these hold."""
    by_name = _shared_names(ctx, met.mine) & _shared_names(ctx, met.yours)
    if isinstance(_outcome(ctx, met), Open) or not (by_name or _binds(ctx, met.mine) or _binds(ctx, met.yours)):
        return False
    one, other = _edited(ctx, met.mine), _edited(ctx, met.yours)
    if one.lines is None or other.lines is None:
        return False
    near = any(first <= end and start <= last for first, last in one.lines for start, end in other.lines)
    return not (near or one.keys & other.keys or (one.anchors and other.anchors))


def is_stacked(ctx: Context, one: MutationRecord, other: MutationRecord) -> bool:
    """Whether one of the two stands on the other, over however many between."""
    return one.id in _with_below(ctx, other) or other.id in _with_below(ctx, one)


def _with_below(ctx: Context, record: MutationRecord) -> dict[str, MutationRecord]:
    parents = [parent.mutation_id for parent in stored.of(ctx, record).parents]
    return {one.id: one for one in (*unexecuted(ctx, parents), record)}


def _met(ctx: Context, one: MutationRecord, other: MutationRecord) -> list[_Meeting]:
    """Where two mutations write the same document, or take places that cannot both be taken."""
    found = []
    theirs = pieces(ctx, other)
    documents = {piece.document: piece for piece in theirs if piece.base}
    takers = [piece for piece in theirs if piece.takes]
    for mine in pieces(ctx, one):
        yours = documents.get(mine.document) if mine.base else None
        if yours is not None:
            found.append(_Meeting(mine, yours, _ground(ctx, one, other, mine, yours)))
        for their in takers if mine.takes else ():
            if their is not yours and _clash(mine.takes or "", their.takes or ""):
                found.append(_Meeting(mine, their, None))
    return found


def _clash(one: str, other: str) -> bool:
    """Whether no folder could hold both: twins, or a file where the other needs a folder."""
    first, second = twin_key(one), twin_key(other)
    return first == second or first.startswith(f"{second}/") or second.startswith(f"{first}/")


def _ground(ctx: Context, one: MutationRecord, other: MutationRecord, mine: Piece, yours: Piece) -> str | None:
    """The hash of what both began from: the head's, or what those make that both are stacked on."""
    if not (mine.stacked and yours.stacked):
        return yours.base if mine.stacked else mine.base
    below = _with_below(ctx, other)
    tree = Tree(ctx, [id for id in _with_below(ctx, one) if id in below])
    entry = tree.at_all([mine.path]).get(mine.path) or tree.follow([mine.document]).get(mine.document)
    if entry is None:
        # Each stands on a document of that path that its own stack creates.
        return mine.base if mine.base == yours.base else None
    return entry.hash


def _outcome(ctx: Context, met: _Meeting) -> Outcome:
    """What becomes of the first on what the second makes."""
    mine, yours = met.mine, met.yours
    if met.ground is None and mine.document != yours.document:
        why = f"both take {mine.takes}" if mine.takes == yours.takes else f"{yours.takes} takes its place"
        return Open(why)
    return _tried(ctx, mine, yours, met.ground)


def _tried(ctx: Context, mine: Piece, yours: Piece, ground: str | None) -> Outcome:
    operation = mine.change.operation
    key = (operation, mine.path, mine.target, yours.target, ground, mine.result, yours.result)
    known = ctx.around.trials.get(key)
    if known is None:
        contents = stored.blobs(ctx, {hash for hash in (ground, mine.result, yours.result) if hash})
        if any(hash and hash not in contents for hash in (ground, mine.result, yours.result)):
            return Open("the bytes of one of them are lost in the store")
        sides = Sides(
            operation=operation,
            path=mine.path,
            new_path=mine.target if operation == "rename" else None,
            base=contents[ground] if ground else None,
            ours=contents[mine.result] if mine.result else None,
            theirs=Place(yours.target, contents[yours.result]) if yours.target and yours.result else None,
        )
        known = _light(resolution.settle(sides, "neither"))
        ctx.around.trials.put(key, known)
    return known


def _light(outcome: Outcome) -> Outcome:
    """What is worth keeping of an outcome: what it says and where, not the bytes."""
    if isinstance(outcome, Settled):
        return Settled(None, outcome.how)
    merge = outcome.merge
    if merge is None:
        return outcome
    bare = tuple(replace(one, base=b"", ours=b"", theirs=b"") for one in merge.conflicts)
    rejected = replace(merge.rejected, content=b"") if merge.rejected else None
    return Open(outcome.why, MergeResult(None, bare, rejected=rejected))


def _finding(ctx: Context, met: _Meeting, other: int) -> Finding:
    mine, yours = met.mine, met.yours
    change = mine.change
    edit = Edit(change.operation, change.path, change.new_path, met.ground, change.result_hash)
    standing = Standing(yours.target, yours.change.result_hash, f"M-{other}")
    found = rules.with_head(edit, standing, _outcome(ctx, met), barred=met.ground is None)
    return rules.with_other(found)
