"""What happened: events, the timeline of a mutation, the audit log and its proof."""

import hashlib
import json
import time
from collections.abc import Sequence
from datetime import datetime

from lattice_console.contract.errors import NotFound, SystemFailure, ValidationFailed
from lattice_console.contract.events import Event
from lattice_console.contract.models.audit import AuditReport, AuditRow, Checkpoint
from lattice_console.contract.models.mutation import TimelineEntry
from lattice_console.contract.models.page import Page
from lattice_console.contract.nearness import known_are
from lattice_console.engine.features import paging, views
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import Steps, flows, reads
from lattice_console.engine.ports import Audit
from lattice_console.engine.records import GENESIS, AuditRecord, EventRecord


@reads("events.list", may_lag=True)
def listing(
    ctx: Context, *, names: Sequence[str], actor: str | None, subject: str | None, cursor: str | None, limit: int
) -> Page[Event]:
    key = paging.key(cursor, "seq", int)
    by = _user(ctx, actor) if actor else None
    about = _subject(ctx, subject) if subject else None
    found, total = ctx.tables.events.page(ctx.project.id, names, by, about, key[0] if key else None, limit + 1)
    records, more = paging.trim(found, limit, "next")
    ctx.persons(record.actor_id for record in records)
    return Page(
        items=tuple(public_event(ctx, record) for record in records),
        next_cursor=paging.cursor("seq", records[-1].seq) if more else None,
        has_more=more,
        total=total,
    )


def _user(ctx: Context, name: str) -> str:
    user = ctx.user if name == "me" else ctx.tables.people.find(name)
    if user is None:
        ids = [membership.user_id for membership in ctx.tables.people.members(ctx.project.id)]
        known = known_are(name, [one.handle for one in ctx.tables.people.get(ids).values()])
        raise NotFound("NF_USER", f"There is no user {name[:200]}; {known}.")
    return user.id


def _subject(ctx: Context, reference: str) -> str:
    """The id of what a reference means: a mutation's by its number, else what it says."""
    number = reference.upper().removeprefix("M-")
    return views.find(ctx, reference).id if number.isascii() and number.isdigit() else reference


@reads("events.last")
def last(ctx: Context) -> int:
    return ctx.tables.events.last(ctx.project.id)


@flows("events.since")
async def since(steps: Steps, *, seq: int, limit: int, wait: float) -> tuple[Event, ...]:
    """Look, and where there is nothing, look again each time that somebody may have written."""
    deadline = time.monotonic() + wait
    while True:
        mark = steps.mark
        found = await steps.read(lambda ctx: _since(ctx, seq, limit))
        left = deadline - time.monotonic()
        if found or left <= 0:
            return found
        await steps.wait(mark, left)


def _since(ctx: Context, seq: int, limit: int) -> tuple[Event, ...]:
    records = ctx.tables.events.since(ctx.project.id, seq, limit)
    ctx.persons(record.actor_id for record in records)
    return tuple(public_event(ctx, record) for record in records)


def public_event(ctx: Context, record: EventRecord) -> Event:
    """An event as others see it."""
    return Event(
        seq=record.seq,
        id=record.id,
        name=record.name,
        at=record.at,
        actor=ctx.person(record.actor_id),
        subject=record.subject,
        version=record.version,
        data=dict(record.data),
    )


_SUMMARIES = {
    "mutation.created": "proposed it",
    "mutation.updated": "changed it",
    "mutation.submitted": "submitted it for review",
    "mutation.commented": "commented",
    "mutation.approved": "it is approved",
    "mutation.rejected": "rejected it",
    "mutation.conflicted": "it is in conflict with another mutation",
    "mutation.cancelled": "cancelled it",
    "mutation.reopened": "reopened it",
    "mutation.executed": "executed it",
    "mutation.failed": "execution failed",
    "mutation.rolled_back": "rolled it back",
    "mutation.review_requested": "asked for reviews",
    "mutation.hook_failed": "a hook that was told of it failed",
}


@reads("mutations.timeline", may_lag=True)
def timeline(ctx: Context, *, mutation: str) -> tuple[TimelineEntry, ...]:
    record = views.find(ctx, mutation)
    events = ctx.tables.events.of_subject(ctx.project.id, record.id)
    ctx.persons(event.actor_id for event in events)
    return tuple(
        TimelineEntry(
            at=event.at,
            actor=ctx.person(event.actor_id),
            name=event.name,
            summary=_summary(event),
            detail=_detail(event),
        )
        for event in events
    )


