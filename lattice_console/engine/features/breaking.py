"""What breaks dependencies where conflicts are settled: no merge can, so it stays open, or its change gives way."""

from collections.abc import Mapping

from lattice_console.engine.features import stored
from lattice_console.engine.features.context import Context
from lattice_console.engine.records import ChangeRecord, MutationRecord
from lattice_console.engine.rules.resolution import Open, Outcome, Settled


def broken(ctx: Context, record: MutationRecord, other: MutationRecord | None = None) -> dict[str, str]:
    """The paths of changes that break dependencies with what stands there, or with the other one; each with why."""
    found: dict[str, str] = {}
    for one in stored.conflicts(ctx, [record])[record.id]:
        if one.type == "dependency_violation" and one.other == (other.number if other else 0):
            said = one.facts["description"].removeprefix(f"{one.path}: ").removesuffix(".")
            found[one.path] = f"{found[one.path]}; {said}" if one.path in found else said
    return found


def judged(change: ChangeRecord, outcome: Outcome, breaking: Mapping[str, str], *, gives_way: bool = False) -> Outcome:
    """The outcome of a change, or where it would stand and break something: open with why, or else it gives way."""
    if change.path not in breaking or isinstance(outcome, Open) or outcome.change is None:
        return outcome
    if gives_way:
        return Settled(None, "given up: what depends on others stays as it is", chosen=True)
    return Open(breaking[change.path])
