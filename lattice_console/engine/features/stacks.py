"""Where mutations stand in their stacks: what lists are ordered by."""

from collections.abc import Iterable

from lattice_console.engine.features import stored
from lattice_console.engine.features.context import Context
from lattice_console.engine.records import MutationRecord
from lattice_console.engine.rules import life


def place(ctx: Context, number: int, parents: Iterable[str]) -> tuple[int, int]:
    """Stack and level of the mutation with that number, standing on the mutations with those ids.

    What was executed is part of the head, and nothing stands on it.
    """
    ids = list(parents)
    below = [one for one in ctx.tables.mutations.many(ids).values() if one.status not in life.EXECUTED] if ids else []
    if not below:
        return number, 0
    return min(one.stack for one in below), 1 + max(one.level for one in below)


def settle(ctx: Context, record: MutationRecord) -> None:
    """Bring those that stand on a mutation to their places, as its own or its status has changed."""
    waiting = [record]
    while waiting:
        for child in ctx.tables.mutations.children(waiting.pop().id):
            stack, level = place(ctx, child.number, (one.mutation_id for one in stored.of(ctx, child).parents))
            if (stack, level) != (child.stack, child.level):
                # Nothing of it changed for those who look at it.
                kept = {"version": child.version, "updated_at": child.updated_at}
                waiting.append(stored.change(ctx, child, stack=stack, level=level, **kept))
