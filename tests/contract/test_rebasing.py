"""A rebase makes all of a mutation anew on what stands there now, or nothing."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, carry_out, hashed, head_of, propose, track
from tests.support.refusals import refusal

LINES = [b"%d\n" % number for number in range(1, 31)]
BASE = b"".join(LINES)


def with_lines(**replaced: bytes) -> bytes:
    """The thirty lines, with others in the places `line_N`."""
    places = {int(name.removeprefix("line_")): text for name, text in replaced.items()}
    return b"".join(places.get(number, line) for number, line in enumerate(LINES, 1))


OURS = with_lines(line_3=b"ours\n")
THEIRS = with_lines(line_27=b"theirs\n")
BOTH = with_lines(line_3=b"ours\n", line_27=b"theirs\n")


async def executed(backend: Backend, mutation: Mutation) -> dict[str, bytes]:
    await backend.reviews.vote(mutation.id, vote="approve")
    await backend.executions.execute(mutation.id)
    return await head_of(backend)


async def test_both_sides_changes_are_in_the_new_patchset_and_its_bases_are_the_heads(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE, "b.txt": b"0\n"})
    mine = await propose(ann, modify("a.txt", OURS), modify("b.txt", b"1\n"))
    await carry_out(ann, modify("a.txt", THEIRS))
    rebased = await ann.mutations.rebase(mine.id)
    assert (rebased.patchset, rebased.version) == (2, mine.version + 1)
    assert {change.file_path: (change.base_hash, change.result_hash) for change in rebased.changes} == {
        "a.txt": (hashed(THEIRS), hashed(BOTH)),
        "b.txt": (hashed(b"0\n"), hashed(b"1\n")),
    }
    assert [blocker.name for blocker in rebased.blockers] == ["approvals"]
    assert await executed(ann, rebased) == {"a.txt": BOTH, "b.txt": b"1\n"}


async def test_votes_stand_over_a_rebase_that_changes_the_same_lines(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await propose(ann, modify("a.txt", OURS))
    await ann.reviews.vote(mine.id, vote="approve")
    await carry_out(ann, modify("a.txt", THEIRS))
    rebased = await ann.mutations.rebase(mine.id)
    assert (rebased.status, rebased.approvals) == ("approved", 1)
    await ann.executions.execute(mine.id)
    assert await head_of(ann) == {"a.txt": BOTH}


async def test_votes_do_not_stand_where_the_lines_around_the_change_are_others(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await propose(ann, modify("a.txt", OURS))
    await ann.reviews.vote(mine.id, vote="approve")
    await carry_out(ann, modify("a.txt", with_lines(line_6=b"theirs\n")))
    rebased = await ann.mutations.rebase(mine.id)
    assert (rebased.status, rebased.approvals) == ("pending", 0)


async def test_whoever_rebases_for_somebody_else_proposes_nothing_of_their_own(house: House, ann: Backend) -> None:
    dev = await house.member("dev", "developer")
    await track(ann, {"a.txt": BASE})
    mine = await propose(dev, modify("a.txt", OURS))
    await ann.reviews.vote(mine.id, vote="approve")
    await carry_out(dev, modify("a.txt", THEIRS), approver=ann, executor=ann)
    rebased = await ann.mutations.rebase(mine.id)
    assert (await ann.mutations.patchset(mine.id, 2)).author.handle == "dev"
    assert (rebased.status, rebased.approvals) == ("approved", 1)
    with refusal("AUTH_FORBIDDEN"):
        await (await house.member("eve", "developer")).mutations.rebase(mine.id)


async def test_nothing_to_do_leaves_everything_as_it_is(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await propose(ann, modify("a.txt", OURS))
    assert await ann.mutations.rebase(mine.id) == mine
    action = mine.action("rebase")
    assert not action.allowed
    assert "nothing to rebase" in action.reason


async def test_one_document_that_conflicts_refuses_all_of_it_and_every_conflict_is_named(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE, "b.txt": b"0\n", "c.txt": b"0\n", "d.txt": b"0\n"})
    mine = await propose(ann, modify("a.txt", OURS), modify("b.txt", b"1\n"), delete("c.txt"), modify("d.txt", b"1\n"))
    await carry_out(ann, modify("a.txt", THEIRS), modify("b.txt", b"2\n"), modify("c.txt", b"2\n"), delete("d.txt"))
    behind = await ann.mutations.get(mine.id)
    assert behind.action("rebase").allowed
    with refusal("CF_MERGE") as refused:
        await ann.mutations.rebase(mine.id)
    assert {one["path"]: one["why"] for one in refused.value.details["conflicts"]} == {
        "b.txt": "both change it at line 1",
        "c.txt": "this one deletes it, and it was changed",
        "d.txt": "it was deleted, and this one changes it",
    }
    assert await ann.mutations.get(mine.id) == behind


@pytest.mark.parametrize(
    ("mine", "theirs", "after"),
    [
        (modify("a.txt", OURS), rename("a.txt", "b.txt"), {"b.txt": OURS}),
        (modify("a.txt", OURS), rename("a.txt", "b.txt", THEIRS), {"b.txt": BOTH}),
        (rename("a.txt", "b.txt"), modify("a.txt", THEIRS), {"b.txt": THEIRS}),
        (rename("a.txt", "b.txt", OURS), modify("a.txt", THEIRS), {"b.txt": BOTH}),
        (rename("a.txt", "b.txt", OURS), rename("a.txt", "b.txt", THEIRS), {"b.txt": BOTH}),
    ],
    ids=["edit, rename", "edit, rename and edit", "rename, edit", "rename and edit, edit", "the same rename"],
)
async def test_an_edit_meets_a_rename_at_the_new_name(
    ann: Backend, mine: ChangeInput, theirs: ChangeInput, after: dict[str, bytes]
) -> None:
    await track(ann, {"a.txt": BASE})
    proposed = await propose(ann, mine)
    await carry_out(ann, theirs)
    rebased = await ann.mutations.rebase(proposed.id)
    assert await executed(ann, rebased) == after
    assert (await ann.documents.get("b.txt")).revision == 3


@pytest.mark.parametrize(
    ("mine", "theirs", "why"),
    [
        (delete("a.txt"), rename("a.txt", "b.txt"), "this one deletes it, and it was renamed to b.txt"),
        (rename("a.txt", "b.txt"), delete("a.txt"), "it was deleted, and this one renames it"),
        (rename("a.txt", "b.txt"), rename("a.txt", "c.txt"), "both rename it, to b.txt and to c.txt"),
        (rename("a.txt", "b.txt"), create("b.txt"), "b.txt cannot be taken, it exists already; choose another path"),
        (create("b.txt"), create("b.txt", b"theirs\n"), "both create it, with different content"),
        (create("b.txt"), create("B.txt"), "b.txt cannot be taken, it differs from B.txt only in case or accents"),
        (create("b.txt"), create("b.txt/inside"), "b.txt cannot be taken, it is a folder"),
        (modify("a.txt", b"\0ours"), modify("a.txt", THEIRS), "is binary, which has no lines to merge; choose a side"),
    ],
)
async def test_what_only_a_person_can_decide_is_a_question(
    ann: Backend, mine: ChangeInput, theirs: ChangeInput, why: str
) -> None:
    await track(ann, {"a.txt": BASE})
    proposed = await propose(ann, mine)
    await carry_out(ann, theirs)
    with refusal("CF_MERGE") as refused:
        await ann.mutations.rebase(proposed.id)
    [conflict] = refused.value.details["conflicts"]
    assert why in conflict["why"]


async def test_what_is_there_already_is_left_out(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE, "b.txt": b"0\n", "c.txt": b"0\n"})
    proposed = await propose(ann, modify("a.txt", OURS), delete("b.txt"), create("d.txt"), modify("c.txt", b"1\n"))
    await carry_out(ann, modify("a.txt", OURS), delete("b.txt"), create("d.txt"))
    rebased = await ann.mutations.rebase(proposed.id)
    assert [change.file_path for change in rebased.changes] == ["c.txt"]


async def test_where_nothing_would_be_left_it_says_so(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    proposed = await propose(ann, modify("a.txt", OURS))
    await carry_out(ann, modify("a.txt", OURS))
    with refusal("BR_NOTHING_LEFT") as refused:
        await ann.mutations.rebase(proposed.id)
    assert f"lattice mutation cancel M-{proposed.number}" in refused.value.message


async def test_a_merge_that_repeats_a_key_is_a_conflict(ann: Backend) -> None:
    await track(ann, {"a.yaml": b"a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n"})
    proposed = await propose(ann, modify("a.yaml", b"new: 1\na: 1\nb: 2\nc: 3\nd: 4\ne: 5\n"))
    await carry_out(ann, modify("a.yaml", b"a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nnew: 2\n"))
    with refusal("CF_MERGE") as refused:
        await ann.mutations.rebase(proposed.id)
    assert "repeats a key: /new" in refused.value.details["conflicts"][0]["why"]


async def test_an_ended_mutation_is_not_rebased(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    proposed = await propose(ann, modify("a.txt", OURS))
    await ann.mutations.cancel(proposed.id)
    with refusal("BR_STATUS"):
        await ann.mutations.rebase(proposed.id)


async def test_a_rebase_that_saw_an_older_version_is_refused(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    proposed = await propose(ann, modify("a.txt", OURS))
    await ann.mutations.update(proposed.id, title="another")
    with refusal("CF_VERSION"):
        await ann.mutations.rebase(proposed.id, expected_version=proposed.version)


# --- Stacks


async def test_a_child_meets_its_parents_newest_result(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    parent = await propose(ann, modify("a.txt", OURS))
    child = await propose(ann, modify("a.txt", with_lines(line_3=b"ours\n", line_15=b"child\n")), parents=[parent.id])
    await ann.mutations.update(parent.id, changes=[modify("a.txt", with_lines(line_3=b"better\n"))])
    rebased = await ann.mutations.rebase(child.id)
    assert rebased.parents[0].current
    [change] = rebased.changes
    assert change.result_hash == hashed(with_lines(line_3=b"better\n", line_15=b"child\n"))


async def test_a_rebase_low_in_a_stack_carries_up_through_it_and_leaves_what_it_cannot(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    low = await propose(ann, modify("a.txt", OURS))
    middle = await propose(ann, modify("a.txt", with_lines(line_3=b"ours\n", line_15=b"middle\n")), parents=[low.id])
    top = await propose(ann, create("b.txt"), parents=[middle.id])
    stuck = await propose(ann, modify("a.txt", with_lines(line_3=b"ours\n", line_27=b"mine\n")), parents=[low.id])
    for one in (low, middle, top, stuck):
        await ann.reviews.vote(one.id, vote="approve")
    await carry_out(ann, modify("a.txt", THEIRS))
    await ann.mutations.rebase(low.id)
    assert [(await ann.mutations.get(one.id)).patchset for one in (low, middle, top, stuck)] == [2, 2, 2, 1]
    for one in (low, middle, top):
        await ann.executions.execute(one.id)
    after = with_lines(line_3=b"ours\n", line_15=b"middle\n", line_27=b"theirs\n")
    assert await head_of(ann) == {"a.txt": after, "b.txt": b"one\n"}
    assert "base_current" in {blocker.name for blocker in (await ann.mutations.get(stuck.id)).blockers}


async def test_a_stack_is_not_carried_up_for_those_who_may_not_change_what_stands_on_theirs(
    house: House, ann: Backend
) -> None:
    dev, eve = await house.member("dev", "developer"), await house.member("eve", "developer")
    await track(ann, {"a.txt": BASE})
    low = await propose(dev, modify("a.txt", OURS))
    child = await propose(eve, create("b.txt"), parents=[low.id])
    await carry_out(dev, modify("a.txt", THEIRS), approver=ann, executor=ann)
    await dev.mutations.rebase(low.id)
    assert (await ann.mutations.get(child.id)).patchset == 1
