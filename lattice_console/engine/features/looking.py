"""Who looks at which mutation."""

from collections.abc import Sequence

from lattice_console.contract.models.people import Looker
from lattice_console.engine.features import views
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import Steps, flows
from lattice_console.engine.records import LookerRecord


@flows("events.look")
async def look(steps: Steps, *, mutation: str | None, window: str) -> tuple[Looker, ...]:
    project, user, looked = await steps.read(
        lambda ctx: (ctx.project.id, ctx.me.id, views.find(ctx, mutation).id if mutation is not None else None)
    )
    if looked is None:
        await steps.presence.leave(project, user, window)
    else:
        await steps.presence.look(project, LookerRecord(user, window, looked))
    return await _lookers(steps, project)


@flows("events.lookers")
async def lookers(steps: Steps) -> tuple[Looker, ...]:
    return await _lookers(steps, await steps.read(lambda ctx: ctx.project.id))


async def _lookers(steps: Steps, project_id: str) -> tuple[Looker, ...]:
    found = await steps.presence.lookers(project_id)
    return await steps.read(lambda ctx: _named(ctx, found)) if found else ()


def _named(ctx: Context, found: Sequence[LookerRecord]) -> tuple[Looker, ...]:
    """Each of them once for each mutation, as the truth knows them; presence may tell of anybody."""
    people = ctx.persons(looker.user_id for looker in found)
    looking = {(looker.user_id, looker.mutation_id) for looker in found if looker.user_id in people}
    named = (Looker(person=people[user], mutation=mutation) for user, mutation in looking)
    return tuple(sorted(named, key=lambda looker: (looker.person.handle, looker.mutation)))
