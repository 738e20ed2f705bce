"""What stands at each path for a mutation: the head, overlaid by the results of the parents it is stacked on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from heapq import heappop, heappush

from lattice_console.contract.paths import folders, twin_key
from lattice_console.engine.features import stored
from lattice_console.engine.features.context import Context
from lattice_console.engine.records import ChangeRecord, HeadRecord, MutationRecord, ParentRecord
from lattice_console.engine.rules import life
from lattice_console.engine.rules.requirements import StaleBase


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at a path; `document_id` is None where a parent is still to create the document."""

    path: str
    hash: str
    document_id: str | None


class Tree:
    """The head, with the changes of not yet executed parents done to it."""

    def __init__(self, ctx: Context, parents: Iterable[str] = ()) -> None:
        self._ctx = ctx
        self._over: dict[str, Entry | None] = {}
        for record in unexecuted(ctx, list(parents)):
            self.lay(stored.of(ctx, record).changes)

    def lay(self, changes: Sequence[ChangeRecord]) -> None:
        """Do changes to what stands here."""
        found = self.at_all(change.path for change in changes)
        for change in changes:
            if change.operation in ("delete", "rename"):
                self._over[change.path] = None
        for change in changes:
            if change.result_hash is not None:
                before = found.get(change.path)
                document_id = before.document_id if before and change.operation != "create" else None
                self._over[change.result_path] = Entry(change.result_path, change.result_hash, document_id)

    def at_all(self, paths: Iterable[str]) -> dict[str, Entry]:
        """What stands at those of the paths where something does."""
        wanted = set(paths)
        below = wanted - self._over.keys()
        found = {path: _entry(record) for path, record in stored.at_paths(self._ctx, below).items()}
        found.update({path: entry for path in wanted if (entry := self._over.get(path)) is not None})
        return found

    def follow(self, document_ids: Iterable[str]) -> dict[str, Entry]:
        """Where those documents stand, by id; those that stand nowhere are left out."""
        wanted = set(document_ids)
        found = {
            document_id: _entry(record)
            for document_id, record in self._ctx.tables.documents.in_head(self._ctx.project.id, wanted).items()
            if record.path not in self._over
        }
        laid = (entry for entry in self._over.values() if entry is not None)
        return found | {entry.document_id: entry for entry in laid if entry.document_id in wanted}

    def blocking(self, targets: Sequence[str], freed: Iterable[str]) -> dict[str, str]:
        """The targets that cannot be taken, each with why; paths in `freed` are left by the same changes."""
        gone = set(freed) | {path for path, entry in self._over.items() if entry is None}
        added = {path for path, entry in self._over.items() if entry is not None} - set(freed)
        taken = {**self._standing(targets, gone), **{twin_key(path): path for path in added}}
        documents = {twin_key(path): path for path in (*added, *targets)}
        documents.update(self._standing({folder for target in targets for folder in folders(target)}, gone))
        holding = {twin_key(folder) for path in (*added, *targets) for folder in folders(path)}
        reasons: dict[str, str] = {}
        for target in targets:
            key = twin_key(target)
            above = next((documents[one] for one in map(twin_key, folders(target)) if one in documents), None)
            if key in taken:
                same = taken[key] == target
                reasons[target] = (
                    "it exists already" if same else f"it differs from {taken[key]} only in case or accents"
                )
            elif above is not None:
                reasons[target] = f"{above} is a document, not a folder"
            elif key in holding or self._ctx.tables.documents.under(self._ctx.project.id, target, gone) is not None:
                reasons[target] = "it is a folder"
            taken[key] = target
        return reasons

    def in_the_way(self, target: str) -> Entry | None:
        """A document that bars the target: it, a twin of it or of a folder around it, or something below it."""
        keys = [twin_key(path) for path in (target, *reversed(folders(target)))]
        laid = {twin_key(path): entry for path, entry in self._over.items() if entry is not None}
        gone = {path for path, entry in self._over.items() if entry is None}
        head = self._ctx.tables.documents
        there = head.at_twins(self._ctx.project.id, keys)
        for key in keys:
            if key in laid:
                return laid[key]
            if key in there and there[key].path not in gone:
                return _entry(there[key])
        below = head.under(self._ctx.project.id, target, gone)
        return _entry(below) if below else next((laid[key] for key in laid if key.startswith(f"{keys[0]}/")), None)

    def _standing(self, paths: Iterable[str], gone: set[str]) -> dict[str, str]:
        """The documents of the head that are there, or twins of them, by twin key; none of those that are gone."""
        found = self._ctx.tables.documents.at_twins(self._ctx.project.id, [twin_key(path) for path in paths])
        return {key: record.path for key, record in found.items() if record.path not in gone}


