"""Random histories against a simple model of the design: every verdict, status, requirement and document agrees."""

import ast
import asyncio
import itertools
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from lattice_console.contract.errors import Conflict, LatticeError
from lattice_console.contract.models.document import TrackedFile
from tests.contract.history import ACTORS, LEASE, MEMBERS, outcome_of
from tests.contract.operations import OPERATIONS, operation
from tests.contract.settling import Settling
from tests.support import model
from tests.support.legs import LEGS, examples
from tests.support.model import drawing, moves, racing
from tests.support.model.contents import PATHS, POLICIES, POLICY, SECTIONS, page
from tests.support.model.moves import DENIED
from tests.support.model.world import APPROVALS, NO_PARENTS, Mutation

ROLES = ("owner", "admin", "reviewer", "developer", "viewer")
PLAIN = "plain"
"""Hypothesis's own choices, one history after the other.

Its default backend makes five near copies of each history that it draws, which is good for values that must be alike
somewhere, and wasted on histories, whose beginnings are then always the same.
"""
AVAILABLE_PROVIDERS[PLAIN] = "hypothesis.internal.conjecture.providers.HypothesisProvider"

MOST = 9
"""Mutations in one history: enough for stacks, few enough to look at all of them after each step."""


class Random(Settling):
    """Every operation, in any order, by anybody."""

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        everybody = list(zip(MEMBERS, ROLES, strict=True))[1:]
        teams = [everybody, everybody, everybody, everybody[:1], []]
        for user, role in data.draw(st.sampled_from(teams), "team"):
            self.run(self.ann.team.add(user=user, role=role))
            self.world.members[user] = role
        files = dict.fromkeys(
            data.draw(st.sets(st.sampled_from(["a.txt", "b.txt", "d"])), "files"), page(*[0] * SECTIONS)
        )
        files |= data.draw(
            st.sampled_from([*[{}] * 6, *({POLICY: one} for one, says in POLICIES.items() if says)]), "policy"
        )
        if files:
            self.run(
                self.ann.documents.track([TrackedFile(path=path, content=content) for path, content in files.items()])
            )
        self.world.head = {path: self.world.new_document(content) for path, content in files.items()}
        self.world.revisions = {one.id: [(None, path, one.content)] for path, one in self.world.head.items()}
        self.start = files

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """One operation of those that are possible; one rule for all, so that every history may have every one."""
        able = [name for name, one in OPERATIONS.items() for _ in range(one.weight) if one.possible(self)]
        OPERATIONS[data.draw(st.sampled_from(able), "operation")].run(self, data)

    # --- Proposing

    @operation(14, lambda self: len(self.world.mutations) < MOST)
    def propose(self, data: st.DataObject) -> None:
        actor = self.draw_actor(data, lambda actor: self.world.may(actor, "create"))
        parents = drawing.parents(data, self.world, self.able_parents())
        record = data.draw(st.sampled_from([False] * 9 + [True]), "record")
        edits, sent = ([], []) if record else drawing.edits(data, self.tree(parents))
        changes, refused = moves.proposal(self.world, edits, parents)
        arguments = {
            "title": "a change",
            "changes": sent,
            "parents": [f"M-{number}" for number in parents],
            "draft": data.draw(st.sampled_from([False, False, False, True]), "draft"),
            "spec": "deployment" if record else None,
        }
        refused = refused if self.world.may(actor, "create") else DENIED
        if self.attempt(data, actor, "mutations.create", refused, self.project_version(), arguments):
            moves.create(self.world, actor, changes, parents, draft=bool(arguments["draft"]))

    @operation(5, lambda self: self.world.mutations)
    def update(self, data: st.DataObject) -> None:
        """New changes, the same on other parents, the same edits on what is there now, or other words."""
        mutation = self.draw_mutation(data, *moves.OPEN)
        often = ["rebase"] * 8 if self.world.stale(mutation.patchset) else ["changes"] * 3
        kind = data.draw(st.sampled_from([*often, "changes", "parents", "both", "rebase", "words"]), "kind")
        actor = self.draw_actor(data, lambda actor: not moves.refused(self.world, "update", actor, mutation))
        parents = self.world.parents(mutation.number)
        sent: dict[str, Any] = {}
        if kind in ("parents", "both"):
            parents = drawing.parents(data, self.world, self.able_parents(), mutation.number)
            sent["parents"] = [str(number) for number in parents]
        tree = self.tree([one for one in parents if mutation.number not in self.world.ancestors([one])])
        edits = moves.as_edits(mutation.patchset)
        if kind in ("changes", "both"):
            edits, sent["changes"] = drawing.edits(data, tree)
        elif kind == "rebase":
            edits, sent["changes"] = drawing.rebased(mutation.patchset, tree)
        elif kind == "words":
            sent["title"] = "other words"
        patchset, refused = self.next_patchset(mutation, actor, edits, parents, sent)
        refused = moves.refused(self.world, "update", actor, mutation) or refused
        self.offers(mutation, actor)
        arguments = {"mutation": str(mutation.number), **sent}
        done = self.attempt(data, actor, "mutations.update", refused, self.seen(mutation).version, arguments)
        if done and patchset:
            moves.add_patchset(self.world, mutation, patchset)

    def able_parents(self) -> list[int]:
        return [number for number, one in self.world.mutations.items() if one.status not in NO_PARENTS]

    def tree(self, parents: list[int]) -> dict[str, bytes]:
        return self.world.tree(number for number in parents if self.world.mutations[number].status not in NO_PARENTS)

    # --- Deciding

    @operation(5, lambda self: self.world.mutations)
    def step(self, data: st.DataObject) -> None:
        """An action that needs nothing but its mutation."""
        likely = [action for action, statuses in moves.STATUSES.items() if self.with_status(*statuses)]
        steps = [*moves.STEPS, *(action for action in likely * 3 if action in moves.STEPS)]
        action = data.draw(st.sampled_from(steps), "action")
        mutation = self.draw_mutation(data, *moves.STATUSES[action])
        actor = self.draw_actor(data, lambda actor: not moves.refused(self.world, action, actor, mutation))
        facet = {"withdraw": "reviews", "retry": "executions", "finish_rollback": "executions"}.get(action, "mutations")
        reason = {"reason": "by hand"} if action == "finish_rollback" else {}
        if self.on_mutation(data, actor, f"{facet}.{action}", action, mutation, **reason):
            moves.STEPS[action](self.world, actor, mutation)

    @operation(8, lambda self: self.with_status("pending"))
    def approve(self, data: st.DataObject) -> None:
        self.cast(data, "approve", self.draw_mutation(data, "pending"))

    @operation(8, lambda self: self.with_status("pending", "approved"))
    def bring_home(self, data: st.DataObject) -> None:
        """Whoever may approve does, until it is approved; then it is executed."""
        held = {"base_current", "parents_executed", "specs_valid"}
        waiting = self.with_status("pending", "approved")
        ready = [one for one in waiting if not self.world.blockers(one) & held]
        mutation = self.draw_among(data, ready or waiting)
        self.all_approve(data, mutation)
        self.run_execution(data, mutation)

    def all_approve(self, data: st.DataObject, mutation: Mutation) -> None:
        for actor in ACTORS:
            if mutation.status == "pending" and not moves.refused(self.world, "approve", actor, mutation):
                if self.on_mutation(data, actor, "reviews.vote", "approve", mutation, vote="approve", comment="fine"):
                    moves.vote(mutation, actor, "approve", commented=True)
                self.agrees()

    @operation(4, lambda self: self.world.mutations)
    def vote(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from([*APPROVALS, "request_changes", "reject"]), "vote")
        self.cast(data, kind, self.draw_mutation(data, "pending", "approved"))

    def cast(self, data: st.DataObject, kind: str, mutation: Mutation) -> None:
        actor = self.draw_actor(data, lambda actor: not moves.refused(self.world, kind, actor, mutation))
        remark = data.draw(st.sampled_from(["", "fine"]), "comment")
        if self.on_mutation(data, actor, "reviews.vote", kind, mutation, vote=kind, comment=remark):
            moves.vote(mutation, actor, kind, commented=bool(remark))

    # --- Executing

    @operation(4, lambda self: self.world.mutations)
    def execute(self, data: st.DataObject) -> None:
        self.run_execution(data, self.draw_mutation(data, "approved"))

    def run_execution(self, data: st.DataObject, mutation: Mutation) -> None:
        actor = self.draw_actor(data, lambda actor: self.world.may(actor, "deploy"))
        self.dry_run(mutation)
        results = [change.result for change in mutation.patchset.changes if change.result is not None]
        damaged = bool(results) and data.draw(st.sampled_from([False] * 5 + [True]), "damaged")
        with self.house.damaged(*set(results) if damaged else ()):
            done = self.on_mutation(data, actor, "executions.execute", "execute", mutation)
        if done:
            moves.apply(self.world, mutation, damaged=damaged)
            assert done.status == mutation.status

    def dry_run(self, mutation: Mutation) -> None:
        """A dry run lists every blocker, and so does the refusal."""
        dry = self.run(self.ann.executions.dry_run(str(mutation.number)))
        blockers = self.world.blockers(mutation)
        assert {blocker.name for blocker in dry.blockers} == blockers
        assert dry.would_execute == (not blockers)
        if blockers:
            refused = self.run(outcome_of(self.deployer, "executions.execute", {"mutation": str(mutation.number)}))
            assert isinstance(refused, LatticeError)
            assert {blocker["name"] for blocker in refused.details["blockers"]} == blockers
            assert isinstance(refused, Conflict) == ("base_current" in blockers)

    @operation(6, lambda self: len(self.with_status("pending", "approved")) > 1)
    def race(self, data: st.DataObject) -> None:
        """Two executions at once: what comes of them is what comes of some order of their claims and applies.

        The two are mostly rivals for a document.
        """
        waiting = {one.number: one for one in self.with_status("pending", "approved")}
        paths = {number: {change.path for change in one.patchset.changes} for number, one in waiting.items()}
        pairs = list(itertools.combinations(waiting, 2))
        rivals = [pair for pair in pairs if paths[pair[0]] & paths[pair[1]]]
        pair = data.draw(st.sampled_from([*rivals * 5, *pairs]), "pair")
        for number in pair:
            self.all_approve(data, waiting[number])
        self.agreed, self.moved = False, True

        async def both() -> list[Any]:
            calls = (outcome_of(self.deployer, "executions.execute", {"mutation": str(number)}) for number in pair)
            return await asyncio.gather(*calls)

        outcomes = [one.code if isinstance(one, LatticeError) else one.status for one in self.run(both())]
        possible = [racing.in_order(self.world, pair, order) for order in racing.ORDERS]
        fitting = [world for told, world in possible if told == outcomes]
        assert fitting, f"{outcomes} comes of no order: {[told for told, _ in possible]}"
        self.world = fitting[0]

    @operation(2, lambda self: any(not self.world.blockers(one) for one in self.with_status("approved")))
    def die(self, data: st.DataObject) -> None:
        """The process ends between claim and apply."""
        able = [one for one in self.with_status("approved") if not self.world.blockers(one)]
        mutation = self.draw_among(data, able)
        self.agreed, self.moved = False, True
        with self.house.killed_after(1):
            self.run(self.deployer.executions.execute(str(mutation.number)))
        moves.claim(mutation)

    @operation(3, lambda self: self.with_status("in_progress"))
    def recover(self, data: st.DataObject) -> None:
        """Claims are given back once their lease is over."""
        late = data.draw(st.sampled_from([False, True, True]), "late")
        self.agreed, self.moved = False, True
        self.house.clock.advance(LEASE + 1 if late else LEASE / 100)
        claimed = self.with_status("in_progress") if late else []
        assert self.run(self.ann.executions.recover()) == len(claimed)
        for mutation in claimed:
            moves.give_back(mutation)

    @operation(5, lambda self: self.world.standing)
    def roll_back(self, data: st.DataObject) -> None:
        mutation = self.draw_mutation(data, "completed")
        actor = self.draw_actor(data, lambda actor: not moves.refused(self.world, "rollback", actor, mutation))
        lost = {content for _, _, content in mutation.before if content is not None}
        damaged = bool(lost) and data.draw(st.sampled_from([False] * 5 + [True]), "damaged")
        with self.house.damaged(*lost if damaged else ()):
            done = self.on_mutation(data, actor, "executions.rollback", "rollback", mutation, reason="it was wrong")
        if done:
            moves.roll_back(self.world, mutation, damaged=damaged)
            assert done.status == mutation.status

    # --- Beside mutations

    @operation(2)
    def track(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(PATHS), "path")
        actor = self.draw_actor(data, lambda actor: self.world.may(actor, "track"))
        content = drawing.content(data, path, None)
        refused = moves.track_refused(self.world, actor, path, content)
        arguments = {"files": [TrackedFile(path=path, content=content)]}
        if self.attempt(data, actor, "documents.track", refused, self.project_version(), arguments):
            self.world.head[path] = document = self.world.new_document(content)
            self.world.revisions[document.id] = [(None, path, content)]
            self.baselines[path] = content

    @operation(1)
    def add_member(self, data: st.DataObject) -> None:
        user, role = data.draw(st.sampled_from(MEMBERS), "user"), data.draw(st.sampled_from(ROLES), "role")
        actor = self.draw_actor(data, lambda actor: self.world.may(actor, "invite"))
        refused = moves.add_refused(self.world, actor, user, role)
        arguments = {"user": user, "role": role}
        if self.attempt(data, actor, "team.add", refused, self.project_version(), arguments):
            self.world.members[user] = role

    @operation(1)
    def change_member(self, data: st.DataObject) -> None:
        user, role = data.draw(st.sampled_from(MEMBERS), "user"), data.draw(st.sampled_from(ROLES), "role")
        actor = self.draw_actor(data, lambda actor: self.world.may(actor, "manage"))
        refused = moves.change_refused(self.world, actor, user, role)
        versions = {member.user.handle: member.version for member in self.run(self.ann.team.list())}
        arguments = {"user": user, "role": role}
        if self.attempt(data, actor, "team.update", refused, versions.get(user, 1), arguments):
            self.world.members[user] = role

    @operation(3, lambda self: self.answers)
    def repeat(self, data: st.DataObject) -> None:
        """A call that was made under a key is answered alike and done once; the key is good for no other."""
        same = data.draw(st.booleans(), "the same")
        actor, name, arguments, answer = data.draw(st.sampled_from(self.answers), "call")
        if not self.may_still(actor, name):
            refused = DENIED
        else:
            refused = set() if same else {"CF_IDEMPOTENCY_KEY"}
        again = self.outcome(actor, name, refused, arguments if same else {**arguments, "expected_version": 10_000})
        assert again is None or again == answer

    def may_still(self, actor: str, name: str) -> bool:
        return actor in self.world.members and self.world.may(actor, moves.NEEDED[name])


def run(leg: str, number: int, steps: int) -> None:
    """Check that many histories on a leg."""
    machine = type(f"On{leg.title()}", (Random,), {"leg": leg})
    chosen = settings(
        backend=PLAIN,
        max_examples=number,
        stateful_step_count=steps,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(machine, settings=chosen)


# Should one fail, making it small takes its time.
@pytest.mark.timeout(900)
@pytest.mark.parametrize("leg", LEGS)
def test_random_histories_go_as_the_model_says(leg: str) -> None:
    run(leg, examples(leg, 12), steps=45)


@pytest.mark.soak
@pytest.mark.parametrize("leg", LEGS)
def test_many_long_random_histories_go_as_the_model_says(leg: str) -> None:
    run(leg, examples(leg, 400), steps=80)


def test_the_model_imports_nothing_of_the_engine() -> None:
    files = [file for folder in model.__path__ for file in Path(folder).glob("*.py")]
    assert len(files) > 3
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            own = ("lattice_console", "tests")
            allowed = ("lattice_console.contract", "lattice_console.merge", "tests.support.model")
            assert [name for name in names if name.startswith(own) and not name.startswith(allowed)] == [], file
