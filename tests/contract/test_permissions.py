"""Who may do what: the table, and what comes of calling."""

from typing import cast

import pytest

from lattice_console.contract import calls, permissions
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import NotAllowed
from lattice_console.contract.permissions import ROLES, RULES
from tests.support.changes import create
from tests.support.house import House, propose
from tests.support.refusals import refusal
from tests.support.samples import HELPER, SAMPLES, WITHOUT_MEMBERSHIP, Scene, call

# What users know of the roles, beyond the views that every role has.
KNOWN = {
    "owner": "project:manage team:manage mutations:create mutations:approve mutations:deploy specs:create specs:edit "
    "settings:manage specs:comment",
    "admin": "mutations:create mutations:approve mutations:deploy specs:create specs:edit team:invite specs:comment",
    "developer": "mutations:create specs:comment deploy:staging",
    "reviewer": "mutations:review mutations:approve mutations:create specs:comment",
    "viewer": "mutations:view specs:view deployments:view",
}
# A few words on what each may not do, so that a table that allows all does not pass.
KEPT_FROM = {
    "owner": "",
    "admin": "team:manage project:manage settings:manage",
    "developer": "mutations:review mutations:approve mutations:deploy specs:create team:invite",
    "reviewer": "mutations:deploy specs:create team:invite",
    "viewer": "mutations:create mutations:review specs:comment mutations:deploy",
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_permissions_that_users_know(role: str) -> None:
    assert set(KNOWN[role].split()) <= ROLES[role]
    assert not set(KEPT_FROM[role].split()) & ROLES[role]
    assert {"project:view", "specs:view", "mutations:view", "deployments:view", "team:view", "audit:view"} <= ROLES[
        role
    ]


def test_a_viewer_only_views() -> None:
    assert {permission.partition(":")[2] for permission in ROLES["viewer"]} == {"view"}


def test_who_may_approve_may_review() -> None:
    assert all("mutations:review" in held for held in ROLES.values() if "mutations:approve" in held)


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_may_call_exactly_what_the_table_says(house: House, role: str) -> None:
    await house.member(HELPER, "developer")
    actor = await house.member("kim", role)
    expected = {name: RULES[name].permission in ROLES[role] for name in SAMPLES}
    assert {name: await _allowed(house, actor, name, may) for name, may in expected.items()} == expected


async def test_who_is_no_member_may_call_nothing_of_the_project(house: House) -> None:
    await house.member(HELPER, "developer")
    outsider = house.backend("mallory")
    assert [name for name in SAMPLES if await _allowed(house, outsider, name, False)] == []


@pytest.mark.parametrize(("name", "said"), [("Agent7", "house, agent-7 is."), ("agent-8", "house."), ("--", "house.")])
async def test_who_is_no_member_hears_of_the_one_whose_name_is_spelt_nearly_so(
    house: House, name: str, said: str
) -> None:
    await house.member("agent-7", "developer")
    with refusal("AUTH_FORBIDDEN") as refused:
        await house.backend(name).mutations.list()
    assert f"{name} is no member of {said} An owner" in refused.value.message


async def test_who_is_no_member_gets_no_events(house: House) -> None:
    with refusal("AUTH_FORBIDDEN"):
        await anext(house.backend("mallory").events.subscribe(after=0))


async def test_authors_of_imported_history_may_call_nothing(house: House) -> None:
    arguments = await SAMPLES["mutations.import_commit"](Scene(house, house.backend()))
    await house.backend().mutations.import_commit(**arguments)
    for name in ("lin", "lin@example.org"):
        with refusal("AUTH_FORBIDDEN"):
            await house.backend(name).mutations.list()


async def test_anyone_may_start_a_project_and_owns_that_one_alone(house: House, ann: Backend) -> None:
    created = await house.without_project("zoe").projects.create(name="another")
    theirs = house.with_project(created.id, "zoe")
    assert (await theirs.team.whoami()).role == "owner"
    with refusal("AUTH_FORBIDDEN"):
        await house.backend("zoe").projects.get()
    with refusal("AUTH_FORBIDDEN"):
        await house.with_project(created.id).projects.get()


async def test_anyone_may_ask_who_they_are(house: House) -> None:
    stranger = await house.backend("mallory").team.whoami()
    assert (stranger.user, stranger.name, stranger.role, stranger.permissions) == (None, "mallory", None, ())
    owner = await house.backend().team.whoami()
    assert (owner.role, frozenset(owner.permissions)) == ("owner", ROLES["owner"])


async def test_an_unknown_project_is_no_project(house: House) -> None:
    with refusal("NF_PROJECT"):
        await house.with_project("00000000-0000-7000-8000-000000000000").projects.get()
    with refusal("NF_PROJECT"):
        await house.without_project().mutations.list()


async def test_a_method_without_a_row_is_denied_to_everyone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(cast("dict[str, permissions.Rule]", RULES), "mutations.list")
    with refusal("AUTH_FORBIDDEN"):
        await house.backend().mutations.list()


@pytest.mark.parametrize("name", ["mutations.destroy", "secrets.list", "mutations.__init__", "mutations", ""])
async def test_an_unknown_method_is_denied(house: House, name: str) -> None:
    with pytest.raises(NotAllowed):
        await house.engine.call("ann", house.project_id, name, {})


async def test_a_role_that_was_taken_away_is_gone_at_once(house: House, ann: Backend, rob: Backend) -> None:
    mine = await propose(rob, create("a.txt"))
    await ann.team.update("rob", role="viewer")
    with refusal("AUTH_FORBIDDEN") as refused:
        await rob.mutations.update(mine.id, title="still mine")
    assert refused.value.details["permission"] == "mutations:create"


@pytest.mark.parametrize("name", ["update", "cancel", "submit", "reopen"])
async def test_another_authors_mutation_takes_the_permission_to_deploy(
    house: House, ann: Backend, rob: Backend, name: str
) -> None:
    sample = SAMPLES[f"mutations.{name}"]
    arguments = await sample(Scene(house, ann))
    with refusal("AUTH_FORBIDDEN") as refused:
        await call(rob, f"mutations.{name}", arguments)
    assert refused.value.details["permission"] == "mutations:deploy"
    admin = await house.member("ada", "admin")
    await call(admin, f"mutations.{name}", arguments)


async def test_only_who_manages_the_team_makes_owners(house: House, ann: Backend) -> None:
    admin = await house.member("ada", "admin")
    with refusal("AUTH_FORBIDDEN"):
        await admin.team.add(user="max", role="owner")
    assert (await ann.team.add(user="max", role="owner")).role == "owner"


def test_every_call_of_the_contract_is_asked_for() -> None:
    assert {*SAMPLES, *WITHOUT_MEMBERSHIP} == set(calls.names())


async def _allowed(house: House, actor: Backend, name: str, may: bool) -> bool:
    """Whether the call is let through; one that is must also succeed, one that is not must change nothing."""
    arguments = await SAMPLES[name](Scene(house, actor, may))
    before = await house.backend().audit.verify()
    try:
        await call(actor, name, arguments)
    except NotAllowed:
        assert (await house.backend().audit.verify()).head == before.head
        return False
    return True
