"""Mutations without files: records, as of a deployment."""

from lattice_console.contract.backend import Backend
from tests.support.changes import create, modify
from tests.support.house import head_of, propose, track
from tests.support.refusals import refusal

FACTS = {"environment": "staging", "commit": "0123abc", "build_url": "https://ci.example.org/7?x=1&y=<2>"}


async def test_a_deployment_is_recorded_on_a_spec_that_need_not_exist(ann: Backend, rob: Backend) -> None:
    record = await ann.mutations.create(title="Deploy", spec="deployment", type="deployment", metadata=dict(FACTS))
    assert (record.spec_id, record.changes, record.metadata) == ("deployment", (), FACTS)
    states = {requirement.name: requirement.state for requirement in record.requirements}
    assert (states["specs_valid"], states["base_current"]) == ("not_applicable", "not_applicable")
    [made] = await rob.specs.list()
    assert (made.name, made.path, made.document_id) == ("deployment", None, None)
    await ann.mutations.create(title="Deploy again", spec="deployment", metadata=dict(FACTS))
    assert await rob.specs.list() == (made,)
    assert await rob.specs.validate() == ()


async def test_a_record_lives_as_any_mutation_does(ann: Backend, rob: Backend) -> None:
    await track(ann, {"a.txt": b"a\n"})
    record = await ann.mutations.create(title="Deploy", spec="deployment", metadata=dict(FACTS))
    await rob.reviews.vote(record.id, vote="approve")
    assert (await ann.executions.dry_run(record.id)).files == ()
    before = await ann.projects.get()
    done = await ann.executions.execute(record.id)
    assert (done.status, done.executed_changes, done.sequence) == ("completed", (), before.sequence)
    assert (await ann.executions.rollback(record.id, reason="it broke")).status == "rolled_back"
    assert (await ann.projects.get()).sequence == before.sequence
    assert await head_of(ann) == {"a.txt": b"a\n"}


async def test_a_record_can_be_stacked_on_what_it_deploys(ann: Backend) -> None:
    change = await propose(ann, create("a.txt"))
    record = await ann.mutations.create(title="Deploy", spec="deployment", parents=[change.id])
    assert "parents_executed" in {blocker.name for blocker in record.blockers}
    await ann.mutations.update(change.id, changes=[create("a.txt", b"two\n")])
    assert "base_current" in {blocker.name for blocker in (await ann.mutations.get(record.id)).blockers}


async def test_a_record_on_any_other_spec_needs_that_spec(ann: Backend) -> None:
    with refusal("NF_SPEC"):
        await ann.mutations.create(title="Checked", spec="billing")
    await track(ann, {".lattice/specs/billing.json": b'{"name": "billing", "version": "1.0.0"}'})
    assert (await ann.mutations.create(title="Checked", spec="billing")).changes == ()


async def test_a_mutation_changes_files_or_is_a_record(ann: Backend) -> None:
    with refusal("VAL_CHANGES"):
        await ann.mutations.create(title="nothing")
    proposed = await propose(ann, create("a.txt"))
    with refusal("VAL_CHANGES"):
        await ann.mutations.update(proposed.id, changes=[])
    record = await ann.mutations.create(title="Deploy", spec="deployment")
    grown = await ann.mutations.update(record.id, changes=[create("a.txt")])
    assert (grown.patchset, len(grown.changes)) == (2, 1)
    assert len((await ann.mutations.update(record.id, changes=[])).changes) == 0
    await track(ann, {"b.txt": b"b\n"})
    assert len((await ann.mutations.update(record.id, changes=[modify("b.txt", b"B\n")])).changes) == 1
