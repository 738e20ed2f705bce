"""Rolling back restores bytes, paths and ids; it refuses where later executions build on it."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import Document
from tests.support.changes import create, delete, modify, rename
from tests.support.house import House, carry_out, head_of, propose, track
from tests.support.refusals import refusal


async def ids(backend: Backend) -> dict[str, str]:
    documents: tuple[Document, ...] = (await backend.documents.list()).items
    return {document.path: document.id for document in documents}


async def test_bytes_paths_and_ids_come_back(ann: Backend) -> None:
    await track(ann, {"m.txt": b"m\r\n", "d.bin": b"\x00\xff", "r.txt": b"r", "x.txt": b"x\n", "y.txt": b"y\n"})
    head, before = await head_of(ann), await ids(ann)
    done = await carry_out(
        ann,
        create("c.txt"),
        modify("m.txt", b"M\n"),
        delete("d.bin"),
        rename("r.txt", "dir/r.txt", b"R"),
        rename("x.txt", "y.txt"),
        rename("y.txt", "x.txt"),
    )
    assert await head_of(ann) != head
    back = await ann.executions.rollback(done.mutation_id, reason="it was wrong")
    assert await head_of(ann) == head
    assert await ids(ann) == before
    assert (back.id, back.status, back.rollback_available) == (done.id, "rolled_back", False)
    assert back.rolled_back_at is not None
    assert (await ann.mutations.get(done.mutation_id)).status == "rolled_back"
    assert [one.operation for one in (await ann.documents.history("m.txt")).items] == ["rollback", "modify", "baseline"]
    assert (await ann.mutations.timeline(done.mutation_id))[-1].detail == "it was wrong"


async def test_only_what_is_completed_is_rolled_back_and_once(ann: Backend) -> None:
    pending = await propose(ann, create("a.txt"))
    done = await carry_out(ann, create("b.txt"))
    await ann.executions.rollback(done.mutation_id, reason="wrong")
    for mutation in (pending.id, done.mutation_id):
        with refusal("BR_STATUS"):
            await ann.executions.rollback(mutation, reason="again")
        assert not (await ann.mutations.get(mutation)).action("rollback").allowed


async def test_everything_in_reverse_order_gives_the_start(ann: Backend) -> None:
    await track(ann, {"a.txt": b"a\n", "b.txt": b"b\n"})
    head, before = await head_of(ann), await ids(ann)
    steps = [
        (modify("a.txt", b"A\n"), create("c.txt")),
        (rename("a.txt", "A.txt"), delete("b.txt")),
        (modify("A.txt", b"AA\n"), create("b.txt", b"new\n")),
        (delete("A.txt"), rename("c.txt", "a.txt"), modify("b.txt", b"newer\n")),
    ]
    done = [await carry_out(ann, *step) for step in steps]
    for execution in reversed(done):
        await ann.executions.rollback(execution.mutation_id, reason="wrong")
    assert await head_of(ann) == head
    assert await ids(ann) == before


async def test_a_later_change_of_the_same_document_refuses_it_and_is_named(ann: Backend) -> None:
    await track(ann, {"a.txt": b"0\n", "b.txt": b"0\n"})
    first = await carry_out(ann, modify("a.txt", b"1\n"))
    second = await carry_out(ann, rename("a.txt", "c.txt"), modify("b.txt", b"2\n"))
    third = await carry_out(ann, modify("b.txt", b"3\n"))
    with refusal("BR_BUILT_UPON") as refused:
        await ann.executions.rollback(first.mutation_id, reason="wrong")
    assert "c.txt was changed later by M-2" in refused.value.message
    assert refused.value.details["reasons"] == ["c.txt was changed later by M-2"]
    with refusal("BR_BUILT_UPON") as refused:
        await ann.executions.rollback(second.mutation_id, reason="wrong")
    assert refused.value.details["reasons"] == ["b.txt was changed later by M-3"]
    assert (await ann.mutations.get(first.mutation_id)).status == "completed"
    for execution in (third, second, first):
        await ann.executions.rollback(execution.mutation_id, reason="wrong")
    assert await head_of(ann) == {"a.txt": b"0\n", "b.txt": b"0\n"}


async def test_what_was_deleted_later_is_named_as_it_was(ann: Backend) -> None:
    made = await carry_out(ann, create("a.txt"))
    await carry_out(ann, delete("a.txt"))
    with refusal("BR_BUILT_UPON") as refused:
        await ann.executions.rollback(made.mutation_id, reason="wrong")
    assert refused.value.details["reasons"] == ["a.txt was changed later by M-2"]


async def test_a_place_that_was_taken_since_refuses_it(ann: Backend) -> None:
    await track(ann, {"a.txt": b"0\n", "dir/b.txt": b"0\n", "c.txt": b"0\n"})
    deleted = await carry_out(ann, delete("a.txt"))
    emptied = await carry_out(ann, delete("dir/b.txt"))
    moved = await carry_out(ann, rename("c.txt", "d.txt"))
    takers = [await carry_out(ann, create(path)) for path in ("a.txt", "dir", "C.txt")]
    for execution, told in (
        (deleted, "a.txt cannot come back, it exists already"),
        (emptied, "dir/b.txt cannot come back, dir is a document, not a folder"),
        (moved, "c.txt cannot come back, it differs from C.txt only in case or accents"),
    ):
        with refusal("BR_BUILT_UPON") as refused:
            await ann.executions.rollback(execution.mutation_id, reason="wrong")
        assert refused.value.details["reasons"] == [told]
    for execution in (*takers, moved, emptied, deleted):
        await ann.executions.rollback(execution.mutation_id, reason="wrong")
    assert set(await head_of(ann)) == {"a.txt", "dir/b.txt", "c.txt"}


async def test_a_child_that_was_executed_refuses_it(ann: Backend) -> None:
    parent = await propose(ann, create("a.txt"))
    child = await propose(ann, create("b.txt"), parents=[parent.id])
    for mutation in (parent, child):
        await ann.reviews.vote(mutation.id, vote="approve")
        await ann.executions.execute(mutation.id)
    with refusal("BR_BUILT_UPON") as refused:
        await ann.executions.rollback(parent.id, reason="wrong")
    assert "M-2 is stacked on it and executed" in refused.value.message
    await ann.executions.rollback(child.id, reason="wrong")
    await ann.executions.rollback(parent.id, reason="wrong")
    assert await head_of(ann) == {}


async def test_the_action_says_beforehand_that_it_was_built_upon(ann: Backend) -> None:
    first = await carry_out(ann, create("a.txt"))
    assert (await ann.mutations.get(first.mutation_id)).action("rollback").allowed
    await carry_out(ann, modify("a.txt", b"two\n"))
    action = (await ann.mutations.get(first.mutation_id)).action("rollback")
    assert not action.allowed
    assert "a.txt was changed later by M-2" in action.reason


async def test_damaged_bytes_end_as_a_failed_rollback_that_an_operator_finishes(house: House, ann: Backend) -> None:
    await track(ann, {"a.txt": b"before\n", "b.txt": b"b\n"})
    done = await carry_out(ann, modify("a.txt", b"after\n"), modify("b.txt", b"B\n"))
    head = await head_of(ann)
    with house.damaged(b"before\n"):
        broken = await ann.executions.rollback(done.mutation_id, reason="wrong")
    assert (broken.status, broken.rollback_available, broken.rolled_back_at) == ("rollback_failed", False, None)
    assert "lost or damaged" in broken.errors[0].error
    assert await head_of(ann) == head, "all or nothing"
    stuck = await ann.mutations.get(done.mutation_id)
    assert stuck.status == "rollback_failed"
    assert {action.name for action in stuck.actions if action.allowed} == {"comment", "dry_run", "finish_rollback"}
    settled = await ann.executions.finish_rollback(done.mutation_id, reason="restored from a backup by hand")
    assert (settled.status, settled.rolled_back_at is not None) == ("rolled_back", True)
    assert (await ann.mutations.get(done.mutation_id)).status == "rolled_back"
    assert await head_of(ann) == head, "what an operator does, comes in as any other change"
    with refusal("BR_STATUS"):
        await ann.executions.finish_rollback(done.mutation_id, reason="again")


async def test_what_a_failed_rollback_left_in_the_head_stays_built_upon(house: House, ann: Backend) -> None:
    await track(ann, {"a.txt": b"0\n"})
    first = await carry_out(ann, modify("a.txt", b"1\n"))
    second = await carry_out(ann, modify("a.txt", b"2\n"))
    with house.damaged(b"1\n"):
        await ann.executions.rollback(second.mutation_id, reason="wrong")
    await ann.executions.finish_rollback(second.mutation_id, reason="left as it is")
    with refusal("BR_BUILT_UPON"):
        await ann.executions.rollback(first.mutation_id, reason="wrong")
    assert await head_of(ann) == {"a.txt": b"2\n"}


@pytest.mark.parametrize("name", ["rollback", "finish_rollback"])
async def test_a_rollback_needs_a_reason(ann: Backend, name: str) -> None:
    done = await carry_out(ann, create("a.txt"))
    with refusal("VAL_REASON"):
        await getattr(ann.executions, name)(done.mutation_id, reason="  ")
