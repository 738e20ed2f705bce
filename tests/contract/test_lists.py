"""The queue: filters, counts, windows both ways, and what a row says."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.query import MutationFilter
from tests.support.changes import create, modify
from tests.support.house import House, carry_out, propose, track


@pytest.fixture
async def queue(house: House, ann: Backend, rob: Backend) -> Backend:
    """Seven mutations of two authors, in several states."""
    await track(ann, {"src/auth.py": b"a\n"})
    await ann.mutations.create(
        title="Split the invoice", spec="billing", labels=["money", "urgent"], changes=[create("src/invoice.py")]
    )
    await rob.mutations.create(title="Hash passwords", type="security", changes=[modify("src/auth.py", b"b\n")])
    await ann.mutations.create(title="Ein Stück Übermut", labels=["urgent"], changes=[create("notes/100%_sure.md")])
    await ann.mutations.create(title="A draft", changes=[create("b.txt")], draft=True)
    await carry_out(rob, create("c.txt"), approver=ann, executor=ann)
    await rob.reviews.vote("1", vote="approve")
    await ann.mutations.cancel((await propose(ann, create("d.txt"), title="Split hairs")).id)
    await ann.reviews.comment("2", text="hm")
    await ann.reviews.vote("2", vote="request_changes")
    return rob


@pytest.mark.parametrize(
    ("narrowed", "numbers"),
    [
        (MutationFilter(), [6, 5, 4, 3, 2, 1]),
        (MutationFilter(number=(5, 3, 99)), [5, 3]),
        (MutationFilter(status=("pending",)), [3, 2]),
        (MutationFilter(status=("pending", "approved")), [3, 2, 1]),
        (MutationFilter(author=("me",)), [5, 2]),
        (MutationFilter(author=("ann", "nobody")), [6, 4, 3, 1]),
        (MutationFilter(author=("nobody",)), []),
        (MutationFilter(spec=("billing",)), [1]),
        (MutationFilter(type=("security",)), [2]),
        (MutationFilter(label=("urgent",)), [3, 1]),
        (MutationFilter(label=("urgent",), author=("ann",), status=("approved",)), [1]),
        (MutationFilter(path=("auth",)), [2]),
        (MutationFilter(path=("%_s",)), [3]),
        (MutationFilter(path=("SRC/",)), [2, 1]),
        (MutationFilter(text=("split",)), [6, 1]),
        (MutationFilter(text=("split", "INVOICE")), [1]),
        (MutationFilter(text=("STÜCK",)), [3]),
        (MutationFilter(text=("übermut",)), [3]),
        (MutationFilter(text=("M-2",)), [2]),
        (MutationFilter(text=("4",)), [4]),
        (MutationFilter(text=("%",)), []),
        (MutationFilter(text=("nothing has this",)), []),
    ],
    ids=lambda value: str(value),
)
async def test_a_filter_narrows_by_every_field_and_any_of_its_values(
    queue: Backend, narrowed: MutationFilter, numbers: list[int]
) -> None:
    page = await queue.mutations.list(filter=narrowed)
    assert [one.number for one in page.items] == numbers
    assert page.total == len(numbers)
    counted = await queue.mutations.counts(filter=narrowed)
    assert counted == {
        status: [one.status for one in page.items].count(status) for status in {one.status for one in page.items}
    }


async def test_windows_lead_on_and_back_and_hold_still_while_others_arrive(queue: Backend) -> None:
    first = await queue.mutations.list(limit=2)
    assert ([one.number for one in first.items], first.has_more, first.total) == ([6, 5], True, 6)
    await propose(queue, create("e.txt"))
    second = await queue.mutations.list(limit=2, cursor=first.next_cursor)
    assert ([one.number for one in second.items], second.has_more, second.total) == ([4, 3], True, 7)
    third = await queue.mutations.list(limit=2, cursor=second.next_cursor)
    assert ([one.number for one in third.items], third.has_more) == ([2, 1], False)
    back = await queue.mutations.list(limit=2, cursor=third.prev_cursor, direction="prev")
    assert back.items == second.items
    newest = await queue.mutations.list(limit=5, cursor=second.prev_cursor, direction="prev")
    assert ([one.number for one in newest.items], newest.has_more) == ([7, 6, 5], False)


async def test_a_list_can_start_from_its_end_and_from_any_row(queue: Backend) -> None:
    assert [one.number for one in (await queue.mutations.list(direction="prev", limit=2)).items] == [2, 1]
    assert [one.number for one in (await queue.mutations.list(offset=3, limit=2)).items] == [3, 2]
    assert [one.number for one in (await queue.mutations.list(offset=99)).items] == []


async def test_a_row_says_what_the_whole_mutation_says(queue: Backend) -> None:
    for row in (await queue.mutations.list()).items:
        whole = await queue.mutations.get(str(row.number))
        assert row == type(row)(**{name: getattr(whole, name) for name in type(row).model_fields})
    rows = {row.number: row for row in (await queue.mutations.list()).items}
    assert (rows[1].approvals, rows[1].approvals_required, rows[1].spec_id, rows[1].labels) == (
        1,
        1,
        "billing",
        ("money", "urgent"),
    )
    assert (rows[2].objections, rows[2].comments, rows[2].author.handle, rows[2].type) == (1, 1, "rob", "security")


async def test_a_mutation_answers_to_its_id_and_its_number(queue: Backend) -> None:
    whole = await queue.mutations.get("M-3")
    for name in ("3", "m-3", "M-003", whole.id):
        assert await queue.mutations.get(name) == whole


async def test_numbers_are_given_once_per_project(house: House, queue: Backend) -> None:
    other = await house.without_project("zoe").projects.create(name="another")
    assert (await propose(house.with_project(other.id, "zoe"), create("a.txt"))).number == 1
    assert (await propose(queue, create("e.txt"))).number == 7
