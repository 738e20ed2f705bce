"""One project as it is and as the model has it, side by side: calls, verdicts, and the comparison."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, get_args

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.events import DATA_LIMIT, EventName
from lattice_console.contract.models.mutation import Mutation as Seen
from tests.support.house import House, hashed, head_of, open_house
from tests.support.model import moves
from tests.support.model.moves import DENIED
from tests.support.model.world import Mutation, Patchset, Refusals, World
from tests.support.samples import call

Result = TypeVar("Result")

MEMBERS = ("ann", "ada", "rob", "dev", "viv")
ACTORS = (*MEMBERS, "eve")
"""Eve never becomes a member."""

LEASE = 30.0
"""Seconds that a claim holds."""


class History(RuleBasedStateMachine):
    """What every rule needs.

    `moved` says that something went through since the last comparison. A failure leaves `agreed` False, so that
    nothing more is compared.
    """

    leg = "local"

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.entered = open_house(self.leg, Path(self.folder.name))
        self.house: House = self.run(self.entered.__aenter__())
        self.world = World({"ann": "owner"})
        self.start: dict[str, bytes] = {}
        self.baselines: dict[str, bytes] = {}
        self.answers: list[tuple[str, str, dict[str, Any], Any]] = []
        self.ids: dict[int, str] = {}
        self.events = 0
        self.told: dict[str, tuple[int, object]] = {}
        self.compared = ""
        self.moved = True
        self.agreed = True

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run(work)

    @property
    def ann(self) -> Backend:
        """The project as somebody who may always look has it."""
        return self.house.backend()

    @property
    def deployer(self) -> Backend:
        """The project as somebody who may execute has it: there always is an owner."""
        return self.house.backend(next(who for who in self.world.members if self.world.may(who, "deploy")))

    # --- Calls

    def attempt(
        self, data: st.DataObject, actor: str, name: str, refused: Refusals, version: int, arguments: dict[str, Any]
    ) -> Any:
        """Make a call that must go as the model says; returns its answer, or None where it was refused.

        It is made plainly, under a key, or with the right or a stale version of what it writes.
        """
        how = data.draw(st.sampled_from(["plainly", "plainly", "plainly", "keyed", "keyed", "current", "stale"]), "how")
        if how == "keyed":
            arguments = {**arguments, "idempotency_key": f"key-{len(self.answers)}"}
        elif how != "plainly":
            arguments = {**arguments, "expected_version": version - (how == "stale")}
        if how == "stale" and refused != DENIED:
            refused = refused | {"CF_VERSION"}
        outcome = self.outcome(actor, name, refused, arguments)
        if how == "keyed" and outcome is not None:
            self.answers.append((actor, name, arguments, outcome))
        return outcome

    def outcome(self, actor: str, name: str, refused: Refusals, arguments: dict[str, Any]) -> Any:
        """Make a call; hold its verdict against the model's."""
        self.agreed = False
        outcome = self.run(outcome_of(self.house.backend(actor), name, arguments))
        judge(outcome, refused, f"{actor} {name} {arguments}")
        if isinstance(outcome, LatticeError):
            return None
        self.moved = True
        return outcome

    def on_mutation(
        self, data: st.DataObject, actor: str, name: str, action: str, mutation: Mutation, **arguments: Any
    ) -> Any:
        """Do something to a mutation. First its actions must say, to who asks, what the model says."""
        self.offers(mutation, actor)
        refused = moves.refused(self.world, action, actor, mutation)
        version = self.seen(mutation).version
        return self.attempt(data, actor, name, refused, version, {"mutation": str(mutation.number), **arguments})

    def offers(self, mutation: Mutation, actor: str) -> None:
        """The actions that are allowed to somebody are those that would go through."""
        if actor in self.world.members:
            seen = self.seen(mutation, actor)
            offered = {action.name for action in seen.actions if action.allowed}
            assert offered == {
                name for name in moves.ACTIONS if not moves.refused(self.world, name, actor, mutation)
            }, f"{actor} on M-{mutation.number}"
            assert all(action.allowed or action.reason for action in seen.actions)

    def seen(self, mutation: Mutation, actor: str = "ann") -> Seen:
        return self.run(self.house.backend(actor).mutations.get(str(mutation.number)))

    def project_version(self) -> int:
        return self.run(self.ann.projects.get()).version

    # --- Choices

    def draw_mutation(self, data: st.DataObject, *statuses: str) -> Mutation:
        """One of those with one of the statuses, where there are any; else any."""
        return self.draw_among(data, self.with_status(*statuses) or list(self.world.mutations.values()))

    def draw_among(self, data: st.DataObject, mutations: list[Mutation]) -> Mutation:
        number = data.draw(st.sampled_from([one.number for one in mutations]), "mutation")
        return self.world.mutations[number]

    def draw_actor(self, data: st.DataObject, fitting: Callable[[str], object]) -> str:
        """Mostly somebody who fits, at times anybody."""
        able = [actor for actor in ACTORS if fitting(actor)]
        return data.draw(st.sampled_from([*able * 20, *ACTORS]), "actor")

    def with_status(self, *statuses: str) -> list[Mutation]:
        return [one for one in self.world.mutations.values() if one.status in statuses]

    # --- What comes of it

    def next_patchset(
        self, mutation: Mutation, actor: str, edits: list[moves.Edit], parents: list[int], sent: dict[str, Any]
    ) -> tuple[Patchset | None, set[str]]:
        """What an update makes of the patchset, and why it cannot."""
        if not sent.keys() & {"changes", "parents"}:
            return None, set()
        if mutation.number in self.world.ancestors(parents):
            return None, {"BR"}
        changes, refused = moves.proposal(self.world, edits, parents)
        patchset = Patchset(actor, changes, moves.stacked(self.world, parents))
        same = patchset.identity == mutation.patchset.identity
        return patchset, refused | ({"VAL"} if same else set())

    # --- What must agree after every step

    @invariant()
    def agrees(self) -> None:
        """What was refused has left no trace; what went through did to everything what the model says."""
        self.agreed = False
        self.world.settle()
        [last] = self.run(self.ann.audit.log(limit=1)).items
        if self.moved:
            self.run(self._compare_mutations())
            self.run(self._compare_head())
            self.run(self._follow_events())
        else:
            assert last.hash == self.compared
        self.compared, self.moved, self.agreed = last.hash, False, True

    async def _compare_mutations(self) -> None:
        listed = {row.number: row for row in (await self.ann.mutations.list()).items}
        assert listed.keys() == self.world.mutations.keys()
        places = {number: (*self.world.place(number), number) for number in listed}
        assert list(listed) == sorted(listed, key=lambda number: (-places[number][0], *places[number][1:]))
        for number, mutation in self.world.mutations.items():
            row = listed[number]
            assert row.status == mutation.status, f"M-{number}"
            assert (row.patchset, row.comments) == (len(mutation.patchsets), len(mutation.remarks))
            assert row.threads == sum(thread.open for thread in mutation.threads), f"M-{number}"
            assert (row.stack, row.level) == self.world.place(number), f"M-{number}"
            assert row.turn == self.world.turn(mutation), f"M-{number}"
            assert row.conflicts == self.world.conflicts(mutation), f"M-{number}"
            seen = await self.ann.mutations.get(str(number))
            states = {requirement.name: requirement.state for requirement in seen.requirements}
            assert states == self.world.requirements(mutation), f"M-{number}"
            proposed = [(one.operation_type, one.file_path, one.new_path) for one in seen.changes]
            contents = [(one.base_hash, one.result_hash) for one in seen.changes]
            assert dict(zip(proposed, contents, strict=True)) == _proposed(mutation.patchset), f"M-{number}"
            assert {one.number for one in seen.parents} == set(self.world.parents(number)), f"M-{number}"
            votes = {review.author.handle: review.vote for review in seen.reviews if review.current}
            assert votes == {who: vote.kind for who, vote in mutation.votes.items()}, f"M-{number}"
            if mutation.status in ("pending", "approved"):
                counted = (len(self.world.counting(mutation)), len(self.world.objections(mutation)))
                assert (row.approvals, row.objections) == counted, f"M-{number}"

    async def _compare_head(self) -> None:
        """The same bytes at the same paths; the same documents, wherever they have gone."""
        documents = {document.path: document for document in (await self.ann.documents.list(limit=1000)).items}
        found = {path: document.hash for path, document in documents.items()}
        assert found == {path: hashed(document.content) for path, document in self.world.head.items()}
        for path, document in self.world.head.items():
            assert self.ids.setdefault(document.id, documents[path].id) == documents[path].id, path
        assert len(set(self.ids.values())) == len(self.ids)

    async def _follow_events(self) -> None:
        """Contiguous, under known names, small, and without a document's bytes."""
        events = await self.ann.events.since(self.events, limit=1000)
        assert [event.seq for event in events] == [self.events + 1 + index for index in range(len(events))]
        for event in events:
            assert event.name in get_args(EventName)
            told = event.model_dump_json()
            assert len(told) < DATA_LIMIT + 1000
            assert "line 0.0" not in told
            status = event.data.get("status", self.told.get(event.subject, (0, None))[1])
            self.told[event.subject] = (event.version, status)
        self.events += len(events)
        for row in (await self.ann.mutations.list()).items:
            assert self.told[row.id] == (row.version, row.status), "whoever follows the events knows what is so"

    # --- The end

    def teardown(self) -> None:
        try:
            if self.agreed:
                self.run(self._finish())
        finally:
            self.run(self.entered.__aexit__(None, None, None))
            self.loop.close()
            self.folder.cleanup()

    async def _finish(self) -> None:
        """The log verifies, and rolling everything back in reverse gives the start."""
        self.house.clock.advance(LEASE + 1)
        assert await self.ann.executions.recover() == len(self.with_status("in_progress"))
        broken = any(self.world.mutations[number].status != "completed" for number, _ in self.world.standing)
        refused = False
        for number, _ in reversed(list(self.world.standing)):
            mutation = self.world.mutations[number]
            if mutation.status == "completed":
                barred = moves.built_upon(self.world, mutation)
                arguments = {"mutation": str(number), "reason": "all of it"}
                outcome = await outcome_of(self.deployer, "executions.rollback", arguments)
                judge(outcome, {"BR_BUILT_UPON"} if barred else set(), f"the last rollback of M-{number}")
                refused = refused or barred
                if not barred:
                    moves.roll_back(self.world, mutation)
        await self._compare_head()
        if not refused and not broken:
            assert await head_of(self.ann) == self.start | self.baselines
        report = await self.ann.audit.verify()
        assert report.ok, report.problems


def _proposed(patchset: Patchset) -> dict[tuple[str, str, str | None], tuple[str | None, ...]]:
    """What a patchset does, with the hashes of the bytes before and after."""
    return {
        (one.operation, one.path, one.new_path): tuple(
            None if content is None else hashed(content) for content in (one.base, one.result)
        )
        for one in patchset.changes
    }


async def outcome_of(backend: Backend, name: str, arguments: dict[str, Any]) -> Any:
    """The answer of a call, or the error that refused it."""
    try:
        return await call(backend, name, arguments)
    except LatticeError as error:
        return error


def judge(outcome: Any, refused: Refusals, what: str) -> None:
    """A refusal must be one of those that the model has; none, where it has none."""
    if isinstance(outcome, LatticeError):
        expected = any(outcome.code == code or outcome.code.startswith(f"{code}_") for code in refused)
        assert expected, f"{what}: {outcome.code} {outcome.message}; the model has {refused or 'no objection'}"
    else:
        assert not refused, f"{what}: went through; the model has {refused}"
