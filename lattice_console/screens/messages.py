"""What the console said, to be read again."""

from collections.abc import Callable, Sequence
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

_REDRAW = 0.25
_STYLES = {"information": "$muted", "warning": "bold $warning", "error": "bold $bad"}


class MessagesScreen(ModalScreen[None]):
    """The newest first, each with the time that has passed since; what is said meanwhile comes on top."""

    CSS_PATH = "messages.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,m,q", "leave", "Close", id="messages.close"),
    ]

    def __init__(self, read: Callable[[], Sequence[Said]], look: Look) -> None:
        super().__init__()
        self._read = read
        self._look = look
        self._said: Sequence[Said] = ()

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            with VerticalScroll():
                yield Static("Nothing has been said yet.", markup=False)
            line = BottomLine()
            line.help_key = ""
            line.hints = (("Esc", "close"),)
            yield line

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self.set_interval(_REDRAW, self._draw)
        self._draw()

    def _draw(self) -> None:
        said = self._read()
        if said != self._said:
            self._said = said
            # Blanks at both sides, and the bar beside what is longer than the sheet.
            self.query_one(Static).update(self._text(self.app.size.width - 3))

    def _text(self, width: int) -> Content:
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
        # What was said meanwhile stood here.
        self.app.clear_notifications()
        self.dismiss()
