"""Members and their roles."""

from lattice_console.contract import permissions
from lattice_console.contract.errors import Conflict, NotFound, RuleBroken, ValidationFailed
from lattice_console.contract.models.people import Actor, Member, Person
from lattice_console.engine.features import judging, people
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import reads, writes
from lattice_console.engine.records import UserRecord


@reads("team.whoami")
def whoami(ctx: Context) -> Actor:
    user = ctx.user
    bound = ctx.project_id is not None and ctx.tables.projects.get(ctx.project_id) is not None
    membership = ctx.membership if bound else None
    return Actor(
        user=Person(id=user.id, handle=user.handle, name=user.name) if user else None,
        name=ctx.actor_name,
        role=membership.role if membership else None,
        permissions=tuple(sorted(ctx.permitted)) if bound else (),
    )


@reads("team.list", may_lag=True)
def listing(ctx: Context) -> tuple[Member, ...]:
    memberships = ctx.tables.people.members(ctx.project.id)
    users = ctx.tables.people.get(membership.user_id for membership in memberships)
    members = [_member(ctx, users[membership.user_id]) for membership in memberships]
    return tuple(sorted(members, key=lambda member: member.user.handle))


@writes("team.add")
def add(ctx: Context, *, user: str, role: str, name: str, email: str | None, expected_version: int | None) -> Member:
    _check_role(ctx, role)
    ctx.expect(expected_version, ctx.project.version, ctx.project.name)
    found = ctx.tables.people.find(user) or (ctx.tables.people.by_email(email) if email else None)
    if found is None:
        found = people.make(ctx, user, full_name=name, email=email, exact=True)
    if ctx.tables.people.membership(ctx.project.id, found.id) is not None:
        raise Conflict(
            "CF_MEMBER", f"{found.handle} is a member already; change the role with: lattice team update {found.handle}"
        )
    ctx.tables.people.join(ctx.project.id, found.id, role, ctx.now)
    return _changed(ctx, found, role, "added")


@writes("team.update")
def update(ctx: Context, *, user: str, role: str, expected_version: int | None) -> Member:
    found = ctx.tables.people.find(user)
    membership = ctx.tables.people.membership(ctx.project.id, found.id) if found else None
    if found is None or membership is None:
        raise NotFound("NF_MEMBER", f"{user[:200]} is no member of {ctx.project.name}. See: lattice team list")
    ctx.expect(expected_version, membership.version, found.handle)
    _check_role(ctx, role)
    owners = [one for one in ctx.tables.people.members(ctx.project.id) if one.role == "owner"]
    if membership.role == "owner" and role != "owner" and len(owners) == 1:
        raise RuleBroken("BR_LAST_OWNER", f"{found.handle} is the only owner; make somebody else owner first.")
    ctx.tables.people.set_role(ctx.project.id, found.id, role)
    return _changed(ctx, found, role, "updated")


def _check_role(ctx: Context, role: str) -> None:
    if role not in permissions.ROLES:
        raise ValidationFailed(
            "VAL_ROLE", f"There is no role {role[:100]}; known are {', '.join(permissions.ROLES)}.", field="role"
        )
    if role == "owner":
        ctx.need("team:manage")


def _changed(ctx: Context, user: UserRecord, role: str, what: str) -> Member:
    ctx.project = ctx.tables.projects.move(ctx.project.id, at=ctx.now)
    ctx.members = ctx.tables.people.member_count(ctx.project.id)
    ctx.record(f"team.{what}", user.id, user=user.handle, role=role)
    ctx.announce("team.changed", user.id, ctx.project.version, user=user.handle, role=role)
    judging.judge_all(ctx)
    return _member(ctx, user)


def _member(ctx: Context, user: UserRecord) -> Member:
    membership = ctx.tables.people.membership(ctx.project.id, user.id)
    if membership is None:
        raise NotFound("NF_MEMBER", f"{user.handle} is no member of {ctx.project.name}.")
    return Member(
        user=Person(id=user.id, handle=user.handle, name=user.name),
        email=user.email,
        role=membership.role,
        since=membership.created_at,
        version=membership.version,
    )
