"""Mutations: proposing, changing, withdrawing and reading them."""

from collections.abc import Mapping, Sequence
from typing import Any

from lattice_console.contract import permissions
from lattice_console.contract.errors import NotFound, RuleBroken, ValidationFailed
from lattice_console.contract.events import EventName
from lattice_console.contract.models.mutation import (
    ChangeInput,
    Mutation,
    MutationSummary,
    Patchset,
    Status,
)
from lattice_console.contract.models.page import Direction, Page
from lattice_console.contract.models.query import MutationFilter, Sort
from lattice_console.engine.features import (
    detecting,
    hooking,
    judging,
    paging,
    policing,
    proposals,
    stacks,
    stored,
    versioned,
    views,
)
from lattice_console.engine.features import policy as policies
from lattice_console.engine.features.context import Context, new_id
from lattice_console.engine.features.registry import Whose, reads, writes
from lattice_console.engine.records import Asker, ChangeRecord, MutationRecord, ReviewRecord, SpecRecord, Window
from lattice_console.engine.rules import actions, life

DEPLOYMENT = "deployment"
"""The spec of records without files that need not exist beforehand."""


@reads("mutations.list", may_lag=True)
def listing(
    ctx: Context,
    *,
    filter: MutationFilter,
    sort: Sort,
    cursor: str | None,
    direction: Direction,
    offset: int,
    limit: int,
) -> Page[MutationSummary]:
    window = Window(
        paging.key(cursor, sort, *_KEYS.get(sort.removeprefix("-"), (str, int))), direction, offset, limit + 1
    )
    found, total = ctx.tables.mutations.page(ctx.project.id, filter, _asker(ctx, filter), sort, window)
    listed, more = paging.trim(found, limit, direction)
    return Page(
        items=views.summaries(ctx, [one.mutation for one in listed]),
        next_cursor=paging.cursor(sort, *listed[-1].key) if listed else None,
        prev_cursor=paging.cursor(sort, *listed[0].key) if listed else None,
        has_more=more,
        total=total,
    )


_KEYS: Mapping[str, tuple[type, ...]] = {
    "stack": (int, int, int),
    "number": (int,),
    "votes": (int, int),
    "comments": (int, int),
}
"""The kinds of the values in a key, by the order; of all others a text and a number."""


_PERSONAL = {"mine", "awaiting", "changed", "reviewed"}
"""The conditions that are about the actor."""


def _whose(filter: MutationFilter) -> Whose:
    """Who gets the same counts: ages go on by themselves, and some conditions are about the actor."""
    within = [_whose(inner) for inner in (*filter.all, *filter.either, *filter.without)]
    if "nobody" in within or filter.min_age is not None or filter.max_age is not None:
        return "nobody"
    personal = "me" in filter.author or not _PERSONAL.isdisjoint(filter.condition)
    return "actor" if personal or "actor" in within else "everybody"


@reads("mutations.counts", whose=_whose, may_lag=True)
def counts(ctx: Context, *, filter: MutationFilter) -> dict[Status, int]:
    return ctx.tables.mutations.counts(ctx.project.id, filter, _asker(ctx, filter))


@reads("mutations.get")
def get(ctx: Context, *, mutation: str) -> Mutation:
    return views.mutation(ctx, views.find(ctx, mutation))


@reads("mutations.patchset")
def patchset(ctx: Context, *, mutation: str, number: int) -> Patchset:
    record = views.find(ctx, mutation)
    found = ctx.tables.mutations.patchset(record.id, number)
    if found is None:
        raise NotFound("NF_PATCHSET", f"M-{record.number} has {record.patchset} patchsets, no {number}.")
    return views.patchset(ctx, found)


