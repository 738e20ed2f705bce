"""Executing approved mutations, and rolling completed ones back."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from lattice_console.contract.errors import Blocked, Conflict, LatticeError, NotFound, RuleBroken, SystemFailure
from lattice_console.contract.models.mutation import DryRun, Execution, FilePreview, Mutation
from lattice_console.contract.models.requirement import Requirement
from lattice_console.engine.features import applying, detecting, hooking, judging, stacks, stored, undoing, views
from lattice_console.engine.features.context import Context, new_id
from lattice_console.engine.features.mutations import expect_version
from lattice_console.engine.features.registry import Steps, flows, reads, writes
from lattice_console.engine.records import ChangeRecord, ExecutionRecord, HeadMove, MutationRecord, SnapshotRecord
from lattice_console.engine.rules import hashes, life

_STALE = "base_current"


@reads("executions.list", may_lag=True)
def listing(ctx: Context, *, mutation: str) -> tuple[Execution, ...]:
    record = views.find(ctx, mutation)
    return tuple(views.execution(ctx, record, one) for one in ctx.tables.executions.of(record.id))


@reads("executions.dry_run")
def dry_run(ctx: Context, *, mutation: str) -> DryRun:
    record = views.find(ctx, mutation)
    blockers = _blockers(ctx, record)
    return DryRun(
        mutation_id=record.id,
        number=record.number,
        version=record.version,
        would_execute=not blockers,
        files=tuple(
            FilePreview(
                change_id=change.id,
                operation_type=change.operation,
                file_path=change.path,
                new_path=change.new_path,
                before=change.base_hash,
                after=change.result_hash,
            )
            for change in stored.of(ctx, record).changes
        ),
        blockers=tuple(blockers),
    )


def _blockers(ctx: Context, record: MutationRecord) -> list[Requirement]:
    """Everything that stands in the way of claiming the mutation now."""
    found = [one for one in judging.all_requirements(ctx, record) if one.blocks]
    if life.becomes(record.status, "claim") is None and not (record.status == "pending" and found):
        reason = life.refusal(record.status, "claim")
        found.insert(0, Requirement(name="status", kind="execution", state="unsatisfied", reason=reason))
    return found


def refuse_blocked(record: MutationRecord, blockers: Sequence[Requirement]) -> None:
    """Raise Blocked, or Conflict where a base is stale, with every blocker; nothing where there is none."""
    if not blockers:
        return
    told = " ".join(f"{blocker.name.replace('_', ' ')}: {blocker.reason}" for blocker in blockers)
    message = f"Not executed: M-{record.number} is held back by {len(blockers)}: {told}"
    listed = [{"name": one.name, "state": one.state, "reason": one.reason} for one in blockers]
    if any(blocker.name == _STALE for blocker in blockers):
        raise Conflict("CF_STALE_BASE", message, blockers=listed, mutation=record.id)
    raise Blocked("BR_BLOCKED", message, blockers=listed, mutation=record.id)


@flows("executions.execute")
async def execute(steps: Steps, *, mutation: str, expected_version: int | None) -> Execution:
    """Claim, then apply: two transactions, so that others see the claim; what fails in the second is recorded.

    Hooks are asked between the two. What is claimed comes to an end also where the caller gives it up: it is applied,
    or has failed, and hooks are left in peace.
    """
    given_up: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    try:
        return await steps.carry_on(_executed(steps, mutation, expected_version, given_up))
    except asyncio.CancelledError:
        given_up.cancel()
        raise


async def _executed(
    steps: Steps, mutation: str, expected_version: int | None, given_up: asyncio.Future[None]
) -> Execution:
    claimed: list[str] = []

    def first(ctx: Context) -> str:
        return claim(ctx, mutation, expected_version)

    def then(ctx: Context, execution_id: str) -> Execution:
        claimed.append(execution_id)
        return apply(ctx, execution_id)

    try:
        if not steps.hooks("pre-mutation"):
            return await steps.write_both(first, then, final=True)
        claimed.append(await steps.write(first))
        answers = await _answers(steps, claimed[0], given_up)
        return await steps.write(lambda ctx: apply(ctx, claimed[0], answers), final=True)
    except LatticeError as error:
        if not claimed:
            raise
        problem = error
    return await steps.write(lambda ctx: fail(ctx, claimed[0], problem), final=True)


async def _answers(steps: Steps, execution_id: str, given_up: asyncio.Future[None]) -> hooking.Answers:
    """What hooks say of a claimed execution; raises what `hooking.ask` does, and SystemFailure where it is given up."""

    def about(ctx: Context) -> hooking.Question:
        _, record = _claimed(ctx, execution_id)
        return hooking.about(ctx, record)

    asking = asyncio.ensure_future(hooking.ask(steps, "executing", about))
    given_up.add_done_callback(lambda _: asking.cancel())
    try:
        return await asking
    except asyncio.CancelledError:
        raise SystemFailure("SYS_INTERRUPTED", "It was interrupted while the project's hooks were asked.") from None


def claim(ctx: Context, mutation: str, expected_version: int | None) -> str:
    """Take an approved mutation for execution; returns the execution's id. Raises what `refuse_blocked` does."""
    recover_expired(ctx)
    record = views.find(ctx, mutation)
    expect_version(ctx, record, expected_version)
    [record] = judging.judge(ctx, [record])
    refuse_blocked(record, _blockers(ctx, record))
    status = life.follow(record.status, "claim")
    execution = ExecutionRecord(
        id=new_id(),
        mutation_id=record.id,
        patchset=record.patchset,
        status="in_progress",
        owner=new_id(),
        lease_until=ctx.now + _lease(ctx),
        actor_id=ctx.me.id,
        started_at=ctx.after(record.updated_at),
        finished_at=None,
        seconds=None,
        sequence=None,
        errors=[],
        rolled_back_at=None,
    )
    ctx.tables.executions.add(execution)
    claimed = stored.change(ctx, record, status=status)
    ctx.record("mutation.claimed", record.id, number=record.number, execution=execution.id)
    ctx.announce("mutation.updated", record.id, claimed.version, number=record.number, status=status)
    return execution.id


