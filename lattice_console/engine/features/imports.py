"""Bringing a git history in, commit by commit, under the recorded policy `import`."""

from lattice_console.contract.models.mutation import ImportedCommit, Mutation
from lattice_console.engine.features import (
    detecting,
    executions,
    judging,
    mutations,
    people,
    proposals,
    stacks,
    stored,
    views,
)
from lattice_console.engine.features.context import Context, new_id
from lattice_console.engine.features.registry import writes
from lattice_console.engine.records import ExecutionRecord, MutationRecord, OverrideRecord, UserRecord
from lattice_console.engine.rules import life

POLICY = "import"
"""The policy that an imported mutation's overrides name."""

_OVERRIDDEN = ("approvals", "no_objections", "comments", "specs_valid")


@writes("mutations.import_commit")
def import_commit(ctx: Context, *, commit: ImportedCommit, execute: bool, expected_version: int | None) -> Mutation:
    ctx.expect(expected_version, ctx.project.version, ctx.project.name)
    known = ctx.tables.mutations.imported(ctx.project.id, commit.commit)
    if known is not None:
        return views.mutation(ctx, views.find(ctx, known))
    paths = {path for change in commit.changes for path in (change.file_path, change.new_path) if path}
    below = [] if execute else _below(ctx, paths)
    proposal = proposals.resolve(ctx, commit.changes, proposals.resolve_parents(ctx, [one.id for one in below]))
    number = ctx.tables.projects.next_number(ctx.project.id)
    stack, level = stacks.place(ctx, number, [one.id for one in below])
    record = MutationRecord(
        id=new_id(),
        number=number,
        title=commit.title,
        description=commit.description,
        author_id=_author(ctx, commit).id,
        spec_name=None,
        type="import",
        labels=[],
        metadata={**commit.metadata, "commit": commit.commit},
        status="pending",
        version=1,
        patchset=1,
        approvals=0,
        objections=0,
        comments=0,
        threads=0,
        unanswered=0,
        conflicts=0,
        turn="reviewers",
        stack=stack,
        level=level,
        created_at=commit.authored_at,
        updated_at=ctx.now,
    )
    mutations.begin(ctx, record, proposal)
    ctx.tables.mutations.note_import(ctx.project.id, commit.commit, record.id)
    if execute:
        _execute(ctx, record, commit.commit)
    else:
        judging.judge(ctx, [detecting.propose(ctx, record)])
    return views.mutation(ctx, views.find(ctx, record.id))


def _below(ctx: Context, paths: set[str]) -> list[MutationRecord]:
    """The imported mutations still to be executed that touch the paths."""
    found = ctx.tables.mutations.pending_imports_on(ctx.project.id, paths)
    return [record for record in found if record.status not in life.ENDED]


def _execute(ctx: Context, record: MutationRecord, commit: str) -> None:
    """Approve by the policy, claim and apply within this transaction."""
    reason = f"commit {commit[:12]} was part of the history that was brought in"
    overrides = [OverrideRecord(requirement, POLICY, reason) for requirement in _OVERRIDDEN]
    ctx.tables.mutations.override(record.id, overrides, ctx.now)
    stored.forget(ctx, record.id)
    ctx.record("mutation.approved", record.id, number=record.number, policy=POLICY, commit=commit)
    status = life.follow(life.follow(record.status, "requirements_hold"), "claim")
    claimed = stored.change(ctx, record, status=status)
    execution = ExecutionRecord(
        id=new_id(),
        mutation_id=record.id,
        patchset=record.patchset,
        status="in_progress",
        owner=POLICY,
        lease_until=ctx.now,
        actor_id=ctx.me.id,
        started_at=ctx.now,
        finished_at=None,
        seconds=None,
        sequence=None,
        errors=[],
        rolled_back_at=None,
    )
    ctx.tables.executions.add(execution)
    executions.complete(ctx, claimed, execution)


def _author(ctx: Context, commit: ImportedCommit) -> UserRecord:
    """The commit's author as a user, without membership; one user per e-mail, or per name where there is none."""
    name, email = commit.author_name, commit.author_email
    if "@" in email:
        found = ctx.tables.people.by_email(email)
        return found or people.make(ctx, email.replace(" ", ""), full_name=name)
    handle = people.handle_from(name)
    return ctx.tables.people.find(handle) or people.make(ctx, handle, full_name=name)