def _summary(event: EventRecord) -> str:
    if event.name == "mutation.reviewed":
        vote = event.data.get("vote")
        return f"voted {str(vote).replace('_', ' ')}" if vote else "took the vote back"
    if event.name == "mutation.commented" and "resolved" in event.data:
        return "resolved a thread" if event.data["resolved"] else "opened a thread again"
    if event.name == "mutation.conflicted" and event.data.get("status") == "needs_manual_resolution":
        return "it is in conflict with what stands there"
    if event.name == "mutation.updated" and event.data.get("fields") == ["conflicts"]:
        return "it has fewer conflicts" if event.data.get("conflicts") else "it has no conflict left"
    if event.name == "mutation.updated" and "patchset" in (event.data.get("fields") or ()):
        return f"brought patchset {event.data.get('patchset')}"
    if event.name == "mutation.updated" and "fields" not in event.data:
        return f"it is {str(event.data.get('status')).replace('_', ' ')}"
    return _SUMMARIES.get(event.name, event.name)


def _detail(event: EventRecord) -> str:
    # Of a vote, `comment` is its text; of a remark, its id.
    telling = ("comment",) if event.name == "mutation.reviewed" else ("reason", "text", "error")
    return next((str(event.data[name]) for name in telling if event.data.get(name)), "")


@reads("audit.log", may_lag=True)
def log(ctx: Context, *, cursor: str | None, limit: int) -> Page[AuditRow]:
    key = paging.key(cursor, "sequence", int)
    before = key[0] if key else None
    found, total = ctx.tables.audit.page(ctx.project.id, before, limit + 1)
    records, more = paging.trim(found, limit, "next")
    return Page(
        items=tuple(_row(record) for record in records),
        next_cursor=paging.cursor("sequence", records[-1].sequence) if more else None,
        has_more=more,
        total=total,
    )


def _row(record: AuditRecord) -> AuditRow:
    try:
        told = json.loads(record.text)
        return AuditRow(
            sequence=record.sequence,
            at=datetime.fromisoformat(told["at"]),
            actor=told["actor"],
            action=told["action"],
            subject=told["subject"],
            text=record.text,
            previous=record.previous,
            hash=record.hash,
        )
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise SystemFailure(
            "SYS_AUDIT_DAMAGED",
            f"Row {record.sequence} of the audit log is not what was written. See: lattice audit verify",
            reason=type(error).__name__,
        ) from error


@reads("audit.verify")
def verify(ctx: Context, *, against: Checkpoint | None) -> AuditReport:
    if against is not None and against.project_id != ctx.project.id:
        raise ValidationFailed(
            "VAL_CHECKPOINT",
            f"The checkpoint is of another project ({against.project_id[:100]}): take one of {ctx.project.name}.",
            field="against",
        )
    audit = ctx.tables.audit
    rows, head, problems = verify_chain(audit, ctx.project.id, (against.rows, against.head) if against else None)
    installation_rows, installation_head, more = verify_chain(
        audit, None, (against.installation_rows, against.installation_head) if against else None
    )
    problems += more + strays(audit)
    return AuditReport(
        project_id=ctx.project.id,
        ok=not problems,
        rows=rows,
        head=head,
        installation_rows=installation_rows,
        installation_head=installation_head,
        problems=tuple(problems[:100]),
    )


def verify_chain(audit: Audit, scope: str | None, known: tuple[int, str] | None = None) -> tuple[int, str, list[str]]:
    """Walk a project's chain, or the installation's; returns its length, its last hash, and what does not hold.

    `known` is how long it was at a checkpoint, and its last hash there.
    """
    name = "project" if scope else "installation"
    problems = []
    previous, expected = GENESIS, 1
    for record in audit.chain(scope):
        if not _is_text(record):
            problems.append(f"{name}: row {expected} is damaged")
            expected += 1
            continue
        if record.sequence != expected:
            problems.append(f"{name}: row {expected} is missing")
        if record.previous != previous:
            problems.append(f"{name}: row {record.sequence} does not follow the row before it")
        if hashlib.sha256((record.text + record.previous).encode()).hexdigest() != record.hash:
            problems.append(f"{name}: row {record.sequence} was changed")
        elif not _tells(record):
            problems.append(f"{name}: row {record.sequence} tells another number than its own")
        if known is not None and known[0] == record.sequence and known[1] != record.hash:
            problems.append(f"{name}: row {record.sequence} is another one than at the checkpoint")
        previous, expected = record.hash, record.sequence + 1
    size, head = audit.head(scope)
    if (size, head) != (expected - 1, previous):
        problems.append(f"{name}: the chain ends at row {expected - 1}, but {size} rows were written")
    if known is not None and known[0] >= expected:
        problems.append(f"{name}: the chain ends at row {expected - 1}, but the checkpoint knows {known[0]} rows")
    return expected - 1, previous, problems


def strays(audit: Audit) -> list[str]:
    """What there is to say of rows that belong to no chain: nobody who writes by the rules leaves any."""
    found = audit.strays()
    return [f"installation: the log has rows of no project: {found}"] if found else []


def _is_text(record: AuditRecord) -> bool:
    """Whether a row holds what its columns are for: a damaged file gives anything."""
    return [type(value) for value in record] == [int, str, str, str]


def _tells(record: AuditRecord) -> bool:
    try:
        told = json.loads(record.text)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and told.get("sequence") == record.sequence