def apply(ctx: Context, execution_id: str, answers: hooking.Answers = hooking.NO_ANSWERS) -> Execution:
    """Apply a claimed execution to the head, everything judged anew, with what its hooks add to the mutation."""
    execution, record = _claimed(ctx, execution_id)
    record = hooking.apply(ctx, record, answers)
    blockers = [one for one in judging.all_requirements(ctx, record) if one.blocks]
    refuse_blocked(record, blockers)
    return complete(ctx, record, execution)


def complete(ctx: Context, record: MutationRecord, execution: ExecutionRecord) -> Execution:
    """Move the head as the patchset says, keep the snapshot, and end the execution as completed."""
    current = stored.of(ctx, record)
    changes = current.changes
    _check_bytes(ctx, {change.result_hash for change in changes if change.result_hash})
    moves, snapshot = _moves(ctx, changes)
    ctx.tables.executions.keep_snapshot(execution.id, snapshot)
    status = life.follow(record.status, "apply")
    done = stored.change(ctx, record, status=status)
    detecting.apply(ctx, record)
    sequence = applying.advance(ctx, moves, record.id)
    seconds = max(0.0, (ctx.now - execution.started_at).total_seconds())
    ended: dict[str, Any] = {"status": "completed", "finished_at": ctx.now, "seconds": seconds, "sequence": sequence}
    ctx.tables.executions.update(execution.id, **ended)
    stacks.settle(ctx, done)
    ctx.record(
        "mutation.executed",
        record.id,
        number=record.number,
        execution=execution.id,
        patchset_hash=current.patchset.hash,
        sequence=sequence,
        policy_version=ctx.project.policy_version,
    )
    ctx.announce("mutation.executed", record.id, done.version, number=record.number, status=status, sequence=sequence)
    return views.execution(ctx, done, execution._replace(**ended))


