"""Two executions that run at the same time."""

import copy

from tests.support.model import moves
from tests.support.model.world import World

ORDERS = ("aAbB", "bBaA", "abAB", "abBA", "baAB", "baBA")
"""How they can meet: small letters claim, large ones apply."""


def in_order(world: World, numbers: tuple[int, int], order: str) -> tuple[list[str], World]:
    """What each of the two comes to in that order, a code or a status, and the world afterwards."""
    world = copy.deepcopy(world)
    deployer = next(who for who in world.members if world.may(who, "deploy"))
    told = ["", ""]
    for letter in order:
        which = "ab".index(letter.lower())
        mutation = world.mutations[numbers[which]]
        if letter.islower():
            refused = moves.refused(world, "execute", deployer, mutation)
            told[which] = next(iter(refused), "")
            if not refused:
                moves.claim(mutation)
        elif not told[which]:
            moves.apply(world, mutation)
            told[which] = mutation.status
        world.settle()
    return told, world
