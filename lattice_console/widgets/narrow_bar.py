"""The line in which a place is narrowed by typing, with a word about it beneath."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from lattice_console.widgets.field import Field

__all__ = ["NarrowBar"]


class NarrowBar(Vertical):
    """Shown while something is typed: Enter enters it, Esc leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave the filter", id="filter.leave")]

    DEFAULT_CSS = """
    NarrowBar {
        height: auto;
        display: none;
        &.-open { display: block; }
        & Horizontal { height: 1; background: $field; }
        & #slash { width: 2; padding: 0 0 0 1; color: $accent; text-style: bold; }
        & #told { height: auto; padding: 0 1; color: $muted; text-style: $muted-style; }
        &.-wrong #told { color: $bad; text-style: bold; }
    }
    """

    @dataclass
    class Typed(Message):
        """The text has changed."""

        text: str

    @dataclass
    class Entered(Message):
        """The text is meant."""

        text: str

    @dataclass
    class Left(Message):
        """The person went without entering it."""

    def __init__(self, placeholder: str, hint: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._placeholder = placeholder
        self._hint = hint

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("/", markup=False, id="slash")
            yield Field(self._placeholder, select_on_focus=True)
        yield Static(id="told", markup=False)

    def open(self, text: str) -> None:
        """Show the line with that text, ready to be typed over."""
        self.add_class("-open")
        field = self.query_one(Input)
        with field.prevent(Input.Changed):
            field.value = text
        self.tell("")
        field.focus()

    def close(self) -> None:
        """Hide the line."""
        self.remove_class("-open")

    def tell(self, problem: str) -> None:
        """Say what is wrong with the text; where that is nothing, how it works."""
        self.set_class(bool(problem), "-wrong")
        self.query_one("#told", Static).update(Content(problem or self._hint))

    def action_leave(self) -> None:
        self.post_message(self.Left())

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.tell("")
        self.post_message(self.Typed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Entered(event.value.strip()))
