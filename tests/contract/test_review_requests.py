"""People are asked for their review: once, if they are members who may review, and it decides nothing."""

import pytest

from lattice_console.contract.backend import Backend
from tests.support.changes import create
from tests.support.house import House, propose
from tests.support.refusals import refusal


async def test_who_is_asked_is_shown_and_told(house: House, ann: Backend, rob: Backend) -> None:
    await house.member("ada", "admin")
    proposed = await propose(ann, create("a.txt"))
    assert proposed.reviewers == ()
    asked = await ann.reviews.request(proposed.id, reviewers=["rob", "ada", "rob"], expected_version=proposed.version)
    assert [person.handle for person in asked.reviewers] == ["ada", "rob"]
    last = (await rob.mutations.timeline(proposed.id))[-1]
    assert (last.name, last.detail) == ("mutation.review_requested", "ada, rob")
    assert asked.attention.turn == "reviewers"
    again = await ann.reviews.request(proposed.id, reviewers=["ada"])
    assert (again.version, again.reviewers) == (asked.version, asked.reviewers)


@pytest.mark.parametrize("name", ["viv", "nobody", "\u202ex"])
async def test_who_may_not_review_is_not_asked(house: House, ann: Backend, name: str) -> None:
    await house.member("viv", "viewer")
    proposed = await propose(ann, create("a.txt"))
    with refusal("NF_REVIEWER"):
        await ann.reviews.request(proposed.id, reviewers=["ann", name])
    assert await ann.mutations.get(proposed.id) == proposed


async def test_nobody_is_asked_about_what_is_over(ann: Backend) -> None:
    proposed = await propose(ann, create("a.txt"))
    await ann.mutations.cancel(proposed.id)
    with refusal("BR_STATUS"):
        await ann.reviews.request(proposed.id, reviewers=["ann"])
