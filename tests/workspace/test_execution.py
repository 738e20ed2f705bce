"""Executing and rolling back with a look at the folder first, on the real engine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import Blocked, Conflict, Drift, SystemFailure
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.ops.init import init
from lattice_console.workspace import Checkout, record, touched
from tests.support.changes import create, delete, modify, rename
from tests.workspace.memory import put, tree

START = {"docs/a.yaml": b"a: 1\n", "docs/b.yaml": b"b: 1\n", "README.md": b"# Read\n"}


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    root = tmp_path / "project"
    root.mkdir()
    await init(root, name="house", actor="ann")
    for path, content in START.items():
        put(root, path, content)
    backend = await connect(config.load(root, actor="ann", environ={}))
    await backend.documents.track([TrackedFile(path=path, content=content) for path, content in START.items()])
    await Checkout(root).sync(backend)
    yield backend
    await backend.close()


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "project")


def files(checkout: Checkout) -> dict[str, bytes]:
    return {path: content for path, content in tree(checkout.root).items() if not path.startswith(".lattice/")}


async def approved(backend: Backend, *changes: ChangeInput, parents: tuple[str, ...] = ()) -> Mutation:
    mutation = await backend.mutations.create(title="A change", changes=changes, parents=parents)
    return await backend.reviews.vote(mutation.id, vote="approve")


async def test_executing_changes_the_files_and_rolling_back_restores_them(backend: Backend, checkout: Checkout) -> None:
    mutation = await approved(
        backend,
        modify("docs/a.yaml", b"a: 2\n"),
        delete("docs/b.yaml"),
        rename("README.md", "READ.md"),
        create("new/file", b"new"),
    )
    assert touched(mutation) == ("READ.md", "README.md", "docs/a.yaml", "docs/b.yaml", "new/file")
    execution, report = await checkout.execute(backend, mutation)
    assert (execution.status, report.sequence) == ("completed", execution.sequence)
    assert files(checkout) == {"docs/a.yaml": b"a: 2\n", "READ.md": b"# Read\n", "new/file": b"new"}
    await checkout.rollback(backend, mutation, "not yet")
    assert files(checkout) == START


async def test_a_stack_executes_in_order_beside_a_local_edit_elsewhere(backend: Backend, checkout: Checkout) -> None:
    stack: list[Mutation] = []
    for number in (2, 3, 4):
        parents = (stack[-1].id,) if stack else ()
        stack.append(await approved(backend, modify("docs/a.yaml", f"a: {number}\n".encode()), parents=parents))
    put(checkout.root, "docs/b.yaml", b"mine\n")
    for number, mutation in zip((2, 3, 4), stack, strict=True):
        _, report = await checkout.execute(backend, mutation)
        assert report.drifted == ("docs/b.yaml",)
        assert files(checkout) == START | {"docs/a.yaml": f"a: {number}\n".encode(), "docs/b.yaml": b"mine\n"}


async def test_a_local_edit_in_the_same_file_is_named_before_the_engine_is_asked(
    backend: Backend, checkout: Checkout
) -> None:
    mutation = await approved(backend, modify("docs/a.yaml", b"a: 2\n"))
    put(checkout.root, "docs/a.yaml", b"mine\n")
    with pytest.raises(Drift) as caught:
        await checkout.execute(backend, mutation)
    assert caught.value.code == "CF_DRIFT"
    assert caught.value.message == (
        "Not executed: docs/a.yaml changed on disk since the last checkout. "
        "Propose it (lattice mutation create --files docs/a.yaml) or restore it (lattice restore docs/a.yaml)."
    )
    assert caught.value.details["paths"] == ["docs/a.yaml"]
    assert (await backend.mutations.get(mutation.id)).status == "approved"
    assert await backend.executions.list(mutation.id) == ()
    assert files(checkout)["docs/a.yaml"] == b"mine\n"


async def test_several_drifting_files_are_all_named(backend: Backend, checkout: Checkout) -> None:
    mutation = await approved(backend, modify("docs/a.yaml", b"a: 2\n"), delete("docs/b.yaml"), create("it's new"))
    put(checkout.root, "docs/a.yaml", b"mine\n")
    put(checkout.root, "docs/b.yaml", b"mine\n")
    put(checkout.root, "it's new", b"mine\n")
    with pytest.raises(Drift) as caught:
        await checkout.execute(backend, mutation)
    assert caught.value.details["paths"] == ["docs/a.yaml", "docs/b.yaml", "it's new"]
    assert "docs/a.yaml, docs/b.yaml and it's new changed on disk" in caught.value.message
    assert "lattice restore docs/a.yaml docs/b.yaml 'it'\"'\"'s new'" in caught.value.message


async def test_drift_and_blockers_are_told_together(backend: Backend, checkout: Checkout) -> None:
    mutation = await backend.mutations.create(title="A change", changes=[modify("docs/a.yaml", b"a: 2\n")])
    put(checkout.root, "docs/a.yaml", b"mine\n")
    with pytest.raises(Drift) as caught:
        await checkout.execute(backend, mutation)
    named = {blocker["name"] for blocker in caught.value.details["blockers"]}
    assert named == {blocker.name for blocker in mutation.blockers}
    assert named
    assert all(blocker.reason.rstrip(".") in caught.value.message for blocker in mutation.blockers)


async def test_something_else_in_the_way_is_named_with_what_it_is(backend: Backend, checkout: Checkout) -> None:
    mutation = await approved(backend, create("link/file"), modify("docs/a.yaml", b"a: 2\n"))
    (checkout.root / "link").symlink_to("docs")
    put(checkout.root, "docs/a.yaml", b"mine\n")
    with pytest.raises(Drift) as caught:
        await checkout.execute(backend, mutation)
    assert "link/file passes through the symlink link" in caught.value.message
    assert "Make room for link/file." in caught.value.message
    assert "lattice restore docs/a.yaml)" in caught.value.message


async def test_without_drift_the_engines_own_refusal_comes_through(backend: Backend, checkout: Checkout) -> None:
    mutation = await backend.mutations.create(title="A change", changes=[modify("docs/a.yaml", b"a: 2\n")])
    with pytest.raises(Blocked):
        await checkout.execute(backend, mutation)
    other = await approved(backend, modify("docs/a.yaml", b"a: 3\n"))
    with pytest.raises(Conflict):
        await checkout.execute(backend, other, expected_version=other.version + 7)
    assert files(checkout) == START


async def test_a_rollback_is_refused_over_drift(backend: Backend, checkout: Checkout) -> None:
    mutation = await approved(backend, rename("docs/a.yaml", "docs/c.yaml"))
    await checkout.execute(backend, mutation)
    put(checkout.root, "docs/c.yaml", b"mine\n")
    with pytest.raises(Drift, match=r"^Not rolled back: docs/c\.yaml changed on disk"):
        await checkout.rollback(backend, mutation, "not yet")
    later = await approved(backend, modify("docs/c.yaml", b"later\n"))
    await checkout.restore(backend, ["docs/c.yaml"])
    await checkout.execute(backend, later)
    put(checkout.root, "docs/c.yaml", b"mine again\n")
    with pytest.raises(Drift, match="It cannot be anyway: "):
        await checkout.rollback(backend, mutation, "not yet")


async def test_proposed_edits_no_longer_stand_in_the_way(backend: Backend, checkout: Checkout) -> None:
    mutation = await approved(backend, modify("docs/a.yaml", b"a: 2\n"))
    put(checkout.root, "docs/a.yaml", b"mine\n")
    mine = await backend.mutations.create(title="Mine", changes=await checkout.proposal(backend, ["docs/a.yaml"]))
    await checkout.execute(backend, mutation)
    assert files(checkout)["docs/a.yaml"] == b"a: 2\n"
    assert await backend.documents.content(mine.changes[0].result_hash or "") == b"mine\n"


async def test_a_missing_file_is_no_reason_not_to_execute(backend: Backend, checkout: Checkout) -> None:
    mutation = await approved(backend, modify("docs/a.yaml", b"a: 2\n"))
    (checkout.root / "docs/a.yaml").unlink()
    await checkout.execute(backend, mutation)
    assert files(checkout) == START | {"docs/a.yaml": b"a: 2\n"}


async def test_an_edit_against_an_old_head_is_refused_and_mended_by_a_restore(
    backend: Backend, checkout: Checkout
) -> None:
    put(checkout.root, "docs/a.yaml", b"mine\n")
    other = await approved(backend, modify("docs/a.yaml", b"a: 2\n"))
    await backend.executions.execute(other.id)
    assert (await checkout.sync(backend)).drifted == ("docs/a.yaml",)
    with pytest.raises(Conflict) as caught:
        await backend.mutations.create(title="Mine", changes=await checkout.proposal(backend, ["docs/a.yaml"]))
    assert caught.value.code == "CF_STALE_BASE"
    (saved,) = (await checkout.restore(backend, ["docs/a.yaml"])).saved
    put(checkout.root, "docs/a.yaml", b"a: 2\n" + (checkout.root / saved.to).read_bytes())
    await backend.mutations.create(title="Mine", changes=await checkout.proposal(backend, ["docs/a.yaml"]))


async def test_a_folder_that_cannot_be_brought_up_does_not_hide_that_it_was_executed(
    backend: Backend, checkout: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutation = await approved(backend, modify("docs/a.yaml", b"a: 2\n"))

    def full(state: Path, kept: record.Record) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(record, "save", full)
        with pytest.raises(SystemFailure, match="was executed, but this folder was not brought up") as caught:
            await checkout.execute(backend, mutation)
    assert caught.value.code == "SYS_CHECKOUT"
    assert "No space left on device" in caught.value.message
    assert (await backend.mutations.get(mutation.id)).status == "completed"
    await checkout.sync(backend)
    assert await checkout.status(backend) == ()
