"""Documents: the head, its bytes, its history, and baselines."""

from collections.abc import Sequence

from lattice_console.contract.errors import NotFound, RuleBroken, ValidationFailed
from lattice_console.contract.models.document import Document, HeadDelta, HeadEntry, Revision, TrackedFile
from lattice_console.contract.models.page import Direction, Page
from lattice_console.contract.paths import check_path
from lattice_console.engine.features import applying, paging
from lattice_console.engine.features.context import Context, new_id
from lattice_console.engine.features.registry import reads, writes
from lattice_console.engine.features.tree import Tree
from lattice_console.engine.records import HeadMove, HeadRecord, Window
from lattice_console.engine.rules import hashes
from lattice_console.engine.rules import policy as policy_rules


@reads("documents.list", may_lag=True)
def listing(ctx: Context, *, prefix: str, cursor: str | None, direction: Direction, limit: int) -> Page[Document]:
    window = Window(paging.key(cursor, "path", str), direction, 0, limit + 1)
    found, total = ctx.tables.documents.page(ctx.project.id, prefix, window)
    records, more = paging.trim(found, limit, direction)
    return Page(
        items=tuple(_document(record) for record in records),
        next_cursor=paging.cursor("path", records[-1].path) if records else None,
        prev_cursor=paging.cursor("path", records[0].path) if records else None,
        has_more=more,
        total=total,
    )


@reads("documents.get")
def get(ctx: Context, *, document: str) -> Document:
    return _document(_find(ctx, document))


@reads("documents.history", may_lag=True)
def history(ctx: Context, *, document: str, cursor: str | None, limit: int) -> Page[Revision]:
    here = ctx.tables.documents.at_paths(ctx.project.id, [document]).get(document)
    found = revisions(ctx, here.document_id if here else document, cursor, limit)
    if not found.items and cursor is None:
        raise _unknown(document)
    return found


def revisions(ctx: Context, document_id: str, cursor: str | None, limit: int) -> Page[Revision]:
    """The revisions of a document, newest first."""
    key = paging.key(cursor, "number", int)
    records, more = paging.trim(
        ctx.tables.documents.history(ctx.project.id, document_id, key[0] if key else None, limit + 1), limit, "next"
    )
    last = ctx.tables.documents.last_revisions([document_id])
    ctx.persons(record.actor_id for record in records)
    return Page(
        items=tuple(
            Revision(
                document_id=record.document_id,
                number=record.number,
                operation=record.operation,  # type: ignore[arg-type]  # the column holds the names the model lists
                path=record.path,
                hash=record.hash,
                sequence=record.sequence,
                mutation=record.mutation_number,
                actor=ctx.person(record.actor_id),
                created_at=record.created_at,
            )
            for record in records
        ),
        next_cursor=paging.cursor("number", records[-1].number) if more else None,
        has_more=more,
        total=last[document_id].number if document_id in last else 0,
    )


@reads("documents.head")
def head(ctx: Context, *, after: int) -> HeadDelta:
    project = ctx.project
    if after < 0:
        entries = [
            HeadEntry.model_construct(path=record.path, hash=record.hash)
            for record in ctx.tables.documents.starting_with(project.id, "")
        ]
    else:
        moved = ctx.tables.documents.moved_paths(project.id, after)
        found = ctx.tables.documents.at_paths(project.id, moved)
        entries = [HeadEntry(path=path, hash=found[path].hash if path in found else None) for path in sorted(moved)]
    return HeadDelta(project_id=project.id, sequence=project.sequence, entries=tuple(entries))


@reads("documents.content", may_lag=True)
def content(ctx: Context, *, hash: str) -> bytes:
    found = ctx.tables.documents.content(ctx.project.id, hash)
    if found is None:
        raise NotFound("NF_BYTES", f"This project holds no bytes {hash[:12]}….")
    return found


@reads("documents.known")
def known(ctx: Context, *, hashes: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(ctx.tables.documents.known(ctx.project.id, hashes)))


@writes("documents.track")
def track(ctx: Context, *, files: Sequence[TrackedFile], expected_version: int | None) -> tuple[Document, ...]:
    ctx.expect(expected_version, ctx.project.version, ctx.project.name)
    return baseline(ctx, files)


def baseline(ctx: Context, files: Sequence[TrackedFile]) -> tuple[Document, ...]:
    """Bring files in as first revisions; raises RuleBroken or ValidationFailed naming the path, then none came in."""
    if not files:
        raise ValidationFailed("VAL_FILES", "There is nothing to track.", field="files")
    for file in files:
        check_shape(ctx, file)
    for path, why in Tree(ctx).blocking([file.path for file in files], ()).items():
        raise RuleBroken("BR_PATH_TAKEN", f"{path} cannot be tracked: {why}.", path=path)
    # Under a policy that cannot be read nothing could be approved, its own mending included.
    errors = policy_rules.read({file.path: file.content for file in files}).errors
    if errors:
        raise ValidationFailed("VAL_POLICY", f"{' '.join(errors)} Mend it, then track it.", field="files")
    contents = {hashes.digest(file.content): file.content for file in files}
    ctx.tables.documents.put_blobs(contents)
    moves = [HeadMove(new_id(), "baseline", file.path, hashes.digest(file.content)) for file in files]
    sequence = applying.advance(ctx, moves, None)
    for file, move in zip(files, moves, strict=True):
        ctx.record("document.tracked", move.document_id, path=file.path, hash=move.hash, sequence=sequence)
    for start in range(0, len(moves), 20):
        paths = [move.path for move in moves[start : start + 20] if move.path and len(move.path) < 80]
        ctx.announce("document.tracked", moves[start].document_id, ctx.project.version, paths=list(paths))
    found = ctx.tables.documents.in_head(ctx.project.id, [move.document_id for move in moves])
    return tuple(_document(found[move.document_id]) for move in moves)


def check_shape(ctx: Context, file: TrackedFile) -> None:
    """Raise ValidationFailed for a path that cannot be a document's, and for more bytes than one may have."""
    check_path(file.path)
    limit = ctx.around.limits.document
    if len(file.content) > limit:
        raise ValidationFailed(
            "VAL_SIZE", f"{file.path} has {len(file.content):,} bytes; the limit is {limit:,}.", field="content"
        )


def _find(ctx: Context, document: str) -> HeadRecord:
    found = ctx.tables.documents.at_paths(ctx.project.id, [document]).get(document)
    found = found or ctx.tables.documents.in_head(ctx.project.id, [document]).get(document)
    if found is None:
        raise _unknown(document)
    return found


def _unknown(document: str) -> NotFound:
    return NotFound("NF_DOCUMENT", f"There is no document {document[:200]} in the head. See: lattice status")


def _document(record: HeadRecord) -> Document:
    return Document.model_construct(
        id=record.document_id,
        path=record.path,
        revision=record.revision,
        hash=record.hash,
        size=record.size,
        sequence=record.sequence,
        updated_at=record.updated_at,
    )
