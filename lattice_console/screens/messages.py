"""What the console said, to be read again."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lattice_console.cells import cells, wrap
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
                # Blanks at both sides, and the bar beside what is longer than the sheet.
                yield Static(self._text(self.app.size.width - 3), markup=False)
            line = BottomLine()
            line.help_key = ""
            line.hints = (("Esc", "close"),)
            yield line

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _text(self, width: int) -> Content:
        if not self._said:
            return Content("Nothing has been said yet.")
        return Content("\n").join([line for one in reversed(self._said) for line in self._lines(one, width)])

    def _lines(self, one: Said, width: int) -> list[Content]:
        sign = {"information": " ", "warning": "!", "error": self._look.signs.status["failed"]}[one.severity]
        lead = f"{self._look.age(one.at):>4} {sign} "
        often = f" ({one.times:,} times)" if one.times > 1 else ""
        first, *rest = wrap(one.text + often, width - cells(lead))
        return [
            Content.assemble((lead, _STYLES[one.severity]), first),
            *(Content(" " * cells(lead) + line) for line in rest),
        ]

    def action_leave(self) -> None:
        """Close the messages."""
        self.dismiss()
