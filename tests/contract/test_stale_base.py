"""A stale base is a blocker, and no state where it merges with what stands there: a new patchset mends it."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import ChangeInput
from tests.support.changes import create, delete, modify, rename
from tests.support.house import carry_out, hashed, head_of, propose, track
from tests.support.refusals import refusal


async def test_a_stale_base_that_merges_blocks_and_leaves_the_state(ann: Backend) -> None:
    await track(ann, {"a.txt": b"0\n1\n2\n3\n"})
    proposed = await propose(ann, modify("a.txt", b"mine\n1\n2\n3\n"))
    await ann.reviews.vote(proposed.id, vote="approve")
    done = await carry_out(ann, modify("a.txt", b"0\n1\n2\ntheirs\n"))
    stale = await ann.mutations.get(proposed.id)
    assert stale.status == "approved"
    [blocker] = stale.blockers
    assert (blocker.name, blocker.kind, blocker.state) == ("base_current", "execution", "unsatisfied")
    assert "a.txt: revision 2 by M-2 is newer than its base" in blocker.reason
    assert done.number == 2
    assert not stale.action("execute").allowed
    assert "a.txt: revision 2 by M-2" in stale.action("execute").reason


async def test_executing_on_a_stale_base_is_a_conflict_that_names_the_newer_revision_and_every_blocker(
    ann: Backend, rob: Backend
) -> None:
    await track(ann, {"a.txt": b"0\n"})
    parent = await propose(ann, create("b.txt"))
    proposed = await propose(ann, modify("a.txt", b"mine\n"), create("c.json", b"{broken"), parents=[parent.id])
    await rob.reviews.vote(proposed.id, vote="request_changes")
    await carry_out(rob, modify("a.txt", b"theirs\n"), approver=ann, executor=ann)
    with refusal("CF_STALE_BASE") as refused:
        await ann.executions.execute(proposed.id)
    blockers = {one["name"]: one for one in refused.value.details["blockers"]}
    review = {"approvals", "no_objections", "specs_valid"}
    assert set(blockers) == review | {"status", "base_current", "parents_executed", "no_open_conflict"}
    assert {one["state"] for one in blockers.values()} == {"unsatisfied"}
    assert "revision 2 by M-3" in blockers["base_current"]["reason"]
    for blocker in blockers.values():
        assert blocker["reason"] in refused.value.message
    dry = await ann.executions.dry_run(proposed.id)
    assert not dry.would_execute
    assert {one.name for one in dry.blockers} == set(blockers)
    assert (await ann.mutations.get(proposed.id)).status == "needs_manual_resolution"


@pytest.mark.parametrize(
    ("mine", "theirs", "told"),
    [
        (modify("a.txt", b"mine\n"), modify("a.txt", b"theirs\n"), "revision 2 by M-2 is newer"),
        (modify("a.txt", b"mine\n"), delete("a.txt"), "it is gone, revision 2 by M-2"),
        (modify("a.txt", b"mine\n"), rename("a.txt", "b.txt"), "it is gone, revision 2 by M-2"),
        (delete("a.txt"), modify("a.txt", b"theirs\n"), "revision 2 by M-2 is newer"),
        (delete("a.txt"), delete("a.txt"), "it is gone, revision 2 by M-2"),
        (rename("a.txt", "b.txt"), modify("a.txt", b"theirs\n"), "revision 2 by M-2 is newer"),
        (rename("a.txt", "b.txt"), create("b.txt"), "b.txt: it exists already"),
        (create("b.txt"), create("b.txt", b"theirs\n"), "b.txt: it exists already"),
        (create("b.txt"), create("B.txt"), "b.txt: it differs from B.txt only in case or accents"),
        (create("b.txt"), rename("a.txt", "b.txt"), "b.txt: it exists already"),
        (create("b.txt"), create("b.txt/inside"), "b.txt: it is a folder"),
        (create("b/inside.txt"), create("b"), "b/inside.txt: b is a document, not a folder"),
    ],
    ids=lambda value: (
        value if isinstance(value, str) else f"{value.operation_type} {value.new_path or value.file_path}"
    ),
)
async def test_whatever_moved_underneath_is_named(
    ann: Backend, mine: ChangeInput, theirs: ChangeInput, told: str
) -> None:
    await track(ann, {"a.txt": b"0\n"})
    proposed = await propose(ann, mine)
    await ann.reviews.vote(proposed.id, vote="approve")
    await carry_out(ann, theirs)
    with refusal("CF_STALE_BASE") as refused:
        await ann.executions.execute(proposed.id)
    assert told in refused.value.message


async def test_a_new_patchset_mends_it(ann: Backend) -> None:
    await track(ann, {"a.txt": b"0\n"})
    proposed = await propose(ann, modify("a.txt", b"mine\n"))
    await carry_out(ann, modify("a.txt", b"theirs\n"))
    mended = await ann.mutations.update(proposed.id, changes=[modify("a.txt", b"theirs and mine\n")])
    assert mended.changes[0].base_hash == hashed(b"theirs\n")
    assert [blocker.name for blocker in mended.blockers] == ["approvals"]
    await ann.reviews.vote(proposed.id, vote="approve")
    await ann.executions.execute(proposed.id)
    assert await head_of(ann) == {"a.txt": b"theirs and mine\n"}


async def test_a_base_that_comes_back_is_current_again(ann: Backend) -> None:
    await track(ann, {"a.txt": b"0\n"})
    proposed = await propose(ann, modify("a.txt", b"mine\n"))
    await ann.reviews.vote(proposed.id, vote="approve")
    done = await carry_out(ann, modify("a.txt", b"theirs\n"))
    await ann.executions.rollback(done.mutation_id, reason="not yet")
    assert (await ann.mutations.get(proposed.id)).blockers == ()
    await ann.executions.execute(proposed.id)
    assert await head_of(ann) == {"a.txt": b"mine\n"}


async def test_what_was_looked_at_can_be_stated_when_it_is_proposed(ann: Backend) -> None:
    await track(ann, {"a.txt": b"0\n"})
    proposed = await propose(ann, modify("a.txt", b"mine\n", base_hash=hashed(b"0\n")))
    await carry_out(ann, modify("a.txt", b"theirs\n"))
    for late in (propose(ann, modify("a.txt", b"late\n", base_hash=hashed(b"0\n"))),):
        with refusal("CF_STALE_BASE") as refused:
            await late
        assert refused.value.details["path"] == "a.txt"
        assert (refused.value.details["base"], refused.value.details["current"]) == (
            hashed(b"0\n"),
            hashed(b"theirs\n"),
        )
    assert (await ann.mutations.get(proposed.id)).patchset == 1


async def test_a_change_elsewhere_leaves_the_base_current(ann: Backend) -> None:
    await track(ann, {"a.txt": b"0\n", "b.txt": b"0\n"})
    proposed = await propose(ann, modify("a.txt", b"mine\n"))
    await carry_out(ann, modify("b.txt", b"theirs\n"), create("c.txt"))
    assert [blocker.name for blocker in (await ann.mutations.get(proposed.id)).blockers] == ["approvals"]
