"""What the model of a project knows: members, the head, mutations; and what follows from that."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from tests.support.model import settling
from tests.support.model.contents import POLICIES, POLICY, Policy, difference, merged, readable
from tests.support.model.settling import Change, Tree, Tried, clash, has_moved

Refusals = set[str]
"""The codes by which a call may be refused, or families of codes; none where it goes through."""

_PART = {"comment"}
_REVIEW = {"review"}
_RUN = {"create", "deploy", "track", "invite"}
ROLES: Mapping[str, frozenset[str]] = {
    "owner": frozenset(_PART | _REVIEW | _RUN | {"manage"}),
    "admin": frozenset(_PART | _REVIEW | _RUN),
    "developer": frozenset(_PART | {"create"}),
    "reviewer": frozenset(_PART | _REVIEW | {"create"}),
    "viewer": frozenset(),
}
"""What each role may do, beyond looking."""

PAST = frozenset({"completed", "rolled_back", "cancelled", "expired"})
TO_COME = frozenset({"draft", "pending", "approved", "needs_manual_resolution", "in_progress", "failed"})
APPLIED = frozenset({"completed", "rollback_failed"})
NO_PARENTS = frozenset({"rejected", "expired", "cancelled", "rolled_back", "rollback_failed"})
EXECUTED = frozenset({"completed", "rolled_back", "rollback_failed"})
_TURNS = {
    "draft": "author",
    "needs_manual_resolution": "author",
    "approved": "executors",
    "failed": "executors",
    "rollback_failed": "executors",
}
APPROVALS = ("approve", "approve_with_suggestions")


@dataclass(frozen=True, slots=True)
class Document:
    id: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Patchset:
    """`parents` are the numbers of mutations with the identity of the patchset that this one is stacked on.

    A resolution has `replaced` another.
    """

    author: str
    changes: tuple[Change, ...]
    parents: tuple[tuple[int, Hashable], ...]
    replaced: "Patchset | None" = None

    @property
    def identity(self) -> Hashable:
        return (frozenset(self.changes), frozenset(self.parents))

    @property
    def difference(self) -> Hashable:
        """What it changes, without regard to where it stands."""
        return frozenset(
            (one.operation, one.path, one.new_path, difference(one.base, one.result)) for one in self.changes
        )


@dataclass(frozen=True, slots=True)
class Vote:
    kind: str
    commented: bool


@dataclass(slots=True)
class Thread:
    """A conversation about a place: `last` is who has the last word."""

    id: str
    last: str
    open: bool = True


@dataclass(slots=True)
class Mutation:
    """`votes` are those that stand, by voter; `before` is where each document stood before the execution.

    `remarks` are the authors of all comments, those in `threads` among them.
    """

    number: int
    author: str
    status: str
    patchsets: list[Patchset]
    votes: dict[str, Vote] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    before: list[tuple[int, str | None, bytes | None]] = field(default_factory=list)

    @property
    def patchset(self) -> Patchset:
        return self.patchsets[-1]


@dataclass(frozen=True, slots=True)
class Piece:
    """A change as it would be made: of which document, where it is before and afterwards, and both contents.

    `document` is the path where no document of the head is meant; `target` is none for what is gone.
    """

    change: Change
    document: int | str
    path: str
    target: str | None
    base: bytes | None
    result: bytes | None
    stacked: bool

    @property
    def takes(self) -> str | None:
        return self.target if self.base is None or self.target != self.path else None


@dataclass(slots=True)
class World:
    """`standing` lists the executions that were not undone, in order: number, and the documents touched.

    `revisions` are where each document has stood, with its bytes, and by which mutation; none for what was tracked.
    """

    members: dict[str, str]
    head: dict[str, Document] = field(default_factory=dict)
    mutations: dict[int, Mutation] = field(default_factory=dict)
    standing: list[tuple[int, set[int]]] = field(default_factory=list)
    documents: int = 0
    revisions: dict[int, list[tuple[int | None, str | None, bytes | None]]] = field(default_factory=dict)

    def may(self, actor: str, what: str) -> bool:
        role = self.members.get(actor)
        return role is not None and what in ROLES[role]

    @property
    def policy(self) -> Policy:
        document = self.head.get(POLICY)
        found = POLICIES[document.content] if document else Policy()
        assert found is not None, "a broken policy is never in force"
        return found

    def tree(self, parents: Iterable[int] = ()) -> dict[str, bytes]:
        """The head, with what its unexecuted ancestors propose done to it."""
        return {path: content for path, (content, _) in self.standing_for(parents).items()}

    def standing_for(self, parents: Iterable[int] = ()) -> Tree:
        """The same, with which document of the head each is."""
        tree: dict[str, tuple[bytes, int | None]] = {
            path: (document.content, document.id) for path, document in self.head.items()
        }
        for number in self.unexecuted(parents):
            changes = self.mutations[number].patchset.changes
            before = {one.path: tree[one.path][1] for one in changes if one.operation != "create" and one.path in tree}
            for change in changes:
                if change.operation in ("delete", "rename"):
                    tree.pop(change.path, None)
            tree.update(
                {one.result_path: (one.result, before.get(one.path)) for one in changes if one.result is not None}
            )
        return tree

    def unexecuted(self, parents: Iterable[int]) -> list[int]:
        """The ancestors still to come, each after its own parents, else by number."""
        found: set[int] = set()
        wanted = set(parents)
        while wanted:
            number = wanted.pop()
            if number not in found and self.mutations[number].status in TO_COME:
                found.add(number)
                wanted.update(self.parents(number))
        ordered: list[int] = []
        while found:
            following = min(number for number in found if not found & set(self.parents(number)))
            found.remove(following)
            ordered.append(following)
        return ordered

    def parents(self, number: int) -> list[int]:
        return [parent for parent, _ in self.mutations[number].patchset.parents]

    def ancestors(self, numbers: Iterable[int]) -> set[int]:
        """Those mutations, and everything that they are stacked on."""
        found: set[int] = set()
        wanted = set(numbers)
        while wanted:
            number = wanted.pop()
            found.add(number)
            wanted.update(set(self.parents(number)) - found)
        return found

    def place(self, number: int) -> tuple[int, int]:
        """The lowest mutation that it stands on through those not executed, and how many levels are below it."""
        below = [self.place(one) for one in self.parents(number) if self.mutations[one].status not in EXECUTED]
        return (min(stack for stack, _ in below), 1 + max(level for _, level in below)) if below else (number, 0)

    def turn(self, mutation: Mutation) -> str:
        """Who has to act next."""
        if mutation.status != "pending":
            return _TURNS.get(mutation.status, "nobody")
        asked = any(thread.open and thread.last != mutation.author for thread in mutation.threads)
        invalid = not all(map(_acceptable, mutation.patchset.changes))
        return "author" if self.objections(mutation) or asked or invalid else "reviewers"

    def requirements(self, mutation: Mutation) -> dict[str, str]:
        """Every requirement with its state."""
        policy, latest = self.policy, mutation.patchset
        counting = self.counting(mutation)
        silent = [who for who in counting if not mutation.votes[who].commented and who not in mutation.remarks]
        objections = self.objections(mutation)
        valid = all(_acceptable(change) for change in latest.changes)
        found = {
            "approvals": _state(len(counting) >= policy.reviewers),
            "no_objections": _state(not objections),
            "comments": _state(bool(counting) and not silent) if policy.comments else "not_applicable",
            "specs_valid": _state(valid) if latest.changes else "not_applicable",
        }
        if mutation.status in TO_COME:
            stale = self.stale(latest)
            waiting = [one for one in self.parents(mutation.number) if self.mutations[one].status != "completed"]
            found["base_current"] = _state(not stale) if latest.changes or stale else "not_applicable"
            found["parents_executed"] = _state(not waiting) if latest.parents else "not_applicable"
            found["no_open_conflict"] = _state(not self.in_conflict(latest)) if stale else "not_applicable"
            found["hooks_passed"] = "not_applicable"
        if mutation.status in PAST:
            return {name: "not_applicable" if state == "unsatisfied" else state for name, state in found.items()}
        return found

    def counting(self, mutation: Mutation) -> list[str]:
        """Whose approvals count: of a type that the policy takes, an author's own only while alone."""
        alone = len(self.members) == 1
        return [
            who
            for who, vote in mutation.votes.items()
            if vote.kind in self.policy.types and (alone or who != mutation.patchset.author)
        ]

    def objections(self, mutation: Mutation) -> list[str]:
        return [who for who, vote in mutation.votes.items() if vote.kind not in APPROVALS]

    def blockers(self, mutation: Mutation) -> set[str]:
        """Everything that stands in the way of executing it."""
        found = {name for name, state in self.requirements(mutation).items() if state == "unsatisfied"}
        return found if mutation.status in ("pending", "approved") else found | {"status"}

    def stale(self, patchset: Patchset) -> bool:
        """Whether what it was made against is no longer what stands there."""
        if any(self.mutations[number].patchset.identity != seen for number, seen in patchset.parents):
            return True
        tree = self.tree(number for number, _ in patchset.parents)
        moved = (one for one in patchset.changes if one.operation != "create" and tree.get(one.path) != one.base)
        return any(moved) or taken(tree, [(one.operation, one.path, one.result_path) for one in patchset.changes])

    def in_conflict(self, patchset: Patchset) -> set[str]:
        """The paths of the changes that a person must decide about."""
        tree = self.standing_for(number for number, _ in patchset.parents)
        return {one.change.path for one in _tried(patchset, tree) if one.outcome is None}

    def conflicts(self, mutation: Mutation) -> int:
        """How many conflicts of a mutation a person must decide about, with the head and with others."""
        if mutation.status not in TO_COME:
            return 0
        others = (one for one in self.mutations.values() if one.status in TO_COME and one is not mutation)
        return len(self.in_conflict(mutation.patchset)) + sum(len(self.between(mutation, one)) for one in others)

    def between(self, one: Mutation, other: Mutation) -> set[Hashable]:
        """Where two mutations do not merge, compared whole; what does not lower in their stacks is not said again."""
        ours, theirs = self._with_below(one), self._with_below(other)
        if one.number in theirs or other.number in ours:
            return set()
        lower = {
            place
            for mine in ours - theirs
            for yours in theirs - ours
            if (mine, yours) != (one.number, other.number)
            for place, _ in self._met(self.mutations[mine], self.mutations[yours])
        }
        return {kind for place, kind in self._met(one, other) if place not in lower}

    def _with_below(self, mutation: Mutation) -> set[int]:
        return {mutation.number, *self.unexecuted(self.parents(mutation.number))}

    def _met(self, one: Mutation, other: Mutation) -> set[tuple[Hashable, Hashable]]:
        """The documents of both that do not merge, each with how that is counted."""
        found: set[tuple[Hashable, Hashable]] = set()
        for mine, yours in product(self._pieces(one), self._pieces(other)):
            documents = frozenset((mine.document, yours.document))
            if mine.base is not None and yours.base is not None and mine.document == yours.document:
                if not _merge(mine, yours, self._ground(one, other, mine, yours)):
                    found.add((documents, ("content", mine.change.path)))
            elif mine.takes and yours.takes and clash(mine.takes, yours.takes):
                created = mine.change.operation == yours.change.operation == "create"
                if not (created and mine.target == yours.target and mine.result == yours.result):
                    found.add((documents, ("path", mine.change.result_path)))
        return found

    def _ground(self, one: Mutation, other: Mutation, mine: Piece, yours: Piece) -> bytes | None:
        """What both began from."""
        if not (mine.stacked and yours.stacked):
            return yours.base if mine.stacked else mine.base
        tree = self.standing_for(self._with_below(one) & self._with_below(other))
        here = tree.get(mine.path)
        there = [content for content, document in tree.values() if document == mine.document]
        # Perhaps each stands on a document that its own stack creates.
        return here[0] if here else there[0] if there else mine.base if mine.base == yours.base else None

    def _pieces(self, mutation: Mutation) -> list[Piece]:
        """What a mutation would make of what stands there; nothing of what does not merge with that."""
        patchset, parents = mutation.patchset, self.parents(mutation.number)
        below = [self.mutations[number] for number in self.unexecuted(parents)]
        tree = self.standing_for(parents)
        if not below:
            settled = [(one.change, one.outcome.change) for one in _tried(patchset, tree) if one.outcome]
            return [_piece(change, made, tree, stacked=False) for change, made in settled if made is not None]
        found = []
        for change in patchset.changes:
            makers = [one for one in below if any(change.path == made.result_path for made in one.patchset.changes)]
            if not has_moved(change, tree) and not any(self._is_stale_at(one, change.path) for one in makers):
                found.append(_piece(change, change, tree, stacked=bool(makers)))
        return found

    def _is_stale_at(self, mutation: Mutation, path: str) -> bool:
        tree = self.standing_for(self.parents(mutation.number))
        return any(one.result_path == path and has_moved(one, tree) for one in mutation.patchset.changes)

    def settle(self) -> None:
        """Under review the status is what conflicts and requirements say."""
        for mutation in self.mutations.values():
            if mutation.status not in ("pending", "approved", "needs_manual_resolution"):
                continue
            if self.in_conflict(mutation.patchset):
                mutation.status = "needs_manual_resolution"
            else:
                states = self.requirements(mutation)
                review = ("approvals", "no_objections", "comments", "specs_valid")
                holds = all(states[name] != "unsatisfied" for name in review)
                mutation.status = "approved" if holds else "pending"

    def new_document(self, content: bytes) -> Document:
        self.documents += 1
        return Document(self.documents, content)


