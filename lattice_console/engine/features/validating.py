"""Checking all of a project: every document of the head, a page at a time, outside of any transaction."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

from lattice_console.contract.models.document import CheckedDocument
from lattice_console.contract.models.page import Page
from lattice_console.contract.models.spec import Finding
from lattice_console.engine.features import across, paging, suppressing
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import Steps, flows
from lattice_console.engine.records import HeadRecord, Window
from lattice_console.engine.rules import crossing, policy, secrets, specs, suppressions, syntax
from lattice_console.engine.rules.crossing import Around
from lattice_console.engine.rules.suppressions import Suppressed

_BYTES = 20_000_000
"""Bytes of documents that are judged, and in memory, together."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Some documents of the head with their bytes, and what of the rest of the project decides about them."""

    documents: Sequence[HeadRecord]
    contents: Mapping[str, bytes]
    around: Mapping[str, Around]
    suppressed: Sequence[Suppressed]
    today: date


@flows("documents.validate")
async def validate(steps: Steps, *, cursor: str | None, limit: int) -> Page[CheckedDocument]:
    """Read a page, then judge it in another thread: no transaction is open, and nobody waits."""
    portion, more, total = await steps.read(lambda ctx: _page(ctx, cursor, limit))
    return Page(
        items=await asyncio.to_thread(judged, portion),
        next_cursor=paging.cursor("path", portion.documents[-1].path) if more else None,
        has_more=more,
        total=total,
    )


def _page(ctx: Context, cursor: str | None, limit: int) -> tuple[Portion, bool, int]:
    window = Window(paging.key(cursor, "path", str), "next", 0, limit + 1)
    rows, total = ctx.tables.documents.page(ctx.project.id, "", window)
    documents = bounded(rows[:limit])
    return gather(ctx, documents), len(documents) < len(rows), total


def bounded(documents: Sequence[HeadRecord]) -> Sequence[HeadRecord]:
    """As many of them, from the first on, as may be in memory together; at least one."""
    sizes = accumulate(document.size for document in documents)
    return documents[: max(1, sum(size <= _BYTES for size in sizes))]


def gather(ctx: Context, documents: Sequence[HeadRecord]) -> Portion:
    """All that it takes to judge some documents of the head."""
    readable = [document.hash for document in documents if syntax.kind_of(document.path) != "other"]
    return Portion(
        documents=documents,
        contents=ctx.tables.documents.blobs(readable),
        around=across.around(ctx, documents),
        suppressed=suppressing.known(ctx),
        today=ctx.now.date(),
    )


def judged(portion: Portion) -> tuple[CheckedDocument, ...]:
    """The documents, each with all that is wrong with it; what is suppressed is marked."""
    checked = []
    for document in portion.documents:
        path, content = document.path, portion.contents.get(document.hash)
        findings: list[Finding] = []
        if content is not None:
            findings += about(path, content, portion.today)
            told = {one.pointer for one in findings if one.rule == "openapi_reference"}
            if path in portion.around:
                beside = crossing.check(path, content, portion.around[path])
                findings += [one for one in beside if one.rule != "broken_reference" or one.pointer not in told]
        marked = suppressions.applied(findings, portion.suppressed, portion.today)
        checked.append(CheckedDocument(path=path, findings=marked))
    return tuple(checked)


def about(path: str, content: bytes, today: date) -> list[Finding]:
    """All that is wrong with one document by itself."""
    parsed = syntax.parse(path, content)
    reading = specs.read(path, content, parsed)
    found = list(reading.findings if reading is not None else specs.unread(path, content, parsed))
    if policy.is_policy(path):
        errors = policy.read({path: content}).errors
        told = {one.message for one in found}
        found += [
            Finding(path=path, rule="policy", severity="error", message=error.removeprefix(f"{path}: "))
            for error in errors
            if not any(one in error for one in told)
        ]
    found += secrets.check(path, content)
    return [*found, *(suppressions.check(content, today) if path == suppressions.FILE else ())]
