"""What can be done in the model, to whom it is refused, and what comes of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.support.model.contents import POLICY, readable
from tests.support.model.settling import Change
from tests.support.model.world import (
    APPLIED,
    APPROVALS,
    NO_PARENTS,
    Document,
    Mutation,
    Patchset,
    Refusals,
    Thread,
    Vote,
    World,
    taken,
)

DENIED: Refusals = {"AUTH_FORBIDDEN"}
OPEN = frozenset({"draft", "pending", "approved", "needs_manual_resolution", "failed"})
UNDER_REVIEW = frozenset({"pending", "approved"})
DERIVED = UNDER_REVIEW | {"needs_manual_resolution"}


@dataclass(frozen=True, slots=True)
class Edit:
    """A change as it is sent; `result` None leaves the bytes, and `base_fits` says that no other base is stated."""

    operation: str
    path: str
    new_path: str | None = None
    result: bytes | None = None
    base_fits: bool = True


# --- What is proposed


def proposal(world: World, edits: Sequence[Edit], parents: Sequence[int]) -> tuple[tuple[Change, ...], Refusals]:
    """The changes that come of edits on the parents' result, and why they cannot be proposed."""
    if any(world.mutations[number].status in NO_PARENTS for number in parents):
        return (), {"BR"}
    standing = world.standing_for(parents)
    tree = {path: content for path, (content, _) in standing.items()}
    documents = {path: document for path, (_, document) in standing.items()}
    refused: Refusals = set()
    if len({edit.path for edit in edits}) < len(edits):
        refused.add("VAL")
    changes = []
    for edit in edits:
        base = tree.get(edit.path)
        if edit.operation == "create":
            refused |= {"BR"} if base is not None else set()
        elif base is None:
            refused.add("NF")
        if not edit.base_fits:
            refused.add("CF_STALE_BASE")
        result = base if edit.operation == "rename" and edit.result is None else edit.result
        if (edit.operation == "modify" and result == base) or edit.path == edit.new_path:
            refused.add("VAL")
        document = None if edit.operation == "create" else documents.get(edit.path)
        changes.append(Change(edit.operation, edit.path, edit.new_path, base, result, document))
    if taken(tree, [(one.operation, one.path, one.result_path) for one in changes]):
        refused.add("BR")
    return tuple(changes), refused


def as_edits(patchset: Patchset) -> list[Edit]:
    """The same changes once more, as whole contents."""
    return [Edit(one.operation, one.path, one.new_path, one.result) for one in patchset.changes]


def with_suggestion(world: World, mutation: Mutation, changed: Change, result: bytes) -> list[Edit]:
    """The same changes on the bases that they were made on, save for one with another result."""
    tree = world.tree(world.parents(mutation.number))
    return [
        Edit(
            one.operation,
            one.path,
            one.new_path,
            result if one == changed else one.result,
            base_fits=one.base is None or tree.get(one.path, one.base) == one.base,
        )
        for one in mutation.patchset.changes
    ]


def stacked(world: World, parents: Sequence[int]) -> tuple[tuple[int, object], ...]:
    return tuple((number, world.mutations[number].patchset.identity) for number in parents)


def create(world: World, actor: str, changes: tuple[Change, ...], parents: Sequence[int], *, draft: bool) -> Mutation:
    number = len(world.mutations) + 1
    patchset = Patchset(actor, changes, stacked(world, parents))
    mutation = Mutation(number, actor, "draft" if draft else "pending", [patchset])
    world.mutations[number] = mutation
    return mutation


def add_patchset(world: World, mutation: Mutation, patchset: Patchset) -> None:
    """A new patchset outdates the votes, unless it is a clean rebase."""
    if patchset.difference != mutation.patchset.difference:
        mutation.votes.clear()
    mutation.patchsets.append(patchset)


# --- Who may do what to a mutation


