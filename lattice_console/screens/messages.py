"""What the console said, to be read again."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lattice_console.screens.place import Said
from lattice_console.widgets.bottom_line import BottomLine
from lattice_console.widgets.signs import Look

__all__ = ["MessagesScreen"]

_STYLES = {"information": "$muted", "warning": "bold $warning", "error": "bold $bad"}


class MessagesScreen(ModalScreen[None]):
    """The newest first, each with the time that has passed since."""

    CSS_PATH = "messages.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,m,q", "leave", "Close", id="messages.close"),
    ]

    def __init__(self, said: Sequence[Said], look: Look) -> None:
        super().__init__()
        self._said = said
        self._look = look

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            with VerticalScroll():
                yield Static(self._text(), markup=False)
            line = BottomLine()
            line.help_key = ""
            line.hints = (("Esc", "close"),)
            yield line

    def on_mount(self) -> None:
        # What is read here need not cover it.
        self.app.clear_notifications()
        self.query_one(VerticalScroll).focus()

    def _text(self) -> Content:
        if not self._said:
            return Content("Nothing has been said yet.")
        return Content("\n").join([self._line(one) for one in reversed(self._said)])

    def _line(self, one: Said) -> Content:
        sign = {"information": " ", "warning": "!", "error": self._look.signs.status["failed"]}[one.severity]
        return Content.assemble((f"{self._look.age(one.at):>4} {sign} ", _STYLES[one.severity]), one.text)

    def action_leave(self) -> None:
        """Close the messages."""
        self.dismiss()
