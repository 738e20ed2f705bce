"""Checking all of a project: every document of the head, a page at a time, outside of any transaction."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lattice_console.contract.models.document import CheckedDocument
from lattice_console.contract.models.page import Page
from lattice_console.contract.models.spec import Finding
from lattice_console.engine.features import paging, specs, suppressing
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import Steps, flows
from lattice_console.engine.records import HeadRecord, Window
from lattice_console.engine.rules import policy, secrets, suppressions, syntax
from lattice_console.engine.rules import specs as rules
from lattice_console.engine.rules.suppressions import Suppressed

_BYTES = 20_000_000
"""Bytes of documents from which on a page is full: they are in memory together."""


@dataclass(frozen=True, slots=True)
class _Portion:
    """Some documents of the head, and what of the rest of the project decides about them."""

    documents: Sequence[HeadRecord]
    contents: Mapping[str, bytes]
    across: Mapping[str, Sequence[Finding]]
    suppressed: Sequence[Suppressed]
    today: date
    more: bool
    total: int


@flows("documents.validate")
async def validate(steps: Steps, *, cursor: str | None, limit: int) -> Page[CheckedDocument]:
    """Read a page, then judge it in another thread: no transaction is open, and nobody waits."""
    found = await steps.read(lambda ctx: _portion(ctx, cursor, limit))
    items = await asyncio.to_thread(_judged, found)
    return Page(
        items=items,
        next_cursor=paging.cursor("path", found.documents[-1].path) if found.more else None,
        has_more=found.more,
        total=found.total,
    )


def _portion(ctx: Context, cursor: str | None, limit: int) -> _Portion:
    window = Window(paging.key(cursor, "path", str), "next", 0, limit + 1)
    rows, total = ctx.tables.documents.page(ctx.project.id, "", window)
    documents, more = paging.trim(rows, limit, "next")
    size = 0
    for count, document in enumerate(documents):
        size += document.size
        if size > _BYTES and count:
            documents, more = documents[:count], True
            break
    readable = [document.hash for document in documents if syntax.kind_of(document.path) != "other"]
    across: dict[str, list[Finding]] = {}
    for finding in specs.across(ctx, documents):
        across.setdefault(finding.path, []).append(finding)
    return _Portion(
        documents=documents,
        contents=ctx.tables.documents.blobs(readable),
        across=across,
        suppressed=suppressing.known(ctx),
        today=ctx.now.date(),
        more=more,
        total=total,
    )


def _judged(portion: _Portion) -> tuple[CheckedDocument, ...]:
    checked = []
    for document in portion.documents:
        content = portion.contents.get(document.hash)
        own = _about(document.path, content, portion.today) if content is not None else ()
        findings = [*own, *portion.across.get(document.path, ())]
        told = suppressions.applied(findings, portion.suppressed, portion.today)
        checked.append(CheckedDocument(path=document.path, findings=told))
    return tuple(checked)


def _about(path: str, content: bytes, today: date) -> list[Finding]:
    """All that is wrong with one document by itself."""
    parsed = syntax.parse(path, content)
    reading = rules.read(path, content, parsed)
    found = list(reading.findings) if reading is not None else [parsed.problem] if parsed.problem else []
    if policy.is_policy(path):
        errors = policy.read({path: content}).errors
        told = {one.message for one in found}
        found += [
            Finding(path=path, rule="policy", severity="error", message=error)
            for error in errors
            if not any(one in error for one in told)
        ]
    found += secrets.check(path, content)
    return [*found, *(suppressions.check(content, today) if path == suppressions.FILE else ())]
