"""The five strategies, each on one file, on several, and against another mutation."""

from collections.abc import Sequence

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.conflict import Strategy
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.contract.models.resolution import Resolution, ResolvedFile
from tests.contract.test_rebasing import BASE, BOTH, LINES, OURS, THEIRS, executed, with_lines
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, carry_out, hashed, head_of, propose, track
from tests.support.refusals import refusal

MINE = with_lines(line_3=b"ours\n", line_10=b"ours too\n")
OTHERS = with_lines(line_3=b"theirs\n", line_27=b"theirs too\n")


async def meeting(ann: Backend, rob: Backend | None = None) -> Mutation:
    """A mutation that meets the head in line 3 of a.txt; its b.txt merges by itself."""
    await track(ann, {"a.txt": BASE, "b.txt": BASE})
    mine = await propose(ann, modify("a.txt", MINE), modify("b.txt", OURS))
    await carry_out(rob or ann, modify("a.txt", OTHERS), modify("b.txt", THEIRS), approver=ann, executor=ann)
    return mine


async def results(backend: Backend, mutation: Mutation) -> dict[str, str | None]:
    seen = await backend.mutations.get(mutation.id)
    return {change.result_path: change.result_hash for change in seen.changes}


def paths(resolution: Resolution) -> tuple[list[str], list[str]]:
    return [one.path for one in resolution.settled], [one.path for one in resolution.left]


async def test_auto_merge_keeps_the_clean_files_and_leaves_the_rest_as_conflicts(ann: Backend) -> None:
    mine = await meeting(ann)
    done = await ann.conflicts.resolve(mine.id, strategy="auto_merge")
    assert paths(done) == (["b.txt"], ["a.txt"])
    assert (done.mutation_id, done.strategy, done.resolved, done.patchset) == (mine.id, "auto_merge", False, 2)
    assert done.left[0].why == "both change it at line 3"
    assert not done.settled[0].chosen
    after = await ann.mutations.get(mine.id)
    assert {one.file_path: (one.base_hash, one.result_hash) for one in after.changes} == {
        "a.txt": (hashed(BASE), hashed(MINE)),
        "b.txt": (hashed(THEIRS), hashed(BOTH)),
    }
    again = await ann.conflicts.resolve(mine.id, strategy="auto_merge")
    assert (paths(again), again.patchset) == (([], ["a.txt"]), 2)


async def test_rebase_is_all_or_nothing(ann: Backend) -> None:
    mine = await meeting(ann)
    done = await ann.conflicts.resolve(mine.id, strategy="rebase")
    assert (done.resolved, done.patchset, paths(done)) == (False, 1, ([], ["a.txt"]))
    assert (await ann.mutations.get(mine.id)).patchset == 1


@pytest.mark.parametrize(
    ("strategy", "third"),
    [("accept_theirs", b"theirs\n"), ("accept_ours", b"ours\n")],
)
async def test_accepting_a_side_takes_it_where_both_meet_and_both_elsewhere(
    ann: Backend, strategy: Strategy, third: bytes
) -> None:
    mine = await meeting(ann)
    done = await ann.conflicts.resolve(mine.id, strategy=strategy)
    assert done.resolved
    assert {one.path: one.chosen for one in done.settled} == {"a.txt": True, "b.txt": False}
    after = await executed(ann, mine)
    assert after == {
        "a.txt": with_lines(line_3=third, line_10=b"ours too\n", line_27=b"theirs too\n"),
        "b.txt": BOTH,
    }


async def test_accept_ours_says_to_the_other_author_that_their_change_was_superseded(
    house: House, ann: Backend, rob: Backend
) -> None:
    mine = await meeting(ann, rob)
    assert await ann.reviews.comments("M-2") == ()
    await ann.conflicts.resolve(mine.id, strategy="accept_ours")
    [told] = await rob.reviews.comments("M-2")
    assert told.author.handle == "ann"
    assert "Superseded where both meet: patchset 2 of M-1 (a change) takes its own text in a.txt" in told.text
    assert "b.txt" not in told.text


async def test_accept_theirs_tells_nobody(ann: Backend, rob: Backend) -> None:
    mine = await meeting(ann, rob)
    await ann.conflicts.resolve(mine.id, strategy="accept_theirs")
    assert await rob.reviews.comments("M-2") == ()


