"""Everything about one mutation but its lines: turn, requirements, stack, files, votes, remarks, history."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from textual.content import Content

from lattice_console.cells import cells, cut, fit
from lattice_console.contract.models.advice import Advice, VersionReason, VersionStep
from lattice_console.contract.models.conflict import Conflict
from lattice_console.contract.models.mutation import Execution, Mutation, MutationSummary, TimelineEntry
from lattice_console.contract.models.review import Anchor, Comment
from lattice_console.profile.drafts import Draft
from lattice_console.telling import STEPS, version_summary
from lattice_console.text import count, inert
from lattice_console.widgets.conflict_list import severity_sign
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.item_list import Item, ItemList
from lattice_console.widgets.pieces import (
    MUTED,
    ROLE_STYLES,
    by_need,
    file_lines,
    folder_requirement,
    paragraph,
    requirement_lines,
    status_words,
    turn_words,
    vote_line,
)
from lattice_console.widgets.signs import Look, moment

__all__ = ["FileEntry", "Overview", "OverviewModel", "StackEntry"]

GIVEN: Mapping[str, str] = {"ticket": "Enter names one here.", "version": "Enter says why not, here."}
"""What Enter does about a remark, by its rule, for who may change the mutation."""

_WIDEST = 110
_REASONS = 6
_STEP_ROLES: Mapping[VersionStep, str] = {"major": "bad", "minor": "good", "patch": "muted"}


@dataclass(frozen=True, slots=True)
class OverviewModel:
    """A mutation with what belongs to it; `files` and `advice` are None while they are fetched.

    `held` says why this machine's folder would hold its execution back, if it would.
    """

    mutation: Mutation
    timeline: Sequence[TimelineEntry] = ()
    comments: Sequence[Comment] = ()
    files: Sequence[FileChange] | None = None
    drafts: Sequence[Draft] = ()
    stack: Sequence[MutationSummary] = ()
    held: str = ""
    conflicts: Sequence[Conflict] = ()
    advice: Advice | None = None

    def with_drafts(self, drafts: Sequence[Draft]) -> Self:
        """The same with other drafts."""
        return replace(self, drafts=drafts)

    def with_files(self, files: Sequence[FileChange] | None) -> Self:
        """The same with other files."""
        return replace(self, files=files)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the list, by its number from 0."""

    index: int


@dataclass(frozen=True, slots=True)
class StackEntry:
    """Another mutation of the stack."""

    number: int


class Overview(ItemList):
    """Sections of items.

    What one stands for is a Requirement, Conflict, StackEntry, FileEntry, Review, Draft, Comment, or a Remark that the
    person can answer.
    """

    def show(self, model: OverviewModel) -> None:
        """Show a mutation; the cursor stays with what it is on."""
        self.fill(lambda width: list(_sections(model, min(max(40, width - 1), _WIDEST), self._look)))


def _sections(model: OverviewModel, width: int, look: Look) -> Iterable[Item]:
    mutation = model.mutation
    threads = [one for one in model.comments if not one.is_reply and one.anchor is not None]
    waiting = sum(one.open for one in threads)
    remarks = [one for one in model.comments if not one.is_reply and one.anchor is None]
    sections: list[tuple[str, Iterable[Item]]] = [
        ("", _texts(paragraph(mutation.description, width, 1) if mutation.description else [])),
        ("", _turn(model, width)),
        ("Requirements", _requirements(model, width, look)),
        (count(len(model.conflicts), "conflict").capitalize(), _conflicts(model.conflicts, width, look)),
        ("Stack", _stack(model, width, look)),
        (count(len(model.files or ()), "file").capitalize(), _files(model, width, look)),
        ("Votes", _votes(mutation, width, look)),
        (count(len(model.drafts), "draft").capitalize(), _drafts(model, width, look)),
        (f"{count(len(threads), 'thread').capitalize()}, {waiting} open", _threads(threads, model, width, look)),
        (count(len(remarks), "remark").capitalize(), _remarks(remarks, model, width, look)),
        ("Versions of specs", _versions(model.advice, width)),
        ("Advice", _advice(model, width)),
        ("Facts", _texts(_facts(mutation, width, look))),
        ("What happened", _timeline(model.timeline, width, look)),
    ]
    first = True
    for title, items in sections:
        found = list(items)
        if found:
            if not first:
                yield Item((Content(""),), title=True)
            if title:
                yield Item((Content.assemble((f" {title}", "bold")),), title=True)
            yield from found
            first = False


def _texts(lines: Iterable[Content]) -> list[Item]:
    return [Item((line,)) for line in lines]


