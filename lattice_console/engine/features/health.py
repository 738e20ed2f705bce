"""How the parts are that all of it stands on."""

import asyncio
from contextlib import suppress

from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.models.health import TRUTH, ComponentHealth, Health
from lattice_console.engine.features.registry import Steps, flows
from lattice_console.engine.pulse import PATIENCE


@flows("health.check")
async def check(steps: Steps) -> Health:
    """Measure every part; answers also while the truth does not, to whom it could not ask then.

    That tells no more than which parts there are and that the truth is gone.
    """
    known, measured = await asyncio.gather(_authorised(steps), steps.health())
    truth = measured[TRUTH]
    parts = {TRUTH: truth} | {name: _with_lag(part, truth) for name, part in measured.items() if name != TRUTH}
    if not known:
        parts = {name: part.model_copy(update=dict.fromkeys(_INSIDE)) for name, part in parts.items()}
    return Health.of(steps.now(), parts)


_INSIDE = ("connections_in_pool", "retries", "lag", "last_event")


async def _authorised(steps: Steps) -> bool:
    """Whether the actor may ask, as the truth says; False where it says nothing."""
    with suppress(SystemFailure, TimeoutError):
        await asyncio.wait_for(steps.read(lambda ctx: ctx.project.id), PATIENCE)
        return True
    return False


def _with_lag(part: ComponentHealth, truth: ComponentHealth) -> ComponentHealth:
    """How far a part is behind the truth, where both say what their newest event is."""
    if part.lag is not None or part.last_event is None or truth.last_event is None:
        return part
    return part.model_copy(update={"lag": max(0, truth.last_event - part.last_event)})
