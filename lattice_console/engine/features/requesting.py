"""Asking people for their review."""

from collections.abc import Sequence

from lattice_console.contract import permissions
from lattice_console.contract.errors import NotFound, RuleBroken
from lattice_console.contract.nearness import known_are
from lattice_console.engine.features import stored
from lattice_console.engine.features.context import Context
from lattice_console.engine.records import MutationRecord
from lattice_console.engine.rules import life

_NEEDED = "mutations:review"


def ask(ctx: Context, record: MutationRecord, names: Sequence[str]) -> MutationRecord:
    """Ask for the review of those who were not asked yet; returns the mutation as it is then.

    Raises NotFound (`NF_REVIEWER`) for who is no member that may review, RuleBroken where nothing is reviewed any more.
    """
    if record.status not in life.OPEN:
        raise RuleBroken("BR_STATUS", f"M-{record.number} {life.said(record.status)}: nobody reviews it any more.")
    asked = stored.requested(ctx, record)
    new = [user_id for user_id in dict.fromkeys(_reviewer(ctx, name) for name in names) if user_id not in asked]
    if not new:
        return record
    ctx.tables.reviews.request(record.id, new)
    ctx.memo["requested", record.id] = (*asked, *new)
    after = stored.change(ctx, record)
    handles = sorted(person.handle for person in map(ctx.person, new))
    ctx.record("mutation.review_requested", record.id, number=record.number, reviewers=handles)
    text = ", ".join(handles)[:500]
    ctx.announce("mutation.review_requested", record.id, after.version, number=record.number, text=text)
    return after


def _reviewer(ctx: Context, name: str) -> str:
    """The id of the member of that name, who may review."""
    user = ctx.user if name == "me" else ctx.tables.people.find(name)
    able = [one.user_id for one in ctx.tables.people.members(ctx.project.id) if _may_review(one.role)]
    if user is None or user.id not in able:
        known = known_are(name, [person.handle for person in ctx.persons(able).values() if person.id in able])
        raise NotFound("NF_REVIEWER", f"{name[:200]} is no member who may review; {known}.")
    return user.id


def _may_review(role: str) -> bool:
    return _NEEDED in permissions.ROLES.get(role, ())
