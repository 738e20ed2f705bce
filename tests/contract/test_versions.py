"""No lost update: every write compares the version that its caller saw."""

import pytest

from lattice_console.contract import calls
from lattice_console.contract.backend import Backend
from tests.support.changes import create
from tests.support.house import House, propose
from tests.support.refusals import refusal
from tests.support.samples import HELPER, SAMPLES, Scene, call

WRITES = [
    name for name in SAMPLES if any(parameter.name == "expected_version" for parameter in calls.call(name).parameters)
]


@pytest.mark.parametrize("name", WRITES)
async def test_a_stale_write_fails_and_changes_nothing(house: House, ann: Backend, name: str) -> None:
    await house.member(HELPER, "developer")
    arguments = await SAMPLES[name](Scene(house, ann))
    seen = await _version(ann, arguments)
    before = await ann.audit.verify()
    with refusal("CF_VERSION") as refused:
        await call(ann, name, {**arguments, "expected_version": seen - 1})
    assert refused.value.details == {"expected": seen - 1, "actual": seen}
    assert "Look again" in refused.value.message
    assert await ann.audit.verify() == before
    await call(ann, name, {**arguments, "expected_version": seen})


async def test_the_error_says_what_changed_and_by_whom(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await ann.mutations.update(proposed.id, title="another title")
    await rob.reviews.vote(proposed.id, vote="request_changes", comment="no")
    with refusal("CF_VERSION") as refused:
        await ann.mutations.cancel(proposed.id, expected_version=proposed.version)
    assert "mutation.updated by ann" in refused.value.message
    assert "mutation.reviewed by rob" in refused.value.message


async def test_every_write_to_a_mutation_moves_its_version_save_a_remark(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    versions = [proposed.version]
    versions.append((await ann.mutations.update(proposed.id, labels=["urgent"])).version)
    versions.append((await rob.reviews.vote(proposed.id, vote="request_changes")).version)
    versions.append((await rob.reviews.withdraw(proposed.id)).version)
    versions.append((await ann.mutations.cancel(proposed.id)).version)
    versions.append((await ann.mutations.reopen(proposed.id)).version)
    assert versions == sorted(set(versions))
    await rob.reviews.comment(proposed.id, text="a remark")
    assert (await ann.mutations.get(proposed.id)).version == versions[-1]


async def test_of_two_who_saw_the_same_version_one_wins(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await rob.reviews.vote(proposed.id, vote="request_changes", expected_version=proposed.version)
    with refusal("CF_VERSION"):
        await ann.mutations.update(proposed.id, title="mine", expected_version=proposed.version)
    assert (await ann.mutations.get(proposed.id)).title == "a change"


async def test_a_vote_names_the_patchset_that_was_looked_at(ann: Backend, rob: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await ann.mutations.update(proposed.id, changes=[create("a.txt", b"two\n")])
    with refusal("CF_PATCHSET") as refused:
        await rob.reviews.vote(proposed.id, vote="approve", patchset=1)
    assert refused.value.details["patchset"] == 2
    assert (await rob.reviews.vote(proposed.id, vote="approve", patchset=2)).status == "approved"


async def _version(backend: Backend, arguments: dict[str, object]) -> int:
    """The version of what those arguments write to."""
    if "mutation" in arguments:
        return (await backend.mutations.get(str(arguments["mutation"]))).version
    members = {member.user.handle: member.version for member in await backend.team.list()}
    return members.get(str(arguments.get("user"))) or (await backend.projects.get()).version
