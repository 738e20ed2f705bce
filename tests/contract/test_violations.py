"""What depends on what is kept whole: what breaks a dependency is a conflict, and known as soon as it does."""

from lattice_console.contract.backend import Backend
from tests.support.changes import create, delete, modify
from tests.support.depending import at, declare, of, spec, told
from tests.support.house import carry_out, propose


async def test_a_new_circle_is_named_all_the_way_round(ann: Backend) -> None:
    await declare(ann, a="b", b="c", c="", p="q", q="p")
    mine = await propose(ann, modify(at("c"), spec("c", "a")), modify(at("p"), spec("p", "q", version=2)))
    [found] = await of(ann, mine)
    assert (found.severity, found.path) == ("error", at("c"))
    assert found.description == "specs/c.json: this one closes a circle of dependencies: c -> a -> b -> c."
    assert found.affected_files == (at("c"), at("a"), at("b"))
    assert [one.action for one in found.resolution_suggestions] == ["remove_the_dependency", "drop_the_change"]
    await carry_out(ann, modify(at("b"), spec("b")))
    assert await told(ann, mine) == []


async def test_it_arises_and_ends_as_others_are_executed_and_rolled_back(ann: Backend) -> None:
    await declare(ann, a="", b="")
    mine = await propose(ann, delete(at("a")))
    assert await told(ann, mine) == []
    done = await carry_out(ann, modify(at("b"), spec("b", "a")))
    assert [severity for severity, _ in await told(ann, mine)] == ["error"]
    assert (await ann.mutations.get(mine.id)).status == "needs_manual_resolution"
    await ann.executions.rollback(done.mutation_id, reason="not yet")
    assert await told(ann, mine) == []
    assert (await ann.mutations.get(mine.id)).status == "pending"
    settled = await ann.mutations.update(mine.id, changes=[modify(at("a"), spec("x")), create("n.json", spec("n"))])
    assert (settled.status, settled.conflicts) == ("pending", 0)


async def test_one_takes_away_what_another_newly_needs(ann: Backend) -> None:
    await declare(ann, a="", b="")
    one = await propose(ann, delete(at("a")))
    other = await propose(ann, modify(at("b"), spec("b", "a")))
    [first], [second] = await of(ann, one), await of(ann, other)
    assert first.id == second.id
    assert first.description == "specs/a.json: this one deletes the spec a, and M-2 makes b depend on a."
    assert second.description == "specs/b.json: this one makes it depend on a, which M-1 deletes."
    assert (first.conflicting_mutations, second.conflicting_mutations) == ((2,), (1,))
    assert [step.action for step in second.resolution_suggestions] == [
        "remove_the_dependency",
        "wait_for_the_other",
        "drop_the_change",
    ]
    assert [(await ann.mutations.get(mine.id)).status for mine in (one, other)] == ["pending", "pending"]
    await ann.reviews.vote(one.id, vote="approve")
    await ann.executions.execute(one.id)
    assert await told(ann, other) == [
        ("warning", "specs/b.json: this one makes it depend on a, which is no spec here yet.")
    ]
