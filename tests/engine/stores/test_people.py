from sqlite3 import IntegrityError

import pytest

from lattice_console.engine.ports import Tables
from lattice_console.engine.records import UserRecord
from tests.engine.stores.samples import ALEX, KIM, NOW, OTHER, PROJECT


def test_a_name_with_an_at_sign_is_an_email_in_any_case_else_a_handle(tables: Tables) -> None:
    kim = UserRecord(KIM, "kim", "Kim@example.org", "Kim")
    assert tables.people.find("kim") == kim
    assert tables.people.find("KIM@Example.ORG") == kim
    assert tables.people.by_email("kim@example.org") == kim
    assert tables.people.find("KIM") is None
    assert tables.people.find("Kim") is None
    assert tables.people.find("@") is None


@pytest.mark.parametrize(
    "twin",
    [UserRecord("u3", "kim", None, ""), UserRecord("u3", "kim2", "KIM@EXAMPLE.ORG", "")],
    ids=["handle", "email"],
)
def test_no_two_users_share_a_handle_or_an_email(tables: Tables, twin: UserRecord) -> None:
    with pytest.raises(IntegrityError):
        tables.people.create(twin, NOW)


def test_any_number_of_users_has_no_email(tables: Tables) -> None:
    tables.people.create(UserRecord("u3", "sam", None, "Sam"), NOW)
    assert tables.people.get(["u3", ALEX, "nobody"]).keys() == {"u3", ALEX}


def test_handles_like_a_stem_are_those_that_start_with_it_to_the_letter(tables: Tables) -> None:
    for position, handle in enumerate(["kim2", "kim%", "ki", "Kim3", "akim", "kin"]):
        tables.people.create(UserRecord(f"u{position}", handle, None, ""), NOW)
    assert tables.people.handles_like("kim") == {"kim", "kim2", "kim%"}
    assert tables.people.handles_like("kim%") == {"kim%"}
    assert tables.people.handles_like("_im") == set()


def test_members_are_listed_oldest_first_and_per_project(tables: Tables) -> None:
    assert [(member.user_id, member.role, member.version) for member in tables.people.members(PROJECT)] == [
        (KIM, "owner", 1),
        (ALEX, "reviewer", 1),
    ]
    assert tables.people.member_count(PROJECT) == 2
    assert tables.people.members(OTHER) == []
    assert tables.people.membership(OTHER, KIM) is None


def test_a_new_role_counts_the_membership_up(tables: Tables) -> None:
    tables.people.set_role(PROJECT, ALEX, "owner")
    alex = tables.people.membership(PROJECT, ALEX)
    assert alex is not None
    assert (alex.role, alex.version) == ("owner", 2)