@writes("mutations.create", asks=hooking.before("proposing", hooking.about_new), foresees=versioned.foresee_new)
def create(
    ctx: Context,
    *,
    title: str,
    description: str,
    spec: str | None,
    type: str,
    labels: Sequence[str],
    metadata: Mapping[str, Any],
    changes: Sequence[ChangeInput],
    parents: Sequence[str],
    draft: bool,
    expected_version: int | None,
) -> Mutation:
    ctx.expect(expected_version, ctx.project.version, ctx.project.name)
    _check_subject(changes, spec)
    proposal = proposals.resolve(ctx, changes, proposals.resolve_parents(ctx, parents))
    number = ctx.tables.projects.next_number(ctx.project.id)
    stack, level = stacks.place(ctx, number, (parent.mutation_id for parent in proposal.parents))
    record = MutationRecord(
        id=new_id(),
        number=number,
        title=title,
        description=description,
        author_id=ctx.me.id,
        spec_name=_spec_for(ctx, spec, has_changes=bool(changes)),
        type=type,
        labels=list(dict.fromkeys(labels)),
        metadata=dict(metadata),
        status="draft" if draft else "pending",
        version=1,
        patchset=1,
        approvals=0,
        objections=0,
        comments=0,
        threads=0,
        unanswered=0,
        conflicts=0,
        turn="author" if draft else "reviewers",
        stack=stack,
        level=level,
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    begin(ctx, record, proposal)
    stored.newborn(ctx, record)
    record = _with_versions(ctx, detecting.propose(ctx, record))
    policing.check(ctx, record)
    return views.mutation(ctx, *judging.judge(ctx, [record]))


def _check_subject(changes: Sequence[ChangeInput], spec: str | None) -> None:
    if not changes and spec is None:
        raise ValidationFailed(
            "VAL_CHANGES", "A mutation changes files, or is a record on a spec: give files or a spec.", field="changes"
        )


def _spec_for(ctx: Context, name: str | None, *, has_changes: bool) -> str | None:
    """The spec a mutation is about, which may be one that it creates; a record needs one, `deployment` is made."""
    if name is None or has_changes or ctx.tables.specs.by_name(ctx.project.id, name) is not None:
        return name
    if name != DEPLOYMENT:
        raise NotFound("NF_SPEC", f"There is no spec {name[:200]} to record this on. See: lattice spec list")
    made = SpecRecord(
        id=new_id(),
        name=name,
        type="generic",
        version=None,
        description="Records of deployments.",
        document_id=None,
        has_schema=False,
        depends_on=(),
        requirements=0,
    )
    ctx.tables.specs.put(ctx.project.id, [made])
    ctx.record("spec.updated", made.id, name=name)
    ctx.announce("spec.updated", made.id, ctx.project.version, name=name)
    return name


def begin(ctx: Context, record: MutationRecord, proposal: proposals.Proposal) -> None:
    """Store a new mutation with its first patchset, and say so."""
    ctx.tables.mutations.create(ctx.project.id, record)
    first = proposals.store(ctx, proposal, record.id, 1, author_id=record.author_id, message="")
    ctx.record(
        "mutation.created",
        record.id,
        number=record.number,
        title=record.title,
        status=record.status,
        patchset_hash=first.hash,
    )
    ctx.announce("mutation.created", record.id, 1, number=record.number, status=record.status)


@writes("mutations.update", asks=hooking.before("updating", hooking.about_changed), foresees=versioned.foresee_changed)
def update(
    ctx: Context,
    *,
    mutation: str,
    title: str | None,
    description: str | None,
    labels: Sequence[str] | None,
    metadata: Mapping[str, Any] | None,
    changes: Sequence[ChangeInput] | None,
    parents: Sequence[str] | None,
    message: str,
    expected_version: int | None,
) -> Mutation:
    record = changeable(ctx, mutation, expected_version)
    columns: dict[str, Any] = {}
    if title is not None:
        columns["title"] = title
    if description is not None:
        columns["description"] = description
    if labels is not None:
        columns["labels"] = list(dict.fromkeys(labels))
    if metadata is not None:
        columns["metadata"] = {**record.metadata, **metadata}
    if changes is not None or parents is not None:
        columns |= _next_patchset(ctx, record, changes, parents, message)
    if not columns:
        raise ValidationFailed("VAL_UPDATE", "There is nothing to update: give a field, files or parents.")
    updated = _write(ctx, record, columns, message)
    if changes is not None:
        updated = _with_versions(ctx, updated)
    policing.check(ctx, updated)
    return views.mutation(ctx, *judging.judge(ctx, [updated]))


def _with_versions(ctx: Context, record: MutationRecord) -> MutationRecord:
    """The mutation, with a patchset more where the policy has versions written and the author left them alone.

    What the author sent stays the patchset before: bytes that are known may be replaced in a folder. A draft is written
    into when it is handed in.
    """
    if record.status == "draft" or not policies.in_force(ctx).versions.auto_version:
        return record
    changes = stored.of(ctx, record).changes
    written = versioned.written(ctx, changes)
    if written is None:
        return record
    inputs = [
        one.model_copy(update={"content": written.contents.get(one.new_path or one.file_path, one.content)})
        for one in same_changes(ctx, changes)
    ]
    return _write(ctx, record, _next_patchset(ctx, record, inputs, None, written.message), written.message)


def changeable(ctx: Context, mutation: str, expected_version: int | None) -> MutationRecord:
    """The mutation, where the actor can change it; raises NotAllowed, RuleBroken or Conflict."""
    record = _own(ctx, mutation, expected_version)
    if refused := actions.refuse_update(record.status):
        raise RuleBroken("BR_STATUS", f"M-{record.number}: {refused}.", status=record.status)
    return record


def _write(ctx: Context, record: MutationRecord, columns: Mapping[str, Any], message: str) -> MutationRecord:
    """Change columns of a mutation, and say so; `message` is that of a new patchset."""
    updated = stored.change(ctx, record, **columns)
    if (updated.stack, updated.level) != (record.stack, record.level):
        stacks.settle(ctx, updated)
    if updated.patchset != record.patchset:
        updated = detecting.update(ctx, updated)
    fields = sorted(columns.keys() - {"stack", "level"})
    data: dict[str, Any] = {"number": record.number, "fields": fields, "patchset": updated.patchset}
    ctx.record("mutation.updated", record.id, **data)
    told = {"text": message[:500]} if message and updated.patchset != record.patchset else {}
    ctx.announce("mutation.updated", record.id, updated.version, **data, **told, status=updated.status)
    return updated


def _next_patchset(
    ctx: Context,
    record: MutationRecord,
    changes: Sequence[ChangeInput] | None,
    parents: Sequence[str] | None,
    message: str,
) -> dict[str, Any]:
    """Make a new patchset of what is given; returns the columns that it changes."""
    current = stored.of(ctx, record)
    if parents is None:
        parents = [parent.mutation_id for parent in current.parents]
    inputs = changes if changes is not None else same_changes(ctx, current.changes)
    _check_subject(inputs, record.spec_name)
    proposal = proposals.resolve(ctx, inputs, proposals.resolve_parents(ctx, parents, record))
    if proposal.hash == current.patchset.hash:
        message = (
            f"M-{record.number} is that already: the patchset would be the same. Without files the rest can change."
        )
        raise ValidationFailed("VAL_UPDATE", message)
    return _added(ctx, record, proposal, message, ctx.me.id)


def _added(
    ctx: Context, record: MutationRecord, proposal: proposals.Proposal, message: str, author_id: str
) -> dict[str, Any]:
    """Store a proposal as the next patchset; returns the columns that it changes.

    Votes stand only over a clean rebase.
    """
    current = stored.of(ctx, record)
    number = record.patchset + 1
    added = proposals.store(ctx, proposal, record.id, number, author_id=author_id, message=message)
    if added.diff_hash != current.patchset.diff_hash:
        standing = judging.standing_votes(stored.votes(ctx, [record])[record.id])
        stored.settle(ctx, record, standing, "outdated")
    stack, level = stacks.place(ctx, record.number, (parent.mutation_id for parent in proposal.parents))
    return {"patchset": number, "stack": stack, "level": level}


def same_changes(ctx: Context, changes: Sequence[ChangeRecord], *, on_their_bases: bool = False) -> list[ChangeInput]:
    """Stored changes as they could be sent again: on what is there now, or only on the bases that they were made on."""
    contents = ctx.tables.documents.blobs({change.result_hash for change in changes if change.result_hash})
    return [
        ChangeInput(
            operation_type=change.operation,
            file_path=change.path,
            new_path=change.new_path,
            content=contents[change.result_hash] if change.result_hash else None,
            base_hash=change.base_hash if on_their_bases else None,
        )
        for change in changes
    ]


def renew(
    ctx: Context, mutation: str, changes: Sequence[ChangeInput], message: str, expected_version: int | None
) -> MutationRecord:
    """A new patchset of those changes, by the actor, who may change the mutation; refuses as `update` does."""
    record = changeable(ctx, mutation, expected_version)
    return _write(ctx, record, _next_patchset(ctx, record, changes, None, message), message)


def bring(
    ctx: Context, record: MutationRecord, proposal: proposals.Proposal, message: str, author_id: str
) -> MutationRecord:
    """Make a proposal, whose author that is, the next patchset of a mutation that the actor may change."""
    return _write(ctx, record, _added(ctx, record, proposal, message, author_id), message)


@writes(
    "mutations.submit",
    asks=hooking.before("proposing", hooking.about_draft),
    foresees=versioned.foresee_submitted,
)
def submit(ctx: Context, *, mutation: str, expected_version: int | None) -> Mutation:
    return _turn(ctx, mutation, "submit", "mutation.submitted", "", expected_version)


@writes("mutations.cancel")
def cancel(ctx: Context, *, mutation: str, reason: str, expected_version: int | None) -> Mutation:
    return _turn(ctx, mutation, "cancel", "mutation.cancelled", reason, expected_version)


@writes("mutations.reopen")
def reopen(ctx: Context, *, mutation: str, reason: str, expected_version: int | None) -> Mutation:
    record = views.find(ctx, mutation)
    rejecting = [
        vote for vote in judging.standing_votes(stored.votes(ctx, [record])[record.id]) if vote.vote == "reject"
    ]
    return _turn(ctx, mutation, "reopen", "mutation.reopened", reason, expected_version, rejecting)


def _turn(
    ctx: Context,
    mutation: str,
    happening: life.Happening,
    event: EventName,
    reason: str,
    expected_version: int | None,
    outdated: Sequence[ReviewRecord] = (),
) -> Mutation:
    """One step of the life that somebody decided; what follows from the votes is judged at once."""
    record = _own(ctx, mutation, expected_version)
    status = life.follow(record.status, happening)
    stored.settle(ctx, record, outdated, "outdated")
    turned = detecting.turn(ctx, record, stored.change(ctx, record, status=status))
    if happening == "submit":
        turned = _with_versions(ctx, turned)
        policing.check(ctx, turned)
    ctx.record(event, record.id, number=record.number, before=record.status, status=status, reason=reason)
    ctx.announce(event, record.id, turned.version, number=record.number, status=status, reason=reason[:500])
    return views.mutation(ctx, *judging.judge(ctx, [turned]))


def _own(ctx: Context, mutation: str, expected_version: int | None) -> MutationRecord:
    """The mutation, where the actor may change it and saw its version."""
    record = views.find(ctx, mutation)
    if record.author_id != ctx.me.id:
        ctx.need(permissions.OTHERS)
    expect_version(ctx, record, expected_version)
    return record


def expect_version(ctx: Context, record: MutationRecord, expected: int | None) -> None:
    """Raise Conflict (`CF_VERSION`), saying what happened since, where the caller saw another version."""

    def since() -> str:
        events = ctx.tables.events.of_subject(ctx.project.id, record.id)
        told = [event for event in events if expected is not None and event.version > expected]
        return ", ".join(f"{event.name} by {ctx.person(event.actor_id).handle}" for event in told[-3:])

    ctx.expect(expected, record.version, f"M-{record.number}", since)


def _asker(ctx: Context, narrowed: MutationFilter) -> Asker:
    """The actor, with the users whom the filter names, however deep within."""
    return views.asker(ctx, _authors(narrowed))


def _authors(narrowed: MutationFilter) -> set[str]:
    within = (_authors(one) for one in (*narrowed.all, *narrowed.either, *narrowed.without))
    return set(narrowed.author).union(*within)
