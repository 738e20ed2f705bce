"""The project itself: creating it, reading it and its policy."""

from collections.abc import Sequence

from lattice_console.contract.errors import Conflict
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.project import Policy, Project
from lattice_console.engine.features import documents, people
from lattice_console.engine.features import policy as policies
from lattice_console.engine.features.context import Context, new_id
from lattice_console.engine.features.registry import reads, writes
from lattice_console.engine.records import ProjectRecord
from lattice_console.engine.rules import policy as policy_rules


@reads("projects.get")
def get(ctx: Context) -> Project:
    return _view(ctx.project)


@reads("projects.list")
def listing(ctx: Context) -> tuple[Project, ...]:
    return tuple(_view(record) for record in ctx.tables.projects.of_user(ctx.user.id)) if ctx.user else ()


@reads("projects.policy")
def policy(ctx: Context) -> Policy:
    return policies.in_force(ctx)


@writes("projects.create")
def create(
    ctx: Context, *, name: str, type: str, files: Sequence[TrackedFile], expected_version: int | None
) -> Project:
    if ctx.project_id is not None and ctx.tables.projects.get(ctx.project_id) is not None:
        raise Conflict("CF_PROJECT", "This Backend is bound to a project already; a new one needs a free Backend.")
    owner = ctx.user or people.make(ctx, ctx.actor_name)
    ctx.__dict__["user"] = owner
    record = ProjectRecord(
        id=ctx.project_id or new_id(),
        name=name,
        type=type,
        version=1,
        sequence=0,
        policy_version=policy_rules.version([]),
        created_at=ctx.now,
        updated_at=ctx.now,
    )
    ctx.tables.projects.create(record)
    ctx.project_id = record.id
    ctx.project = record
    ctx.tables.people.join(record.id, owner.id, "owner", ctx.now)
    ctx.members = 1
    ctx.record("project.created", record.id, installation=True, name=name)
    ctx.record("project.created", record.id, name=name, owner=owner.handle)
    if files:
        documents.baseline(ctx, files)
    return _view(ctx.project)


def _view(record: ProjectRecord) -> Project:
    return Project(
        id=record.id,
        name=record.name,
        type=record.type,
        version=record.version,
        sequence=record.sequence,
        policy_version=record.policy_version,
        created_at=record.created_at,
        updated_at=record.updated_at,
    )