async def test_manual_takes_what_a_person_made_of_it_and_merges_the_rest(ann: Backend) -> None:
    mine = await meeting(ann)
    done = await ann.conflicts.resolve(
        mine.id, strategy="manual", files=[ResolvedFile(path="a.txt", content=b"by hand\n")]
    )
    assert done.resolved
    assert await results(ann, mine) == {"a.txt": hashed(b"by hand\n"), "b.txt": hashed(BOTH)}
    assert await executed(ann, mine) == {"a.txt": b"by hand\n", "b.txt": BOTH}


async def test_manual_without_contents_says_what_is_open(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await propose(ann, modify("a.txt", MINE))
    await carry_out(ann, modify("a.txt", OTHERS))
    done = await ann.conflicts.resolve(mine.id, strategy="manual")
    assert (done.resolved, done.patchset, paths(done)) == (False, 1, ([], ["a.txt"]))
    assert done.message == "Nothing was changed: M-1 has conflicts in a.txt."


async def test_a_path_narrows_it_to_one_document(ann: Backend) -> None:
    mine = await meeting(ann)
    done = await ann.conflicts.resolve(mine.id, strategy="accept_ours", path="a.txt")
    assert paths(done) == (["a.txt"], ["b.txt"])
    assert done.left[0].why == "it merges by itself, and was not asked for"
    assert (await results(ann, mine))["b.txt"] == hashed(OURS)


async def test_resolving_with_no_conflict_says_so(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await propose(ann, modify("a.txt", OURS))
    for strategy in ("manual", "auto_merge", "rebase", "accept_theirs", "accept_ours"):
        done = await ann.conflicts.resolve(mine.id, strategy=strategy)
        assert (done.resolved, done.patchset) == (True, 1)
        assert done.message == "M-1 has no conflicts with what stands there now."


@pytest.mark.parametrize(
    ("mine", "theirs", "ours_wins", "theirs_wins"),
    [
        (modify("a.txt", OURS), delete("a.txt"), {"a.txt": OURS}, None),
        (delete("a.txt"), modify("a.txt", THEIRS), {}, None),
        (delete("a.txt"), rename("a.txt", "b.txt"), {}, None),
        (rename("a.txt", "b.txt"), delete("a.txt"), {"b.txt": BASE}, None),
        (rename("a.txt", "b.txt", OURS), rename("a.txt", "c.txt"), {"b.txt": OURS}, {"c.txt": OURS}),
        (create("b.txt"), create("b.txt", b"theirs\n"), {"a.txt": BASE, "b.txt": b"one\n"}, None),
        (modify("a.txt", b"\0ours"), modify("a.txt", THEIRS), {"a.txt": b"\0ours"}, None),
    ],
    ids=["modify, delete", "delete, modify", "delete, rename", "rename, delete", "renames", "creates", "binary"],
)
async def test_a_side_can_be_accepted_where_lines_say_nothing(
    ann: Backend,
    mine: ChangeInput,
    theirs: ChangeInput,
    ours_wins: dict[str, bytes],
    theirs_wins: dict[str, bytes] | None,
) -> None:
    await track(ann, {"a.txt": BASE})
    proposed = await propose(ann, mine)
    await carry_out(ann, theirs)
    if theirs_wins is None:
        with refusal("BR_NOTHING_LEFT"):
            await ann.conflicts.resolve(proposed.id, strategy="accept_theirs")
        done = await ann.conflicts.resolve(proposed.id, strategy="accept_ours")
        assert done.resolved
        assert await executed(ann, proposed) == ours_wins
        return
    assert (await ann.conflicts.resolve(proposed.id, strategy="accept_theirs")).resolved
    assert await executed(ann, proposed) == theirs_wins


async def test_a_taken_path_is_given_up_or_chosen_anew_by_hand(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    one = await propose(ann, rename("a.txt", "b.txt", OURS), create("d.txt"))
    two = await propose(ann, rename("a.txt", "b.txt", OURS))
    three = await propose(ann, create("b.txt", OURS))
    await carry_out(ann, create("b.txt"))
    ours = await ann.conflicts.resolve(one.id, strategy="accept_ours")
    assert "b.txt cannot be taken, it exists already; choose another path" in ours.left[0].why
    assert (await ann.conflicts.resolve(one.id, strategy="accept_theirs")).resolved
    assert await results(ann, one) == {"a.txt": hashed(OURS), "d.txt": hashed(b"one\n")}
    elsewhere = ResolvedFile(path="b.txt", content=OURS, new_path="e.txt")
    assert (await ann.conflicts.resolve(three.id, strategy="manual", files=[elsewhere])).resolved
    assert [(one.operation_type, one.file_path) for one in (await ann.mutations.get(three.id)).changes] == [
        ("create", "e.txt")
    ]
    by_hand = ResolvedFile(path="a.txt", content=OURS, new_path="c.txt")
    assert (await ann.conflicts.resolve(two.id, strategy="manual", files=[by_hand])).resolved
    assert await executed(ann, two) == {"c.txt": OURS, "b.txt": b"one\n"}


async def test_a_document_made_anew_where_its_old_one_has_gone_to_is_changed_there(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await propose(ann, delete("a.txt"), create("b.txt", OURS))
    await carry_out(ann, rename("a.txt", "b.txt"))
    assert (await ann.conflicts.resolve(mine.id, strategy="accept_ours")).resolved
    assert await executed(ann, mine) == {"b.txt": OURS}


async def test_two_changes_that_come_to_one_path_are_for_a_person(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE, "b.txt": BASE + b"31\n"})
    mine = await propose(ann, modify("a.txt", OURS), modify("b.txt", BOTH + b"31\n"))
    await carry_out(ann, delete("a.txt"), rename("b.txt", "a.txt"))
    assert (await ann.mutations.get(mine.id)).conflicts == 2
    done = await ann.conflicts.resolve(mine.id, strategy="auto_merge")
    assert (paths(done), done.patchset) == (([], ["a.txt", "b.txt"]), 1)
    assert "a.txt is where another change of this mutation comes to, too" in done.left[1].why


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"strategy": "manual", "files": [ResolvedFile(path="z.txt", content=b"")]}, "VAL_FILES"),
        ({"strategy": "auto_merge", "files": [ResolvedFile(path="a.txt", content=b"")]}, "VAL_FILES"),
        ({"strategy": "auto_merge", "path": "z.txt"}, "VAL_PATH"),
        ({"strategy": "manual", "files": [ResolvedFile(path="a.txt", content=b"", new_path="../z")]}, "VAL_PATH"),
        ({"strategy": "auto_merge", "against": "M-1"}, "BR_CIRCLE"),
        ({"strategy": "auto_merge", "against": "M-2"}, "BR_STATUS"),
        ({"strategy": "auto_merge", "against": "M-9"}, "NF_MUTATION"),
    ],
)
async def test_what_makes_no_sense_is_refused(ann: Backend, arguments: dict[str, object], code: str) -> None:
    mine = await meeting(ann)
    with refusal(code):
        await ann.conflicts.resolve(mine.id, **arguments)  # type: ignore[arg-type] # drawn from the table above
    assert (await ann.mutations.get(mine.id)).patchset == 1


