"""Threads: what opens one, who joins it, how it is settled, and what it leaves alone."""

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.review import Anchor, NewComment
from tests.support.changes import create, modify
from tests.support.house import House, carry_out, propose, track
from tests.support.refusals import refusal

FIRST_LINE = Anchor(file_path="a.txt", line=1)


@pytest.fixture
async def proposed(ann: Backend, rob: Backend) -> Mutation:
    """Two lines of a new file, by ann."""
    return await propose(ann, create("a.txt", b"one\ntwo\n"))


async def counts(backend: Backend) -> tuple[int, int]:
    """Comments and open threads of the first mutation, as the queue has them."""
    row = (await backend.mutations.list()).items[-1]
    return row.comments, row.threads


async def test_a_comment_on_a_line_opens_a_thread(rob: Backend, proposed: Mutation) -> None:
    said = await rob.reviews.comment(proposed.id, text="why two?", anchor=Anchor(file_path="a.txt", line=2))
    assert (said.thread, said.open, said.is_reply, said.gone) == (said.id, True, False, False)
    assert said.anchor == said.place == Anchor(file_path="a.txt", line=2)
    assert (said.author.handle, said.patchset, said.resolved_by, said.resolved_at) == ("rob", 1, None, None)
    assert await counts(rob) == (1, 1)


async def test_a_comment_on_a_file_opens_a_thread_too(rob: Backend, proposed: Mutation) -> None:
    said = await rob.reviews.comment(proposed.id, text="needed?", anchor=Anchor(file_path="a.txt"))
    assert (said.open, said.place) == (True, Anchor(file_path="a.txt"))


async def test_a_remark_on_the_mutation_opens_none(rob: Backend, proposed: Mutation) -> None:
    said = await rob.reviews.comment(proposed.id, text="nice")
    assert (said.thread, said.open, said.anchor, said.place, said.gone) == (said.id, False, None, None, False)
    assert await counts(rob) == (1, 0)


async def test_a_reply_joins_the_thread_of_whatever_it_answers(ann: Backend, rob: Backend, proposed: Mutation) -> None:
    first = await rob.reviews.comment(proposed.id, text="why?", anchor=FIRST_LINE)
    second = await ann.reviews.comment(proposed.id, text="since", reply_to=first.id)
    third = await rob.reviews.comment(proposed.id, text="I see", reply_to=second.id)
    assert [one.thread for one in (second, third)] == [first.id] * 2
    assert (second.is_reply, second.open, second.anchor, second.place) == (True, False, None, None)
    assert await counts(rob) == (3, 1)
    assert [one.id for one in await ann.reviews.comments(proposed.id)] == [first.id, second.id, third.id]


async def test_a_comment_answers_to_the_beginning_of_its_id(ann: Backend, rob: Backend, proposed: Mutation) -> None:
    first = await rob.reviews.comment(proposed.id, text="why?", anchor=FIRST_LINE)
    reply = await ann.reviews.comment(proposed.id, text="since", reply_to=first.id[:18])
    assert reply.thread == first.id
    for reference in (first.id[:7], f"{first.id[:-1]}z", "", "1"):
        with refusal("NF_COMMENT"):
            await ann.reviews.resolve(proposed.id, thread=reference)


async def test_a_comment_of_another_mutation_is_no_comment_of_this_one(rob: Backend, proposed: Mutation) -> None:
    other = await propose(rob, create("b.txt"))
    said = await rob.reviews.comment(proposed.id, text="why?", anchor=FIRST_LINE)
    with refusal("NF_COMMENT"):
        await rob.reviews.comment(other.id, text="since", reply_to=said.id)
    with refusal("NF_COMMENT"):
        await rob.reviews.resolve(other.id, thread=said.id)


async def test_a_thread_is_settled_and_opened_again_by_any_comment_of_it(
    ann: Backend, rob: Backend, proposed: Mutation
) -> None:
    first = await rob.reviews.comment(proposed.id, text="why?", anchor=FIRST_LINE)
    reply = await ann.reviews.comment(proposed.id, text="since", reply_to=first.id)
    settled = await ann.reviews.resolve(proposed.id, thread=reply.id)
    assert (settled.id, settled.open) == (first.id, False)
    assert settled.resolved_by is not None
    assert (settled.resolved_by.handle, settled.resolved_at is not None) == ("ann", True)
    assert await counts(rob) == (2, 0)
    assert (await ann.reviews.comments(proposed.id))[0] == settled
    again = await rob.reviews.resolve(proposed.id, thread=first.id, resolved=False)
    assert (again.open, again.resolved_by, again.resolved_at) == (True, None, None)
    assert await counts(rob) == (2, 1)


async def test_settling_what_is_settled_does_nothing(ann: Backend, rob: Backend, proposed: Mutation) -> None:
    first = await rob.reviews.comment(proposed.id, text="why?", anchor=FIRST_LINE)
    settled = await ann.reviews.resolve(proposed.id, thread=first.id)
    before, events = await ann.audit.verify(), await ann.events.last()
    assert await rob.reviews.resolve(proposed.id, thread=first.id) == settled
    assert (await ann.audit.verify(), await ann.events.last()) == (before, events)


