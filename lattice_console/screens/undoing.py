"""What was done in this console and can be taken back: verdicts, settled threads and conflicts, dropped drafts."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol
from uuid import uuid4

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError, RuleBroken
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.resolution import Resolution
from lattice_console.text import count
from lattice_console.widgets.pieces import standing

__all__ = ["Done", "Drop", "Resolved", "Settled", "Step", "Undoing", "Vote", "VoteChange", "Votes", "my_vote"]

_NAMES: dict[Vote, str] = {
    "approve": "approval",
    "approve_with_suggestions": "approval with suggestions",
    "request_changes": "request for changes",
    "reject": "rejection",
}
_EXECUTED = ("in_progress", "completed", "rolled_back", "rollback_failed")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of taking a step back or again: a sentence, whether it is good news, and the mutations as they are.

    `votes` are those that were changed by it.
    """

    said: str
    good: bool
    mutations: Sequence[Mutation] = ()
    votes: "Sequence[VoteChange]" = ()


class Step(Protocol):
    """Something that was done, at once, to one or several things."""

    @property
    def what(self) -> str:
        """What it was, in a few words that come behind a verb."""
        ...

    @property
    def mutations(self) -> Sequence[str]:
        """The ids of the mutations on which others see it; none for what stays on this machine."""
        ...

    async def back(self, backend: Backend) -> Done:
        """Take it back; raises LatticeError where nothing of it can be."""
        ...

    async def again(self, backend: Backend) -> Done:
        """Do it again; raises LatticeError where nothing of it can be."""
        ...


class Undoing:
    """The steps of one session, the last one first. A step that is refused is forgotten: it would be again."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []

    def push(self, step: Step) -> None:
        """Take note of what was done."""
        self._done.append(step)
        self._undone.clear()

    def forget(self, step: Step) -> None:
        """Know no more of a step that was taken back where it was done."""
        if step in self._done:
            self._done.remove(step)

    @property
    def last(self) -> Step | None:
        """What would be taken back."""
        return self._done[-1] if self._done else None

    @property
    def next(self) -> Step | None:
        """What would be done again."""
        return self._undone[-1] if self._undone else None

    async def undo(self, backend: Backend) -> Done | None:
        """Take the last step back; None where there is none. Raises LatticeError where it cannot be."""
        return await self._turn(self._done, self._undone, lambda step: step.back(backend))

    async def redo(self, backend: Backend) -> Done | None:
        """Do what was taken back last again; None where there is nothing. Raises LatticeError where it cannot be."""
        return await self._turn(self._undone, self._done, lambda step: step.again(backend))

    async def _turn(
        self, source: list[Step], target: list[Step], act: Callable[[Step], Awaitable[Done]]
    ) -> Done | None:
        if not source:
            return None
        step = source.pop()
        done = await act(step)
        target.append(step)
        return done


@dataclass(frozen=True, slots=True)
class VoteChange:
    """One person's vote on a patchset, before and after; None is no vote."""

    mutation_id: str
    number: int
    patchset: int
    before: Vote | None
    after: Vote | None
    before_text: str = ""
    after_text: str = ""


def my_vote(mutation: Mutation, user_id: str) -> tuple[Vote | None, str]:
    """The vote of a person that counts on a mutation now, with its text."""
    for review in mutation.reviews:
        if review.current and review.author.id == user_id:
            return review.vote, review.comment
    return None, ""


class Votes:
    """A verdict on one mutation, or one on many at once."""

    def __init__(self, user_id: str, changes: Sequence[VoteChange]) -> None:
        self._user_id = user_id
        self._changes = tuple(changes)

    @property
    def what(self) -> str:
        return self._name(len(self._changes))

    @property
    def mutations(self) -> Sequence[str]:
        return [one.mutation_id for one in self._changes]

    async def back(self, backend: Backend) -> Done:
        turned = [
            replace(one, before=one.after, after=one.before, before_text=one.after_text, after_text=one.before_text)
            for one in self._changes
        ]
        return await self._put(backend, turned, "Undone", "Not undone")

    async def again(self, backend: Backend) -> Done:
        return await self._put(backend, self._changes, "Redone", "Not redone")

    async def _put(self, backend: Backend, changes: Sequence[VoteChange], done: str, refused: str) -> Done:
        """Bring every vote from `before` to `after`; raises what stands in the way where that is of all of them."""
        mutations: list[Mutation] = []
        changed: list[VoteChange] = []
        problems: list[LatticeError] = []
        for change in changes:
            try:
                mutations.append(await _put(backend, self._user_id, change))
                changed.append(change)
            except LatticeError as error:
                problems.append(error)
        if not mutations:
            first = problems[0]
            raise type(first)(first.code, f"{refused}: {first.message}", **first.details)
        said = f"{done}: {self._name(len(mutations))}."
        if len(mutations) == 1:
            said += f" It {standing(mutations[0].status)}."
        if any(one.before_text for one in changed):
            said += " The text is kept."
        if problems:
            said += f" Not of {count(len(problems), 'other')}: {' '.join(one.message for one in problems[:3])}"
        return Done(said, not problems, mutations, changed)

    def _name(self, number: int) -> str:
        change = self._changes[0]
        vote = change.after or change.before
        name = _NAMES[vote] if vote else "vote"
        if change.after is None:
            name = f"withdrawal of the {name}"
        return f"the {name} of M-{change.number}" if len(self._changes) == 1 else count(number, name)


