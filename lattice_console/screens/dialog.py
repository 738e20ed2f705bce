"""Dialogs: one sentence that says what will happen, the field that is needed, two keys."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from textual import on
from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea

from lattice_console.widgets.bottom_line import BottomLine
from lattice_console.widgets.editor import Editor

__all__ = ["ConfirmDialog", "ReasonDialog"]

Answer = TypeVar("Answer")


class Sheet(Vertical):
    """What a dialog is made of; tells how many lines of the screen it takes."""

    @dataclass
    class Resized(Message):
        """It takes that many lines now."""

        height: int

    def on_resize(self) -> None:
        self.post_message(self.Resized(self.outer_size.height))


class Dialog(ModalScreen[Answer]):
    """A sheet at the bottom of the screen; what it covers stays legible above it.

    `fate` is what becomes of what is typed, said loud behind the sentence.
    """

    CSS_PATH: ClassVar[CSSPathType | None] = "dialog.tcss"

    def __init__(self, sentence: str, hints: tuple[tuple[str, str], ...], *, fate: str = "") -> None:
        super().__init__()
        self._sentence = Content.assemble(sentence, (f" {fate}", "bold $accent") if fate else "")
        self._hints = hints

    def compose(self) -> ComposeResult:
        with Sheet(id="sheet"):
            yield Static(self._sentence, id="sentence", markup=False)
            yield from self.compose_field()
            line = BottomLine()
            line.help_key = ""
            line.hints = self._hints
            yield line

    def compose_field(self) -> ComposeResult:
        """What is between the sentence and the keys."""
        yield from ()


class ConfirmDialog(Dialog[bool]):
    """Goes ahead with Enter, with `verb` as its name; Esc leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go", "Go ahead", id="dialog.go"),
        Binding("escape", "leave", "Leave", id="dialog.leave"),
    ]

    def __init__(self, sentence: str, verb: str) -> None:
        super().__init__(sentence, (("Enter", verb), ("Esc", "leave")))

    def action_go(self) -> None:
        self.dismiss(True)

    def action_leave(self) -> None:
        self.dismiss(False)


class ReasonDialog(Dialog[str | None]):
    """Asks for a text; with `required`, it does not send an empty one. `keep` is told of every change of the text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send", id="dialog.send", priority=True),
        Binding("escape", "leave", "Leave", id="dialog.leave", priority=True),
    ]

    def __init__(
        self,
        sentence: str,
        verb: str,
        *,
        fate: str = "",
        required: str = "",
        text: str = "",
        keep: Callable[[str], None],
    ) -> None:
        super().__init__(sentence, (("ctrl+s", verb), ("Esc", "leave, the text is kept")), fate=fate)
        self._required = required
        self._text = text
        self._keep = keep

    def compose_field(self) -> ComposeResult:
        yield Editor(self._text)
        yield Static("", id="missing", markup=False)

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        self._keep(event.text_area.text)
        self.query_one("#missing", Static).update("")

    def action_send(self) -> None:
        text = self.query_one(Editor).text.strip()
        if self._required and not text:
            self.query_one("#missing", Static).update(Content(self._required))
        else:
            self.dismiss(text)

    def action_leave(self) -> None:
        self.dismiss(None)
