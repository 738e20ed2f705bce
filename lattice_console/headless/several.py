"""One command for several mutations: which are meant, what would happen to each, what did, in one summary."""

import functools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast

import click
from pydantic import BaseModel

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError, ValidationFailed
from lattice_console.contract.models.mutation import Mutation, MutationSummary, Status
from lattice_console.contract.models.query import MutationFilter
from lattice_console.headless import completing, listing, views
from lattice_console.headless.exits import Exit, exit_code
from lattice_console.headless.session import Guard, Session
from lattice_console.headless.style import Role
from lattice_console.headless.table import Column
from lattice_console.text import count

F = TypeVar("F", bound=Callable[..., Any])

Outcome = Literal["done", "would", "unchanged", "refused", "failed"]

_WORST = (Exit.FAILED, Exit.ERROR, Exit.DENIED, Exit.QUOTA, Exit.CONFLICT, Exit.DRIFT, Exit.BLOCKED, Exit.USAGE)
"""Exit codes of several that went wrong, the worst first."""


class Fate(BaseModel):
    """What came of one mutation, or would: `reason` says why where it is not what was asked for."""

    mutation_id: str
    number: int
    title: str
    status: Status
    outcome: Outcome
    reason: str = ""
    code: str | None = None
    exit: int = 0


_ROLES: dict[Outcome, Role] = {
    "done": "good",
    "would": "accent",
    "unchanged": "muted",
    "refused": "bad",
    "failed": "bad",
}

_FATES: Sequence[Column[Fate]] = (
    Column("ID", lambda row: f"M-{row.number}"),
    Column("OUTCOME", lambda row: row.outcome, role=lambda row: _ROLES[row.outcome]),
    Column("STATUS", lambda row: views.words(row.status)),
    Column("TITLE", lambda row: row.title, gives=True),
    Column("REASON", lambda row: row.reason, gives=True),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which mutations a command line names."""

    mutations: tuple[str, ...]
    narrowed: str | None
    view: str | None
    stack: bool
    dry_run: bool

    @property
    def single(self) -> str | None:
        """The one mutation that it names to be acted on; None where there may be several, or it is only to be shown."""
        alone = len(self.mutations) == 1 and not (self.narrowed or self.view or self.stack or self.dry_run)
        return self.mutations[0] if alone else None


def chosen(function: F) -> F:
    """The arguments and options that name mutations; the command gets them as `choice`."""

    @functools.wraps(function)
    def gathered(**given: Any) -> Any:
        choice = Choice(**{name: given.pop(name) for name in Choice.__slots__})
        return function(choice=choice, **given)

    for option in (
        listing.narrowing,
        click.option("--dry-run", is_flag=True, help="Show what would happen to each; change nothing."),
        click.option("--stack", is_flag=True, help="The whole stack that each ID belongs to, parents first."),
        click.argument("mutations", metavar="ID...", nargs=-1, shell_complete=completing.mutations),
    ):
        gathered = option(gathered)
    return cast(F, gathered)


async def find(session: Session, backend: Backend, choice: Choice) -> list[Mutation]:
    """The mutations that are meant, parents before children; raises ValidationFailed where none is named."""
    if not choice.mutations and choice.narrowed is None and choice.view is None:
        raise click.UsageError("Name mutations: ID..., --filter F or --view NAME.")
    named = [await backend.mutations.get(one) for one in choice.mutations]
    rows: list[MutationSummary] = list(named)
    if choice.stack:
        for number in dict.fromkeys(one.stack for one in named):
            rows += (await listing.found(backend, MutationFilter(stack=number))).items
    if choice.narrowed is not None or choice.view is not None:
        wanted, order = listing.asked(session, (), choice.narrowed, choice.view, None)
        if not choice.view and not (choice.narrowed or "").strip():
            raise ValidationFailed("VAL_FILTER", "An empty filter means every mutation; name what you mean.")
        rows += (await listing.found(backend, wanted, order)).items
    whole = {one.id: one for one in named}
    # What stands lower executes first, whatever order they were named in.
    ordered = sorted({row.id: row for row in rows}.values(), key=lambda row: row.level)
    return [whole.get(row.id) or await backend.mutations.get(row.id) for row in ordered]


def guard(session: Session, mutation: Mutation) -> Guard:
    """What makes a write to one of several safe to repeat; raises UsageError for a version, which is one object's."""
    if session.guard["expected_version"] is not None:
        raise click.UsageError("--expected-version is about one mutation; name one.")
    key = session.guard["idempotency_key"]
    return {"expected_version": None, "idempotency_key": f"{key}/{mutation.number}" if key else None}


def fate(mutation: MutationSummary, outcome: Outcome, reason: str = "", code: Exit = Exit.OK) -> Fate:
    """What came of a mutation, without an error."""
    return Fate(
        mutation_id=mutation.id,
        number=mutation.number,
        title=mutation.title,
        status=mutation.status,
        outcome=outcome,
        reason=reason,
        exit=code,
    )


async def each(mutations: Sequence[Mutation], act: Callable[[Mutation], Awaitable[Fate]]) -> list[Fate]:
    """Let `act` work on one after the other; what it raises becomes that one's fate, and the others go on."""
    fates = []
    for one in mutations:
        try:
            fates.append(await act(one))
        except LatticeError as error:
            outcome: Outcome = "failed" if error.code.startswith("SYS_") else "refused"
            told = fate(one, outcome, error.message, exit_code(error))
            fates.append(told.model_copy(update={"code": error.code}))
    return fates


def report(session: Session, fates: Sequence[Fate], verb: str, did: str, dry_run: bool) -> Exit:
    """Print what came of each and the summary (`approve`, `Approved`); returns the worst exit code."""
    done = sum(one.outcome in ("done", "would") for one in fates)
    session.output.many(
        fates, _FATES, empty="No mutation matches.", facts={"total": len(fates), "done": done, "dry_run": dry_run}
    )
    others = [
        f"{number:,} {outcome}"
        for outcome in ("unchanged", "refused", "failed")
        if (number := sum(one.outcome == outcome for one in fates))
    ]
    if fates:
        aside = f" ({', '.join(others)})" if others else ""
        what = f"Would {verb}" if dry_run else did
        end = " Nothing was changed." if dry_run else ""
        session.output.say(f"{what} {done:,} of {count(len(fates), 'mutation')}{aside}.{end}")
    return next((code for code in _WORST if any(one.exit == code for one in fates)), Exit.OK)
