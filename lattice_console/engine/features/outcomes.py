"""Telling the project's hooks what a mutation came to, once that is committed."""

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.events import Event
from lattice_console.engine.features import hooking, views
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import Steps
from lattice_console.engine.rules import hooks as rules

_TOLD = frozenset(
    {
        "mutation.created",
        "mutation.submitted",
        "mutation.approved",
        "mutation.rejected",
        "mutation.conflicted",
        "mutation.cancelled",
        "mutation.reopened",
        "mutation.executed",
        "mutation.failed",
        "mutation.rolled_back",
    }
)
"""The events that say what a mutation came to."""

_HISTORY = "mutations.import_commit"
"""What it brings in came to its end long ago: nobody is told of it."""


class Outcome(NamedTuple):
    """What a mutation came to, by which event."""

    mutation_id: str
    event: str
    status: str


def of(call: str, events: Iterable[Event]) -> list[Outcome]:
    """What the mutations came to of which a transaction has told, each once: the last that was said of it."""
    if call == _HISTORY:
        return []
    found: dict[str, Outcome] = {}
    for event in events:
        # Of a conflict with another mutation nothing comes by itself.
        if event.name in _TOLD and (event.name != "mutation.conflicted" or "status" in event.data):
            found[event.subject] = Outcome(event.subject, event.name, str(event.data["status"]))
    return list(found.values())


async def tell(steps: Steps, outcomes: Sequence[Outcome], seconds: float) -> None:
    """Tell every trusted hook of each outcome, which took the engine so many seconds; what fails is put on record."""
    # What happened has happened: that nobody can be told of it, as the truth is away now, is no failure of it.
    with suppress(LatticeError):
        for outcome in outcomes:
            if failed := await _tell(steps, outcome, seconds):
                await steps.write(partial(_record, outcome=outcome, failed=failed))


async def _tell(steps: Steps, outcome: Outcome, seconds: float) -> dict[str, str]:
    """Tell every hook; returns what there is to say of those that failed, by their names."""
    waiting = [hook for hook in steps.hooks("post-mutation") if not hook.barred]
    question = await steps.read(lambda ctx: hooking.about(ctx, views.find(ctx, outcome.mutation_id)))
    result = {"status": outcome.status, "processing_time": round(seconds, 3)}
    data = json.dumps({"event": outcome.event, "mutation": question.mutation, "result": result}).encode() + b"\n"
    end = time.monotonic() + steps.hook_seconds
    failed = {}
    for hook in waiting:
        run = await steps.run_hook(hook.name, data, end - time.monotonic())
        if said := run.problem or rules.failure(run.name, run.status, run.errors):
            failed[run.name] = said
    return failed


def _record(ctx: Context, *, outcome: Outcome, failed: Mapping[str, str]) -> None:
    """Put it on record that hooks failed; the mutation is what it is."""
    record = views.find(ctx, outcome.mutation_id)
    text = " ".join(failed.values())[:500]
    # What a hook says may hold anything, a secret of its environment too: the log has its name alone.
    ctx.record("mutation.hook_failed", record.id, number=record.number, event=outcome.event, hooks=sorted(failed))
    ctx.announce("mutation.hook_failed", record.id, record.version, number=record.number, text=text)