async def test_comments_sent_in_one_go_are_listed_as_they_were_sent(rob: Backend, proposed: Mutation) -> None:
    sent = [NewComment(text=f"remark {number}") for number in range(30)]
    await rob.reviews.vote(proposed.id, vote="approve", comments=sent)
    assert [one.text for one in await rob.reviews.comments(proposed.id)] == [one.text for one in sent]


async def test_comments_leave_the_version_alone_so_that_nobodys_vote_fails_on_them(
    ann: Backend, rob: Backend, proposed: Mutation
) -> None:
    first = await ann.reviews.comment(proposed.id, text="look here", anchor=FIRST_LINE)
    await ann.reviews.comment(proposed.id, text="and here", reply_to=first.id)
    await ann.reviews.resolve(proposed.id, thread=first.id)
    seen = await ann.mutations.get(proposed.id)
    assert (seen.version, seen.updated_at) == (proposed.version, proposed.updated_at)
    await rob.reviews.vote(proposed.id, vote="approve", expected_version=proposed.version)


async def test_a_comment_on_a_stale_version_is_refused(ann: Backend, rob: Backend, proposed: Mutation) -> None:
    first = await rob.reviews.comment(proposed.id, text="why?", anchor=FIRST_LINE)
    await ann.mutations.update(proposed.id, title="another")
    with refusal("CF_VERSION"):
        await rob.reviews.comment(proposed.id, text="why?", expected_version=proposed.version)
    with refusal("CF_VERSION"):
        await rob.reviews.resolve(proposed.id, thread=first.id, expected_version=proposed.version)
    assert await counts(rob) == (1, 1)


async def test_a_comment_and_its_settling_are_told_and_recorded(ann: Backend, rob: Backend, proposed: Mutation) -> None:
    events = await ann.events.last()
    said = await rob.reviews.comment(proposed.id, text="why?", anchor=FIRST_LINE)
    await ann.reviews.resolve(proposed.id, thread=said.id)
    await ann.reviews.resolve(proposed.id, thread=said.id, resolved=False)
    told = await ann.events.since(events)
    assert [(event.name, event.actor.handle, event.subject, event.version) for event in told] == [
        ("mutation.commented", actor, proposed.id, proposed.version) for actor in ("rob", "ann", "ann")
    ]
    expected = {"number": 1, "comment": said.id, "text": "why?", "file_path": "a.txt", "line": 1}
    assert told[0].data == expected
    assert [event.data["resolved"] for event in told[1:]] == [True, False]
    rows = (await ann.audit.log(limit=3)).items
    assert [(row.action, row.actor, row.subject) for row in reversed(rows)] == [
        ("mutation.commented", actor, proposed.id) for actor in ("rob", "ann", "ann")
    ]
    assert all(said.id in row.text for row in rows)
    story = (await ann.mutations.timeline(proposed.id))[-3:]
    assert [(entry.summary, entry.detail) for entry in story] == [
        ("commented", "why?"),
        ("resolved a thread", ""),
        ("opened a thread again", ""),
    ]


async def test_a_comment_made_twice_under_one_key_is_made_once(rob: Backend, proposed: Mutation) -> None:
    first = await rob.reviews.comment(proposed.id, text="why?", anchor=FIRST_LINE, idempotency_key="k-1")
    assert await rob.reviews.comment(proposed.id, text="why?", anchor=FIRST_LINE, idempotency_key="k-1") == first
    with refusal("CF_IDEMPOTENCY_KEY"):
        await rob.reviews.comment(proposed.id, text="why?", idempotency_key="k-1")
    assert await counts(rob) == (1, 1)


@pytest.mark.parametrize("role", ["viewer", "developer", "reviewer"])
async def test_who_takes_part_comments_and_settles_and_a_viewer_only_reads(
    house: House, ann: Backend, proposed: Mutation, role: str
) -> None:
    kim = await house.member("kim", role)
    thread = await ann.reviews.comment(proposed.id, text="why?", anchor=FIRST_LINE)

    if role == "viewer":
        with refusal("AUTH_FORBIDDEN"):
            await kim.reviews.comment(proposed.id, text="hm", reply_to=thread.id)
        with refusal("AUTH_FORBIDDEN"):
            await kim.reviews.resolve(proposed.id, thread=thread.id)
    else:
        said = await kim.reviews.comment(proposed.id, text="hm", reply_to=thread.id)
        settled = await kim.reviews.resolve(proposed.id, thread=thread.id)
        assert (said.author.handle, settled.open) == ("kim", False)
    assert (await kim.reviews.comments(proposed.id))[0].text == "why?"


async def test_a_finished_mutation_can_still_be_talked_about(ann: Backend) -> None:
    await track(ann, {"a.txt": b"zero\n"})
    done = await carry_out(ann, modify("a.txt", b"one\n"))
    said = await ann.reviews.comment(done.mutation_id, text="well done", anchor=FIRST_LINE)
    assert (await ann.reviews.resolve(done.mutation_id, thread=said.id)).open is False
