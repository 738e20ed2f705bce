"""Stacks: mutations whose base is the proposed result of others."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.requirement import Requirement
from tests.support.changes import create, delete, modify, rename
from tests.support.house import carry_out, head_of, propose, track
from tests.support.refusals import refusal


async def blockers_of(backend: Backend, mutation: Mutation) -> dict[str, Requirement]:
    return {blocker.name: blocker for blocker in (await backend.mutations.get(mutation.id)).blockers}


async def approve(backend: Backend, *mutations: Mutation) -> None:
    for mutation in mutations:
        await backend.reviews.vote(mutation.id, vote="approve")


async def stack(ann: Backend) -> tuple[Mutation, Mutation, Mutation]:
    """Three on one file, each on the one before."""
    await track(ann, {"a.txt": b"0\n"})
    first = await propose(ann, modify("a.txt", b"1\n"))
    second = await propose(ann, modify("a.txt", b"2\n"), parents=[first.id])
    third = await propose(ann, modify("a.txt", b"3\n"), parents=[f"M-{second.number}"])
    return first, second, third


async def test_a_stack_executes_in_its_order_and_no_other(ann: Backend) -> None:
    first, second, third = await stack(ann)
    await approve(ann, first, second, third)
    for early in (third, second):
        with refusal("BR_BLOCKED") as refused:
            await ann.executions.execute(early.id)
        assert [one["name"] for one in refused.value.details["blockers"]] == ["parents_executed"]
    for number, mutation in enumerate((first, second, third), 1):
        await ann.executions.execute(mutation.id)
        assert await head_of(ann) == {"a.txt": b"%d\n" % number}


async def test_a_child_says_which_parent_it_waits_for(ann: Backend) -> None:
    first, second, _ = await stack(ann)
    waiting = (await blockers_of(ann, second))["parents_executed"]
    assert waiting.kind == "execution"
    assert f"M-{first.number} is pending" in waiting.reason
    seen = await ann.mutations.get(second.id)
    assert [(one.number, one.status, one.current) for one in seen.parents] == [(first.number, "pending", True)]
    assert (await ann.mutations.get(first.id)).children == (second.number,)
    await approve(ann, first)
    assert f"M-{first.number} is approved" in (await blockers_of(ann, second))["parents_executed"].reason


async def test_a_parents_new_patchset_makes_the_childs_base_stale_until_it_is_updated(ann: Backend) -> None:
    first, second, third = await stack(ann)
    await ann.mutations.update(first.id, changes=[modify("a.txt", b"one\n")])
    stale = (await blockers_of(ann, second))["base_current"]
    assert f"M-{first.number}: this parent has a newer patchset" in stale.reason
    assert "base_current" not in await blockers_of(ann, third)
    mended = await ann.mutations.update(second.id, changes=[modify("a.txt", b"two\n")])
    assert mended.parents[0].current
    assert "base_current" not in await blockers_of(ann, second)
    assert "base_current" in await blockers_of(ann, third)


async def test_naming_the_parents_anew_takes_their_newest_patchsets(ann: Backend) -> None:
    first, second, _ = await stack(ann)
    await ann.mutations.update(first.id, changes=[modify("a.txt", b"one\n")])
    mended = await ann.mutations.update(second.id, parents=[first.id])
    assert mended.patchset == 2
    assert "base_current" not in {blocker.name for blocker in mended.blockers}


@pytest.mark.parametrize("end", ["reject", "cancel"])
async def test_a_parent_that_has_ended_is_a_blocker_that_says_so(ann: Backend, rob: Backend, end: str) -> None:
    first, second, _ = await stack(ann)
    if end == "reject":
        ended = await rob.reviews.vote(first.id, vote="reject", comment="no")
    else:
        ended = await ann.mutations.cancel(first.id)
    reason = (await blockers_of(ann, second))["parents_executed"].reason
    assert f"M-{first.number} is {ended.status}" in reason
    assert "reopen that one, or update this one without it" in reason
    with refusal("BR_PARENT") as refused:
        await propose(ann, create("b.txt"), parents=[first.id])
    assert ended.status in refused.value.message
    freed = await ann.mutations.update(second.id, changes=[modify("a.txt", b"2\n")], parents=[])
    assert freed.parents == ()
    assert {"base_current", "parents_executed"} & {blocker.name for blocker in freed.blockers} == set()


async def test_a_reopened_parent_is_waited_for_again(ann: Backend) -> None:
    first, second, _ = await stack(ann)
    await ann.mutations.cancel(first.id)
    await ann.mutations.reopen(first.id)
    assert set(await blockers_of(ann, second)) == {"approvals", "parents_executed"}


async def test_a_rolled_back_parent_blocks_its_child(ann: Backend) -> None:
    first, second, _ = await stack(ann)
    await approve(ann, first, second)
    await ann.executions.execute(first.id)
    await ann.executions.rollback(first.id, reason="too early")
    held = await blockers_of(ann, second)
    assert f"M-{first.number} is rolled back" in held["parents_executed"].reason
    assert "base_current" in held
    with refusal("CF_STALE_BASE"):
        await ann.executions.execute(second.id)


async def test_a_child_may_work_on_what_only_its_parent_makes(ann: Backend) -> None:
    await track(ann, {"old.txt": b"old\n", "gone.txt": b"gone\n"})
    parent = await propose(ann, create("new.txt", b"new\n"), rename("old.txt", "moved.txt"), delete("gone.txt"))
    with refusal("NF_DOCUMENT"):
        await propose(ann, modify("new.txt", b"newer\n"))
    with refusal("BR_PATH_TAKEN"):
        await propose(ann, create("new.txt", b"mine\n"), parents=[parent.id])
    with refusal("NF_DOCUMENT"):
        await propose(ann, delete("gone.txt"), parents=[parent.id])
    child = await propose(
        ann,
        modify("new.txt", b"newer\n"),
        rename("moved.txt", "old.txt"),
        create("gone.txt", b"back\n"),
        parents=[parent.id],
    )
    await approve(ann, parent, child)
    await ann.executions.execute(parent.id)
    created = (await ann.documents.get("new.txt")).id
    await ann.executions.execute(child.id)
    assert await head_of(ann) == {"new.txt": b"newer\n", "old.txt": b"old\n", "gone.txt": b"back\n"}
    assert (await ann.documents.get("new.txt")).id == created


async def test_a_mutation_may_have_several_parents(ann: Backend) -> None:
    await track(ann, {"a.txt": b"a\n", "b.txt": b"b\n"})
    left = await propose(ann, modify("a.txt", b"A\n"))
    right = await propose(ann, modify("b.txt", b"B\n"))
    both = await propose(ann, modify("a.txt", b"AA\n"), modify("b.txt", b"BB\n"), parents=[left.id, right.id])
    top = await propose(ann, delete("a.txt"), parents=[both.id])
    await approve(ann, left, right, both, top)
    await ann.executions.execute(left.id)
    reason = (await blockers_of(ann, both))["parents_executed"].reason
    assert f"M-{right.number}" in reason
    assert f"M-{left.number}" not in reason
    for mutation in (right, both, top):
        await ann.executions.execute(mutation.id)
    assert await head_of(ann) == {"b.txt": b"BB\n"}


async def test_the_order_in_which_parents_are_named_does_not_matter(ann: Backend) -> None:
    await track(ann, {"a.txt": b"a\n"})
    left = await propose(ann, modify("a.txt", b"left\n"))
    right = await propose(ann, modify("a.txt", b"right\n"))
    one = await propose(ann, modify("a.txt", b"both\n"), parents=[left.id, right.id])
    other = await propose(ann, modify("a.txt", b"both\n"), parents=[right.id, left.id])
    assert one.patchset_hash == other.patchset_hash
    for child in (one, other):
        assert set(await blockers_of(ann, child)) == {"approvals", "parents_executed"}


async def test_stacks_have_no_circles_however_long_the_way_round(ann: Backend) -> None:
    first, second, third = await stack(ann)
    for child in (first, second, third):
        with refusal("BR_CIRCLE"):
            await ann.mutations.update(first.id, parents=[child.id])
    await ann.mutations.cancel(second.id)
    with refusal("BR_CIRCLE"):
        await ann.mutations.update(first.id, parents=[third.id])
    await ann.mutations.reopen(second.id)
    for mutation in (first, second, third):
        assert (await ann.mutations.get(mutation.id)).patchset == 1


async def test_a_parent_in_an_older_patchset_is_no_parent_any_more(ann: Backend) -> None:
    first, second, third = await stack(ann)
    await ann.mutations.update(second.id, changes=[modify("a.txt", b"2\n")], parents=[])
    await ann.mutations.update(first.id, changes=[modify("a.txt", b"33\n")], parents=[third.id])
    assert (await ann.mutations.get(third.id)).children == (first.number,)
    assert (await ann.mutations.get(first.id)).children == ()


async def test_the_same_changes_on_other_parents_are_another_patchset(ann: Backend) -> None:
    base = await propose(ann, create("a.txt"))
    alone = await propose(ann, create("b.txt"))
    stacked = await ann.mutations.update(alone.id, parents=[base.id])
    assert stacked.patchset_hash != alone.patchset_hash
    one, two = [await ann.mutations.patchset(alone.id, number) for number in (1, 2)]
    assert one.diff_hash == two.diff_hash
    assert [parent.number for parent in two.parents] == [base.number]
    with refusal("VAL_UPDATE"):
        await ann.mutations.update(alone.id, parents=[base.id])


async def test_a_stack_on_the_result_of_an_executed_parent_sees_the_head(ann: Backend) -> None:
    done = await carry_out(ann, create("a.txt"))
    child = await propose(ann, modify("a.txt", b"two\n"), parents=[done.mutation_id])
    await approve(ann, child)
    try:
        await ann.executions.execute(child.id)
    except LatticeError as error:
        pytest.fail(error.message)
    assert await head_of(ann) == {"a.txt": b"two\n"}