def _turn(model: OverviewModel, width: int) -> list[Item]:
    """Whose turn it is, of whom, and why, in one paragraph."""
    mutation = model.mutation
    words, people = turn_words(mutation), mutation.attention.people
    if not words:
        return []
    named = ", ".join(inert(person.handle) for person in people[:8])
    more = f" and {len(people) - 8} more" if len(people) > 8 else ""
    # One person is named in the words.
    who = f"{words[:1].upper()}{words[1:]}" + (f" ({named}{more})" if len(people) > 1 else "")
    reason = mutation.attention.reason
    if model.held and mutation.status == "approved" and not mutation.blockers:
        reason = "It is approved, but your folder holds its execution back."
    first, *rest = paragraph(f"{who}: {reason[:1].lower()}{reason[1:]}", width, 1)
    return [Item((first.stylize("bold", 1, 1 + len(who)), *rest))]


def _requirements(model: OverviewModel, width: int, look: Look) -> list[Item]:
    # One by one, so that each has its own lines; all of them, so that their reasons stand in one column.
    ordered = by_need([*model.mutation.requirements, *folder_requirement(model.held)])
    lines = requirement_lines(ordered, width, look)
    starts = [at for at, line in enumerate(lines) if line.plain[:3].strip()]
    return [
        Item(tuple(lines[start:end]), one)
        for one, start, end in zip(ordered, starts, [*starts[1:], len(lines)], strict=True)
    ]


def _conflicts(conflicts: Sequence[Conflict], width: int, look: Look) -> list[Item]:
    """What it meets, and whether a person has to decide it."""
    items = []
    for one in conflicts:
        sign, role = severity_sign(one, look)
        first, *rest = paragraph(one.description, width, 3)
        head = Content.assemble((f" {sign} ", ROLE_STYLES[role]), first.plain[3:])
        items.append(Item((head, *rest), one))
    return items


def _stack(model: OverviewModel, width: int, look: Look) -> list[Item]:
    """What it stands on, itself, and what stands on it, the lowest first."""
    mutation, dots = model.mutation, look.signs.ellipsis
    if len(model.stack) < 2 and not mutation.parents:
        return []
    listed = {row.number for row in model.stack}
    items = []
    for parent in mutation.parents:
        if parent.number not in listed:
            text = f"   {look.signs.status[parent.status]} M-{parent.number} {inert(parent.title)}"
            items.append(_mutation_item(text, status_words(parent.status), parent.number, width, dots))
    stale = {parent.number for parent in mutation.parents if not parent.current}
    for row in model.stack:
        indent = "  " * min(row.level, 8)
        text = f"   {indent}{look.signs.status[row.status]} M-{row.number} {inert(row.title)}"
        words = "this one" if row.number == mutation.number else status_words(row.status)
        words += f" {look.signs.dot} has a newer patchset" if row.number in stale else ""
        items.append(_mutation_item(text, words, row.number, width, dots))
    return items


def _mutation_item(text: str, words: str, number: int, width: int, dots: str) -> Item:
    room = max(20, width - cells(words) - 3)
    return Item((Content.assemble(fit(text, room, dots), (f"  {words}", MUTED)),), StackEntry(number))


def _files(model: OverviewModel, width: int, look: Look) -> list[Item]:
    lines = file_lines(model.files or (), width, look)
    return [Item((line,), FileEntry(index)) for index, line in enumerate(lines)]


def _versions(advice: Advice | None, width: int) -> list[Item]:
    """What becomes of the version of each spec, and why."""
    items = []
    for one in advice.versions if advice else ():
        lines = paragraph(f"{one.spec}  {version_summary(one)}", width, 3)
        for reason in one.reasons[:_REASONS]:
            lines += _reason(reason, width)
        left = len(one.reasons[_REASONS:]) + one.further
        lines += paragraph(f"and {count(left, 'more reason')}", width, 5, MUTED) if left else []
        items.append(Item(tuple(lines)))
    return items


def _reason(reason: VersionReason, width: int) -> list[Content]:
    word = STEPS[reason.step].ljust(8)
    first, *rest = paragraph(reason.message, width, 5 + len(word) + 2)
    style = ROLE_STYLES[_STEP_ROLES[reason.step]]
    return [Content.assemble("     ", (word, style), first.plain[5 + len(word) :]), *rest]


def _advice(model: OverviewModel, width: int) -> list[Item]:
    items = []
    for remark in model.advice.remarks if model.advice else ():
        can_give = remark.rule in GIVEN and model.mutation.action("update").allowed
        first, *rest = paragraph(remark.message, width, 3)
        here = paragraph(GIVEN[remark.rule], width, 3, MUTED) if can_give else []
        sign = Content.assemble((" ! ", ROLE_STYLES["warning"]), first.plain[3:])
        items.append(Item((sign, *rest, *here), remark if can_give else None))
    return items


