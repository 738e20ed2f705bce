"""The line in which a text to look for is typed, with what was found so far beside it."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from lattice_console.widgets.field import Field

__all__ = ["SearchBar"]


class SearchBar(Horizontal):
    """Shown while a text is typed: Enter keeps the search, Esc ends it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave the search", id="search.leave")]

    DEFAULT_CSS = """
    SearchBar {
        height: 1;
        background: $field;
        display: none;
        &.-open { display: block; }
        & #slash { width: 2; padding: 0 0 0 1; color: $accent; text-style: bold; }
        & #found { width: auto; padding: 0 1; color: $muted; text-style: $muted-style; }
        & Field { width: 1fr; }
    }
    """

    @dataclass
    class Typed(Message):
        """The text changed."""

        text: str

    @dataclass
    class Kept(Message):
        """The text is what the person looks for; an empty one is nothing."""

        text: str

    @dataclass
    class Left(Message):
        """The person does not want to search."""

    def compose(self) -> ComposeResult:
        yield Static("/", markup=False, id="slash")
        yield Field("text in the diff; capitals count where you type any", select_on_focus=True)
        yield Static(id="found", markup=False)

    def open(self, text: str) -> None:
        """Show the line with the last text, ready to be typed over."""
        self.add_class("-open")
        field = self.query_one(Input)
        with self.prevent(Input.Changed):
            field.value = text
        field.focus()

    def close(self) -> None:
        """Hide the line."""
        self.remove_class("-open")

    def tell(self, found: str) -> None:
        """Say what was found; inert."""
        self.query_one("#found", Static).update(Content(found))

    def action_leave(self) -> None:
        """End the search."""
        self.post_message(self.Left())

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Kept(event.value))