async def _put(backend: Backend, user_id: str, change: VoteChange) -> Mutation:
    mutation = await backend.mutations.get(change.mutation_id)
    name = f"M-{mutation.number}"
    if mutation.status in _EXECUTED:
        raise RuleBroken("BR_EXECUTED", f"{name} was executed since; b on it rolls it back.")
    if mutation.patchset != change.patchset:
        raise RuleBroken(
            "BR_PATCHSET", f"{name} has patchset {mutation.patchset} by now, and the vote was on {change.patchset}."
        )
    vote, _ = my_vote(mutation, user_id)
    if vote != change.before:
        raise RuleBroken("BR_VOTE", f"Your vote on {name} is another one by now.")
    if change.after is None or mutation.status == "rejected":
        mutation = await backend.reviews.withdraw(
            mutation.id, expected_version=mutation.version, idempotency_key=str(uuid4())
        )
    if change.after is None:
        return mutation
    return await backend.reviews.vote(
        mutation.id,
        vote=change.after,
        comment=change.after_text,
        patchset=mutation.patchset,
        expected_version=mutation.version,
        idempotency_key=str(uuid4()),
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """A thread that was resolved, or opened again."""

    mutation_id: str
    number: int
    thread: str
    resolved: bool

    @property
    def what(self) -> str:
        return f"the {'resolving' if self.resolved else 'reopening'} of a thread on M-{self.number}"

    @property
    def mutations(self) -> Sequence[str]:
        return (self.mutation_id,)

    async def back(self, backend: Backend) -> Done:
        return await self._set(backend, not self.resolved)

    async def again(self, backend: Backend) -> Done:
        return await self._set(backend, self.resolved)

    async def _set(self, backend: Backend, resolved: bool) -> Done:
        await backend.reviews.resolve(
            self.mutation_id, thread=self.thread, resolved=resolved, idempotency_key=str(uuid4())
        )
        state = "resolved" if resolved else "open again"
        mutation = await backend.mutations.get(self.mutation_id)
        return Done(f"The thread on M-{self.number} is {state}.", True, (mutation,))


@dataclass(slots=True)
class Resolved:
    """Conflicts that the newest patchset settled; without `resolve`, which settles them so again, only to be undone."""

    mutation_id: str
    number: int
    patchset: int
    resolve: Callable[[Backend, Mutation], Awaitable[Resolution]] | None = None

    @property
    def what(self) -> str:
        return f"the resolution of M-{self.number}"

    @property
    def mutations(self) -> Sequence[str]:
        return (self.mutation_id,)

    async def back(self, backend: Backend) -> Done:
        before = await backend.mutations.get(self.mutation_id)
        if before.patchset != self.patchset:
            raise RuleBroken(
                "BR_PATCHSET",
                f"M-{self.number} has patchset {before.patchset} by now, and the resolution was {self.patchset}.",
            )
        after = await backend.conflicts.undo(before.id, expected_version=before.version, idempotency_key=str(uuid4()))
        said = f"Undone: {self.what}. The patchset before it stands again, and its conflicts with it."
        return Done(f"{said} It {standing(after.status)}.", True, (after,))

    async def again(self, backend: Backend) -> Done:
        if self.resolve is None:
            raise RuleBroken("BR_REDO", f"Not redone: M settles the conflicts of M-{self.number} anew.")
        done = await self.resolve(backend, await backend.mutations.get(self.mutation_id))
        self.patchset = done.patchset
        return Done(f"Redone. {done.message}", done.resolved, (await backend.mutations.get(self.mutation_id),))


@dataclass(frozen=True, slots=True)
class Drop:
    """Something of this machine that was dropped: `restore` brings it back, `remove` takes it away again."""

    what: str
    mutation_id: str
    restore: Callable[[], Awaitable[None]]
    remove: Callable[[], Awaitable[None]]

    @property
    def mutations(self) -> Sequence[str]:
        return ()

    async def back(self, backend: Backend) -> Done:
        await self.restore()
        return Done(f"{self.what} is back.", True, (await backend.mutations.get(self.mutation_id),))

    async def again(self, backend: Backend) -> Done:
        await self.remove()
        return Done(f"{self.what} is dropped.", True, (await backend.mutations.get(self.mutation_id),))
