"""Specs: what the head's documents mean."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.document import SpecRevision, TrackedFile
from lattice_console.contract.models.page import Page
from lattice_console.contract.models.spec import Finding, Spec, SpecCheck
from lattice_console.engine.features import documents, proposals, validating, versioned
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import Steps, flows, reads
from lattice_console.engine.records import HeadRecord, SpecRecord
from lattice_console.engine.rules import specs as rules

_PORTION = 500
"""How many documents are read at once to be judged."""


@reads("specs.list", may_lag=True)
def listing(ctx: Context) -> tuple[Spec, ...]:
    records = ctx.tables.specs.all(ctx.project.id)
    paths = _documents(ctx, records)
    globs = _globs(ctx, None)
    return tuple(_spec(record, paths, globs.get(record.name, ()), ()) for record in records)


@reads("specs.get")
def get(ctx: Context, *, name: str) -> Spec:
    record = _find(ctx, name)
    documents = _documents(ctx, [record])
    governs = _globs(ctx, [record.name]).get(record.name, ())
    checked = validating.judged(validating.gather(ctx, list(documents.values())))
    return _spec(record, documents, governs, tuple(finding for one in checked for finding in one.findings))


def _globs(ctx: Context, names: Sequence[str] | None) -> Mapping[str, Sequence[str]]:
    """By which globs specs govern files, by name."""
    found: dict[str, list[str]] = {}
    for one in ctx.tables.globs.of(ctx.project.id, names):
        found.setdefault(one.name, []).append(one.glob)
    return found


@reads("specs.history", may_lag=True)
def history(ctx: Context, *, name: str, cursor: str | None, limit: int) -> Page[SpecRevision]:
    record = _find(ctx, name)
    if record.document_id is None:
        raise NotFound("NF_DOCUMENT", f"{name[:200]} has no document: there are no revisions of it.")
    page = documents.revisions(ctx, record.document_id, cursor, limit)
    found = versioned.stated(ctx, [(one.path, one.hash) for one in page.items if one.path and one.hash])
    return Page(
        items=tuple(
            SpecRevision(**dict(one), version=found.get((one.path or "", one.hash or ""))) for one in page.items
        ),
        next_cursor=page.next_cursor,
        has_more=page.has_more,
        total=page.total,
    )


@flows("specs.validate")
async def validate(steps: Steps, *, names: Sequence[str]) -> tuple[Finding, ...]:
    """Read them portion by portion, and judge each in another thread: no transaction is open, and nobody waits."""
    waiting = await steps.read(lambda ctx: _to_validate(ctx, names))
    found: list[Finding] = []
    while waiting:
        portion = validating.bounded(waiting[:_PORTION])
        waiting = waiting[len(portion) :]
        gathered = await steps.read(partial(validating.gather, documents=portion))
        checked = await asyncio.to_thread(validating.judged, gathered)
        found += [finding for one in checked for finding in one.findings]
    return tuple(found)


def _to_validate(ctx: Context, names: Sequence[str]) -> list[HeadRecord]:
    records = [_find(ctx, name) for name in names] if names else ctx.tables.specs.all(ctx.project.id)
    found = _documents(ctx, records)
    return [found[record.document_id] for record in records if record.document_id in found]


@reads("specs.check", may_lag=True)
def check(ctx: Context, *, files: Sequence[TrackedFile]) -> tuple[SpecCheck, ...]:
    for file in files:
        documents.check_shape(ctx, file)
    return tuple(_check(ctx, file) for file in files)


def _check(ctx: Context, file: TrackedFile) -> SpecCheck:
    reading = rules.read(file.path, file.content)
    return SpecCheck(
        spec=reading.name if reading is not None else None,
        has_schema=reading is not None and reading.schema is not None,
        findings=tuple(proposals.check(ctx, file.path, file.content, None)),
    )


def _find(ctx: Context, name: str) -> SpecRecord:
    record = ctx.tables.specs.by_name(ctx.project.id, name)
    if record is None:
        raise NotFound("NF_SPEC", f"There is no spec {name[:200]}. See: lattice spec list")
    return record


def _documents(ctx: Context, records: Sequence[SpecRecord]) -> dict[str, HeadRecord]:
    return ctx.tables.documents.in_head(
        ctx.project.id, [record.document_id for record in records if record.document_id]
    )


def _spec(
    record: SpecRecord, documents: dict[str, HeadRecord], governs: Sequence[str], findings: tuple[Finding, ...]
) -> Spec:
    document = documents.get(record.document_id or "")
    return Spec(
        id=record.id,
        name=record.name,
        type=record.type,
        version=record.version,
        description=record.description,
        path=document.path if document else None,
        document_id=record.document_id,
        has_schema=record.has_schema,
        depends_on=tuple(record.depends_on),
        requirements=record.requirements,
        governs=tuple(governs),
        findings=findings,
    )
