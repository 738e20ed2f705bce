"""The stack of a mutation as its reader sees it: with what was executed of it, which the queue leaves out."""

from collections.abc import Sequence

from lattice_console.contract.backend import Mutations
from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.contract.models.query import MutationFilter

__all__ = ["read_stack"]

_STACK = 100
"""Mutations of a stack that are shown at most, and of its kin as well."""


async def read_stack(mutations: Mutations, mutation: Mutation) -> Sequence[MutationSummary]:
    """What a mutation stands on and what stands on it, parents first, itself among them; raises LatticeError.

    What is executed is part of the head, and begins no stack any more: what stands on such a mutation is read with the
    stacks that it is in now.
    """
    parents = [parent.number for parent in mutation.parents]
    own = (await mutations.list(filter=MutationFilter(stack=mutation.stack), limit=_STACK)).items
    kin = {*parents, *mutation.children} - {row.number for row in own}
    if not kin:
        return own
    named = MutationFilter(number=tuple(sorted(kin)[:_STACK]))
    found = {row.number: row for row in (await mutations.list(filter=named, limit=_STACK)).items}
    above = sorted({row.stack for row in found.values() if row.number not in parents} - {mutation.stack})
    if above:
        stacks = MutationFilter(either=tuple(MutationFilter(stack=stack) for stack in above[:_STACK]))
        found |= {row.number: row for row in (await mutations.list(filter=stacks, limit=_STACK)).items}
    rest = sorted(found.values(), key=lambda row: (row.stack, row.level, row.number))
    below = [row for row in rest if row.number in parents]
    return [*below, *own, *(row for row in rest if row.number not in parents)]
