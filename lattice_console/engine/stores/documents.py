"""Documents, their revisions, the head, and the bytes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, exists, func, insert, or_, select, union

from lattice_console.contract.paths import twin_key
from lattice_console.engine.records import HeadMove, HeadRecord, RevisionRecord, StepRecord, Window
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import chunks, columns, prefix_range, several, starts_with
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import blobs, changes, documents, head, mutations, revisions
from lattice_console.engine.stores.windows import read_window

_HASHES = several("hashes")
_KNOWN_TO_PROJECT = or_(
    exists().where(revisions.c.blob_hash == blobs.c.hash, revisions.c.project_id == bindparam("project")),
    exists().where(changes.c.result_hash == blobs.c.hash, changes.c.project_id == bindparam("project")),
)
_OF_HASHES = select(blobs.c.hash).where(blobs.c.hash.in_(_HASHES))
_STORED = Prepared(_OF_HASHES)
_BLOBS = Prepared(select(blobs.c.hash, blobs.c.content).where(blobs.c.hash.in_(_HASHES)))
_CONTENT = Prepared(select(blobs.c.content).where(blobs.c.hash == bindparam("hash"), _KNOWN_TO_PROJECT))
_KNOWN = Prepared(_OF_HASHES.where(_KNOWN_TO_PROJECT))

_OF_PROJECT = head.c.project_id == bindparam("project")
_HEAD = (
    select(*columns(head, HeadRecord, hash=head.c.blob_hash, size=blobs.c.size))
    .select_from(head.join(blobs, head.c.blob_hash == blobs.c.hash))
    .where(_OF_PROJECT)
)
_WANTED = several("wanted")
_AT_PATHS = Prepared(_HEAD.where(head.c.path.in_(_WANTED)))
_AT_TWINS = Prepared(_HEAD.add_columns(head.c.twin_key).where(head.c.twin_key.in_(_WANTED)))
_IN_HEAD = Prepared(_HEAD.where(head.c.document_id.in_(_WANTED)))
_STARTING = _HEAD.where(starts_with(head.c.path))
_BELOW = Prepared(_HEAD.where(starts_with(head.c.twin_key)).limit(bindparam("limit")))
_BY_PATH = Prepared(_STARTING.order_by(head.c.path))
_COUNT = Prepared(select(func.count()).select_from(head).where(_OF_PROJECT, starts_with(head.c.path)))
_LEAVE = Prepared(delete(head).where(head.c.document_id == bindparam("left")))

_EARLIER = revisions.alias("earlier")
_ONE_EARLIER = and_(
    _EARLIER.c.document_id == revisions.c.document_id,
    _EARLIER.c.number == revisions.c.number - 1,
)
_LATER = and_(revisions.c.project_id == bindparam("project"), revisions.c.sequence > bindparam("after"))
_MOVED_PATHS = Prepared(
    union(
        select(revisions.c.path).where(_LATER, revisions.c.path.is_not(None)),
        select(_EARLIER.c.path)
        .select_from(revisions)
        .join(_EARLIER, _ONE_EARLIER)
        .where(_LATER, _EARLIER.c.path.is_not(None)),
    )
)
_STEPS = Prepared(
    select(*columns(revisions, StepRecord, hash=revisions.c.blob_hash, left=_EARLIER.c.path))
    .select_from(revisions.outerjoin(_EARLIER, _ONE_EARLIER))
    .where(_LATER, revisions.c.sequence <= bindparam("until"))
    .order_by(revisions.c.sequence)
)

_REVISION = select(
    *columns(revisions, RevisionRecord, hash=revisions.c.blob_hash, mutation_number=mutations.c.number)
).select_from(revisions.outerjoin(mutations, revisions.c.mutation_id == mutations.c.id))
_HISTORY = Prepared(
    _REVISION.where(
        revisions.c.project_id == bindparam("project"),
        revisions.c.document_id == bindparam("document"),
        revisions.c.number < bindparam("before"),
    )
    .order_by(revisions.c.number.desc())
    .limit(bindparam("limit"))
)
_OF_DOCUMENTS = revisions.c.document_id.in_(several("ids"))
_NUMBERS = (
    select(revisions.c.document_id, func.max(revisions.c.number).label("number"))
    .where(_OF_DOCUMENTS)
    .group_by(revisions.c.document_id)
)
_LAST_NUMBERS = Prepared(_NUMBERS)
_LAST = _NUMBERS.subquery("last")
_LAST_REVISIONS = Prepared(
    _REVISION.join(_LAST, and_(_LAST.c.document_id == revisions.c.document_id, _LAST.c.number == revisions.c.number))
)
_SINCE = Prepared(
    _REVISION.where(_OF_DOCUMENTS, revisions.c.sequence > bindparam("after")).order_by(revisions.c.sequence)
)
_ADD_BLOBS = Prepared(insert(blobs))
_ADD_DOCUMENTS = Prepared(insert(documents))
_ADD_REVISIONS = Prepared(insert(revisions))
_ENTER = Prepared(insert(head))
_BEYOND = 2**62


class Documents:
    """`ports.Documents` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put_blobs(self, contents: Mapping[str, bytes]) -> None:
        """Keep the bytes under their hashes; those that are there already stay."""
        for hashes in chunks(contents):
            stored = set(self._database.column(_STORED, hashes=hashes))
            rows = [
                {"hash": hash, "size": len(contents[hash]), "content": contents[hash]}
                for hash in hashes
                if hash not in stored
            ]
            self._database.run_each(_ADD_BLOBS, rows)

    def content(self, project_id: str, hash: str) -> bytes | None:
        """The bytes, if a revision or a patchset of that project has them."""
        row = self._database.row(_CONTENT, project=project_id, hash=hash)
        return row[0] if row else None

    def blobs(self, hashes: Iterable[str]) -> dict[str, bytes]:
        """Those of the bytes that are kept, by hash, whichever project they belong to."""
        found: dict[str, bytes] = {}
        for portion in chunks(hashes):
            found.update(self._database.rows(_BLOBS, hashes=portion))
        return found

    def known(self, project_id: str, hashes: Iterable[str]) -> set[str]:
        """Those of the hashes that `content` has an answer to."""
        found: set[str] = set()
        for portion in chunks(hashes):
            found.update(self._database.column(_KNOWN, project=project_id, hashes=portion))
        return found

    def at_paths(self, project_id: str, paths: Iterable[str]) -> dict[str, HeadRecord]:
        """What of the head stands at those paths, by path."""
        return {record.path: record for record in self._heads(_AT_PATHS, project_id, paths)}

    def at_twins(self, project_id: str, keys: Iterable[str]) -> dict[str, HeadRecord]:
        """What of the head has those twin keys, by key."""
        found: dict[str, HeadRecord] = {}
        for portion in chunks(keys):
            for *row, key in self._database.rows(_AT_TWINS, project=project_id, wanted=portion):
                found[key] = HeadRecord(*row)
        return found

    def under(self, project_id: str, folder: str, besides: Iterable[str] = ()) -> HeadRecord | None:
        """Some document below that folder or a twin of it, at none of the paths `besides`."""
        left_out = frozenset(besides)
        below = prefix_range(f"{twin_key(folder)}/")
        # Of one more than are left out, one is not.
        rows = self._database.rows(_BELOW, project=project_id, limit=len(left_out) + 1, **below)
        return next((record for row in rows if (record := HeadRecord(*row)).path not in left_out), None)

    def in_head(self, project_id: str, document_ids: Iterable[str]) -> dict[str, HeadRecord]:
        """Where those documents stand in the head, by id; nothing for those that left it."""
        return {record.document_id: record for record in self._heads(_IN_HEAD, project_id, document_ids)}

    def page(self, project_id: str, prefix: str, window: Window) -> tuple[list[HeadRecord], int]:
        """A window of the head's documents whose path starts so, by path, and how many there are."""
        parameters = {"project": project_id, **prefix_range(prefix)}
        rows = read_window(self._database, _STARTING, [(head.c.path, False)], window, values=parameters)
        return [HeadRecord(*row) for row in rows], self._database.value(_COUNT, **parameters)

    def starting_with(self, project_id: str, prefix: str) -> list[HeadRecord]:
        """All of the head whose path starts so, by path; the empty prefix is the whole head."""
        rows = self._database.rows(_BY_PATH, project=project_id, **prefix_range(prefix))
        return [HeadRecord(*row) for row in rows]

    def moved_paths(self, project_id: str, after: int) -> set[str]:
        """Every path that a revision after that sequence left or took."""
        return set(self._database.column(_MOVED_PATHS, project=project_id, after=after))

    def steps(self, project_id: str, after: int, until: int) -> list[StepRecord]:
        """What the head's steps after the one sequence up to the other did, by sequence."""
        rows = self._database.rows(_STEPS, project=project_id, after=after, until=until)
        return [StepRecord(*row) for row in rows]

    def advance(
        self,
        project_id: str,
        moves: Sequence[HeadMove],
        *,
        sequence: int,
        mutation_id: str | None,
        actor_id: str,
        at: datetime,
    ) -> None:
        """Write the next revision of each document and bring the head to it; all moves happen at once."""
        last = self._last_numbers(move.document_id for move in moves)
        shared = {"project_id": project_id, "sequence": sequence}
        written = shared | {"mutation_id": mutation_id, "actor_id": actor_id, "created_at": at}
        new, steps, standing = [], [], []
        for move in moves:
            number = last.get(move.document_id, 0) + 1
            entry = {"document_id": move.document_id, "path": move.path, "blob_hash": move.hash}
            steps.append(entry | written | {"number": number, "operation": move.operation})
            if number == 1:
                new.append({"id": move.document_id, "project_id": project_id})
            if move.path is not None:
                place = {"twin_key": twin_key(move.path), "revision": number, "updated_at": at}
                standing.append(entry | shared | place)
        self._database.run_each(_ADD_DOCUMENTS, new)
        self._database.run_each(_ADD_REVISIONS, steps)
        # First all leave, then all arrive: documents may swap their paths.
        self._database.run_each(_LEAVE, [{"left": move.document_id} for move in moves])
        self._database.run_each(_ENTER, standing)

    def history(self, project_id: str, document_id: str, before: int | None, limit: int) -> list[RevisionRecord]:
        """The document's revisions with smaller numbers than `before`, newest first."""
        before = _BEYOND if before is None else before
        rows = self._database.rows(_HISTORY, project=project_id, document=document_id, before=before, limit=limit)
        return [RevisionRecord(*row) for row in rows]

    def last_revisions(self, document_ids: Iterable[str]) -> dict[str, RevisionRecord]:
        """The newest revision of each document, by document id."""
        found: dict[str, RevisionRecord] = {}
        for ids in chunks(document_ids):
            records = (RevisionRecord(*row) for row in self._database.rows(_LAST_REVISIONS, ids=ids))
            found.update((record.document_id, record) for record in records)
        return found

    def revisions_since(self, document_ids: Iterable[str], after: int) -> list[RevisionRecord]:
        """The revisions of those documents after that sequence, oldest first."""
        found: list[RevisionRecord] = []
        for ids in chunks(document_ids):
            found.extend(RevisionRecord(*row) for row in self._database.rows(_SINCE, ids=ids, after=after))
        return found

    def _heads(self, prepared: Prepared, project_id: str, wanted: Iterable[str]) -> Iterator[HeadRecord]:
        for portion in chunks(wanted):
            for row in self._database.rows(prepared, project=project_id, wanted=portion):
                yield HeadRecord(*row)

    def _last_numbers(self, document_ids: Iterable[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for ids in chunks(document_ids):
            found.update(self._database.rows(_LAST_NUMBERS, ids=ids))
        return found