async def test_only_who_may_change_a_mutation_may_resolve_it(house: House, ann: Backend) -> None:
    mine = await meeting(ann)
    dev = await house.member("dev", "developer")
    with refusal("AUTH_FORBIDDEN"):
        await dev.conflicts.resolve(mine.id, strategy="auto_merge")


async def test_a_patchset_in_which_somebody_chose_is_theirs(house: House, ann: Backend) -> None:
    dev = await house.member("dev", "developer")
    await track(ann, {"a.txt": BASE})
    mine = await propose(dev, modify("a.txt", MINE))
    await carry_out(dev, modify("a.txt", OTHERS), approver=ann, executor=ann)
    done = await ann.conflicts.resolve(mine.id, strategy="accept_theirs")
    assert not done.votes_stand
    assert (await ann.mutations.patchset(mine.id, 2)).author.handle == "ann"
    with refusal("BR_VOTE"):
        await ann.reviews.vote(mine.id, vote="approve")


# --- Against another mutation


async def two(ann: Backend, ours: Sequence[ChangeInput], theirs: Sequence[ChangeInput]) -> tuple[Mutation, Mutation]:
    await track(ann, {"a.txt": BASE, "b.txt": BASE})
    return await propose(ann, *ours), await propose(ann, *theirs)


@pytest.mark.parametrize(
    ("strategy", "third"),
    [("accept_theirs", b"theirs\n"), ("accept_ours", b"ours\n"), ("manual", b"by hand\n")],
)
async def test_against_another_mutation_it_is_stacked_on_that_one(
    ann: Backend, rob: Backend, strategy: Strategy, third: bytes
) -> None:
    await track(ann, {"a.txt": BASE})
    mine = await propose(ann, modify("a.txt", MINE))
    other = await propose(rob, modify("a.txt", OTHERS))
    after = with_lines(line_3=third, line_10=b"ours too\n", line_27=b"theirs too\n")
    files = [ResolvedFile(path="a.txt", content=after)] if strategy == "manual" else []
    done = await ann.conflicts.resolve(mine.id, strategy=strategy, files=files, against=f"M-{other.number}")
    assert (done.resolved, done.against) == (True, other.number)
    resolved = await ann.mutations.get(mine.id)
    assert [parent.number for parent in resolved.parents] == [other.number]
    assert resolved.changes[0].base_hash == hashed(OTHERS)
    assert len(await rob.reviews.comments(other.id)) == (strategy == "accept_ours")
    await ann.reviews.vote(other.id, vote="approve")
    await ann.executions.execute(other.id)
    await rob.reviews.vote(mine.id, vote="approve")
    await ann.executions.execute(mine.id)
    assert await head_of(ann) == {"a.txt": after}


