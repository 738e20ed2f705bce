"""The line in which a filter is typed, with what it can become, and what is wrong with it, beneath."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.style import Style
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.filters import parse
from lattice_console.widgets.field import Field
from lattice_console.widgets.filter_completion import MUTATIONS, Completion, Known, Language, complete, doubt
from lattice_console.widgets.filter_help import FilterHelp
from lattice_console.widgets.signs import Look

__all__ = ["FilterBar"]

_REMEMBERED = 50
"""Filters that can be called back."""


class FilterBar(Vertical):
    """Shown while a filter is typed: Enter applies it, Esc leaves the one that is applied as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete(1)", "Complete the word", id="filter.complete"),
        Binding("shift+tab", "complete(-1)", "The completion before", id="filter.complete_back"),
        Binding("up", "recall(-1)", "An earlier filter", id="filter.earlier"),
        Binding("down", "recall(1)", "A later filter", id="filter.later"),
        Binding("escape", "leave", "Leave the filter", id="filter.leave"),
    ]

    COMPONENT_CLASSES: ClassVar[set[str]] = {"filter-bar--wrong"}

    DEFAULT_CSS = """
    FilterBar {
        height: auto;
        display: none;
        &.-open { display: block; }
        & > .filter-bar--wrong { color: $bad; text-style: bold underline; }
        & Horizontal { height: 1; background: $field; }
        & #slash { width: 2; padding: 0 0 0 1; color: $accent; text-style: bold; }
    }
    """

    known: Known = {}  # noqa: RUF012 - never written to: whoever knows values puts a mapping in its place
    """Values that completion offers, by key."""

    @dataclass
    class Applied(Message):
        """A filter was entered, and can be read."""

        text: str

    @dataclass
    class Left(Message):
        """The person went without changing the filter."""

    def __init__(
        self,
        look: Look,
        *,
        id: str | None = None,
        parse: Callable[[str], object] = parse,
        language: Language = MUTATIONS,
        placeholder: str = "is:awaiting status:pending author:me words of the title",
    ) -> None:
        super().__init__(id=id)
        self._look = look
        self._parse = parse
        self._language = language
        self._placeholder = placeholder
        self._wrong: range | None = None
        self._before = ""
        self._history: list[str] = []
        self._recalled = 0
        self._typed = ""
        self._seen = ""
        self._cycle: _Cycle | None = None

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("/", markup=False, id="slash")
            field = Field(self._placeholder)
            field.highlighter = _Wrong(self)
            yield field
        yield FilterHelp(self._look, self._language)

    def open(self, text: str) -> None:
        """Show the line with the filter that is applied, ready to be typed over."""
        self.add_class("-open")
        self._before = text
        self._recalled = len(self._history)
        field = self.query_one(Input)
        self._put(text, len(text))
        field.focus()
        field.select_all()
        self._look_at(text)

    def close(self) -> None:
        """Hide the line."""
        self.remove_class("-open")

    def tell(self, problem: str) -> None:
        """Say why a filter that can be read is not applied."""
        self.add_class("-wrong")
        self.query_one(FilterHelp).error = problem

    @property
    def wrong(self) -> range | None:
        """The characters of the word that is wrong."""
        return self._wrong

    # -- actions

    def action_leave(self) -> None:
        text = self.query_one(Input).value.strip()
        if text != self._before:
            # Nothing typed is lost: it can be called back.
            self._remember(text)
        self.post_message(self.Left())

    def action_complete(self, by: int) -> None:
        """Take a completion of the word at the cursor; once more, the next value in its place, or a value of the key.

        Backwards: what could have been taken instead.
        """
        field = self.query_one(Input)
        if self._cycle is None or (by > 0 and self._cycle.is_key):
            found = complete(field.value, field.cursor_position, self.known, self._language)
            if not found:
                return
            self._cycle = _Cycle(found, field.value, -1 if by > 0 else 0)
        self._cycle.at = (self._cycle.at + by) % len(self._cycle.found)
        self._put(*self._cycle.taken.applied(self._cycle.typed))
        self._look_at(field.value)

    def action_recall(self, by: int) -> None:
        """Put an earlier filter, or a later one, in the line."""
        at = self._recalled + by
        if not 0 <= at <= len(self._history):
            return
        field = self.query_one(Input)
        if self._recalled == len(self._history):
            self._typed = field.value
        self._recalled = at
        text = self._history[at] if at < len(self._history) else self._typed
        self._cycle = None
        self._put(text, len(text))
        self._look_at(text)

    # -- typing

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        # What was put there by us has been looked at.
        if event.value != self._seen:
            self._cycle = None
            self._look_at(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            self._parse(event.value)
        except ValidationFailed as error:
            self._tell(error)
        else:
            self._remember(event.value.strip())
            self.post_message(self.Applied(event.value.strip()))

    def _put(self, text: str, cursor: int) -> None:
        field = self.query_one(Input)
        field.value = text
        field.cursor_position = cursor

    def _remember(self, text: str) -> None:
        if text:
            self._history = [*(known for known in self._history if known != text), text][-_REMEMBERED:]

    def _look_at(self, text: str) -> None:
        """Say what the word at the cursor can become, and what is wrong: save with the word that is being typed."""
        self._seen = text
        field = self.query_one(Input)
        cursor = field.cursor_position if field.selection.is_empty else len(text)
        help = self.query_one(FilterHelp)
        if self._cycle is not None and not self._cycle.is_key:
            help.completions, help.taken = self._cycle.found, self._cycle.at
        else:
            help.completions, help.taken = complete(text, cursor, self.known, self._language), None
        try:
            self._parse(text)
        except ValidationFailed as error:
            typing = error.details.get("start", 0) < cursor <= error.details.get("end", 0)
            self._tell(None if typing and (help.completions or text.split()[-1].lower() == "or") else error)
        else:
            self._tell(None)
            doubted = doubt(text, self.known)
            if doubted is not None and not (doubted[0].end == cursor and help.completions):
                help.doubt = doubted[1]

    def _tell(self, error: ValidationFailed | None) -> None:
        self._wrong = None
        if error is not None and "start" in error.details:
            self._wrong = range(error.details["start"], error.details["end"])
        self.set_class(error is not None, "-wrong")
        help = self.query_one(FilterHelp)
        help.error, help.doubt = error.message if error else "", ""
        self.query_one(Input).refresh()


@dataclass(slots=True)
class _Cycle:
    """While Tab goes through completions: those, what stood in the line before, and which one is taken."""

    found: Sequence[Completion]
    typed: str
    at: int

    @property
    def taken(self) -> Completion:
        """The one that stands in the line."""
        return self.found[self.at]

    @property
    def is_key(self) -> bool:
        """Whether a value is to follow it."""
        return self.taken.text.endswith(":")


class _Wrong(Highlighter):
    """Marks the wrong word in the field."""

    def __init__(self, bar: FilterBar) -> None:
        self._bar = bar

    def highlight(self, text: Text) -> None:
        if (wrong := self._bar.wrong) is not None:
            style: Style = self._bar.get_component_rich_style("filter-bar--wrong", partial=True)
            text.stylize(style, wrong.start, wrong.stop)