def refused(world: World, action: str, actor: str, mutation: Mutation) -> Refusals:
    """Why an actor cannot do that to a mutation now; an empty set where it goes through."""
    needed, own, statuses = _RULES[action]
    if actor not in world.members or (needed and not world.may(actor, needed)):
        return DENIED
    if own and actor != mutation.author and not world.may(actor, "deploy"):
        return DENIED
    if action == "execute":
        return _blocked(world, mutation)
    if statuses is not None and mutation.status not in statuses:
        return {"BR"}
    if action in APPROVALS and actor == mutation.patchset.author and len(world.members) > 1:
        return {"BR"}
    if action == "rebase":
        return set() if "base_current" in world.blockers(mutation) else {"nothing to do"}
    if action == "withdraw":
        return _no_vote(mutation, actor)
    if action == "rollback" and built_upon(world, mutation):
        return {"BR_BUILT_UPON"}
    return set()


_RULES: dict[str, tuple[str, bool, frozenset[str] | None]] = {
    "submit": ("create", True, frozenset({"draft"})),
    "approve": ("review", False, UNDER_REVIEW),
    "approve_with_suggestions": ("review", False, UNDER_REVIEW),
    "request_changes": ("review", False, UNDER_REVIEW),
    "reject": ("review", False, DERIVED),
    "withdraw": ("review", False, DERIVED | {"rejected"}),
    "comment": ("comment", False, None),
    "update": ("create", True, OPEN),
    "rebase": ("create", True, OPEN),
    "cancel": ("create", True, OPEN),
    "reopen": ("create", True, frozenset({"rejected", "expired", "cancelled"})),
    "execute": ("deploy", False, None),
    "dry_run": ("", False, None),
    "retry": ("deploy", False, frozenset({"failed"})),
    "rollback": ("deploy", False, frozenset({"completed"})),
    "finish_rollback": ("deploy", False, frozenset({"rollback_failed"})),
}
"""For each action: the permission, whether it is for the author (or who may deploy), and the statuses it is for."""

ACTIONS = tuple(_RULES)
STATUSES = {action: statuses or frozenset() for action, (_, _, statuses) in _RULES.items()}

NEEDED = {
    "mutations.create": "create",
    "mutations.update": "create",
    "mutations.rebase": "create",
    "conflicts.resolve": "create",
    "conflicts.undo": "create",
    "mutations.submit": "create",
    "mutations.cancel": "create",
    "mutations.reopen": "create",
    "reviews.vote": "review",
    "reviews.withdraw": "review",
    "reviews.request": "create",
    "reviews.comment": "comment",
    "reviews.resolve": "comment",
    "reviews.apply_suggestions": "create",
    "executions.execute": "deploy",
    "executions.retry": "deploy",
    "executions.rollback": "deploy",
    "executions.finish_rollback": "deploy",
    "documents.track": "track",
    "team.add": "invite",
    "team.update": "manage",
}
"""The permission that each write takes."""


def _blocked(world: World, mutation: Mutation) -> Refusals:
    blockers = world.blockers(mutation)
    if not blockers:
        return set()
    return {"CF_STALE_BASE"} if "base_current" in blockers else {"BR_BLOCKED"}


def _no_vote(mutation: Mutation, actor: str) -> Refusals:
    vote = mutation.votes.get(actor)
    decides = vote is not None and (mutation.status != "rejected" or vote.kind == "reject")
    return set() if decides else {"BR"}


def built_upon(world: World, mutation: Mutation) -> bool:
    """Whether something later stands on what it did: on its documents, in its places, or stacked on it."""
    mine = next(index for index, (number, _) in enumerate(world.standing) if number == mutation.number)
    touched = world.standing[mine][1]
    if any(touched & later for _, later in world.standing[mine + 1 :]):
        return True
    if any(mutation.number in world.parents(one.number) for one in world.mutations.values() if one.status in APPLIED):
        return True
    here = {path: document for path, document in world.head.items() if document.id in touched}
    left = {path: document.content for path, document in world.head.items() if path not in here}
    return taken(left, [("create", path, path) for _, path, _ in mutation.before if path is not None])


# --- What comes of it


def submit(world: World, actor: str, mutation: Mutation) -> None:
    mutation.status = "pending"


def cancel(world: World, actor: str, mutation: Mutation) -> None:
    mutation.status = "cancelled"


def reopen(world: World, actor: str, mutation: Mutation) -> None:
    mutation.votes = {who: vote for who, vote in mutation.votes.items() if vote.kind != "reject"}
    mutation.status = "pending"


