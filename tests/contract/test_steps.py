"""How the head came to be: its steps, who took them, and what each of them changed."""

from lattice_console.contract.backend import Backend
from tests.contract.test_imports import AT, commit
from tests.support.changes import create, delete, modify, rename
from tests.support.house import carry_out, hashed, head_of, track

STEPS = (
    (modify("a.txt", b"A\n"), create("c.txt", b"c\n")),
    (rename("a.txt", "b.txt"), rename("b.txt", "a.txt", b"a again\n")),
    (delete("a.txt"), rename("c.txt", "dir/c.txt")),
    (create("a.txt", b"new\n"),),
)


async def test_every_step_says_what_it_changed_and_all_of_them_give_the_head(ann: Backend) -> None:
    await track(ann, {"a.txt": b"a\n", "b.txt": b"b\n"})
    heads = [await head_of(ann)]
    for changes in STEPS:
        await carry_out(ann, *changes)
        heads.append(await head_of(ann))
    await ann.executions.rollback("4", reason="too early")
    heads.append(await head_of(ann))
    steps = await ann.documents.steps()
    assert [step.sequence for step in steps] == list(range(1, len(steps) + 1))
    assert [step.operation for step in steps] == ["baseline", *["execution"] * 4, "rollback"]
    standing: dict[str, str] = {}
    for step, head in zip(steps, heads, strict=True):
        for entry in step.entries:
            standing.pop(entry.path, None)
            if entry.hash:
                standing[entry.path] = entry.hash
        assert standing == {path: hashed(content) for path, content in head.items()}
    swap = steps[2].entries
    assert [(one.path, one.hash) for one in swap] == [("a.txt", hashed(b"a again\n")), ("b.txt", hashed(b"A\n"))]
    assert await ann.documents.steps(after=2, limit=2) == steps[2:4]
    assert await ann.documents.steps(after=len(steps)) == ()


async def test_a_step_names_who_took_it_and_who_wrote_the_mutation(ann: Backend, rob: Backend) -> None:
    await track(ann, {"a.txt": b"a\n"})
    await carry_out(rob, modify("a.txt", b"A\n"), approver=ann, executor=ann)
    await ann.executions.rollback("1", reason="not yet")
    baseline, execution, back = await ann.documents.steps()
    assert (baseline.mutation, baseline.reason, baseline.actor.handle) == (None, "", "ann")
    assert execution.mutation is not None
    assert back.mutation == execution.mutation
    assert (execution.mutation.number, execution.mutation.title) == (1, "a change")
    assert (execution.mutation.author.handle, execution.actor.handle) == ("rob", "ann")
    assert execution.mutation.created_at < execution.at < back.at
    assert (execution.reason, back.reason) == ("", "not yet")


async def test_an_imported_commit_keeps_what_it_says_of_its_author(ann: Backend) -> None:
    said = {"author": "Lin <lin@example.org>"}
    await ann.mutations.import_commit(commit(1, create("a.txt"), metadata=said))
    [step] = await ann.documents.steps()
    assert step.mutation is not None
    assert (step.mutation.author_email, step.mutation.created_at) == ("lin@example.org", AT)
    assert step.mutation.metadata == {**said, "commit": f"{1:040x}"}
