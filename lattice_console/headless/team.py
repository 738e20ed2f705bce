"""`lattice team list | add | update`: who is a member, with which role."""

from collections.abc import Sequence

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.people import Member
from lattice_console.headless import completing, options
from lattice_console.headless.commands import Group
from lattice_console.headless.session import Session, connected
from lattice_console.headless.table import Column
from lattice_console.text import age

group = Group(
    "team",
    help="List members, add them, change their roles.",
    short_help="Members and their roles.",
    examples=("lattice team list", "lattice team add ana --role reviewer"),
)

_MEMBERS: Sequence[Column[Member]] = (
    Column("USER", lambda row: row.user.handle),
    Column("NAME", lambda row: "" if row.user.name == row.user.handle else row.user.name, gives=True),
    Column("EMAIL", lambda row: row.email or "", gives=True),
    Column("ROLE", lambda row: row.role),
    Column("SINCE", lambda row: age(row.since), right=True),
)

_role = click.option("--role", metavar="R", required=True, help="owner, admin, developer, reviewer or viewer.")


@group.command("list", examples=("lattice team list", "lattice team list --output json | jq -r '.items[].user.handle'"))
@options.output
@connected
async def list_(session: Session, backend: Backend) -> None:
    """List the project's members."""
    members = await backend.team.list()
    session.output.many(members, _MEMBERS, empty="The project has no members.", facts={"total": len(members)})


@group.command(
    "add",
    examples=(
        "lattice team add ana --role reviewer",
        'lattice team add raj --role developer --name "Raj Rao" --email raj@example.org',
        "lattice team add --email kim@example.org --role admin",
    ),
)
@click.argument("user", required=False)
@_role
@click.option("--name", metavar="N", default="", help="Their full name.")
@click.option("--email", metavar="E", help="Their e-mail; names them where USER is not given.")
@options.writes
@connected
async def add(session: Session, backend: Backend, user: str | None, role: str, name: str, email: str | None) -> None:
    """Make USER a member: a handle (kim) or an e-mail. Users that are not known yet are made."""
    member = await backend.team.add(user=_who(user, email), role=role, name=name, email=email, **session.guard)
    session.output.one(member, list)
    session.output.say(f"{member.user.handle} is a member with the role {member.role}. Next: lattice team list")


@group.command(
    "update",
    examples=("lattice team update ana --role admin", "lattice team update --email kim@example.org --role reviewer"),
)
@click.argument("user", required=False, shell_complete=completing.people)
@click.option("--email", metavar="E", help="The member's e-mail, in place of USER.")
@_role
@options.writes
@connected
async def update(session: Session, backend: Backend, user: str | None, email: str | None, role: str) -> None:
    """Give a member another role."""
    if user and email:
        raise click.UsageError("Name the member once: by USER or by --email.")
    member = await backend.team.update(_who(user, email), role=role, **session.guard)
    session.output.one(member, list)
    session.output.say(f"{member.user.handle} has the role {member.role} now. Next: lattice team list")


def _who(user: str | None, email: str | None) -> str:
    who = user or email
    if not who:
        raise click.UsageError("Name the user: USER, or --email E.")
    return who
