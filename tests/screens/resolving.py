"""What tests of resolving share: a mutation beneath which somebody else's was executed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from lattice_console.contract.models.mutation import Mutation
from tests.screens.console import Console
from tests.screens.project import NOON, Office
from tests.support.changes import modify
from tests.support.clock import Clock
from tests.support.house import track

LEDGER = b"""# Who owes what.
name: ledger
version: 3

customers:
  id: uuid
  name: text

invoices:
  id: uuid
  due: 14 days
  currency: EUR

refunds:
  within: 30 days

limits:
  per_minute: 60
  per_day: 1000
"""
OURS = (
    LEDGER.replace(b"customers:\n  id: uuid\n  name: text\n", b"accounts:\n  id: uuid\n  name: text\n")
    .replace(b"due: 14 days", b"due: 30 days")
    .replace(b"per_day: 1000", b"per_day: 5000")
)
THEIRS = (
    LEDGER.replace(b"customers:\n", b"customers:\n  tier: text\n")
    .replace(b"due: 14 days", b"due: 21 days")
    .replace(b"within: 30 days", b"within: 14 days")
)
PATH = "specs/ledger.yaml"


async def clashing(
    office: Office,
    files: Mapping[str, tuple[bytes, bytes, bytes]] | None = None,
    *,
    titles: Sequence[str] = ("Rename customer to account", "Add customer tier"),
) -> tuple[Mutation, Mutation]:
    """Let ana propose one thing and agent-7 another, and the other one be executed: (ours, theirs).

    `files` gives base, ours and theirs by path.
    """
    files = files if files is not None else {PATH: (LEDGER, OURS, THEIRS)}
    past = Office(office.root, Clock(NOON - timedelta(hours=30)))
    kim, ana, agent = [await past.as_(handle) for handle in ("kim", "ana", "agent-7")]
    await track(kim, {path: base for path, (base, _, _) in files.items()})
    past.clock.advance(25 * 3600)
    ours = await ana.mutations.create(
        title=titles[0],
        description="Sales speaks of accounts since spring.",
        changes=[modify(path, our) for path, (_, our, _) in files.items()],
    )
    past.clock.advance(3 * 3600)
    theirs = await agent.mutations.create(
        title=titles[1], changes=[modify(path, their) for path, (_, _, their) in files.items()]
    )
    await kim.reviews.vote(theirs.id, vote="approve")
    past.clock.advance(3600)
    await kim.executions.execute(theirs.id)
    made = await kim.mutations.get(ours.id), await kim.mutations.get(theirs.id)
    for backend in (kim, ana, agent):
        await backend.close()
    return made


async def resolving(console: Console, title: str = "Rename customer") -> None:
    """Open the conflicts of the mutation with that title."""
    await console.go_to(title)
    await console.press("M")
    await console.sees("Resolve", "Result")
