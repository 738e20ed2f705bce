"""Pieces of text that several places show: requirements, files, people and times, as styled content."""

from collections.abc import Iterable, Sequence

from textual.content import Content

from lattice_console.cells import cells, cut, wrap
from lattice_console.contract.models.mutation import Mutation, MutationSummary, Status
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.requirement import Requirement, RequirementState
from lattice_console.contract.models.review import Review
from lattice_console.text import count, inert
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.signs import Look, status_role

__all__ = [
    "by_need",
    "company_words",
    "counts",
    "file_lines",
    "paragraph",
    "requirement_line",
    "requirement_lines",
    "requirement_name",
    "status_words",
    "summary_line",
    "turn_words",
    "vote_line",
]

STATE_STYLES: dict[RequirementState, str] = {
    "satisfied": "$good",
    "unsatisfied": "$bad",
    "overridden": "$warning",
    "not_applicable": "$muted",
    "error": "$bad",
}
"""The style of the sign of each state of a requirement."""

ROLE_STYLES = {
    "plain": "",
    "muted": "$muted $muted-style",
    "good": "$good",
    "bad": "$bad",
    "warning": "$warning",
    "accent": "$accent",
}
"""The style of each role in styled content."""

MUTED = ROLE_STYLES["muted"]

_WORDS: dict[Status, str] = {
    "needs_manual_resolution": "needs a person",
    "in_progress": "in progress",
    "rolled_back": "rolled back",
    "rollback_failed": "rollback failed",
}


_OWN_VOTES: dict[Vote, str] = {
    "approve": "approved",
    "approve_with_suggestions": "approved, with suggestions",
    "request_changes": "requested changes",
    "reject": "rejected",
}


def status_words(status: Status) -> str:
    """A status in words."""
    return _WORDS.get(status, status)


def standing(status: Status) -> str:
    """What a mutation is, as the rest of a sentence about it."""
    words = status_words(status)
    return words if status == "needs_manual_resolution" else f"is {words}"


def by_need(requirements: Iterable[Requirement]) -> list[Requirement]:
    """Requirements with those that block first, and those that do not apply last."""
    return sorted(requirements, key=lambda one: (not one.blocks, one.state == "not_applicable"))


def folder_requirement(held: str) -> list[Requirement]:
    """What this machine's folder asks for, beside the engine's requirements, where it holds an execution back."""
    return [Requirement(name="your_folder", kind="execution", state="unsatisfied", reason=held)] if held else []


def requirement_name(one: Requirement, mutation: MutationSummary) -> str:
    """A requirement in a few words; approvals are counted."""
    if one.name == "approvals":
        return f"{mutation.approvals} of {count(mutation.approvals_required, 'approval')}"
    return inert(one.name.replace("_", " "))


def requirement_line(mutation: MutationSummary, requirements: Iterable[Requirement], width: int, look: Look) -> Content:
    """The requirements that apply on one line, as sign and name; what does not fit is counted."""
    ordered = [one for one in by_need(requirements) if one.state != "not_applicable"]
    parts: list[str | tuple[str, str]] = [" "]
    used, left = 1, len(ordered)
    for one in ordered:
        text = f"{look.signs.requirement[one.state]} {requirement_name(one, mutation)}"
        more = f"+{left} more"
        if used + cells(text) + 3 + (cells(more) if left > 1 else 0) > width and left < len(ordered):
            parts.append((more, MUTED))
            break
        style = STATE_STYLES[one.state]
        parts += [(text, f"bold {style}" if one.blocks else style), "   "]
        used += cells(text) + 3
        left -= 1
    return Content.assemble(*parts)


def requirement_lines(requirements: Iterable[Requirement], width: int, look: Look) -> list[Content]:
    """Each requirement with its reason, beside its name where there is room for that, else beneath."""
    ordered = by_need(requirements)
    names = [inert(one.name.replace("_", " ")) for one in ordered]
    column = 3 + max(map(cells, names), default=0) + 3
    lines: list[Content] = []
    for one, name in zip(ordered, names, strict=True):
        head = Content.assemble(
            (f" {look.signs.requirement[one.state]} ", STATE_STYLES[one.state]), (name, "bold" if one.blocks else "")
        )
        if width - column >= 40:
            gap = " " * (column - 3 - cells(name))
            first, *rest = wrap(inert(one.reason, lines=True), width - column)
            lines.append(head + Content.assemble(gap, (first, MUTED)))
            lines += [Content.assemble(" " * column, (line, MUTED)) for line in rest]
        else:
            lines += [head, *(paragraph(one.reason, width, 3, MUTED) if one.reason else [])]
    return lines


def paragraph(text: str, width: int, indent: int, style: str = "") -> list[Content]:
    """Untrusted text as lines of at most `width` cells, indented."""
    blanks = " " * indent
    return [
        Content.assemble(blanks, (line, style)) for line in wrap(inert(text, lines=True), max(8, width - indent - 1))
    ]