def fail(ctx: Context, execution_id: str, problem: LatticeError) -> Execution:
    """End a claimed execution as failed, with nothing applied; one that was applied all the same is what it is."""
    standing = ctx.tables.executions.get(execution_id)
    if standing is not None and standing.status == "completed":
        # The problem was to hear of it.
        return views.execution(ctx, ctx.tables.mutations.many([standing.mutation_id])[standing.mutation_id], standing)
    execution, record = _claimed(ctx, execution_id)
    error = {"change_id": problem.details.get("change_id"), "error": problem.message}
    ctx.tables.executions.update(
        execution.id,
        status="failed",
        finished_at=ctx.now,
        seconds=max(0.0, (ctx.now - execution.started_at).total_seconds()),
        errors=[error],
    )
    status = life.follow(record.status, "fail")
    failed = stored.change(ctx, record, status=status)
    ctx.record("mutation.failed", record.id, number=record.number, execution=execution.id, code=problem.code)
    ctx.announce(
        "mutation.failed",
        record.id,
        failed.version,
        number=record.number,
        status=status,
        error=problem.message[:500],
    )
    return _view(ctx, record, execution.id)


def _claimed(ctx: Context, execution_id: str) -> tuple[ExecutionRecord, MutationRecord]:
    execution = ctx.tables.executions.get(execution_id)
    if execution is None or execution.status != "in_progress":
        raise Conflict("CF_CLAIM", "Not executed: the claim had expired and was given back. Execute it again.")
    return execution, ctx.tables.mutations.many([execution.mutation_id])[execution.mutation_id]


def _check_bytes(ctx: Context, wanted: set[str]) -> None:
    """Raise NotFound unless the store holds those bytes, whole."""
    held = stored.blobs(ctx, wanted)
    for hash in wanted:
        if hash not in held or hashes.digest(held[hash]) != hash:
            raise NotFound("NF_BYTES", f"The bytes {hash[:12]}… are lost or damaged in the store: restore a backup.")


def _moves(ctx: Context, changes: Sequence[ChangeRecord]) -> tuple[list[HeadMove], list[SnapshotRecord]]:
    """The head's moves for a patchset, and the snapshot of where those documents stand now."""
    head = stored.at_paths(ctx, [change.path for change in changes])
    moves, snapshot = [], []
    for change in changes:
        before = None if change.operation == "create" else head[change.path]
        document_id = before.document_id if before else new_id()
        gone = change.operation == "delete"
        moves.append(HeadMove(document_id, change.operation, None if gone else change.result_path, change.result_hash))
        snapshot.append(SnapshotRecord(document_id, before.path if before else None, before.hash if before else None))
    return moves, snapshot


@writes("executions.retry")
def retry(ctx: Context, *, mutation: str, expected_version: int | None) -> Mutation:
    record = views.find(ctx, mutation)
    expect_version(ctx, record, expected_version)
    status = life.follow(record.status, "retry")
    turned = stored.change(ctx, record, status=status)
    ctx.record("mutation.reopened", record.id, number=record.number, before=record.status, status=status)
    ctx.announce("mutation.reopened", record.id, turned.version, number=record.number, status=status)
    return views.mutation(ctx, *judging.judge(ctx, [turned]))


@writes("executions.rollback")
def rollback(ctx: Context, *, mutation: str, reason: str, expected_version: int | None) -> Execution:
    record = views.find(ctx, mutation)
    expect_version(ctx, record, expected_version)
    life.follow(record.status, "roll_back")
    execution = ctx.tables.executions.of(record.id)[0]
    snapshot = ctx.tables.executions.snapshot(execution.id)
    _refuse_built_upon(ctx, record, execution)
    try:
        _check_bytes(ctx, {entry.hash for entry in snapshot if entry.hash})
    except NotFound as problem:
        return _settle(ctx, record, execution, "rollback_breaks", reason, problem.message)
    moves = [HeadMove(entry.document_id, "rollback", entry.path, entry.hash) for entry in snapshot]
    applying.advance(ctx, moves, record.id)
    return _settle(ctx, record, execution, "roll_back", reason)


