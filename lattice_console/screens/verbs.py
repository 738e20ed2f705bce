"""What a person can do to a mutation: how each act is asked for, called, and spoken of."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import uuid4

from lattice_console.contract.models.mutation import Execution, Mutation
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.requirement import Action
from lattice_console.contract.models.review import Comment
from lattice_console.screens.session import Session
from lattice_console.text import count, inert
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.pieces import standing, status_words
from lattice_console.widgets.signs import Look

__all__ = ["ADVISED", "ASKED", "VERBS", "Outcome", "Verb", "outcome"]

Outcome = Mutation | Execution | Comment


@dataclass(frozen=True, slots=True)
class Verb:
    """One act. `action` is its name in the contract; `{M}` in `sentence` stands for the mutation's number.

    `ask` says what it takes before it is done: nothing, a confirmation, or a text, which may be needed. `recorded` is
    the sentence for a mutation that changes no files, where that is another; `fate` is what becomes of the text, where
    elsewhere that is another, and `key` is then the name of the key that does it. An act that `binds` is meant for the
    patchset that the person saw, and for no other. Where an act has no name in the contract, `under` is that of the one
    that it is a case of, and `fact` the key of the metadata that its text is kept under.
    """

    action: str
    name: str
    refused: str
    running: str
    do: Callable[[Session, Mutation, str], Awaitable[Outcome]]
    ask: Literal["nothing", "confirm", "text", "needed text"] = "nothing"
    sentence: str = ""
    recorded: str = ""
    required: str = ""
    fate: str = ""
    key: str = ""
    binds: bool = False
    counts_files: bool = False
    vote: Vote | None = None
    under: str = ""
    fact: str = ""

    def permission(self, mutation: Mutation) -> Action:
        """Whether the actor may do it to a mutation, and why not."""
        return mutation.action(self.under or self.action)

    def known(self, mutation: Mutation) -> str:
        """Its text as it stands in the mutation; empty where it is nothing that stands there."""
        text = mutation.metadata.get(self.fact)
        return inert(text) if isinstance(text, str) else ""

    def about(self, mutation: Mutation, drafts: int) -> str:
        """The sentence of the dialog that lists the drafts that go with it."""
        along = f", with {count(drafts, 'comment')}" if drafts else ", without a comment"
        effect = "; it is closed at once, and can be reopened" if self.action == "reject" else ""
        return f"{self.name}: M-{mutation.number} {inert(mutation.title)}{along}{effect}."

    def question(self, mutation: Mutation, files: Sequence[FileChange], place: str, look: Look) -> str:
        """The sentence of its dialog, with the numbers."""
        added, removed = (sum(getattr(file.diff, side) for file in files) for side in ("added", "removed"))
        sentence = self.sentence if mutation.changes or not self.recorded else self.recorded
        return sentence.format(
            M=f"M-{mutation.number}",
            title=inert(mutation.title),
            files=count(len(mutation.changes), "file"),
            lines=f"+{added} {look.signs.minus}{removed}",
            place=inert(place),
        )


def _key() -> str:
    return str(uuid4())


def _vote(vote: Vote) -> Callable[[Session, Mutation, str], Awaitable[Outcome]]:
    async def do(session: Session, mutation: Mutation, text: str) -> Outcome:
        return await session.backend.reviews.vote(
            mutation.id,
            vote=vote,
            comment=text,
            patchset=mutation.patchset,
            expected_version=mutation.version,
            idempotency_key=_key(),
        )

    return do


async def _withdraw(session: Session, mutation: Mutation, text: str) -> Outcome:
    return await session.backend.reviews.withdraw(
        mutation.id, expected_version=mutation.version, idempotency_key=_key()
    )


async def _comment(session: Session, mutation: Mutation, text: str) -> Outcome:
    # A remark is as good on a newer version, so none is expected.
    return await session.backend.reviews.comment(mutation.id, text=text, idempotency_key=_key())


async def _submit(session: Session, mutation: Mutation, text: str) -> Outcome:
    return await session.backend.mutations.submit(
        mutation.id, expected_version=mutation.version, idempotency_key=_key()
    )


def _state(fact: str) -> Callable[[Session, Mutation, str], Awaitable[Outcome]]:
    async def do(session: Session, mutation: Mutation, text: str) -> Outcome:
        return await session.backend.mutations.update(
            mutation.id,
            metadata={fact: " ".join(text.split())},
            expected_version=mutation.version,
            idempotency_key=_key(),
        )

    return do


async def _cancel(session: Session, mutation: Mutation, text: str) -> Outcome:
    return await session.backend.mutations.cancel(
        mutation.id, reason=text, expected_version=mutation.version, idempotency_key=_key()
    )


async def _rebase(session: Session, mutation: Mutation, text: str) -> Outcome:
    return await session.backend.mutations.rebase(
        mutation.id, expected_version=mutation.version, idempotency_key=_key()
    )


async def _reopen(session: Session, mutation: Mutation, text: str) -> Outcome:
    return await session.backend.mutations.reopen(
        mutation.id, reason=text, expected_version=mutation.version, idempotency_key=_key()
    )


async def _retry(session: Session, mutation: Mutation, text: str) -> Outcome:
    return await session.backend.executions.retry(
        mutation.id, expected_version=mutation.version, idempotency_key=_key()
    )


async def _execute(session: Session, mutation: Mutation, text: str) -> Outcome:
    if session.checkout is not None:
        execution, _ = await session.checkout.execute(
            session.backend, mutation, expected_version=mutation.version, idempotency_key=_key()
        )
        return execution
    return await session.backend.executions.execute(
        mutation.id, expected_version=mutation.version, idempotency_key=_key()
    )


async def _rollback(session: Session, mutation: Mutation, text: str) -> Outcome:
    if session.checkout is not None:
        execution, _ = await session.checkout.rollback(
            session.backend, mutation, text, expected_version=mutation.version, idempotency_key=_key()
        )
        return execution
    return await session.backend.executions.rollback(
        mutation.id, reason=text, expected_version=mutation.version, idempotency_key=_key()
    )


async def _finish_rollback(session: Session, mutation: Mutation, text: str) -> Outcome:
    return await session.backend.executions.finish_rollback(
        mutation.id, reason=text, expected_version=mutation.version, idempotency_key=_key()
    )


_ALL = (
    Verb("approve", "Approve", "Not approved", "approving", _vote("approve"), binds=True, vote="approve"),
    Verb(
        "approve_with_suggestions",
        "Approve with suggestions",
        "Not approved",
        "approving",
        _vote("approve_with_suggestions"),
        ask="needed text",
        sentence="Approve {M} with suggestions. What do you suggest?",
        required="A suggestion is needed; a plain approval is a.",
        binds=True,
        vote="approve_with_suggestions",
    ),
    Verb(
        "request_changes",
        "Request changes",
        "No changes requested",
        "requesting changes",
        _vote("request_changes"),
        ask="needed text",
        sentence="Request changes of {M}: it stays pending until its author answers. What has to change?",
        required="The author needs to know what has to change.",
        binds=True,
        vote="request_changes",
    ),
    Verb(
        "reject",
        "Reject",
        "Not rejected",
        "rejecting",
        _vote("reject"),
        ask="needed text",
        sentence="Reject {M}: it is closed at once, and can be reopened. Why?",
        required="A rejection needs its reason.",
        binds=True,
        vote="reject",
    ),
    Verb("withdraw", "Withdraw my vote", "No vote withdrawn", "withdrawing", _withdraw),
    Verb(
        "comment",
        "Comment",
        "Not commented",
        "sending",
        _comment,
        ask="needed text",
        sentence="Comment on {M} {title}.",
        required="There is nothing to send yet.",
        fate="Sent at once.",
        key="send at once",
    ),
    Verb("submit", "Submit the draft", "Not submitted", "submitting", _submit),
    Verb(
        "set_ticket",
        "Set the ticket",
        "Ticket not set",
        "setting the ticket of",
        _state("ticket_id"),
        ask="needed text",
        sentence="Which ticket asks for {M} {title}?",
        required="A ticket has a name, such as SEC-123.",
        under="update",
        fact="ticket_id",
    ),
    Verb(
        "explain_version",
        "Give a reason for the version",
        "No reason given",
        "giving a reason for the version of",
        _state("version_reason"),
        ask="needed text",
        sentence="Why does {M} {title} state a lower version of a spec than is proposed?",
        required="Others need to know why it is lower.",
        under="update",
        fact="version_reason",
    ),
    Verb(
        "cancel",
        "Cancel the mutation",
        "Not cancelled",
        "cancelling",
        _cancel,
        ask="text",
        sentence="Cancel {M} {title}: it is closed, and can be reopened. Why? (may stay empty)",
    ),
    Verb(
        "rebase",
        "Rebase",
        "Not rebased",
        "rebasing",
        _rebase,
        ask="confirm",
        sentence="Rebase {M} {title}: what others changed since is merged into a new patchset, all of it or nothing.",
    ),
    Verb("reopen", "Reopen", "Not reopened", "reopening", _reopen),
    Verb(
        "execute",
        "Execute",
        "Not executed",
        "executing",
        _execute,
        ask="confirm",
        sentence="Execute {M}: {files} ({lines} lines) of {place} will change.",
        recorded="Execute {M} {title}: it is a record, and changes no file.",
        binds=True,
        counts_files=True,
    ),
    Verb("retry", "Retry", "Not retried", "retrying", _retry),
    Verb(
        "rollback",
        "Roll back",
        "Not rolled back",
        "rolling back",
        _rollback,
        ask="needed text",
        sentence="Roll back {M}: {files} of {place} will be as before it. Why?",
        recorded="Roll back {M} {title}: it is a record, and no file changes. Why?",
        required="A rollback needs its reason.",
    ),
    Verb(
        "finish_rollback",
        "Finish the rollback",
        "Rollback not finished",
        "finishing the rollback",
        _finish_rollback,
        ask="needed text",
        sentence="State that the rollback of {M} is settled; nothing more will be restored. How was it settled?",
        required="Others need to know how it was settled.",
    ),
)

ASKED: Mapping[str, str] = {"BR_POLICY_TICKET": "set_ticket", "BR_POLICY_VERSION": "explain_version"}
"""By the code with which the policy refuses a mutation, the act that gives what it asks for."""

ADVISED: Mapping[str, str] = {"ticket": "set_ticket", "version": "explain_version"}
"""By the rule that advises it, the act that does what is advised."""

VERBS = {verb.action: verb for verb in _ALL}
"""Every act by its name in the contract."""


def outcome(verb: Verb, mutation: Mutation, result: Outcome, comments: int = 0) -> tuple[str, bool]:
    """What to say of a result, and whether it is good news.

    `mutation` is its state afterwards, `comments` how many went with it.
    """
    number = f"M-{mutation.number}"
    along = f" with {count(comments, 'comment')}" if comments else ""
    if isinstance(result, Execution) and result.status == "failed":
        why = "; ".join(error.error for error in result.errors) or "no reason was given"
        return f"{number} failed and nothing was applied: {why}. Mend the cause, then retry it (t).", False
    if isinstance(result, Execution) and result.status == "rollback_failed":
        why = "; ".join(error.error for error in result.errors) or "no reason was given"
        return f"The rollback of {number} could not be completed: {why}. An operator has to finish it.", False
    match verb.action:
        case "execute":
            files = f": {count(len(mutation.changes), 'file')} changed" if mutation.changes else ""
            return f"Executed {number}{files}. b on it rolls it back.", True
        case "rollback" | "finish_rollback":
            return f"Rolled back {number}.", True
        case "comment":
            return f"Commented on {number}.", True
        case "approve" | "approve_with_suggestions":
            return f"Approved {number}{along}. {_next(mutation)}", True
        case "request_changes":
            return f"Requested changes of {number}{along}.", True
        case "withdraw":
            return f"Withdrew the vote on {number}. It {standing(mutation.status)}.", True
        case "rebase":
            made = f"patchset {mutation.patchset} stands on what is there now"
            return f"Rebased {number}: {made}. {_next(mutation)}", True
        case "set_ticket" | "explain_version":
            what = "ticket" if verb.action == "set_ticket" else "reason for the version"
            return f"The {what} of {number}: {inert(str(mutation.metadata.get(verb.fact)))}.", True
        case "retry":
            return f"{number} {standing(mutation.status)} again. {_next(mutation)}", True
        case _:
            return f"{number} {standing(mutation.status)} now.", True


def _next(mutation: Mutation) -> str:
    if mutation.status != "approved":
        open_ones = [
            (one.reason or one.name).rstrip(".") for one in mutation.requirements if one.blocks and one.kind == "review"
        ]
        stays = "still" if mutation.status == "needs_manual_resolution" else "stays"
        return f"It {stays} {status_words(mutation.status)}: {'; '.join(open_ones)}."
    if mutation.blockers:
        return f"Before it can be executed: {'; '.join(one.reason.rstrip('.') for one in mutation.blockers)}."
    return "e on it executes it." if mutation.action("execute").allowed else "It can be executed now."
