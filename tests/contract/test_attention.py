"""Whose turn it is, who they are and why, and what somebody has seen."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.query import MutationFilter
from lattice_console.contract.models.review import Anchor, NewComment
from tests.support.changes import create, modify
from tests.support.house import House, carry_out, propose, track

LINE = Anchor(file_path="a.txt", line=1)


@pytest.fixture
async def dev(house: House, rob: Backend) -> Backend:
    """A developer beside ann, the owner, and rob, a reviewer; viv only looks."""
    await house.member("viv", "viewer")
    return await house.member("dev", "developer")


@pytest.fixture
async def proposed(dev: Backend) -> Mutation:
    return await propose(dev, create("a.txt", b"one\ntwo\n"))


async def turn(backend: Backend, mutation: Mutation) -> tuple[str, list[str]]:
    """Whose turn it is, and who they are; the queue says the same."""
    whole = await backend.mutations.get(mutation.id)
    [row] = (await backend.mutations.list(filter=MutationFilter(number=(mutation.number,)))).items
    assert (row.turn, row.mine) == (whole.turn, whole.mine)
    assert whole.attention.turn == whole.turn
    assert whole.attention.reason or whole.turn == "nobody"
    return whole.turn, [person.handle for person in whole.attention.people]


async def awaited(house: House, *actors: str) -> dict[str, bool]:
    """To whom the first mutation is among those that wait for them."""
    narrowed = MutationFilter(condition=("awaiting",))
    found = {}
    for actor in actors:
        backend = house.backend(actor)
        found[actor] = any(row.number == 1 for row in (await backend.mutations.list(filter=narrowed)).items)
        assert (await backend.mutations.get("1")).mine == found[actor]
    return found


async def test_what_is_proposed_waits_for_all_who_may_vote_and_have_not(
    house: House, ann: Backend, dev: Backend, proposed: Mutation
) -> None:
    assert await turn(ann, proposed) == ("reviewers", ["ann", "rob"])
    assert await awaited(house, "ann", "rob", "dev", "viv") == {"ann": True, "rob": True, "dev": False, "viv": False}
    reason = (await ann.mutations.get(proposed.id)).attention.reason
    assert reason == "0 of 1 approval: a member other than the author has to approve it."


async def test_an_author_is_no_reviewer_of_their_own_unless_they_are_alone(house: House, ann: Backend) -> None:
    mine = await propose(ann, create("a.txt"))
    assert await turn(ann, mine) == ("reviewers", ["ann"])
    assert await awaited(house, "ann") == {"ann": True}
    await house.member("rob", "reviewer")
    assert await turn(ann, mine) == ("reviewers", ["rob"])
    assert await awaited(house, "ann", "rob") == {"ann": False, "rob": True}


async def test_who_has_voted_is_waited_for_no_more_until_the_vote_is_outdated(
    house: House, ann: Backend, rob: Backend, dev: Backend
) -> None:
    await track(ann, {".lattice/workflows/code-review.json": b'{"review_requirements": {"min_reviewers": 2}}'})
    proposed = await propose(dev, create("a.txt"))
    await rob.reviews.vote(proposed.id, vote="approve")
    assert await turn(ann, proposed) == ("reviewers", ["ann"])
    assert await awaited(house, "ann", "rob") == {"ann": True, "rob": False}
    await dev.mutations.update(proposed.id, changes=[create("a.txt", b"two\n")])
    assert await turn(ann, proposed) == ("reviewers", ["ann", "rob"])
    await rob.reviews.vote(proposed.id, vote="approve")
    await rob.reviews.withdraw(proposed.id)
    assert await awaited(house, "ann", "rob") == {"ann": True, "rob": True}


async def test_a_question_gives_the_turn_to_the_author_and_the_answer_gives_it_back(
    house: House, ann: Backend, rob: Backend, dev: Backend, proposed: Mutation
) -> None:
    first = await rob.reviews.comment(proposed.id, text="why?", anchor=LINE)
    assert await turn(ann, proposed) == ("author", ["dev"])
    assert (await ann.mutations.get(proposed.id)).attention.reason == "A thread waits for the author's answer."
    assert await awaited(house, "ann", "rob", "dev") == {"ann": False, "rob": False, "dev": True}
    await dev.reviews.comment(proposed.id, text="since", reply_to=first.id)
    assert await turn(ann, proposed) == ("reviewers", ["ann", "rob"])
    await ann.reviews.comment(proposed.id, text="and that?", reply_to=first.id)
    assert (await turn(ann, proposed))[0] == "author"
    await rob.reviews.resolve(proposed.id, thread=first.id)
    assert (await turn(ann, proposed))[0] == "reviewers"
    await rob.reviews.resolve(proposed.id, thread=first.id, resolved=False)
    assert (await turn(ann, proposed))[0] == "author"


async def test_each_thread_is_counted_that_waits_for_the_author(
    ann: Backend, rob: Backend, dev: Backend, proposed: Mutation
) -> None:
    threads = [await rob.reviews.comment(proposed.id, text="why?", anchor=LINE) for _ in range(3)]
    await rob.reviews.comment(proposed.id, text="a remark waits for nobody")
    await dev.reviews.comment(proposed.id, text="my own question", anchor=LINE)
    assert (await ann.mutations.get(proposed.id)).attention.reason == "3 threads wait for the author's answer."
    for thread in threads[:2]:
        await dev.reviews.comment(proposed.id, text="since", reply_to=thread.id)
    assert (await ann.mutations.get(proposed.id)).attention.reason == "A thread waits for the author's answer."
    await dev.reviews.comment(proposed.id, text="since", reply_to=threads[2].id)
    found = await ann.mutations.get(proposed.id)
    assert (found.turn, found.threads, found.comments) == ("reviewers", 4, 8)


async def test_a_request_for_changes_gives_the_turn_to_the_author_until_there_is_another_patchset(
    house: House, ann: Backend, rob: Backend, dev: Backend, proposed: Mutation
) -> None:
    await rob.reviews.vote(proposed.id, vote="request_changes", comment="no")
    assert await turn(ann, proposed) == ("author", ["dev"])
    assert await awaited(house, "ann", "dev") == {"ann": False, "dev": True}
    await dev.mutations.update(proposed.id, changes=[create("a.txt", b"two\n")])
    assert await turn(ann, proposed) == ("reviewers", ["ann", "rob"])


async def test_a_document_that_does_not_pass_its_checks_is_its_authors_turn(ann: Backend, dev: Backend) -> None:
    proposed = await propose(dev, create("a.json", b"{broken"))
    assert await turn(ann, proposed) == ("author", ["dev"])
    await dev.mutations.update(proposed.id, changes=[create("a.json", b"{}")])
    assert (await turn(ann, proposed))[0] == "reviewers"


async def test_through_its_life_the_turn_goes_from_author_to_reviewers_to_executors_to_nobody(
    house: House, ann: Backend, rob: Backend, dev: Backend
) -> None:
    await house.member("ada", "admin")
    draft = await dev.mutations.create(title="a draft", changes=[create("a.txt", b"bytes\n")], draft=True)
    assert await turn(ann, draft) == ("author", ["dev"])
    await dev.mutations.submit(draft.id)
    assert (await turn(ann, draft))[0] == "reviewers"
    await rob.reviews.vote(draft.id, vote="approve")
    assert await turn(ann, draft) == ("executors", ["ada", "ann"])
    with house.damaged(b"bytes\n"):
        await ann.executions.execute(draft.id)
    assert await turn(ann, draft) == ("executors", ["ada", "ann"])
    await ann.executions.retry(draft.id)
    await ann.executions.execute(draft.id)
    assert await turn(ann, draft) == ("nobody", [])
    await ann.executions.rollback(draft.id, reason="too early")
    assert await turn(ann, draft) == ("nobody", [])
    other = await propose(dev, create("b.txt"))
    await dev.mutations.cancel(other.id)
    assert await turn(ann, other) == ("nobody", [])
    await dev.mutations.reopen(other.id)
    assert (await turn(ann, other))[0] == "reviewers"
    await rob.reviews.vote(other.id, vote="reject", comment="never")
    assert await turn(ann, other) == ("nobody", [])
    await rob.reviews.withdraw(other.id)
    assert (await turn(ann, other))[0] == "reviewers"


async def test_an_open_question_does_not_hold_up_what_is_approved(ann: Backend, rob: Backend, dev: Backend) -> None:
    proposed = await propose(dev, create("a.txt"))
    asked = NewComment(text="why?", anchor=LINE)
    await rob.reviews.vote(proposed.id, vote="approve", comments=[asked])
    assert (await turn(ann, proposed))[0] == "executors"


async def test_what_somebody_has_seen_is_the_newest_patchset_that_they_voted_or_commented_on(
    ann: Backend, rob: Backend, dev: Backend, proposed: Mutation
) -> None:
    async def seen(backend: Backend) -> int | None:
        return (await backend.mutations.get(proposed.id)).seen

    assert await seen(rob) is None
    await rob.reviews.comment(proposed.id, text="hm")
    assert await seen(rob) == 1
    await dev.mutations.update(proposed.id, changes=[create("a.txt", b"two\n")])
    assert (await seen(rob), await seen(ann)) == (1, None)
    await rob.reviews.comment(proposed.id, text="about the first one", patchset=1)
    assert await seen(rob) == 1
    old = NewComment(text="about the first one", patchset=1)
    await rob.reviews.vote(proposed.id, vote="request_changes", comments=[old])
    assert await seen(rob) == 2
    assert (await seen(ann), await seen(dev)) == (None, None)


async def test_a_vote_that_is_withdrawn_leaves_what_was_seen_as_it_was_before(
    rob: Backend, dev: Backend, proposed: Mutation
) -> None:
    async def seen() -> int | None:
        return (await rob.mutations.get(proposed.id)).seen

    await rob.reviews.vote(proposed.id, vote="approve")
    await rob.reviews.vote(proposed.id, vote="reject")
    assert (await rob.reviews.withdraw(proposed.id)).seen is None
    assert await seen() is None
    await rob.reviews.vote(proposed.id, vote="request_changes")
    await dev.mutations.update(proposed.id, changes=[create("a.txt", b"two\n")])
    await rob.reviews.vote(proposed.id, vote="approve")
    await rob.reviews.vote(proposed.id, vote="request_changes")
    assert (await rob.reviews.vote(proposed.id, vote="approve")).seen == 2
    assert (await rob.reviews.withdraw(proposed.id)).seen == 1
    assert await seen() == 1
    await rob.reviews.vote(proposed.id, vote="approve", comments=[NewComment(text="Said all the same.")])
    assert (await rob.reviews.withdraw(proposed.id)).seen == 2


async def test_a_new_patchset_is_changed_for_those_who_reviewed_the_one_before(
    house: House, ann: Backend, rob: Backend, dev: Backend, proposed: Mutation
) -> None:
    async def listed(actor: str, condition: str) -> bool:
        narrowed = MutationFilter.model_validate({"condition": (condition,)})
        return bool((await house.backend(actor).mutations.list(filter=narrowed)).items)

    await rob.reviews.comment(proposed.id, text="hm")
    assert [await listed("rob", one) for one in ("reviewed", "changed")] == [True, False]
    await dev.mutations.update(proposed.id, changes=[create("a.txt", b"two\n")])
    assert [await listed(actor, "changed") for actor in ("rob", "ann", "dev")] == [True, False, False]
    await rob.reviews.vote(proposed.id, vote="approve")
    assert not await listed("rob", "changed")
    await rob.reviews.withdraw(proposed.id)
    assert await listed("rob", "changed")
    await rob.reviews.vote(proposed.id, vote="approve")
    await dev.mutations.update(proposed.id, changes=[create("a.txt", b"three\n")])
    await dev.mutations.cancel(proposed.id)
    assert not await listed("rob", "changed")


async def test_a_policy_that_asks_for_more_gives_the_turn_back_to_reviewers(
    ann: Backend, rob: Backend, dev: Backend, proposed: Mutation
) -> None:
    await rob.reviews.vote(proposed.id, vote="approve")
    assert (await turn(ann, proposed))[0] == "executors"
    path = ".lattice/workflows/code-review.json"
    await track(ann, {path: b'{"review_requirements": {"min_reviewers": 2}}'})
    assert await turn(ann, proposed) == ("reviewers", ["ann"])
    relaxed = await propose(dev, modify(path, b'{"review_requirements": {"min_reviewers": 1}}'))
    for voter in (ann, rob):
        await voter.reviews.vote(relaxed.id, vote="approve")
    await ann.executions.execute(relaxed.id)
    assert (await turn(ann, proposed))[0] == "executors"


async def test_who_made_the_newest_patchset_of_anothers_mutation_is_not_waited_for(
    house: House, ann: Backend, rob: Backend, dev: Backend, proposed: Mutation
) -> None:
    said = await rob.reviews.comment(proposed.id, anchor=LINE, suggestion="zero", text="from zero")
    await ann.reviews.apply_suggestions(proposed.id, comments=[said.id])
    assert await turn(ann, proposed) == ("reviewers", ["rob"])
    assert await awaited(house, "ann", "rob") == {"ann": False, "rob": True}


async def test_what_is_approved_and_cannot_be_executed_yet_says_what_it_takes_and_from_whom(
    ann: Backend, rob: Backend, dev: Backend
) -> None:
    await track(ann, {"a.txt": b"one\n2\n3\n4\n"})
    late = await propose(dev, modify("a.txt", b"one\n2\n3\nlate\n"))
    await rob.reviews.vote(late.id, vote="approve")
    assert (await ann.mutations.get(late.id)).attention.reason == "It is approved and can be executed."
    await carry_out(dev, modify("a.txt", b"early\n2\n3\n4\n"), approver=rob, executor=ann)
    reason = (await ann.mutations.get(late.id)).attention.reason
    assert reason.startswith("It is approved, and before it can be executed: a.txt: ")
    assert reason.endswith("Its author has to update it to what is there now.")
