"""What changes do to what depends on what, with what stands there and two of them together."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import ChangeInput
from tests.support.changes import create, delete, modify, rename
from tests.support.depending import at, declare, of, spec, told
from tests.support.house import carry_out, open_house, propose


@pytest.fixture
async def ann(tmp_path: Path) -> AsyncIterator[Backend]:
    """A project as its owner has it."""
    async with open_house("local", tmp_path) as house:
        yield house.backend()


# --- With what stands there


@pytest.mark.parametrize(
    ("change", "does", "actions"),
    [
        (
            delete(at("a")),
            "deletes the spec a",
            ["remove_the_dependency", "update_the_dependents", "modify_instead", "drop_the_change"],
        ),
        (
            modify(at("a"), spec("x")),
            "renames the spec a to x",
            ["remove_the_dependency", "update_the_dependents", "drop_the_change"],
        ),
        (
            modify(at("a"), b"{}\n"),
            "makes it no longer the spec a",
            ["remove_the_dependency", "update_the_dependents", "drop_the_change"],
        ),
    ],
    ids=["delete", "rename", "empty"],
)
async def test_what_others_need_cannot_be_taken_away(
    ann: Backend, change: ChangeInput, does: str, actions: list[str]
) -> None:
    await declare(ann, a="", b="a", c="a", d="b")
    mine = await propose(ann, change)
    assert (mine.status, mine.conflicts, mine.turn) == ("needs_manual_resolution", 1, "author")
    [found] = await of(ann, mine)
    assert (found.type, found.severity, found.path) == ("dependency_violation", "error", at("a"))
    assert found.description == (
        f"specs/a.json: this one {does}, and b (specs/b.json) and c (specs/c.json) still depend on it."
    )
    assert (found.affected_files, found.conflicting_mutations) == ((at("a"), at("b"), at("c")), ())
    assert [one.action for one in found.resolution_suggestions] == actions
    assert [one.name for one in mine.blockers if found.description in one.reason] == ["no_open_conflict"]


async def test_what_is_moved_or_no_longer_needed_is_no_matter(ann: Backend) -> None:
    await declare(ann, a="", b="a", c="")
    for changes in (
        [rename(at("a"), "elsewhere/a.json")],
        [delete(at("a")), modify(at("b"), spec("b"))],
        [delete(at("a")), delete(at("b"))],
        [delete(at("a")), create("again.json", spec("a", version=2))],
        [delete(at("b")), delete(at("c"))],
        [modify(at("a"), spec("a", version=2))],
    ):
        mine = await propose(ann, *changes)
        assert (mine.status, await told(ann, mine)) == ("pending", [])
        await ann.mutations.cancel(mine.id)


async def test_a_dependency_on_no_spec_is_a_warning_until_there_is_one(ann: Backend) -> None:
    await declare(ann, a="x", b="")
    mine = await propose(ann, modify(at("b"), spec("b", "y", "a")), modify(at("a"), spec("a", "x", version=2)))
    says = "specs/b.json: this one makes it depend on y, which is no spec here yet."
    assert await told(ann, mine) == [("warning", says)]
    assert (mine.status, mine.conflicts) == ("pending", 0)
    other = await carry_out(ann, create(at("y"), spec("y")))
    assert await told(ann, mine) == []
    await ann.executions.rollback(other.mutation_id, reason="not yet")
    assert await told(ann, mine) == [("warning", says)]


async def test_a_stack_is_seen_as_a_whole(ann: Backend) -> None:
    await declare(ann, a="", b="a")
    below = await propose(ann, modify(at("b"), spec("b")))
    above = await propose(ann, delete(at("a")), parents=[below.id])
    assert await told(ann, above) == []
    await ann.mutations.update(below.id, changes=[modify(at("b"), spec("b", "a", version=2))])
    assert [severity for severity, _ in await told(ann, above)] == ["error"]
    assert await told(ann, below) == []


# --- With another mutation


async def test_two_close_a_circle_together_that_neither_closes_alone(ann: Backend) -> None:
    await declare(ann, a="", b="c", c="", d="")
    one = await propose(ann, modify(at("a"), spec("a", "b")))
    other = await propose(ann, modify(at("c"), spec("c", "a")))
    [first], [second] = await of(ann, one), await of(ann, other)
    assert first.id == second.id
    assert first.description == (
        "specs/a.json: this one and M-2 together close a circle of dependencies: a -> b -> c -> a."
    )
    assert second.description == (
        "specs/c.json: this one and M-1 together close a circle of dependencies: c -> a -> b -> c."
    )
    await carry_out(ann, modify(at("b"), spec("b")))
    assert [await told(ann, mine) for mine in (one, other)] == [[], []]
    await carry_out(ann, modify(at("b"), spec("b", "d")), modify(at("d"), spec("d", "c")))
    assert [len(await told(ann, mine)) for mine in (one, other)] == [1, 1]
    await ann.reviews.vote(one.id, vote="approve")
    await ann.executions.execute(one.id)
    assert (await ann.mutations.get(other.id)).status == "needs_manual_resolution"


async def test_what_stands_on_the_other_is_no_rival_of_it(ann: Backend) -> None:
    await declare(ann, a="", b="")
    below = await propose(ann, modify(at("a"), spec("a", "b")))
    above = await propose(ann, modify(at("b"), spec("b", "a")), parents=[below.id])
    assert await told(ann, below) == []
    [(severity, says)] = await told(ann, above)
    assert (severity, says) == ("error", "specs/b.json: this one closes a circle of dependencies: b -> a -> b.")
