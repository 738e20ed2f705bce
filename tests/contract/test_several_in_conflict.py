"""Conflicts of more than two: of several mutations, of one with the head and with others, and in stacks."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.resolution import ResolvedFile
from tests.contract.test_rebasing import BASE, with_lines
from tests.support.changes import create, delete, modify, rename
from tests.support.house import carry_out, head_of, propose, track

THREE = tuple(with_lines(line_3=b"%d\n" % number) for number in (70, 80, 90))
"""What three make of one line."""


async def told(backend: Backend, mutation: Mutation) -> list[tuple[str, str, tuple[int, ...]]]:
    """What a mutation is in conflict about, and with whom; none of these is the head."""
    found = (await backend.conflicts.of(mutation.id)).conflicts
    assert (await backend.mutations.get(mutation.id)).conflicts == sum(one.severity == "error" for one in found)
    return sorted((one.severity, one.path, one.conflicting_mutations) for one in found)


async def test_of_three_that_meet_each_is_told_of_both_others_until_these_are_settled(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    one, two, three = [await propose(ann, modify("a.txt", content)) for content in THREE]
    assert await told(ann, one) == [("error", "a.txt", (2,)), ("error", "a.txt", (3,))]
    assert await told(ann, three) == [("error", "a.txt", (1,)), ("error", "a.txt", (2,))]
    await ann.conflicts.resolve(one.id, strategy="accept_ours", against=two.id)
    # What M-3 meets lower in the stack is not said again of what stands on that.
    assert [await told(ann, side) for side in (one, two, three)] == [
        [],
        [("error", "a.txt", (3,))],
        [("error", "a.txt", (2,))],
    ]
    await ann.conflicts.resolve(three.id, strategy="accept_ours", against=one.id)
    assert [await told(ann, side) for side in (one, two, three)] == [[], [], []]


async def test_one_that_meets_the_head_is_told_of_that_alone_and_of_the_others_once_it_is_settled(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    one = await propose(ann, modify("a.txt", THREE[0]))
    await carry_out(ann, modify("a.txt", THREE[1]))
    other = await propose(ann, modify("a.txt", THREE[2]))
    assert (await told(ann, one), await told(ann, other)) == ([("error", "a.txt", ())], [])
    done = await ann.conflicts.resolve(one.id, strategy="accept_ours")
    assert (done.resolved, done.status) == (True, "pending")
    assert await told(ann, one) == [("error", "a.txt", (other.number,))]
    assert await told(ann, other) == [("error", "a.txt", (one.number,))]
    await ann.conflicts.undo(one.id)
    assert (await told(ann, one), await told(ann, other)) == ([("error", "a.txt", ())], [])


async def test_one_that_meets_the_head_in_one_document_is_told_of_another_mutation_in_a_second(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE, "b.txt": BASE})
    one = await propose(ann, modify("a.txt", THREE[0]), modify("b.txt", THREE[0]))
    other = await propose(ann, modify("b.txt", THREE[1]))
    await carry_out(ann, modify("a.txt", THREE[1]))
    assert await told(ann, one) == [("error", "a.txt", ()), ("error", "b.txt", (other.number,))]
    assert await told(ann, other) == [("error", "b.txt", (one.number,))]
    assert [(await ann.mutations.get(side.id)).status for side in (one, other)] == [
        "needs_manual_resolution",
        "pending",
    ]


async def test_what_stands_on_one_that_could_not_be_carried_up_waits_for_it(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    low = await propose(ann, modify("a.txt", THREE[0]))
    middle = await propose(ann, modify("a.txt", THREE[2]), create("b.txt"), parents=[low.id])
    top = await propose(ann, modify("b.txt", BASE), parents=[middle.id])
    await carry_out(ann, modify("a.txt", THREE[1]))
    done = await ann.conflicts.resolve(low.id, strategy="manual", files=[ResolvedFile(path="a.txt", content=BASE)])
    assert [(one.number, one.patchset) for one in done.carried] == [(middle.number, None)]
    assert "both change it at line 3" in done.carried[0].why
    assert await told(ann, middle) == [("error", "a.txt", ())]
    assert await told(ann, top) == []
    settled = await ann.conflicts.resolve(middle.id, strategy="accept_ours")
    assert [(one.number, one.patchset) for one in settled.carried] == [(top.number, 2)]
    for one in (low, middle, top):
        await ann.reviews.vote(one.id, vote="approve")
        await ann.executions.execute(one.id)
    assert await head_of(ann) == {"a.txt": THREE[2], "b.txt": BASE}


@pytest.mark.parametrize("stack_first", [True, False])
async def test_whoever_comes_last_the_same_is_told(ann: Backend, stack_first: bool) -> None:
    """Two stacked renames of one document, and one that renames it elsewhere, and another into the way of the upper."""
    await track(ann, {"d": BASE, "a.txt": THREE[0]})

    async def stack() -> tuple[Mutation, Mutation]:
        low = await propose(ann, rename("d", "b.txt"), title="low")
        return low, await propose(ann, rename("b.txt", "d/e.txt"), parents=[low.id], title="top")

    async def beside() -> Mutation:
        return await propose(ann, rename("d", "c.txt"), rename("a.txt", "d"), title="beside")

    if stack_first:
        (low, top), rival = await stack(), await beside()
    else:
        rival, (low, top) = await beside(), await stack()
    assert await told(ann, low) == [("error", "d", (rival.number,))]
    assert await told(ann, top) == [("error", "d/e.txt", (rival.number,))]
    assert await told(ann, rival) == sorted([("error", "d", (low.number,)), ("error", "d", (top.number,))])
    await ann.mutations.cancel(rival.id)
    assert (await told(ann, low), await told(ann, top)) == ([], [])


async def test_a_document_with_the_same_bytes_in_the_place_of_another_is_nothing_to_settle(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE, "b.txt": BASE})
    mine = await propose(ann, rename("a.txt", "d.txt"))
    await carry_out(ann, rename("a.txt", "c.txt"), rename("b.txt", "a.txt"))
    seen = await ann.mutations.get(mine.id)
    assert (await told(ann, mine), seen.status) == ([], "pending")
    assert (await ann.mutations.rebase(mine.id)).patchset == 1


async def test_what_stands_on_an_executed_creation_meets_others_in_that_document(ann: Backend) -> None:
    low = await propose(ann, create("a.txt", BASE))
    top = await propose(ann, rename("a.txt", "b.txt"), parents=[low.id])
    await ann.reviews.vote(low.id, vote="approve")
    await ann.executions.execute(low.id)
    other = await propose(ann, delete("a.txt"))
    assert await told(ann, top) == [("error", "a.txt", (other.number,))]
