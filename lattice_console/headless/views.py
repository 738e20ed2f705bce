"""How mutations look in a terminal: columns, the view of one, and what to do next. No rule lives here."""

from collections.abc import Iterable, Sequence

from lattice_console.contract.models.mutation import Mutation, MutationSummary, Status
from lattice_console.contract.models.requirement import Requirement, RequirementState
from lattice_console.contract.models.review import Review
from lattice_console.headless.output import Output
from lattice_console.headless.style import Role
from lattice_console.headless.table import Column
from lattice_console.text import age, ago, count, inert, inert_lines

_STATUS_ROLES: dict[Status, Role] = {
    "approved": "good",
    "completed": "good",
    "failed": "bad",
    "rejected": "bad",
    "rollback_failed": "bad",
    "needs_manual_resolution": "warning",
    "in_progress": "accent",
    "draft": "muted",
    "cancelled": "muted",
    "expired": "muted",
}

_STATE_ROLES: dict[RequirementState, Role] = {
    "satisfied": "good",
    "unsatisfied": "bad",
    "error": "bad",
    "overridden": "warning",
    "not_applicable": "muted",
}

STATUS: Column[MutationSummary] = Column(
    "STATUS", lambda row: words(row.status), role=lambda row: _STATUS_ROLES.get(row.status)
)

SUMMARY: Sequence[Column[MutationSummary]] = (
    Column("ID", lambda row: f"M-{row.number}"),
    STATUS,
    Column("TITLE", lambda row: row.title, gives=True),
    Column("SPEC", lambda row: row.spec_id or "", gives=True),
    Column("AUTHOR", lambda row: row.author.handle, gives=True),
    Column("AGE", lambda row: age(row.created_at), right=True),
    Column("VOTES", lambda row: f"{row.approvals}/{row.approvals_required}", right=True),
    Column("COMMENTS", lambda row: str(row.comments or ""), right=True),
)

REQUIREMENTS: Sequence[Column[Requirement]] = (
    Column("  REQUIREMENT", lambda row: f"  {words(row.name)}"),
    Column("STATE", lambda row: words(row.state), role=lambda row: _STATE_ROLES[row.state]),
    Column("REASON", lambda row: row.reason),
)


def words(name: str) -> str:
    """A name of the contract as words: `in_progress` as `in progress`."""
    return name.replace("_", " ")


def head_line(output: Output, mutation: MutationSummary) -> str:
    """Number, status and title on one line."""
    status = output.palette.paint(_STATUS_ROLES.get(mutation.status), words(mutation.status))
    return f"M-{mutation.number}  {status}  {inert(mutation.title)}"


def requirement_lines(output: Output, requirements: Sequence[Requirement]) -> Iterable[str]:
    """A table of requirements, those that block first."""
    return output.table(sorted(requirements, key=lambda requirement: not requirement.blocks), REQUIREMENTS)


def mutation_lines(output: Output, mutation: Mutation) -> Iterable[str]:
    """A mutation by itself, for reading: all but its stack, threads and votes."""
    yield head_line(output, mutation)
    yield from _facts(output, mutation)
    if mutation.description:
        yield ""
        yield from (f"  {line}" for line in inert_lines(mutation.description))
    yield ""
    yield from requirement_lines(output, mutation.requirements)
    if mutation.changes:
        yield ""
        yield output.palette.paint("muted", f"  {count(len(mutation.changes), 'FILE')}".upper())
        for change in mutation.changes:
            target = f" -> {inert(change.new_path)}" if change.new_path else ""
            yield f"  {change.operation_type}  {inert(change.file_path)}{target}"


def stack_lines(output: Output, mutation: Mutation, stack: Sequence[MutationSummary]) -> Iterable[str]:
    """The stack that a mutation belongs to, parents before children; nothing where it stands alone."""
    if len(stack) < 2:
        return
    yield ""
    yield output.palette.paint("muted", "  STACK")
    for one in stack:
        mark = ">" if one.id == mutation.id else " "
        yield f"{mark} {'  ' * one.level}{head_line(output, one)}"


def vote_lines(output: Output, mutation: Mutation) -> Iterable[str]:
    """The votes on a mutation, newest first, stale ones included."""
    yield ""
    yield output.palette.paint("muted", "  VOTES")
    for review in mutation.reviews:
        yield from _review_lines(output, review)


