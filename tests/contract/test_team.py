"""The team, the project, and how the parts are."""

from lattice_console.contract.backend import Backend
from tests.support.house import House, track
from tests.support.refusals import refusal


async def test_who_creates_the_project_owns_it(house: House, ann: Backend) -> None:
    [member] = await ann.team.list()
    assert (member.user.handle, member.role, member.version) == ("ann", "owner", 1)
    assert (await ann.team.whoami()).user == member.user


async def test_members_are_added_once_listed_by_handle_and_given_other_roles(ann: Backend) -> None:
    added = await ann.team.add(user="zoe", role="viewer", name="Zoe Q.", email="zoe@example.org")
    assert (added.user.name, added.email, added.role) == ("Zoe Q.", "zoe@example.org", "viewer")
    await ann.team.add(user="kim", role="developer")
    assert [member.user.handle for member in await ann.team.list()] == ["ann", "kim", "zoe"]
    with refusal("CF_MEMBER"):
        await ann.team.add(user="zoe", role="admin")
    changed = await ann.team.update("zoe@example.org", role="admin")
    assert (changed.user, changed.role, changed.version) == (added.user, "admin", 2)
    with refusal("NF_MEMBER"):
        await ann.team.update("nobody", role="viewer")


async def test_a_user_is_known_by_handle_and_by_e_mail(house: House, ann: Backend) -> None:
    added = await ann.team.add(user="kim.lee@example.org", role="reviewer")
    assert (added.user.handle, added.email) == ("kim.lee", "kim.lee@example.org")
    for name in ("kim.lee", "kim.lee@example.org", "Kim.Lee@Example.ORG"):
        assert (await house.backend(name).team.whoami()).user == added.user
    other = await ann.team.add(user="kim.lee@example.com", role="viewer")
    assert other.user.handle != "kim.lee"
    with refusal("CF_MEMBER"):
        await ann.team.add(user="KIM.LEE@example.org", role="viewer")


async def test_two_users_do_not_share_an_e_mail_or_a_handle(ann: Backend) -> None:
    await ann.team.add(user="kim", role="viewer", email="kim@example.org")
    with refusal("CF_MEMBER"):
        await ann.team.add(user="kimmy", role="viewer", email="KIM@example.org")
    assert [member.user.handle for member in await ann.team.list()] == ["ann", "kim"]


async def test_the_last_owner_stays(ann: Backend) -> None:
    with refusal("BR_LAST_OWNER"):
        await ann.team.update("ann", role="admin")
    await ann.team.add(user="kim", role="owner")
    assert (await ann.team.update("ann", role="admin")).role == "admin"


async def test_a_member_of_one_project_is_none_of_another(house: House, ann: Backend) -> None:
    other = await house.without_project("zoe").projects.create(name="another")
    await house.with_project(other.id, "zoe").team.add(user="ann", role="viewer")
    theirs = house.with_project(other.id, "ann")
    assert (await theirs.team.whoami()).role == "viewer"
    assert (await ann.team.whoami()).role == "owner"
    with refusal("AUTH_FORBIDDEN"):
        await theirs.team.add(user="kim", role="viewer")


async def test_the_projects_version_moves_with_head_and_team(ann: Backend) -> None:
    versions = [(await ann.projects.get()).version]
    await ann.team.add(user="kim", role="viewer")
    versions.append((await ann.projects.get()).version)
    await ann.team.update("kim", role="developer")
    versions.append((await ann.projects.get()).version)
    await track(ann, {"a.txt": b"a\n"})
    versions.append((await ann.projects.get()).version)
    assert versions == sorted(set(versions))


async def test_a_change_of_the_team_is_told_and_recorded(ann: Backend) -> None:
    await ann.team.add(user="kim", role="viewer")
    await ann.team.update("kim", role="developer")
    told = [(event.name, event.data["user"], event.data["role"]) for event in await ann.events.since(0)]
    assert told == [("team.changed", "kim", "viewer"), ("team.changed", "kim", "developer")]
    assert [row.action for row in (await ann.audit.log()).items][:2] == ["team.updated", "team.added"]


async def test_health_measures_the_database(house: House, ann: Backend) -> None:
    health = await ann.health.check()
    assert health.status == "healthy"
    assert health.components["database"].latency_ms >= 0
    assert health.timestamp > (await ann.projects.get()).created_at
