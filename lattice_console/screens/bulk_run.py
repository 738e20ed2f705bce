"""Doing one act to several mutations: what would happen to each, one after the other, and what did."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from heapq import heappop, heappush
from typing import Literal

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Mutation
from lattice_console.screens.foreseeing import APPROVING, foresee, held_back, standing_on
from lattice_console.screens.session import Session
from lattice_console.screens.undoing import VoteChange, Votes, my_vote
from lattice_console.screens.verbs import Verb, outcome
from lattice_console.text import count

__all__ = ["Bulk", "Item", "foreseen", "plan"]

State = Literal["left out", "planned", "running", "done", "refused", "stopped"]


@dataclass(slots=True)
class Item:
    """One of the mutations: as it was when it was planned, then as it is; `why` is told where it is not simply done.

    `ahead` is what will be left to do once it is done.
    """

    mutation: Mutation
    state: State
    why: str = ""
    ahead: str = ""


async def foreseen(session: Session, verb: Verb, mutations: Sequence[Mutation]) -> list[Item]:
    """The plan for these mutations as things are: what stands on them, the folder, the person's drafts and votes.

    Raises LatticeError.
    """
    upon = await standing_on(session.backend.mutations, verb, mutations)
    held = {one.id: await held_back(session, verb.action, one) for one in mutations}
    me = session.actor.user if session.actor else None
    return plan(verb, mutations, session.keeping.drafted(), user_id=me.id if me else "", upon=upon, held=held)


def plan(
    verb: Verb,
    mutations: Sequence[Mutation],
    drafted: Mapping[str, int],
    *,
    user_id: str,
    upon: Mapping[str, Sequence[int]],
    held: Mapping[str, str],
) -> list[Item]:
    """What would happen to each: what can be done first, parents before children (for a rollback the other way round).

    A child whose parents are executed in the same go is to be executed after them. What has drafts (`drafted`, by id)
    is left to a decision of its own, with which they are sent, and what is approved is not approved once more.
    `user_id` is whose act it is, `upon` what stands on each (see `standing_on`), `held` why the folder holds each back.
    """
    ordered = _parents_first(mutations)
    if verb.action == "rollback":
        ordered.reverse()
    items: list[Item] = []
    planned: set[str] = set()
    for mutation in ordered:
        item = _plan(verb, mutation, planned, drafted.get(mutation.id, 0), user_id)
        if item.state == "planned" and held.get(mutation.id):
            item = Item(mutation, "left out", held[mutation.id])
        if item.state == "planned":
            planned.add(mutation.id)
            item.ahead = foresee(verb, mutation, user_id, upon.get(mutation.id, ()))
        items.append(item)
    return [item for item in items if item.state == "planned"] + [item for item in items if item.state != "planned"]


def _parents_first(mutations: Sequence[Mutation]) -> list[Mutation]:
    """Each after those that it is stacked on, and else stack by stack."""
    known = {one.id: one for one in mutations}
    order = TopologicalSorter(
        {one.id: [parent.id for parent in one.parents if parent.id in known] for one in mutations}
    )
    order.prepare()
    found: list[Mutation] = []
    ready: list[tuple[int, int, int, str]] = []
    while order.is_active():
        for id in order.get_ready():
            heappush(ready, (known[id].stack, known[id].level, known[id].number, id))
        *_, id = heappop(ready)
        found.append(known[id])
        order.done(id)
    return found


def _plan(verb: Verb, mutation: Mutation, planned: set[str], drafts: int, user_id: str) -> Item:
    action, (vote, _) = verb.permission(mutation), my_vote(mutation, user_id)
    if verb.vote is not None and drafts:
        why = f"{count(drafts, 'draft')} of yours would go with the verdict: decide on it by itself."
        return Item(mutation, "left out", why)
    if action.allowed and verb.vote in APPROVING and mutation.status == "approved":
        needed = count(mutation.approvals_required, "approval")
        hint = "" if vote in APPROVING else "; approve it by itself to add yours"
        return Item(mutation, "left out", f"It is approved already, {mutation.approvals} of {needed}{hint}.")
    if action.allowed and vote == verb.vote == "approve":
        return Item(mutation, "left out", "You approved it already.")
    if action.allowed:
        return Item(mutation, "planned")
    parents = [parent for parent in mutation.parents if parent.status != "completed"]
    waits_alone = mutation.status == "approved" and all(one.name == "parents_executed" for one in mutation.blockers)
    if verb.action == "execute" and waits_alone and parents and all(parent.id in planned for parent in parents):
        return Item(mutation, "planned", f"after {', '.join(f'M-{parent.number}' for parent in parents)}")
    return Item(mutation, "left out", action.reason)


@dataclass(slots=True)
class Bulk:
    """One act on its way through `items`; `told` hears of every item that has changed."""

    session: Session
    verb: Verb
    items: Sequence[Item]
    told: Callable[[Item], None]
    stopping: bool = False
    _votes: list[VoteChange] = field(default_factory=list)

    def stop(self) -> None:
        """Have it stop after the one that is under way."""
        self.stopping = True

    def number(self, *states: State) -> int:
        """How many items are in any of the states."""
        return sum(item.state in states for item in self.items)

    async def run(self, text: str) -> None:
        """Act on everything planned, in order; all votes together become one step that can be undone."""
        try:
            for item in self.items:
                if item.state != "planned":
                    continue
                if self.stopping:
                    self._turn(item, "stopped", "Stopped before it.")
                    continue
                self._turn(item, "running", "")
                try:
                    await self._act(item, text)
                except LatticeError as error:
                    self._turn(item, "refused", error.message)
        finally:
            me = self.session.actor.user if self.session.actor else None
            if self._votes and me is not None:
                self.session.undoing.push(Votes(me.id, self._votes))

    def _turn(self, item: Item, state: State, why: str) -> None:
        item.state, item.why = state, why
        self.told(item)

    async def _act(self, item: Item, text: str) -> None:
        session, verb = self.session, self.verb
        now = await session.backend.mutations.get(item.mutation.id)
        action = verb.permission(now)
        if not action.allowed:
            item.mutation = now
            self._turn(item, "refused", action.reason)
        elif verb.binds and now.patchset != item.mutation.patchset:
            seen, item.mutation = item.mutation.patchset, now
            why = f"Patchset {now.patchset} has replaced patchset {seen}, which was listed. Look at it first."
            self._turn(item, "refused", why)
        else:
            result = await verb.do(session, now, text)
            item.mutation = result if isinstance(result, Mutation) else await session.backend.mutations.get(now.id)
            said, good = outcome(verb, item.mutation, result)
            self._remember(now, item.mutation, text)
            self._turn(item, "done" if good else "refused", said)

    def _remember(self, before: Mutation, after: Mutation, text: str) -> None:
        me = self.session.actor.user if self.session.actor else None
        if me is not None and (self.verb.vote is not None or self.verb.action == "withdraw"):
            old, old_text = my_vote(before, me.id)
            new_text = text if self.verb.vote is not None else ""
            self._votes.append(
                VoteChange(after.id, after.number, after.patchset, old, self.verb.vote, old_text, new_text)
            )