@writes("executions.finish_rollback")
def finish_rollback(ctx: Context, *, mutation: str, reason: str, expected_version: int | None) -> Execution:
    record = views.find(ctx, mutation)
    expect_version(ctx, record, expected_version)
    life.follow(record.status, "finish_rollback")
    execution = ctx.tables.executions.of(record.id)[0]
    return _settle(ctx, record, execution, "finish_rollback", reason)


def _refuse_built_upon(ctx: Context, record: MutationRecord, execution: ExecutionRecord) -> None:
    """Raise RuleBroken (`BR_BUILT_UPON`) where a later step touched the same documents or took their places."""
    reasons = undoing.built_upon(ctx, record, execution)
    if reasons:
        raise RuleBroken(
            "BR_BUILT_UPON",
            f"Not rolled back: {'; '.join(reasons)}. Roll back what came later first.",
            reasons=reasons,
            mutation=record.id,
        )


def _settle(
    ctx: Context,
    record: MutationRecord,
    execution: ExecutionRecord,
    happening: life.Happening,
    reason: str,
    problem: str = "",
) -> Execution:
    """End a rollback one way or the other."""
    status = life.follow(record.status, happening)
    columns: dict[str, Any] = {"status": status}
    if problem:
        columns["errors"] = [{"change_id": None, "error": problem}]
    else:
        columns["rolled_back_at"] = ctx.now
    ctx.tables.executions.update(execution.id, **columns)
    settled = stored.change(ctx, record, status=status)
    ctx.record(
        "mutation.failed" if problem else "mutation.rolled_back",
        record.id,
        number=record.number,
        execution=execution.id,
        reason=reason,
        by_hand=happening == "finish_rollback",
    )
    ctx.announce(
        "mutation.failed" if problem else "mutation.rolled_back",
        record.id,
        settled.version,
        number=record.number,
        status=status,
        reason=(problem or reason)[:500],
    )
    return _view(ctx, record, execution.id)


@writes("executions.recover")
def recover(ctx: Context) -> int:
    detecting.prepare(ctx)
    return recover_expired(ctx)


def _lease(ctx: Context) -> timedelta:
    # What its hooks may take is no part of the time in which it has to be applied.
    return timedelta(seconds=ctx.around.limits.lease + ctx.hook_seconds)


def recover_expired(ctx: Context) -> int:
    """Give claims whose lease has run out back to `approved`; returns how many.

    A claim that would hold for much longer than any does was made before the clock was set back.
    """
    expired = ctx.tables.executions.expired(ctx.project.id, ctx.now, ctx.now + 2 * _lease(ctx))
    for execution in expired:
        record = ctx.tables.mutations.many([execution.mutation_id])[execution.mutation_id]
        status = life.follow(record.status, "claim_expires")
        error = {"change_id": None, "error": "The claim expired before anything was applied."}
        ctx.tables.executions.update(execution.id, status="failed", finished_at=ctx.now, errors=[error])
        freed = stored.change(ctx, record, status=status)
        ctx.record("mutation.claim_expired", record.id, number=record.number, execution=execution.id)
        ctx.announce("mutation.updated", record.id, freed.version, number=record.number, status=status)
        judging.judge(ctx, [freed])
    return len(expired)


def _view(ctx: Context, record: MutationRecord, execution_id: str) -> Execution:
    execution = ctx.tables.executions.get(execution_id)
    if execution is None:
        raise NotFound("NF_EXECUTION", "There is no such execution.")
    return views.execution(ctx, record, execution)
