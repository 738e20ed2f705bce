"""Requirements of stored mutations, and the status that follows from them."""

from collections.abc import Mapping, Sequence
from typing import Any

from lattice_console.contract.models.people import Person
from lattice_console.contract.models.project import Policy
from lattice_console.contract.models.requirement import Requirement
from lattice_console.contract.models.spec import Finding
from lattice_console.engine.features import policy as policies
from lattice_console.engine.features import stored
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.tree import Tree, stale_bases
from lattice_console.engine.records import ConflictRecord, MutationRecord, PatchsetRecord, ReviewRecord
from lattice_console.engine.rules import attention, life, requirements
from lattice_console.engine.rules.requirements import Ballot, ExecutionFacts, OpenConflict, ParentFacts, ReviewFacts


def standing_votes(reviews: Sequence[ReviewRecord]) -> list[ReviewRecord]:
    """The votes that count on the current patchset."""
    return [review for review in reviews if review.state == "current"]


def review_facts(ctx: Context, records: Sequence[MutationRecord]) -> dict[str, ReviewFacts]:
    """What the review requirements of each mutation are derived from, by its id."""
    policy = policies.in_force(ctx)
    keys = {
        record.id: ("facts", record.id, record.patchset, policy.version, policy.authors_may_approve)
        for record in records
    }
    missing = [record for record in records if keys[record.id] not in ctx.memo]
    if missing:
        for mutation_id, facts in _read_facts(ctx, policy, missing).items():
            ctx.memo[keys[mutation_id]] = facts
    return {mutation_id: ctx.memo[key] for mutation_id, key in keys.items()}


def _read_facts(ctx: Context, policy: Policy, records: Sequence[MutationRecord]) -> dict[str, ReviewFacts]:
    ids = [record.id for record in records]
    known = stored.current(ctx, records)
    reviews = stored.votes(ctx, records)
    overrides = ctx.tables.mutations.overrides([id for id in ids if ("overrides", id) not in ctx.memo])
    commenters = ctx.tables.reviews.commenters(ids) if policy.review.require_comments else {}
    people = ctx.persons({vote.author_id for one in reviews.values() for vote in standing_votes(one)})
    return {
        record.id: ReviewFacts(
            policy=policy,
            ballots=_ballots(
                standing_votes(reviews[record.id]),
                known[record.id].patchset,
                commenters.get(record.id, set()),
                people,
            ),
            findings=[Finding.model_validate(finding) for finding in known[record.id].patchset.findings],
            documents=len(known[record.id].changes),
            overridden={
                one.requirement: f"Overridden by the policy {one.policy}: {one.reason}"
                for one in overrides.get(record.id, [])
            },
        )
        for record in records
    }


def _ballots(
    votes: Sequence[ReviewRecord], patchset: PatchsetRecord, commenters: set[str], people: Mapping[str, Person]
) -> list[Ballot]:
    return [
        Ballot(
            voter=people[vote.author_id].handle,
            vote=vote.vote,
            commented=bool(vote.comment.strip()) or vote.author_id in commenters,
            is_author=vote.author_id == patchset.author_id,
        )
        for vote in votes
    ]


def execution_requirements(ctx: Context, record: MutationRecord) -> tuple[Requirement, ...]:
    """The execution requirements of a mutation, as its parents and the head stand now."""
    if record.status in life.ENDED or record.status in ("completed", "rollback_failed"):
        return ()
    current = stored.of(ctx, record)
    parents = [parent.mutation_id for parent in current.parents]
    known = ctx.tables.mutations.many(parents)
    tree = Tree(ctx, parents)
    hooks = ctx.around.hooks_of(ctx.project.id, "pre-mutation")
    return requirements.execution(
        ExecutionFacts(
            changes=len(current.changes),
            stale=stale_bases(ctx, current.changes, current.parents, tree),
            parents=[ParentFacts(known[parent].number, known[parent].status) for parent in parents],
            conflicts=[
                OpenConflict(one.path, one.facts["description"]) for one in stored.with_head(ctx, [record])[record.id]
            ],
            hooks=[hook.name for hook in hooks if not hook.barred],
            barred_hooks=[hook.barred for hook in hooks if hook.barred],
        )
    )


def all_requirements(ctx: Context, record: MutationRecord) -> tuple[Requirement, ...]:
    """Review and execution requirements of one mutation."""
    facts = review_facts(ctx, [record])[record.id]
    found = (*requirements.review(facts), *execution_requirements(ctx, record))
    return requirements.past(found, record.status) if record.status in life.PAST else found


def judge(ctx: Context, records: Sequence[MutationRecord]) -> list[MutationRecord]:
    """Bring status and vote counts of the mutations to what votes, conflicts, patchset and policy say.

    Announces what turned; returns the mutations as they are then.
    """
    if not records:
        return []
    judged = []
    facts = review_facts(ctx, records)
    conflicts = stored.with_head(ctx, records)
    for record in records:
        found = facts[record.id]
        holds = requirements.hold(requirements.review(found))
        status = life.judged(record.status, holds, bool(conflicts[record.id]))
        objections = sum(ballot.vote in requirements.OBJECTIONS for ballot in found.ballots)
        invalid = any(finding.blocks for finding in found.findings)
        derived: dict[str, Any] = {
            "approvals": len(requirements.counted(found.policy, found.ballots)),
            "objections": objections,
            "status": status,
            "turn": attention.turn(attention.Facts(status, objections, record.unanswered, invalid)),
            # Counts follow from what was announced already; what turns the status is announced here.
            "version": record.version + (status != record.status),
        }
        changed = {name: value for name, value in derived.items() if getattr(record, name) != value}
        after = stored.change(ctx, record, **{"version": record.version, **changed}) if changed else record
        judged.append(after)
        if "status" in changed:
            _tell(ctx, record, after, found.policy, conflicts[record.id])
    return judged


def _tell(
    ctx: Context, before: MutationRecord, after: MutationRecord, policy: Policy, conflicts: Sequence[ConflictRecord]
) -> None:
    """Say what a mutation has turned to, and why."""
    said: dict[str, Any] = {"number": after.number, "status": after.status}
    if after.status == "approved":
        ctx.record("mutation.approved", after.id, number=after.number, policy_version=policy.version)
        ctx.announce("mutation.approved", after.id, after.version, **said)
    elif after.status == "needs_manual_resolution":
        ctx.record("mutation.conflicted", after.id, **said, before=before.status, paths=[one.path for one in conflicts])
        text = " ".join(one.facts["description"] for one in conflicts)
        ctx.announce("mutation.conflicted", after.id, after.version, **said, conflicts=after.conflicts, text=text[:500])
    else:
        by = "conflicts" if before.status == "needs_manual_resolution" else "requirements"
        ctx.record("mutation.updated", after.id, **said, by=by)
        ctx.announce("mutation.updated", after.id, after.version, **said)


def judge_all(ctx: Context) -> None:
    """Judge every mutation under review: what a change of policy or team takes."""
    judge(ctx, ctx.tables.mutations.with_status(ctx.project.id, life.REVIEWED))
