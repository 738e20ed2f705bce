"""The projects of one installation, as one person has them."""

from lattice_console.contract.backend import Backend
from tests.support.house import House


async def test_everybody_lists_the_projects_that_they_are_members_of_by_name(house: House, ann: Backend) -> None:
    nowhere = house.without_project()
    other = await nowhere.projects.create(name="billing-specs")
    await house.member("raj", "viewer")
    raj = house.without_project("raj")
    assert [project.name for project in await nowhere.projects.list()] == ["billing-specs", "house"]
    assert [project.id for project in await raj.projects.list()] == [house.project_id]
    await house.with_project(other.id).team.add(user="raj", role="viewer")
    assert [project.id for project in await raj.projects.list()] == [other.id, house.project_id]
    # To be in one of them makes no difference.
    assert await ann.projects.list() == await nowhere.projects.list()


async def test_who_is_unknown_has_none(house: House) -> None:
    assert await house.without_project("mallory").projects.list() == ()
    assert await house.backend("mallory").projects.list() == ()