def retry(world: World, actor: str, mutation: Mutation) -> None:
    mutation.status = "pending"


def withdraw(world: World, actor: str, mutation: Mutation) -> None:
    if mutation.votes.pop(actor).kind == "reject":
        mutation.status = "pending"


def finish_rollback(world: World, actor: str, mutation: Mutation) -> None:
    mutation.status = "rolled_back"


def vote(mutation: Mutation, actor: str, kind: str, *, commented: bool) -> None:
    mutation.votes[actor] = Vote(kind, commented)
    if kind == "reject":
        mutation.status = "rejected"


STEPS: dict[str, Callable[[World, str, Mutation], None]] = {
    "submit": submit,
    "cancel": cancel,
    "reopen": reopen,
    "retry": retry,
    "withdraw": withdraw,
    "finish_rollback": finish_rollback,
}
"""The actions that need nothing but their mutation."""


def say(mutation: Mutation, actor: str, thread: Thread | None = None) -> None:
    """A remark; in a thread it is the last word."""
    mutation.remarks.append(actor)
    if thread is not None:
        thread.last = actor
        if thread not in mutation.threads:
            mutation.threads.append(thread)


def claim(mutation: Mutation) -> None:
    mutation.status = "in_progress"


def give_back(mutation: Mutation) -> None:
    mutation.status = "approved"


def apply(world: World, mutation: Mutation, *, damaged: bool = False) -> None:
    """Everything is judged anew; then all of it is done, or nothing."""
    if damaged or world.blockers(mutation) - {"status"}:
        mutation.status = "failed"
        return
    moves: dict[str, Document] = {}
    mutation.before = []
    for change in mutation.patchset.changes:
        document = world.new_document(b"") if change.operation == "create" else world.head[change.path]
        before = (None, None) if change.operation == "create" else (change.path, document.content)
        mutation.before.append((document.id, *before))
        if change.result is not None:
            moves[change.result_path] = Document(document.id, change.result)
    for change in mutation.patchset.changes:
        world.head.pop(change.path, None)
    world.head.update(moves)
    world.standing.append((mutation.number, {document for document, _, _ in mutation.before}))
    _note(world, mutation)
    mutation.status = "completed"


def _note(world: World, mutation: Mutation) -> None:
    """Where its documents stand now is by that mutation."""
    places = {document.id: (path, document.content) for path, document in world.head.items()}
    for document, _, _ in mutation.before:
        path, content = places.get(document, (None, None))
        world.revisions.setdefault(document, []).append((mutation.number, path, content))


def roll_back(world: World, mutation: Mutation, *, damaged: bool = False) -> None:
    """The documents go back to where they stood; where their bytes are lost, nothing moves."""
    if damaged:
        mutation.status = "rollback_failed"
        return
    touched = {document for document, _, _ in mutation.before}
    world.head = {path: document for path, document in world.head.items() if document.id not in touched}
    for document, path, content in mutation.before:
        if path is not None and content is not None:
            world.head[path] = Document(document, content)
    world.standing = [one for one in world.standing if one[0] != mutation.number]
    _note(world, mutation)
    mutation.status = "rolled_back"


# --- Beside mutations


def track_refused(world: World, actor: str, path: str, content: bytes) -> Refusals:
    if not world.may(actor, "track"):
        return DENIED
    tree = world.tree()
    found: Refusals = {"BR"} if taken(tree, [("create", path, path)]) else set()
    return found | ({"VAL"} if path == POLICY and not readable(path, content) else set())


def add_refused(world: World, actor: str, user: str, role: str) -> Refusals:
    if not world.may(actor, "invite") or (role == "owner" and not world.may(actor, "manage")):
        return DENIED
    return {"CF_MEMBER"} if user in world.members else set()


def change_refused(world: World, actor: str, user: str, role: str) -> Refusals:
    if not world.may(actor, "manage"):
        return DENIED
    if user not in world.members:
        return {"NF_MEMBER"}
    owners = [who for who, held in world.members.items() if held == "owner"]
    return {"BR_LAST_OWNER"} if owners == [user] and role != "owner" else set()
