"""Who looks at which mutation."""

from lattice_console.contract.backend import Backend
from tests.support.changes import create
from tests.support.house import House, propose
from tests.support.refusals import refusal


async def told(backend: Backend) -> list[tuple[str, str]]:
    return [(looker.person.handle, looker.mutation) for looker in await backend.events.lookers()]


async def test_who_looks_at_a_mutation_is_told_to_everybody(ann: Backend, rob: Backend) -> None:
    one, other = [(await propose(ann, create(f"{name}.txt"))).id for name in "ab"]
    assert await ann.events.lookers() == ()
    assert [looker.person.handle for looker in await rob.events.look(one, window="w")] == ["rob"]
    assert await told(ann) == [("rob", one)]
    await ann.events.look("M-1", window="w")
    assert await told(rob) == [("ann", one), ("rob", one)]
    await rob.events.look(other, window="w")
    assert await told(rob) == [("ann", one), ("rob", other)]
    assert await rob.events.look(None, window="w") == await ann.events.lookers()
    assert await told(rob) == [("ann", one)]


async def test_a_person_is_told_once_for_a_mutation_whatever_windows_there_are(ann: Backend, rob: Backend) -> None:
    one, other = [(await propose(ann, create(f"{name}.txt"))).id for name in "ab"]
    for window, mutation in (("1", one), ("2", one), ("3", other)):
        await rob.events.look(mutation, window=window)
    assert await told(ann) == sorted([("rob", one), ("rob", other)])


async def test_looking_is_no_event_and_changes_nothing(ann: Backend, rob: Backend) -> None:
    mutation = await propose(ann, create("a.txt"))
    last = await ann.events.last()
    await rob.events.look(mutation.id, window="w")
    assert await ann.events.last() == last
    assert await ann.mutations.get(mutation.id) == mutation


async def test_one_can_look_only_at_what_is_there_and_only_as_a_member(house: House, ann: Backend) -> None:
    mutation = await propose(ann, create("a.txt"))
    with refusal("NF_MUTATION"):
        await ann.events.look("M-99", window="w")
    with refusal("AUTH_FORBIDDEN"):
        await house.backend("mallory").events.look(mutation.id, window="w")
    with refusal("AUTH_FORBIDDEN"):
        await house.backend("mallory").events.lookers()
    assert await told(ann) == []
