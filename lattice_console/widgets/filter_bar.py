"""The line in which the queue's filter is typed, with what is wrong with it beneath."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.filters import KEYS, parse
from lattice_console.contract.models.query import MutationFilter

__all__ = ["FilterBar"]


class FilterBar(Vertical):
    """Shown while a filter is typed: Enter applies it, Esc leaves it as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave the filter", id="filter.leave")]

    DEFAULT_CSS = """
    FilterBar {
        height: auto;
        display: none;
        &.-open { display: block; }
        & Horizontal { height: 1; background: $field; }
        & #slash { width: 2; padding: 0 0 0 1; color: $accent; text-style: bold; }
        & Input {
            border: none;
            height: 1;
            padding: 0;
            background: $field;
            color: $field-text;
            &:focus { border: none; background: $field; }
            &:ansi { background: $field; color: $field-text; }
            & > .input--placeholder { color: $muted; text-style: $muted-style; }
        }
        & #told { height: auto; padding: 0 1; color: $muted; text-style: $muted-style; }
        &.-wrong #told { color: $bad; text-style: bold; }
    }
    """

    @dataclass
    class Applied(Message):
        """A filter was entered: as typed, and as read."""

        text: str
        filter: MutationFilter

    @dataclass
    class Left(Message):
        """The person went without changing the filter."""

    def __init__(self, *, id: str | None = None, parse: Callable[[str], MutationFilter] = parse) -> None:
        super().__init__(id=id)
        self._parse = parse

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("/", markup=False, id="slash")
            yield Input(placeholder="status:pending author:me words of the title", select_on_focus=True)
        yield Static(id="told", markup=False)

    def open(self, text: str) -> None:
        """Show the line with the filter that is applied, ready to be typed over."""
        self.add_class("-open")
        field = self.query_one(Input)
        field.cursor_blink = False
        field.value = text
        self._tell(None)
        field.focus()

    def close(self) -> None:
        """Hide the line."""
        self.remove_class("-open")

    def action_leave(self) -> None:
        self.post_message(self.Left())

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._tell(None)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        try:
            filter = self._parse(event.value)
        except ValidationFailed as error:
            self._tell(error)
        else:
            self.post_message(self.Applied(event.value.strip(), filter))

    def _tell(self, error: ValidationFailed | None) -> None:
        self.set_class(error is not None, "-wrong")
        told = error.message if error else f"{' '.join(f'{key}:' for key in KEYS)} words    Enter applies   Esc leaves"
        self.query_one("#told", Static).update(Content(told))
