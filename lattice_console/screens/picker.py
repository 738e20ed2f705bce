"""The picker: choose one of several by some letters of its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from lattice_console.text import inert
from lattice_console.widgets.bottom_line import BottomLine
from lattice_console.widgets.field import Field

__all__ = ["Choice", "PickDialog"]

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Choice(Generic[Value]):
    """One of several: its name, what comes before it in a narrow column, and what is chosen by it. Takes inert text."""

    name: str
    value: Value
    lead: str = ""


class _Options(OptionList):
    """An option list whose cursor may be shown by `reverse`, which Textual's own leaves out."""

    def render_line(self, y: int) -> Strip:
        strip = super().render_line(y)
        if not self.get_component_styles("option-list--option-highlighted").text_style.reverse:
            return strip
        segments = list(strip)
        if not segments or not segments[0].style or segments[0].style.meta.get("option") != self.highlighted:
            return strip
        return Strip(Segment.apply_style(segments, post_style=Style(reverse=True)), strip.cell_length)


class PickDialog(ModalScreen[Value | None]):
    """Type some letters of a name, choose with the arrows, take it with Enter; Esc takes none.

    `question` stands in the empty field. The choice at `at` is under the cursor to begin with. Where no name has the
    letters it says so, and stays.
    """

    CSS_PATH = "picker.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="picker.close", priority=True),
        Binding("down", "move(1)", "Next", id="picker.next", priority=True),
        Binding("up", "move(-1)", "Previous", id="picker.previous", priority=True),
    ]

    def __init__(self, question: str, choices: Sequence[Choice[Value]], *, at: int = 0) -> None:
        super().__init__()
        self._question = question
        self._choices = choices
        self._shown: list[Choice[Value]] = []
        self._at = at
        self._lead = max([len(choice.lead) for choice in choices], default=0)

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            yield Field(f"{self._question} Some letters of its name find it.")
            yield _Options(markup=False)
            yield Static(id="none", markup=False)
            line = BottomLine()
            line.help_key = ""
            yield line

    def on_mount(self) -> None:
        self.query_one(Field).focus()
        self.query_one(OptionList).can_focus = False
        self._narrow("")
        if self._shown:
            self.query_one(OptionList).highlighted = self._at

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._narrow(event.value)

    def _narrow(self, text: str) -> None:
        words = text.lower().split()
        self._shown = [choice for choice in self._choices if all(word in choice.name.lower() for word in words)]
        if words:
            # What begins with the text comes first.
            self._shown.sort(key=lambda choice: not choice.name.lower().startswith(text.lower().strip()))
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(self._line(choice)) for choice in self._shown)
        options.highlighted = 0 if self._shown else None
        key = ("Enter", "choose") if self._shown else ("Backspace", "take a letter back")
        self.query_one(BottomLine).hints = (key, ("Esc", "leave"))
        nothing = self.query_one("#none", Static)
        nothing.set_class(not self._shown, "-told")
        nothing.update(Content(f"Nothing matches “{inert(text)}”. Backspace takes a letter back, Esc leaves."))

    def _line(self, choice: Choice[Value]) -> Content:
        return Content.assemble(
            (f"{choice.lead:>{self._lead}}{'  ' if self._lead else ''}", "bold $accent"), choice.name
        )

    def action_move(self, by: int) -> None:
        """Choose the next or the previous name."""
        options = self.query_one(OptionList)
        if self._shown:
            options.highlighted = ((options.highlighted or 0) + by) % len(self._shown)

    @on(Input.Submitted)
    def _entered(self) -> None:
        at = self.query_one(OptionList).highlighted
        # Enter chooses nothing where nothing is left to choose.
        if at is not None:
            self.dismiss(self._shown[at].value)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._shown[event.option_index].value)

    def action_leave(self) -> None:
        """Take none."""
        self.dismiss(None)