def _entry(record: HeadRecord) -> Entry:
    return Entry(record.path, record.hash, record.document_id)


def unexecuted(ctx: Context, parents: Iterable[str]) -> list[MutationRecord]:
    """The parents and their parents that are still to be executed, each after those it is stacked on.

    Those that do not depend on each other come by number, so that every look at a stack sees the same tree.
    """
    records: dict[str, MutationRecord] = {}
    above: dict[str, list[str]] = {}
    wanted = set(parents)
    while wanted:
        found = [record for record in ctx.tables.mutations.many(wanted).values() if record.status in life.TO_COME]
        records.update((record.id, record) for record in found)
        for mutation_id, one in stored.current(ctx, found).items():
            above[mutation_id] = [parent.mutation_id for parent in one.parents]
        wanted = {parent for record in found for parent in above[record.id]} - records.keys()
    return list(in_order(records, above))


def in_order(records: Mapping[str, MutationRecord], above: Mapping[str, Sequence[str]]) -> Iterator[MutationRecord]:
    """The mutations by number, each after those `above` it that are among them."""
    order = TopologicalSorter({one: [parent for parent in above[one] if parent in records] for one in records})
    order.prepare()
    ready: list[tuple[int, str]] = []
    while order.is_active():
        for mutation_id in order.get_ready():
            heappush(ready, (records[mutation_id].number, mutation_id))
        _, mutation_id = heappop(ready)
        yield records[mutation_id]
        order.done(mutation_id)


def stale_bases(
    ctx: Context, changes: Sequence[ChangeRecord], parents: Sequence[ParentRecord], tree: Tree | None = None
) -> list[StaleBase]:
    """Every change whose base is no longer what stands there, and every parent with a newer patchset."""
    stale = []
    numbers = ctx.tables.mutations.many(parent.mutation_id for parent in parents)
    current = stored.current(ctx, list(numbers.values()))
    for parent in parents:
        if current[parent.mutation_id].patchset.hash != parent.patchset_hash:
            number = numbers[parent.mutation_id].number
            stale.append(StaleBase(f"M-{number}", "this parent has a newer patchset"))
    tree = tree or Tree(ctx, [parent.mutation_id for parent in parents])
    found = tree.at_all(change.path for change in changes)
    for change in changes:
        entry = found.get(change.path)
        if change.operation != "create" and (entry is None or entry.hash != change.base_hash):
            stale.append(StaleBase(change.path, _what_moved(ctx, change, entry)))
    freed = [change.path for change in changes if change.operation in ("delete", "rename")]
    targets = [change.result_path for change in changes if change.operation in ("create", "rename")]
    stale.extend(StaleBase(path, why) for path, why in tree.blocking(targets, freed).items())
    return stale


def _what_moved(ctx: Context, change: ChangeRecord, entry: Entry | None) -> str:
    document_id = entry.document_id if entry else change.document_id
    last = ctx.tables.documents.last_revisions([document_id]).get(document_id) if document_id else None
    if last is None:
        return "what it was made against is not there" if entry is None else "it is not what it was made against"
    by = f"M-{last.mutation_number}" if last.mutation_number else "a baseline"
    if entry is not None and entry.hash != last.hash:
        return "a parent's newest patchset makes it something else"
    if entry is None:
        return f"it is gone, revision {last.number} by {by} took it away"
    return f"revision {last.number} by {by} is newer than its base"
