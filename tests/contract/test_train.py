"""A merge train says what would come of executing what is approved, one after the other."""

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Mutation
from tests.contract.test_rebasing import BASE, BOTH, OURS, THEIRS, with_lines
from tests.support.changes import create, delete, modify, rename
from tests.support.house import carry_out, head_of, propose, track
from tests.support.refusals import refusal


async def approved(backend: Backend, *arguments: object, parents: tuple[str, ...] = ()) -> Mutation:
    mutation = await propose(backend, *arguments, parents=parents)  # type: ignore[arg-type] # changes
    return await backend.reviews.vote(mutation.id, vote="approve")


async def passages(backend: Backend, *mutations: str) -> dict[int, str]:
    return {car.number: car.passage for car in await backend.conflicts.train(mutations)}


async def test_each_is_tried_on_the_result_of_those_before_it(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    await approved(ann, modify("a.txt", OURS))
    await approved(ann, modify("a.txt", THEIRS))
    await approved(ann, modify("a.txt", with_lines(line_3=b"other\n")))
    await approved(ann, create("b.txt"))
    await propose(ann, create("c.txt"))
    before = await head_of(ann)
    assert await passages(ann) == {1: "passes", 2: "passes_rebased", 3: "conflicts", 4: "passes"}
    [_, _, conflicting, _] = await ann.conflicts.train()
    # M-2 has written the document, too, but not that line.
    assert conflicting.conflicts_with == (1,)
    assert conflicting.left[0].why == "both change it at line 3"
    assert await head_of(ann) == before


async def test_what_it_says_is_what_comes_of_it(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    one = await approved(ann, modify("a.txt", OURS))
    two = await approved(ann, modify("a.txt", THEIRS))
    cars = await ann.conflicts.train()
    assert all(car.passes for car in cars)
    for mutation in (one, two):
        await ann.mutations.rebase(mutation.id)
        await ann.executions.execute(mutation.id)
    assert await head_of(ann) == {"a.txt": BOTH}


async def test_votes_that_would_not_stand_are_told(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    await approved(ann, modify("a.txt", with_lines(line_3=b"one\n")))
    await approved(ann, modify("a.txt", with_lines(line_6=b"two\n")))
    assert await passages(ann) == {1: "passes", 2: "loses_votes"}


async def test_a_stack_goes_in_its_order_and_waits_for_what_does_not_pass(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    low = await approved(ann, modify("a.txt", OURS))
    top = await approved(ann, modify("a.txt", with_lines(line_3=b"ours\n", line_15=b"top\n")), parents=(low.id,))
    waiting = await propose(ann, create("b.txt"))
    await approved(ann, create("c.txt"), parents=(waiting.id,))
    assert await passages(ann) == {1: "passes", 2: "passes", 4: "blocked"}
    assert await passages(ann, top.id) == {2: "blocked"}
    assert await passages(ann, top.id, low.id) == {1: "passes", 2: "passes"}
    [car] = await ann.conflicts.train([waiting.id])
    assert (car.passage, "Only an approved mutation can be executed" in car.why) == ("blocked", True)


async def test_the_head_is_met_as_well(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    await approved(ann, modify("a.txt", OURS))
    await approved(ann, modify("a.txt", THEIRS))
    await approved(ann, rename("a.txt", "b.txt"))
    await carry_out(ann, modify("a.txt", with_lines(line_3=b"head\n")))
    assert await passages(ann) == {2: "passes_rebased", 3: "passes_rebased"}
    [car] = await ann.conflicts.train(["M-1"])
    assert (car.passage, car.status) == ("blocked", "needs_manual_resolution")


async def test_renames_and_deletions_before_it_are_met(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE, "d.txt": BASE})
    await approved(ann, rename("a.txt", "b.txt"), delete("d.txt"))
    await approved(ann, modify("a.txt", OURS))
    await approved(ann, modify("d.txt", OURS))
    await approved(ann, create("b.txt"))
    assert await passages(ann) == {1: "passes", 2: "loses_votes", 3: "conflicts", 4: "conflicts"}


async def test_what_is_not_there_is_refused(ann: Backend) -> None:
    assert await ann.conflicts.train() == ()
    with refusal("NF_MUTATION"):
        await ann.conflicts.train(["M-9"])