def _votes(mutation: Mutation, width: int, look: Look) -> list[Item]:
    return [
        Item((vote_line(review, look), *(paragraph(review.comment, width, 5) if review.comment else ())), review)
        for review in mutation.reviews
    ]


def _drafts(model: OverviewModel, width: int, look: Look) -> list[Item]:
    items = []
    for draft in model.drafts:
        where = _where(draft.anchor) if draft.anchor else "reply" if draft.reply_to else "on the mutation"
        head = Content.assemble(("   draft ", "bold $warning"), inert(where))
        items.append(Item((head, *paragraph(draft.text or "suggests other lines", width, 5)), draft))
    return items


def _threads(threads: Sequence[Comment], model: OverviewModel, width: int, look: Look) -> list[Item]:
    items = []
    for first in sorted(threads, key=lambda one: not one.open):
        sign, style = ("", "bold") if first.open else (f"{look.signs.check} ", MUTED)
        state = "" if first.open else f" {look.signs.dot} resolved"
        state += f" {look.signs.dot} its lines are gone" if first.gone else ""
        where = _where(first.place or first.anchor) if first.anchor else ""
        head = Content.assemble(f"   {sign}", (cut(inert(where), max(20, width - 30), look.signs.ellipsis), style))
        lines = [head + Content.assemble((state, MUTED)), *_said(first, model, width, look)]
        items.append(Item(tuple(lines), first))
    return items


def _remarks(remarks: Sequence[Comment], model: OverviewModel, width: int, look: Look) -> list[Item]:
    return [Item(tuple(_said(one, model, width, look)), one) for one in remarks]


def _said(first: Comment, model: OverviewModel, width: int, look: Look) -> list[Content]:
    """A remark with its replies: who, when, and the text."""
    lines: list[Content] = []
    for one in (first, *(reply for reply in model.comments if reply.is_reply and reply.thread == first.id)):
        applied = f" {look.signs.dot} applied in patchset {one.applied}" if one.applied else ""
        when = f" {look.signs.dot} patchset {one.patchset} {look.signs.dot} {look.age(one.created_at)}{applied}"
        lines.append(Content.assemble(f"     {inert(one.author.handle)}", (when, MUTED)))
        lines += paragraph(one.text or "suggests other lines", width, 7)
    return lines


def _where(anchor: Anchor | None) -> str:
    if anchor is None:
        return ""
    return f"{anchor.file_path}:{anchor.line}" if anchor.line is not None else anchor.file_path


def _facts(mutation: Mutation, width: int, look: Look) -> list[Content]:
    facts: Mapping[str, str] = {
        "type": mutation.type,
        "labels": ", ".join(mutation.labels),
        "reviewers": ", ".join(person.handle for person in mutation.reviewers),
        "proposed": moment(mutation.created_at),
        "changed": moment(mutation.updated_at),
        "patchset": mutation.patchset_hash[:12],
        "execution": _execution(mutation.execution, look) if mutation.execution else "",
        **{
            key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for key, value in mutation.metadata.items()
            # The execution and the conflicts, as those find them who read no more than metadata.
            if key not in ("execution_result", "conflicts")
        },
    }
    said = {inert(key): inert(value) for key, value in facts.items() if value}
    size = min(24, max(len(key) for key in said))
    dots = look.signs.ellipsis
    return [
        Content.assemble((f"   {cut(key, size, dots):<{size}}  ", MUTED), cut(value, width - size - 6, dots))
        for key, value in said.items()
    ]


def _execution(execution: Execution, look: Look) -> str:
    """How the last execution ended, in one line."""
    words = [status_words(execution.status)]
    if execution.executed_changes:
        words.append(count(len(execution.executed_changes), "file"))
    words += [error.error for error in execution.errors]
    if execution.status == "completed":
        words.append("can be rolled back" if execution.rollback_available else "cannot be rolled back")
    return f" {look.signs.dot} ".join(words)


def _timeline(timeline: Sequence[TimelineEntry], width: int, look: Look) -> list[Item]:
    items: list[Item] = []
    dots = look.signs.ellipsis
    column = min(16, max((cells(inert(entry.actor.handle)) for entry in timeline), default=0))
    for entry in timeline:
        head = Content.assemble(
            (f"   {look.age(entry.at):>4}  {fit(inert(entry.actor.handle), column, dots)}  ", MUTED),
            cut(inert(entry.summary), max(8, width - column - 12), dots),
        )
        items.append(Item((head, *(paragraph(entry.detail, width, column + 11, MUTED) if entry.detail else ()))))
    return items