async def test_against_another_it_is_all_or_nothing(ann: Backend) -> None:
    mine, other = await two(
        ann,
        [modify("a.txt", MINE), modify("b.txt", OURS)],
        [modify("a.txt", OTHERS), modify("b.txt", THEIRS)],
    )
    done = await ann.conflicts.resolve(mine.id, strategy="auto_merge", against=other.id)
    assert (done.resolved, paths(done), done.patchset) == (False, ([], ["a.txt"]), 1)


async def test_those_who_meet_nowhere_have_no_conflicts(ann: Backend) -> None:
    mine, other = await two(ann, [modify("a.txt", MINE)], [modify("b.txt", OURS)])
    done = await ann.conflicts.resolve(mine.id, strategy="accept_ours", against=other.id)
    assert (done.resolved, done.patchset) == (True, 1)
    assert done.message == f"M-{mine.number} has no conflicts with M-{other.number}."


async def test_of_three_that_meet_each_is_settled_with_one_before_it(ann: Backend) -> None:
    """The third cannot stand on two that each rewrote the line, until one of these stands on the other."""
    await track(ann, {"a.txt": BASE})
    one, two, three = [await propose(ann, modify("a.txt", with_lines(line_3=b"%d\n" % n))) for n in (70, 80, 90)]
    await ann.conflicts.resolve(three.id, strategy="accept_ours", against=one.id)
    with refusal("BR_PARENTS") as refused:
        await ann.conflicts.resolve(three.id, strategy="accept_ours", against=two.id)
    assert "M-3 stands on M-1, which writes a.txt as M-2 does" in refused.value.message
    await ann.conflicts.resolve(two.id, strategy="accept_ours", against=one.id)
    await ann.conflicts.resolve(three.id, strategy="accept_ours", against=two.id)
    for mutation, line in ((one, b"70\n"), (two, b"80\n"), (three, b"90\n")):
        assert await executed(ann, mutation) == {"a.txt": with_lines(line_3=line)}


async def test_one_that_is_itself_behind_is_nothing_to_stand_on(ann: Backend) -> None:
    mine, other = await two(ann, [modify("b.txt", OURS)], [modify("a.txt", OURS), modify("b.txt", OTHERS)])
    await carry_out(ann, modify("a.txt", THEIRS))
    with refusal("BR_BEHIND") as refused:
        await ann.conflicts.resolve(mine.id, strategy="accept_ours", against=other.id)
    assert f"lattice mutation rebase M-{other.number}" in refused.value.message


async def test_a_circle_is_refused(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    low = await propose(ann, modify("a.txt", OURS))
    top = await propose(ann, modify("a.txt", BOTH), parents=[low.id])
    with refusal("BR_CIRCLE"):
        await ann.conflicts.resolve(low.id, strategy="accept_ours", against=top.id)


# --- Stacks


async def test_a_resolution_carries_up_through_the_stack_and_says_where_it_could_not(ann: Backend) -> None:
    await track(ann, {"a.txt": BASE})
    low = await propose(ann, modify("a.txt", MINE))
    top = await propose(ann, modify("a.txt", MINE.replace(LINES[14], b"top\n")), parents=[low.id])
    stuck = await propose(ann, modify("a.txt", MINE.replace(b"ours\n", b"stuck\n")), parents=[low.id])
    await carry_out(ann, modify("a.txt", OTHERS))
    done = await ann.conflicts.resolve(low.id, strategy="accept_theirs")
    assert [(one.number, one.patchset) for one in done.carried] == [(top.number, 2), (stuck.number, None)]
    assert "both change it at line 3" in done.carried[1].why
    merged = with_lines(line_3=b"theirs\n", line_10=b"ours too\n", line_15=b"top\n", line_27=b"theirs too\n")
    assert await results(ann, top) == {"a.txt": hashed(merged)}
    await executed(ann, low)
    assert await executed(ann, top) == {"a.txt": merged}
    assert await head_of(ann) == {"a.txt": merged}
