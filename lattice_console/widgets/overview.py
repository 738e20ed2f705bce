"""Everything about one mutation but its lines: description, requirements, files, votes, comments, what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lattice_console.cells import cells, cut, fit
from lattice_console.contract.models.mutation import Mutation, TimelineEntry
from lattice_console.contract.models.review import Comment
from lattice_console.text import count, inert
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.pieces import (
    MUTED,
    file_lines,
    paragraph,
    requirement_lines,
    status_words,
    vote_line,
)
from lattice_console.widgets.signs import Look, moment

__all__ = ["Overview", "OverviewModel"]


@dataclass(frozen=True, slots=True)
class OverviewModel:
    """A mutation with what belongs to it; `files` is None while they are fetched."""

    mutation: Mutation
    timeline: Sequence[TimelineEntry] = ()
    comments: Sequence[Comment] = ()
    files: Sequence[FileChange] | None = None


class Overview(VerticalScroll, can_focus=True, inherit_bindings=False):
    """One scroll of sections."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "Down", id="overview.down"),
        Binding("k,up", "scroll_up", "Up", id="overview.up"),
        Binding("pagedown", "page_down", "Page down", id="overview.page_down"),
        Binding("pageup", "page_up", "Page up", id="overview.page_up"),
        Binding("g,home", "scroll_home", "Top", id="overview.top"),
        Binding("G,end", "scroll_end", "End", id="overview.end"),
    ]

    DEFAULT_CSS = """
    Overview {
        height: 1fr;
        scrollbar-size-vertical: 1;
        & > Static { height: auto; }
    }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self._model: OverviewModel | None = None

    def compose(self) -> ComposeResult:
        yield Static(markup=False)

    def show(self, model: OverviewModel) -> None:
        """Show a mutation."""
        self._model = model
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._model is not None:
            lines = _lines(self._model, min(max(40, self.size.width - 1), 110), self._look)
            self.query_one(Static).update(Content("\n").join(lines))


def _lines(model: OverviewModel, width: int, look: Look) -> list[Content]:
    mutation = model.mutation
    lines: list[Content] = []

    def section(title: str, content: Sequence[Content]) -> None:
        if content:
            if lines:
                lines.append(Content(""))
            lines.append(Content.assemble((f" {title}", "bold")))
            lines.extend(content)

    if mutation.description:
        lines += paragraph(mutation.description, width, 1)
    section("Requirements", requirement_lines(mutation.requirements, width, look))
    section("Stacked on", _parents(mutation, look))
    if mutation.children:
        section("Carries", paragraph(", ".join(f"M-{number}" for number in mutation.children), width, 3))
    if model.files is not None:
        section(count(len(model.files), "file").capitalize(), file_lines(model.files, width, look))
    section("Votes", _votes(mutation, width, look))
    section(count(len(model.comments), "comment").capitalize() if model.comments else "", _comments(model, width, look))
    section("Facts", _facts(mutation, width, look))
    section("What happened", _timeline(model.timeline, width, look))
    return lines


def _parents(mutation: Mutation, look: Look) -> list[Content]:
    return [
        Content.assemble(
            f"   {look.signs.status[parent.status]} M-{parent.number} {inert(parent.title)}",
            (f" {look.signs.dot} {status_words(parent.status)}", MUTED),
            ("" if parent.current else f" {look.signs.dot} has a newer patchset", "$warning"),
        )
        for parent in mutation.parents
    ]


def _votes(mutation: Mutation, width: int, look: Look) -> list[Content]:
    lines: list[Content] = []
    for review in mutation.reviews:
        lines.append(vote_line(review, look))
        if review.comment:
            lines += paragraph(review.comment, width, 5)
    return lines


def _comments(model: OverviewModel, width: int, look: Look) -> list[Content]:
    lines: list[Content] = []
    for comment in model.comments:
        when = f" {look.signs.dot} patchset {comment.patchset} {look.signs.dot} {look.age(comment.created_at)}"
        lines.append(Content.assemble(f"   {inert(comment.author.handle)}", (when, MUTED)))
        lines += paragraph(comment.text, width, 5)
    return lines


def _facts(mutation: Mutation, width: int, look: Look) -> list[Content]:
    facts: Mapping[str, str] = {
        "type": mutation.type,
        "labels": ", ".join(mutation.labels),
        "proposed": moment(mutation.created_at),
        "changed": moment(mutation.updated_at),
        "patchset": mutation.patchset_hash[:12],
        **{key: value if isinstance(value, str) else str(value) for key, value in mutation.metadata.items()},
    }
    size = min(24, max(len(inert(key)) for key in facts))
    dots = look.signs.ellipsis
    return [
        Content.assemble(
            (f"   {cut(inert(key), size, dots):<{size}}  ", MUTED), cut(inert(value), width - size - 6, dots)
        )
        for key, value in facts.items()
        if value
    ]


def _timeline(timeline: Sequence[TimelineEntry], width: int, look: Look) -> list[Content]:
    lines: list[Content] = []
    dots = look.signs.ellipsis
    column = min(16, max((cells(inert(entry.actor.handle)) for entry in timeline), default=0))
    for entry in timeline:
        lines.append(
            Content.assemble(
                (f"   {look.age(entry.at):>4}  {fit(inert(entry.actor.handle), column, dots)}  ", MUTED),
                cut(inert(entry.summary), max(8, width - column - 12), dots),
            )
        )
        if entry.detail:
            lines += paragraph(entry.detail, width, column + 11, MUTED)
    return lines
