"""`lattice mutation merge-train`: approved mutations, one after the other."""

from collections.abc import Iterable, Sequence

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.resolution import Passage, TrainCar
from lattice_console.headless import completing, options, several
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.mutation_run import carry_out
from lattice_console.headless.output import Output
from lattice_console.headless.session import Session, connected
from lattice_console.headless.style import Role
from lattice_console.headless.table import Column
from lattice_console.text import count

_EXITS: dict[Passage, Exit] = {"conflicts": Exit.CONFLICT, "loses_votes": Exit.BLOCKED, "blocked": Exit.BLOCKED}
_WORDS: dict[Passage, tuple[str, Role]] = {
    "passes": ("passes", "good"),
    "passes_rebased": ("passes, rebased", "good"),
    "loses_votes": ("needs approval", "warning"),
    "conflicts": ("conflicts", "bad"),
    "blocked": ("blocked", "bad"),
}

_CARS: Sequence[Column[TrainCar]] = (
    Column("ID", lambda row: f"M-{row.number}"),
    Column("PASSAGE", lambda row: _WORDS[row.passage][0], role=lambda row: _WORDS[row.passage][1]),
    Column("TITLE", lambda row: row.title, gives=True),
    Column("REASON", lambda row: _reason(row), gives=True),
)


@click.command(
    "merge-train",
    cls=Command,
    examples=(
        "lattice mutation merge-train --dry-run",
        "lattice mutation merge-train 12 14 9",
        "lattice mutation merge-train --dry-run --output json | jq '.items[] | select(.passage == \"conflicts\")'",
    ),
)
@click.argument("mutations", metavar="[ID...]", nargs=-1, shell_complete=completing.mutations)
@click.option("--dry-run", is_flag=True, help="Only say what would come of each; change nothing.")
@options.writes
@connected
async def merge_train(session: Session, backend: Backend, mutations: tuple[str, ...], dry_run: bool) -> int:
    """Execute all that is approved, in order.

    Tries the approved mutations, or those that are named, by number and parents first, each on the result of those
    before it, and says which pass and which conflict with which. Then executes those that pass. One whose base has
    moved on is rebased where that is clean and its votes stand; else it is left, and says so.

    Exits 12 where one conflicts, 11 where one is blocked or would have to be approved anew.
    """
    cars = await backend.conflicts.train(mutations)
    if dry_run:
        session.output.listed(
            cars,
            lambda: _lines(session.output, cars),
            empty="Nothing is approved.",
            facts={"total": len(cars), "passing": sum(car.passes for car in cars)},
        )
        passing = sum(car.passes for car in cars)
        session.output.say(f"{passing:,} of {count(len(cars), 'mutation')} would pass. Nothing was changed.")
        return max((_EXITS.get(car.passage, Exit.OK) for car in cars), default=Exit.OK)
    known = {car.mutation_id: car for car in cars}

    async def act(mutation: Mutation) -> several.Fate:
        car = known[mutation.id]
        if not car.passes:
            return several.fate(mutation, "refused", _reason(car), _EXITS[car.passage])
        return await _execute(session, backend, mutation)

    fates = await several.each([await backend.mutations.get(car.mutation_id) for car in cars], act)
    return several.report(session, fates, "execute", "Executed", False)


async def _execute(session: Session, backend: Backend, mutation: Mutation) -> several.Fate:
    guard = several.guard(session, mutation)
    key = guard["idempotency_key"]
    rebased = await backend.mutations.rebase(
        mutation.id, expected_version=None, idempotency_key=f"{key}/rebase" if key else None
    )
    if rebased.status != "approved":
        return several.fate(rebased, "refused", "Rebased, and to be approved anew.", Exit.BLOCKED)
    return await carry_out(session, backend, rebased, guard)


def _reason(car: TrainCar) -> str:
    left = "; ".join(f"{one.path}: {one.why}" for one in car.left)
    return f"{car.why} ({left})" if left else car.why


def _lines(output: Output, cars: Sequence[TrainCar]) -> Iterable[str]:
    return output.table(cars, _CARS)
