"""Contract models made from what is stored."""

from collections.abc import Iterable, Sequence

from pydantic import JsonValue

from lattice_console.contract import permissions
from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.conflict import Conflict, ConflictPlace
from lattice_console.contract.models.mutation import (
    Change,
    Execution,
    ExecutionError,
    FileModified,
    Mutation,
    MutationSummary,
    Parent,
    Patchset,
    PatchsetResolution,
)
from lattice_console.contract.models.people import Person
from lattice_console.contract.models.requirement import Requirement
from lattice_console.contract.models.review import Attention, Review
from lattice_console.engine.features import policy as policies
from lattice_console.engine.features import stored, undoing
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.judging import all_requirements, standing_votes
from lattice_console.engine.records import (
    Asker,
    ChangeRecord,
    ConflictRecord,
    ExecutionRecord,
    MutationRecord,
    ParentRecord,
    PatchsetRecord,
    ReviewRecord,
)
from lattice_console.engine.rules import actions as action_rules
from lattice_console.engine.rules import attention as attention_rules
from lattice_console.engine.rules import conflicts as conflict_rules
from lattice_console.engine.rules.actions import Standing


def find(ctx: Context, reference: str) -> MutationRecord:
    """The mutation of that id or number (`M-123`, `123`); raises NotFound."""
    number = reference.upper().removeprefix("M-")
    record = (
        ctx.tables.mutations.by_number(ctx.project.id, int(number))
        if number.isascii() and number.isdigit() and len(number) < 12
        else ctx.tables.mutations.by_id(ctx.project.id, reference)
    )
    if record is None:
        raise NotFound("NF_MUTATION", f"There is no mutation {reference[:100]} in {ctx.project.name}.")
    return record


def summaries(ctx: Context, records: Sequence[MutationRecord]) -> tuple[MutationSummary, ...]:
    """Rows of the queue."""
    required = policies.in_force(ctx).review.min_reviewers
    people = ctx.persons(record.author_id for record in records)
    mine = _mine(ctx, records)
    return tuple(
        MutationSummary.model_construct(
            id=record.id,
            number=record.number,
            title=record.title,
            status=record.status,
            author=people[record.author_id],
            spec_id=record.spec_name,
            type=record.type,
            labels=tuple(record.labels),
            patchset=record.patchset,
            approvals=record.approvals,
            approvals_required=required,
            objections=record.objections,
            comments=record.comments,
            threads=record.threads,
            conflicts=record.conflicts,
            stack=record.stack,
            level=record.level,
            turn=record.turn,
            mine=record.id in mine,
            version=record.version,
            created_at=record.created_at,
            updated_at=record.updated_at,
        )
        for record in records
    )


def asker(ctx: Context, names: Iterable[str] = ()) -> Asker:
    """The actor as one who asks for a list, whose filter names those people."""
    found = {name: ctx.user if name == "me" else ctx.tables.people.find(name) for name in names}
    return Asker(
        id=ctx.me.id,
        now=ctx.now,
        may_review="mutations:review" in ctx.permitted,
        may_review_own=policies.in_force(ctx).authors_may_approve,
        people={name: user.id for name, user in found.items() if user is not None},
    )


def _mine(ctx: Context, records: Sequence[MutationRecord]) -> set[str]:
    """The ids of those that wait for the actor: what the condition `awaiting` of a filter means."""
    one = asker(ctx)
    own = {record.id for record in records if record.turn == "author" and record.author_id == one.id}
    votes = [record.id for record in records if record.turn == "reviewers" and one.may_review]
    barred = set() if one.may_review_own else _proposed(ctx, votes)
    return own.union(votes).difference(barred, _cast(ctx, votes))


def _proposed(ctx: Context, ids: Sequence[str]) -> set[str]:
    """Those of the mutations whose current patchset is the actor's."""
    known = {key[1]: one for key, one in ctx.memo.items() if key[0] == "patchset"} if len(ids) == 1 else {}
    unknown = [id for id in ids if id not in known]
    own = {id for id in ids if id in known and known[id].patchset.author_id == ctx.me.id}
    return own | ctx.tables.mutations.proposed_by(ctx.me.id, unknown) if unknown else own


def _cast(ctx: Context, ids: Sequence[str]) -> set[str]:
    """Those of the mutations on which the actor has a vote that counts."""
    known = {id: ctx.memo["votes", id] for id in ids if ("votes", id) in ctx.memo}
    cast = {id for id, votes in known.items() if any(vote.author_id == ctx.me.id for vote in standing_votes(votes))}
    unknown = [id for id in ids if id not in known]
    return cast | ctx.tables.reviews.cast_by(ctx.me.id, unknown) if unknown else cast


