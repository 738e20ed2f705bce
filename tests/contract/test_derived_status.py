"""The stored status is a projection: derived anew from votes, patchsets and policy it is always the same."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import NotAllowed, RuleBroken, ValidationFailed
from lattice_console.contract.models.mutation import ChangeInput, ImportedCommit, Mutation
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.review import Review
from tests.support.changes import create, modify
from tests.support.house import House, open_house, propose, track
from tests.support.legs import LEGS, examples

CODE_REVIEW = ".lattice/workflows/code-review.json"
ACTORS = ("ann", "ada", "rob")
GAP = b"".join(b"line %d\n" % number for number in range(20))
BROKEN = b"{broken"


@dataclass(frozen=True, slots=True)
class Voted:
    actor: str
    vote: Vote
    comment: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    actor: str


@dataclass(frozen=True, slots=True)
class Commented:
    actor: str


@dataclass(frozen=True, slots=True)
class Updated:
    """A new patchset: its first line, and whether its other file can be read."""

    actor: str
    first: int
    readable: bool


@dataclass(frozen=True, slots=True)
class HeadMoved:
    """Something far from what is proposed moves in the head; then the proposal is made anew on it."""

    actor: str


@dataclass(frozen=True, slots=True)
class PolicyChanged:
    reviewers: int
    comments: bool
    types: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """The next of the actors becomes a member."""


Step = Voted | Withdrawn | Commented | Updated | HeadMoved | PolicyChanged | Joined

actors = st.sampled_from(ACTORS)
votes: st.SearchStrategy[Vote] = st.sampled_from(["approve", "approve_with_suggestions", "request_changes", "reject"])
approvals: st.SearchStrategy[Vote] = st.sampled_from(["approve", "approve_with_suggestions"])
steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(Voted, actors, approvals, st.sampled_from(["", "fine"])),
    st.builds(Voted, st.sampled_from(["ada", "rob"]), approvals, st.just("fine")),
    st.builds(Voted, actors, votes, st.sampled_from(["", "fine"])),
    st.builds(Withdrawn, actors),
    st.builds(Commented, actors),
    st.builds(Updated, actors, st.integers(1, 3), st.sampled_from([True, True, True, False])),
    st.builds(HeadMoved, st.sampled_from(["ann", "ann", "ada"])),
    st.builds(
        PolicyChanged,
        st.integers(1, 2),
        st.booleans(),
        st.lists(approvals, min_size=1, max_size=2, unique=True).map(tuple),
    ),
    st.builds(Joined),
)


class Story:
    """One mutation, proposed by ann, and what is done to it."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.members = 1
        self.commits = 0
        self.first = 1
        self.readable = True

    async def begin(self) -> None:
        await track(self.house.backend(), {"a.txt": b"0\n" + GAP + b"end 0\n", CODE_REVIEW: b"{}"})
        await propose(self.house.backend(), *self._proposed(b"end 0\n"))

    async def do(self, step: Step) -> None:
        """Take a step; those that are refused change nothing."""
        try:
            await self._do(step)
        except (NotAllowed, RuleBroken, ValidationFailed):
            return

    async def _do(self, step: Step) -> None:
        backend = self.house.backend(getattr(step, "actor", "ann"))
        match step:
            case Voted(_, vote, comment):
                await backend.reviews.vote("1", vote=vote, comment=comment)
            case Withdrawn():
                await backend.reviews.withdraw("1")
            case Commented():
                await backend.reviews.comment("1", text="a remark")
            case Updated(_, first, readable):
                self.first, self.readable = first, readable
                await backend.mutations.update("1", changes=self._proposed(await self._end()))
            case HeadMoved():
                end = b"end %d\n" % (self.commits + 1)
                await self._bring(modify("a.txt", b"0\n" + GAP + end))
                await backend.mutations.update("1", changes=self._proposed(end))
            case PolicyChanged(reviewers, comments, types):
                asked = {"min_reviewers": reviewers, "require_comments": comments, "approval_types": types}
                await self._bring(modify(CODE_REVIEW, json.dumps({"review_requirements": asked}).encode()))
            case Joined():
                if self.members < len(ACTORS):
                    await backend.team.add(user=ACTORS[self.members], role="admin")
                    self.members += 1

    def _proposed(self, end: bytes) -> list[ChangeInput]:
        other = b"{}" if self.readable else BROKEN
        return [modify("a.txt", b"%d\n" % self.first + GAP + end), create("b.json", other)]

    async def _end(self) -> bytes:
        document = await self.house.backend().documents.get("a.txt")
        return (await self.house.backend().documents.content(document.hash)).removeprefix(b"0\n" + GAP)

    async def _bring(self, change: ChangeInput) -> None:
        """Change the head past the review."""
        self.commits += 1
        commit = ImportedCommit(
            commit=str(self.commits),
            title="moved",
            description="",
            author_name="Lin",
            author_email="lin@example.org",
            authored_at=datetime(2020, 1, 1, tzinfo=UTC),
            changes=(change,),
        )
        await self.house.backend().mutations.import_commit(commit)


async def derived(backend: Backend, mutation: Mutation) -> str:
    """The status that votes, patchsets and policy make, from what can be read."""
    policy = (await backend.projects.policy()).review
    alone = len(await backend.team.list()) == 1
    patchsets = [await backend.mutations.patchset(mutation.id, number + 1) for number in range(mutation.patchsets)]
    latest = patchsets[-1]
    standing: dict[str, Review] = {}
    for review in reversed(await backend.reviews.list(mutation.id)):
        standing.pop(review.author.handle, None)
        same = {patchset.diff_hash for patchset in patchsets[review.patchset - 1 :]} == {latest.diff_hash}
        if same and not review.withdrawn:
            standing[review.author.handle] = review
    if any(review.vote == "reject" for review in standing.values()):
        return "rejected"
    counting = [
        review
        for review in standing.values()
        if review.vote in policy.approval_types and (alone or review.author != latest.author)
    ]
    remarked = {comment.author.handle for comment in await backend.reviews.comments(mutation.id)}
    silent = [review for review in counting if not review.comment and review.author.handle not in remarked]
    [other] = [change.result_hash for change in latest.changes if change.file_path == "b.json"]
    assert other is not None
    holds = (
        len(counting) >= policy.min_reviewers
        and not any(review.vote == "request_changes" for review in standing.values())
        and not (policy.require_comments and silent)
        and await backend.documents.content(other) != BROKEN
    )
    assert mutation.approvals == len(counting)
    return "approved" if holds else "pending"


@pytest.mark.parametrize("leg", LEGS)
def test_the_stored_status_is_what_votes_patchsets_and_policy_make(leg: str) -> None:
    async def happens(members: int, story: list[Step]) -> None:
        with TemporaryDirectory() as folder:
            async with open_house(leg, Path(folder)) as house:
                told = Story(house)
                await told.begin()
                for step in [*[Joined()] * (members - 1), *story]:
                    await told.do(step)
                    mutation = await house.backend().mutations.get("1")
                    assert mutation.status == await derived(house.backend(), mutation), step

    @settings(max_examples=examples(leg, 25))
    @given(members=st.integers(1, 3), story=st.lists(steps, min_size=4, max_size=14))
    def every_story_holds(members: int, story: list[Step]) -> None:
        asyncio.run(happens(members, story))

    every_story_holds()