def taken(tree: Mapping[str, bytes], changes: Sequence[tuple[str, str, str]]) -> bool:
    """Whether some change (operation, path, resulting path) comes to a place that something else has."""
    left = set(tree) - {path for operation, path, _ in changes if operation in ("delete", "rename")}
    targets = [target for operation, _, target in changes if operation in ("create", "rename")]
    return any(clash(target, other) for index, target in enumerate(targets) for other in (*left, *targets[index + 1 :]))


def _tried(patchset: Patchset, tree: Tree) -> list[Tried]:
    return settling.attempt(patchset.changes, tree, settling.as_it_merges(tree))


def _piece(change: Change, made: Change, tree: Tree, *, stacked: bool) -> Piece:
    """A change as it is made on what stands there."""
    here = tree.get(made.path)
    document = here[1] if here else None
    name = made.path if document is None else document
    target = made.result_path if made.result is not None else None
    return Piece(change, name, made.path, target, made.base, made.result, stacked)


def _merge(mine: Piece, yours: Piece, ground: bytes | None) -> bool:
    """Whether what both make of one document merges."""
    if mine.target is None or yours.target is None:
        return mine.target == yours.target
    if mine.target != yours.target and mine.path not in (mine.target, yours.target):
        return False
    assert mine.result is not None
    assert yours.result is not None
    return mine.result == yours.result if ground is None else merged(ground, mine.result, yours.result) is not None


def _acceptable(change: Change) -> bool:
    """Whether a changed document can be read, or could not be before either; a policy must be readable."""
    if change.result is None or readable(change.result_path, change.result):
        return True
    return change.result_path != POLICY and change.base is not None and not readable(change.result_path, change.base)


def _state(holds: bool) -> str:
    return "satisfied" if holds else "unsatisfied"