def attention(ctx: Context, record: MutationRecord, requirements: Sequence[Requirement]) -> Attention:
    """Whose turn it is, and why."""
    facts = stored.turn_facts(ctx, record)
    people = _people(ctx, record)
    return Attention(
        turn=record.turn,
        people=people,
        reason=attention_rules.reason(facts, requirements),
        mine=any(person.id == ctx.me.id for person in people),
    )


def _people(ctx: Context, record: MutationRecord) -> tuple[Person, ...]:
    """Those whose turn it is."""
    if record.turn in ("author", "nobody"):
        return (ctx.person(record.author_id),) if record.turn == "author" else ()
    needed = "mutations:review" if record.turn == "reviewers" else "mutations:deploy"
    members = ctx.tables.people.members(ctx.project.id)
    able = {one.user_id for one in members if needed in permissions.ROLES.get(one.role, ())}
    if record.turn == "reviewers":
        able -= {vote.author_id for vote in standing_votes(stored.votes(ctx, [record])[record.id])}
        if not policies.in_force(ctx).authors_may_approve:
            able.discard(stored.of(ctx, record).patchset.author_id)
    known = ctx.persons(able)
    return tuple(sorted((known[id] for id in able), key=lambda person: person.handle))


def mutation(ctx: Context, record: MutationRecord) -> Mutation:
    """A mutation whole, as the actor sees it."""
    current = stored.of(ctx, record)
    reviews = stored.votes(ctx, [record])[record.id]
    executions = stored.executions(ctx, record)
    last = execution(ctx, record, executions[0]) if executions else None
    requirements = all_requirements(ctx, record)
    paths = dict.fromkeys(path for change in current.changes for path in (change.path, change.new_path) if path)
    return Mutation.model_construct(
        **dict(summaries(ctx, [record])[0]),
        project_id=ctx.project.id,
        description=record.description,
        metadata=dict(record.metadata) | _result(last) | _to_decide(ctx, record),
        changes=tuple(change_model(change) for change in current.changes),
        files_modified=tuple(FileModified(path=path) for path in paths),
        patchset_hash=current.patchset.hash,
        patchsets=record.patchset,
        parents=parents(ctx, current.parents),
        children=tuple(child.number for child in stored.children(ctx, record)),
        reviewers=_reviewers(ctx, record),
        reviews=tuple(review(ctx, one) for one in reviews),
        requirements=requirements,
        actions=action_rules.actions(
            record.status,
            standing(ctx, record),
            policies.in_force(ctx).authors_may_approve,
            requirements,
            undoing.built_upon(ctx, record, executions[0]) if record.status == "completed" else (),
        ),
        attention=attention(ctx, record, requirements),
        seen=stored.seen(ctx, record),
        execution=last,
    )


def _reviewers(ctx: Context, record: MutationRecord) -> tuple[Person, ...]:
    """Those whose review was asked for."""
    asked = stored.requested(ctx, record)
    people = ctx.persons(asked)
    return tuple(sorted((people[id] for id in asked), key=lambda person: person.handle))


def _result(last: Execution | None) -> dict[str, JsonValue]:
    """What the engine writes into a mutation's metadata: `execution_result`."""
    if last is None:
        return {}
    kept = {"mutation_id", "status", "executed_changes", "failed_changes", "errors", "rollback_available"}
    return {"execution_result": last.model_dump(mode="json", include=kept | {"execution_time"})}


def _to_decide(ctx: Context, record: MutationRecord) -> dict[str, JsonValue]:
    """The same of `conflicts`: those with what stands there that keep it in manual resolution."""
    if record.status != "needs_manual_resolution":
        return {}
    found = map(conflict, stored.with_head(ctx, [record])[record.id])
    return {"conflicts": [one.model_dump(mode="json", include=_TOLD_OF_CONFLICTS) for one in found]}


_TOLD_OF_CONFLICTS = {
    "id",
    "type",
    "severity",
    "path",
    "pointer",
    "description",
    "affected_files",
    "conflicting_mutations",
    "resolution_suggestions",
}


def conflict(record: ConflictRecord) -> Conflict:
    facts = record.facts
    return Conflict(
        id=record.id,
        type=record.type,
        severity=record.severity,
        mutation=record.number,
        path=record.path,
        pointer=facts["pointer"],
        description=facts["description"],
        affected_files=tuple(facts["files"]),
        conflicting_mutations=(record.other,) if record.other else (),
        revision=facts["revision"],
        revision_mutation=facts["by"],
        resolution_suggestions=conflict_rules.suggestions(facts["remedies"]),
        places=tuple(ConflictPlace.model_validate(place) for place in facts["places"]),
        base=facts["base"],
        ours=facts["ours"],
        theirs=facts["theirs"],
    )