def counts(file: FileChange, look: Look) -> list[tuple[str, str]]:
    """`+n −n` of a file, or what it is where it has no lines."""
    if not (file.diff.added or file.diff.removed):
        return [(inert(file.note), MUTED)]
    return [(f"+{file.diff.added}", "$added-sign"), (f" {look.signs.minus}{file.diff.removed}", "$removed-sign")]


def file_lines(files: Sequence[FileChange], width: int, look: Look, most: int | None = None) -> list[Content]:
    """One file a line: what happens to it, its path, and how much of it changes."""
    signs = {"create": "+", "modify": "~", "delete": look.signs.minus, "rename": look.signs.arrow[:1]}
    styles = {"create": "$good", "modify": "$changed", "delete": "$bad", "rename": "$changed"}
    lines: list[Content] = []
    for file in files[:most]:
        tail = counts(file, look)
        size = sum(cells(text) for text, _ in tail)
        label = file.label(max(12, width - size - 7), look)
        gap = " " * max(2, width - size - 4 - cells(label))
        lines.append(Content.assemble((f" {signs[file.operation]} ", styles[file.operation]), label, gap, *tail))
    if most is not None and len(files) > most:
        lines.append(Content.assemble((f"   {count(len(files) - most, 'more file')}", MUTED)))
    return lines


def vote_line(review: Review, look: Look) -> Content:
    """Who voted what on which patchset, and when; a stale vote is muted and marked with `'`."""
    good = review.vote in ("approve", "approve_with_suggestions")
    words = {
        "approve": "approves",
        "approve_with_suggestions": "approves, with suggestions",
        "request_changes": "requests changes",
        "reject": "rejects",
    }[review.vote]
    stale = "" if review.current else "'"
    state = "" if review.current else ", withdrawn" if review.withdrawn else ", outdated"
    style = MUTED if stale else "$good" if good else "$bad"
    return Content.assemble(
        (f" {look.signs.vote[review.vote]}{stale} ", style),
        f"{inert(review.author.handle)} {words}",
        (f" {look.signs.dot} patchset {review.patchset}{state} {look.signs.dot} {look.age(review.created_at)}", MUTED),
    )


def turn_words(mutation: MutationSummary) -> str:
    """Whose turn it is; empty where nobody has to act."""
    people = mutation.attention.people if isinstance(mutation, Mutation) else ()
    if mutation.turn == "nobody":
        return ""
    if mutation.attention.mine if isinstance(mutation, Mutation) else mutation.mine:
        return "your turn"
    if len(people) == 1:
        return f"{inert(people[0].handle)}'s turn"
    return {"author": "the author's turn", "reviewers": "reviewers' turn", "executors": "executors' turn"}[
        mutation.turn
    ]


def company_words(handles: Sequence[str]) -> str:
    """Who is looking; empty where nobody is."""
    names = [inert(handle) for handle in handles]
    if len(names) < 2:
        return f"{names[0]} is looking" if names else ""
    first, last = (names[:-1], names[-1]) if len(names) < 4 else (names[:2], f"{len(names) - 2} more")
    return f"{', '.join(first)} and {last} are looking"


def summary_line(
    mutation: MutationSummary,
    width: int,
    look: Look,
    vote: Vote | None = None,
    compared: str = "",
    company: Sequence[str] = (),
) -> Content:
    """Status, whose turn it is, the reader's own `vote`, author and so on, what it is `compared` with, and who looks.

    It is one line. What does not fit goes: labels first, then spec, age and author.
    """
    signs = look.signs
    dot = f" {signs.dot} "
    status = f" {signs.status[mutation.status]} {status_words(mutation.status)}"
    total = mutation.patchsets if isinstance(mutation, Mutation) else mutation.patchset
    facts = {
        "turn": turn_words(mutation),
        "vote": f"you {_OWN_VOTES[vote]}" if vote else "",
        "author": inert(mutation.author.handle),
        "age": look.age(mutation.created_at),
        "spec": inert(mutation.spec_id or ""),
        "patchset": f"patchset {mutation.patchset}" + (f" of {total}" if total > 1 else ""),
        "compared": compared,
        "company": company_words(company),
        "labels": ", ".join(inert(label) for label in mutation.labels),
    }
    for dispensable in ("labels", "spec", "age", "author"):
        if cells(status) + sum(cells(dot + fact) for fact in facts.values() if fact) > width:
            facts[dispensable] = ""
    rest = cut("".join(dot + fact for fact in facts.values() if fact), max(1, width - cells(status)), signs.ellipsis)
    style = ROLE_STYLES[status_role(mutation.status)]
    return Content.assemble((status, f"bold {style}"), (rest, MUTED))