def _facts(output: Output, mutation: Mutation) -> Iterable[str]:
    facts = [
        ("id", mutation.id),
        ("author", _person(mutation.author.handle, mutation.author.name)),
        ("spec", mutation.spec_id or ""),
        ("type", mutation.type),
        ("labels", ", ".join(mutation.labels)),
        ("reviewers", ", ".join(person.handle for person in mutation.reviewers)),
        ("turn", turn(mutation)),
        ("patchset", _patchset(mutation)),
        ("threads", _threads(mutation)),
        ("parents", ", ".join(f"M-{parent.number} {words(parent.status)}" for parent in mutation.parents)),
        ("children", ", ".join(f"M-{number}" for number in mutation.children)),
        ("created", ago(mutation.created_at)),
        ("updated", ago(mutation.updated_at)),
        *((key, str(value)) for key, value in mutation.metadata.items() if not isinstance(value, dict | list)),
    ]
    wide = max(len(name) for name, value in facts if value)
    for name, value in facts:
        if value:
            yield f"  {output.palette.paint('muted', inert(name).ljust(wide))}  {inert(value)}"


def turn(mutation: Mutation) -> str:
    """Whose turn it is, and why; empty where nobody has to do anything."""
    attention = mutation.attention
    if attention.turn == "nobody":
        return ""
    people = ", ".join(person.handle for person in attention.people)
    if attention.mine:
        people = f"{people}; you are one" if len(attention.people) > 1 else "you"
    return f"{attention.turn}{f' ({people})' if people else ''}: {attention.reason}"


def _patchset(mutation: Mutation) -> str:
    seen = mutation.seen
    news = "" if seen is None or seen >= mutation.patchset else f"; you reviewed {seen}"
    return f"{mutation.patchset} of {mutation.patchsets}{news}"


def _threads(mutation: Mutation) -> str:
    return f"{mutation.threads:,} open, of {count(mutation.comments, 'comment')}" if mutation.comments else ""


def _person(handle: str, name: str) -> str:
    return handle if name in ("", handle) else f"{handle} ({name})"


def _review_lines(output: Output, review: Review) -> Iterable[str]:
    stale = "" if review.current else " withdrawn" if review.withdrawn else " outdated"
    facts = (inert(review.author.handle), words(review.vote), f"patchset {review.patchset}{stale}")
    line = "  ".join(("", *facts, ago(review.created_at)))
    yield output.palette.paint("muted", line) if stale else line
    if review.comment:
        yield from (f"    {line}" for line in inert_lines(review.comment))


def outcome(what: str, mutation: Mutation, how: str = "") -> str:
    """One line of narration: what was done to a mutation, where it stands now, and what to do next."""
    blockers = mutation.blockers if mutation.status in ("pending", "approved") else ()
    waits = f"; {blockers[0].reason}" if blockers else "."
    more = f" (and {count(len(blockers) - 1, 'more blocker')})" if len(blockers) > 1 else ""
    # What is theirs to mend, or not asked here, is heard by who proposes, whatever else has to come before it executes.
    heard = "".join(f"\n{one.reason}" for one in blockers[1:] if one.name in ("specs_valid", "hooks_passed"))
    aside = f" ({how})" if how else ""
    article = "a " if mutation.status == "draft" else ""
    stands = words(mutation.status) if mutation.status.startswith("needs") else f"is {article}{words(mutation.status)}"
    return f"{what} M-{mutation.number}{aside}: it {stands}{waits}{more} Next: {next_step(mutation)}{heard}"


def next_step(mutation: Mutation) -> str:
    """The next useful command for the asking actor, from what the engine says that they may do."""
    allowed = {action.name for action in mutation.actions if action.allowed}
    # Who has a vote to withdraw has voted; approving what is approved helps nobody.
    if mutation.status != "pending" or "withdraw" in allowed:
        allowed.discard("approve")
    name = f"M-{mutation.number}"
    for action, command in (
        ("submit", f"lattice mutation submit {name}"),
        ("execute", f"lattice mutation execute {name}"),
        ("retry", f"lattice mutation retry {name}"),
        ("finish_rollback", f"lattice mutation finish-rollback {name} --reason R"),
        ("rollback", f"lattice mutation rollback {name} --reason R"),
        ("approve", f"lattice mutation approve {name}"),
        ("reopen", f"lattice mutation reopen {name}"),
    ):
        if action in allowed:
            return command
    return f"lattice mutation status {name}"