def standing(ctx: Context, record: MutationRecord) -> Standing:
    """How the actor stands to a mutation."""
    own = [vote for vote in standing_votes(stored.votes(ctx, [record])[record.id]) if vote.author_id == ctx.me.id]
    return Standing(
        permitted=ctx.permitted,
        is_author=record.author_id == ctx.me.id,
        is_patchset_author=stored.of(ctx, record).patchset.author_id == ctx.me.id,
        vote=own[0].vote if own else None,
    )


def change_model(change: ChangeRecord) -> Change:
    """A change as the contract has it."""
    return Change.model_construct(
        id=change.id,
        operation_type=change.operation,
        file_path=change.path,
        new_path=change.new_path,
        document_id=change.document_id,
        base_hash=change.base_hash,
        result_hash=change.result_hash,
    )


def parents(ctx: Context, records: Sequence[ParentRecord]) -> tuple[Parent, ...]:
    """The parents that a patchset names, as they are now."""
    known = ctx.tables.mutations.many(record.mutation_id for record in records)
    current = stored.current(ctx, list(known.values()))
    return tuple(
        Parent(
            id=record.mutation_id,
            number=known[record.mutation_id].number,
            title=known[record.mutation_id].title,
            status=known[record.mutation_id].status,
            patchset_hash=record.patchset_hash,
            current=current[record.mutation_id].patchset.hash == record.patchset_hash,
        )
        for record in records
    )


def patchset(ctx: Context, record: PatchsetRecord) -> Patchset:
    """A patchset whole."""
    return Patchset(
        number=record.number,
        hash=record.hash,
        diff_hash=record.diff_hash,
        author=ctx.person(record.author_id),
        message=record.message,
        created_at=record.created_at,
        parents=parents(ctx, ctx.tables.mutations.parents([record.id]).get(record.id, [])),
        changes=tuple(change_model(one) for one in ctx.tables.mutations.changes([record.id]).get(record.id, [])),
        resolves=_resolution(ctx, record),
    )


def _resolution(ctx: Context, record: PatchsetRecord) -> PatchsetResolution | None:
    done = ctx.tables.resolutions.of(record.mutation_id, record.number)
    if done is None:
        return None
    paths = tuple(one["path"] for one in done.settled)
    return PatchsetResolution(strategy=done.strategy, against=done.against, replaced=done.replaced, paths=paths)


def review(ctx: Context, record: ReviewRecord) -> Review:
    """A vote as the contract has it."""
    return Review.model_construct(
        id=record.id,
        author=ctx.person(record.author_id),
        vote=record.vote,
        patchset=record.patchset,
        comment=record.comment,
        policy_version=record.policy_version,
        current=record.state == "current",
        withdrawn=record.state == "withdrawn",
        created_at=record.created_at,
    )


def execution(ctx: Context, mutation: MutationRecord, record: ExecutionRecord) -> Execution:
    """An execution as the contract has it."""
    changes = _executed_changes(ctx, mutation, record)
    failed = tuple(error["change_id"] for error in record.errors if error["change_id"])
    applied = record.status in ("completed", "rolled_back", "rollback_failed")
    return Execution.model_construct(
        id=record.id,
        mutation_id=record.mutation_id,
        number=mutation.number,
        patchset=record.patchset,
        status=record.status,  # type: ignore[arg-type]  # the column holds the names the model lists
        actor=ctx.person(record.actor_id),
        started_at=record.started_at,
        finished_at=record.finished_at,
        execution_time=record.seconds,
        sequence=record.sequence,
        executed_changes=tuple(change.id for change in changes) if applied else (),
        failed_changes=failed,
        errors=tuple(ExecutionError(change_id=error["change_id"], error=error["error"]) for error in record.errors),
        rollback_available=record.status == "completed",
        rolled_back_at=record.rolled_back_at,
    )


def _executed_changes(ctx: Context, mutation: MutationRecord, record: ExecutionRecord) -> Sequence[ChangeRecord]:
    if record.patchset == mutation.patchset:
        return stored.of(ctx, mutation).changes
    earlier = ctx.tables.mutations.patchset(mutation.id, record.patchset)
    return ctx.tables.mutations.changes([earlier.id]).get(earlier.id, []) if earlier else []
