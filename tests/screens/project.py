"""A small project with a believable backlog, made through the Backend on a clock of its own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lattice_console import config
from lattice_console.backends import local
from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.engine.assemble import assemble
from lattice_console.ops.init import init
from lattice_console.workspace import Checkout
from tests.support.changes import create, modify, rename
from tests.support.clock import Clock
from tests.support.house import track

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""When the screens are looked at."""

SPEC = b"""{
  "name": "user-auth",
  "version": "1.2.0",
  "type": "requirements",
  "description": "How people sign in and stay signed in.",
  "requirements": [
    "Users register with e-mail and password",
    "Passwords have at least 8 characters",
    "E-mail addresses are validated",
    "Sessions expire after 24 hours",
    "Failed logins are limited"
  ],
  "allowed_files": ["src/auth/**", "docs/**"],
  "validation": {
    "test_coverage": 90,
    "security_scan": true
  }
}
"""
SESSION = b'''from datetime import timedelta

LIMIT = timedelta(hours=24)


def ends(session):
    """When a session ends."""
    return session.started + LIMIT
'''
REFUNDS = b"# Refunds\n\nA refund is paid within 14 days.\n\nIt goes to the card that was charged.\n"

HOSTILE = "[@click=app.leave]press[/] \u202egnp.exe \x85".replace("\x85", "[bold]now[/bold]")
HOSTILE_CONTENT = b"\x1b[31mred\x1b[0m \xc2\x9b31m\r\nbidi \xe2\x80\xae here\n\xff\xfe bytes\ttab\nno newline"

NEW_SPEC = SPEC.replace(b"24 hours", b"48 hours").replace(b'limited"\n', b'limited",\n    "Sessions can be ended"\n')
NEW_SESSION = SESSION.replace(b"hours=24", b"hours=48").replace(b"session.started", b"session.last_used")


class Office:
    """Opens a project's Backends on one clock."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self.root = root
        self.clock = clock

    def settings(self, actor: str = "kim") -> Settings:
        return config.at_root(self.root, actor=actor, environ={})

    async def connect(self, settings: Settings) -> Backend:
        engine = await assemble(settings.servers, now=self.clock)
        return local.bind(engine, actor=settings.actor, project=settings.project_id)

    async def as_(self, actor: str) -> Backend:
        return await self.connect(self.settings(actor))


async def build(root: Path) -> None:
    """Make the project: kim owns it, raj reviews, ana and agent-7 develop."""
    office = Office(root, Clock(NOON - timedelta(hours=28, minutes=20)))
    await init(root, name="billing-specs", actor="kim", connect=office.connect)
    kim = await office.as_("kim")
    await track(
        kim,
        {
            ".lattice/specs/user-auth.json": SPEC,
            "src/auth/session.py": SESSION,
            "docs/refunds.md": REFUNDS,
            "docs/old/sessions.md": b"# Sessions\n\nThey end.\n",
        },
    )
    for handle, role in (("raj", "reviewer"), ("ana", "developer"), ("agent-7", "developer")):
        await kim.team.add(user=handle, role=role)
    raj, ana, agent = [await office.as_(handle) for handle in ("raj", "ana", "agent-7")]

    async def propose(
        author: Backend, title: str, *changes: ChangeInput, spec: str | None = None, labels: Sequence[str] = ()
    ) -> str:
        office.clock.advance(5 * 3600)
        return (await author.mutations.create(title=title, changes=changes, spec=spec, labels=labels)).id

    executed = await propose(agent, "Limit sign-ins per minute", create("docs/limits.md", b"# Limits\n"))
    await kim.reviews.vote(executed, vote="approve")
    await kim.executions.execute(executed)
    undone = await propose(ana, "Name the plans", create("docs/plans.md", b"# Plans\n"), spec="plans")
    await kim.reviews.vote(undone, vote="approve")
    await kim.executions.execute(undone)
    await kim.executions.rollback(undone, reason="The names are not final.")
    refused = await propose(agent, "Drop the password rule", modify("docs/refunds.md", b"# Gone\n"))
    await raj.reviews.vote(refused, vote="reject", comment="Customers rely on it.")
    await propose(agent, HOSTILE, create("docs/evil.txt", HOSTILE_CONTENT))
    office.clock.advance(3600)
    await agent.mutations.create(
        title="Deploy 1.4.2 to staging",
        spec="deployment",
        type="deployment",
        metadata={"environment": "staging", "commit": "4f1d2c9"},
    )
    paid = REFUNDS.replace(b"14 days", b"7 days")
    await propose(agent, "Pay refunds within a week", modify("docs/refunds.md", paid), spec="payments")
    office.clock.advance(3600)
    raised = await ana.mutations.create(
        title="Raise the session limit to 48 h",
        description="Support asks for it every week: people who work across a weekend are thrown out on Sunday.\n\n"
        "The refresh token follows the session; nothing else changes.",
        spec="user-auth",
        labels=["security"],
        changes=[
            modify(".lattice/specs/user-auth.json", NEW_SPEC),
            modify("src/auth/session.py", NEW_SESSION),
            create("docs/logo.png", b"\x89PNG\0" * 80),
            rename("docs/old/sessions.md", "docs/sessions.md"),
        ],
    )
    office.clock.advance(600)
    await raj.reviews.comment(raised.id, text="Does the refresh token follow?\nIf not, say so in the description.")
    await raj.reviews.vote(raised.id, vote="approve", comment="Fine with me.")
    office.clock.advance(1800)
    await kim.mutations.create(title="Tighten the password rule", spec="user-auth", draft=True)
    for backend in (kim, raj, ana, agent):
        await backend.close()
    await follow(root, office)


async def follow(root: Path, office: Office) -> None:
    """Bring the folder to the head."""
    kim = await office.as_("kim")
    await Checkout(root).sync(kim)
    await kim.close()
