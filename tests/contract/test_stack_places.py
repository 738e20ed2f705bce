"""Where mutations stand in their stacks, whatever happens to them and to those below; and the order that follows."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import ChangeInput, ImportedCommit
from lattice_console.contract.models.query import MutationFilter
from tests.support.changes import create, modify
from tests.support.house import open_house, propose
from tests.support.legs import LEGS, examples

EXECUTED = ("completed", "rolled_back", "rollback_failed")

# What is done, and with which of the mutations there are; parents are drawn from these too.
Step = tuple[str, int, list[int]]
ACTS = ["propose"] * 5 + ["execute"] * 4 + ["restack"] * 3 + ["import"] * 2 + ["roll back", "cancel", "reopen"]
several = st.lists(st.integers(0, 12), max_size=2, unique=True)
steps: st.SearchStrategy[Step] = st.tuples(st.sampled_from(ACTS), st.integers(0, 12), several)


def commit(number: int, change: ChangeInput) -> ImportedCommit:
    return ImportedCommit(
        commit=f"{number:040x}",
        title="a commit",
        description="",
        author_name="Lin",
        author_email="lin@example.org",
        authored_at=datetime(2020, 2, 2, tzinfo=UTC),
        changes=(change,),
    )


@dataclass(slots=True)
class Story:
    """A project in which every mutation has a file of its own, save for the imports, which share one.

    `parents` is what the newest patchset of each is stacked on.
    """

    ann: Backend
    parents: dict[int, list[int]] = field(default_factory=dict)
    imports: int = 0

    async def take(self, step: Step) -> None:
        """Do it; what is refused changes nothing."""
        act, which, drawn = step
        numbers = sorted(self.parents)
        others = [numbers[one % len(numbers)] for one in drawn] if numbers else []
        try:
            if act == "propose" or not numbers:
                await self._propose(list(dict.fromkeys(others)))
            elif act == "import":
                await self._import()
            else:
                await self._act(act, numbers[which % len(numbers)], list(dict.fromkeys(others)))
        except LatticeError:
            return

    async def _propose(self, parents: list[int]) -> None:
        path = f"{len(self.parents) + 1}.txt"
        made = await propose(self.ann, create(path), parents=[str(parent) for parent in parents])
        self.parents[made.number] = parents

    async def _import(self) -> None:
        content = b"commit %d\n" % self.imports
        change = modify("imported.txt", content) if self.imports else create("imported.txt", content)
        made = await self.ann.mutations.import_commit(commit(self.imports, change), execute=False)
        self.imports += 1
        self.parents[made.number] = [parent.number for parent in made.parents]

    async def _act(self, act: str, number: int, others: list[int]) -> None:
        mutation = str(number)
        if act == "execute":
            await self.ann.reviews.vote(mutation, vote="approve")
            await self.ann.executions.execute(mutation)
        elif act == "roll back":
            await self.ann.executions.rollback(mutation, reason="too early")
        elif act == "restack":
            await self.ann.mutations.update(mutation, parents=[str(other) for other in others])
            self.parents[number] = others
        elif act == "cancel":
            await self.ann.mutations.cancel(mutation)
        else:
            await self.ann.mutations.reopen(mutation)

    async def holds(self) -> None:
        """Every mutation stands where its parents put it, and after them."""
        rows = (await self.ann.mutations.list()).items
        executed = {row.number for row in rows if row.status in EXECUTED}
        waiting = {number: [one for one in below if one not in executed] for number, below in self.parents.items()}
        places: dict[int, tuple[int, int]] = {}
        while len(places) < len(waiting):
            for number, below in waiting.items():
                if all(parent in places for parent in below):
                    stacks, levels = zip(*(places[parent] for parent in below), strict=True) if below else ((), ())
                    places[number] = (min(stacks), 1 + max(levels)) if below else (number, 0)
        assert {row.number: (row.stack, row.level) for row in rows} == places
        order = [row.number for row in rows]
        assert order == sorted(order, key=lambda number: (-places[number][0], places[number][1], number))
        for number, below in waiting.items():
            assert all(order.index(parent) < order.index(number) for parent in below)


@pytest.mark.parametrize("leg", LEGS)
def test_every_mutation_stands_where_its_parents_yet_to_be_executed_put_it(leg: str) -> None:
    async def happens(story: list[Step]) -> None:
        with TemporaryDirectory() as folder:
            async with open_house(leg, Path(folder)) as house:
                told = Story(house.backend())
                for step in story:
                    await told.take(step)
                    await told.holds()

    @settings(max_examples=examples(leg, 25))
    @given(story=st.lists(steps, min_size=8, max_size=25))
    def every_story_holds(story: list[Step]) -> None:
        asyncio.run(happens(story))

    every_story_holds()


async def test_any_member_names_its_stack_and_none_names_another(ann: Backend) -> None:
    told = Story(ann)
    for parents in ([], [0], [1], [1], []):
        await told.take(("propose", 0, parents))
    for number, stack in ((1, {1, 2, 3, 4}), (3, {1, 2, 3, 4}), (5, {5}), (99, set())):
        rows = (await ann.mutations.list(filter=MutationFilter(stack=number))).items
        assert {row.number for row in rows} == stack
    without = MutationFilter(without=(MutationFilter(stack=4),))
    assert [row.number for row in (await ann.mutations.list(filter=without)).items] == [5]


async def test_a_deep_stack_moves_up_as_it_is_executed_from_below(ann: Backend) -> None:
    told = Story(ann)
    await told.take(("propose", 0, []))
    for number in range(30):
        await told.take(("propose", 0, [number]))
    for number in range(1, 4):
        await told.take(("execute", number - 1, []))
        await told.holds()
        rows = (await ann.mutations.list(filter=MutationFilter(stack=number + 1))).items
        assert [(row.number, row.level) for row in rows] == [
            (number + 1 + level, level) for level in range(31 - number)
        ]
    await told.take(("restack", 20, []))
    await told.holds()
    assert {row.stack for row in (await ann.mutations.list(filter=MutationFilter(condition=("open",)))).items} == {
        4,
        21,
    }


async def test_a_stack_is_told_apart_by_its_lowest_number_and_listed_newest_first(ann: Backend) -> None:
    for title, parents in (("a", []), ("b", []), ("c", ["2"]), ("d", ["1"]), ("e", ["3", "4"])):
        await propose(ann, create(f"{title}.txt"), parents=parents, title=title)
    rows = (await ann.mutations.list()).items
    assert [(row.title, row.stack, row.level) for row in rows] == [
        ("b", 2, 0),
        ("c", 2, 1),
        ("a", 1, 0),
        ("d", 1, 1),
        ("e", 1, 2),
    ]


async def test_moving_up_in_a_stack_is_no_change_of_a_mutation(ann: Backend) -> None:
    below = await propose(ann, create("a.txt"))
    above = await propose(ann, create("b.txt"), parents=[below.id])
    await ann.reviews.vote(below.id, vote="approve")
    await ann.executions.execute(below.id)
    seen = await ann.mutations.get(above.id)
    assert (seen.stack, seen.level) == (above.number, 0)
    assert (seen.version, seen.updated_at) == (above.version, above.updated_at)


async def test_imported_commits_that_wait_stand_on_those_before_them(ann: Backend) -> None:
    told = Story(ann)
    await told.take(("propose", 0, []))
    for _ in range(4):
        await told.take(("import", 0, []))
    await told.holds()
    assert {row.number: (row.stack, row.level) for row in (await ann.mutations.list()).items} == {
        1: (1, 0),
        2: (2, 0),
        3: (2, 1),
        4: (2, 2),
        5: (2, 3),
    }
