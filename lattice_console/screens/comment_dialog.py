"""The dialog in which a comment is written, with what its lines should become and where it belongs."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from lattice_console.contract.errors import LatticeError
from lattice_console.screens.dialog import Dialog, Sheet
from lattice_console.screens.outside_editor import edit
from lattice_console.text import pointed
from lattice_console.widgets.editor import Editor

__all__ = ["CommentDialog", "Ending", "Written"]

Ending = Literal["keep", "leave", "replace"]
"""The draft is wanted; the person leaves; the lines are to be suggested anew that replace those it is about."""

_QUOTED = 4
"""Lines that are shown of what the comment is about."""


@dataclass(frozen=True, slots=True)
class Written:
    """What is in the dialog: a text, perhaps the lines that are suggested, and whether it is about the pointer."""

    text: str = ""
    suggestion: str | None = None
    pointed: bool = False


class CommentDialog(Dialog[Ending]):
    """What was written is kept whichever way it ends.

    `keep` is told of every change. `quoted` are the lines that it is about, inert; `lines` is what a suggestion begins
    with, None where none can be made; `replaced` says that other lines stand where these did, which can be suggested
    anew instead. `pointer` is what the comment could be about instead, empty where there is nothing, shown with
    `parted` between its keys. Long texts are taken to an editor by way of a file in `folder`. `covers` is told how many
    lines of the screen are covered, from its bottom.
    """

    DEFAULT_CSS = """
    CommentDialog {
        & #quoted {
            margin: 0 1 1 1; padding: 0 1; max-height: 4; border-left: outer $rule; text-wrap: nowrap;
            text-overflow: ellipsis; color: $muted; text-style: $muted-style;
        }
        & #pointed, & #suggests { padding: 0 1; color: $muted; text-style: $muted-style; }
        & #pointed { height: auto; max-height: 3; }
        & #suggests { height: 1; margin: 1 0 0 0; }
        & Editor { height: auto; min-height: 3; max-height: 10; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Keep the draft", id="comment.save", priority=True),
        Binding("ctrl+o", "outside", "Type in $EDITOR", id="comment.editor", priority=True),
        Binding("ctrl+g", "suggest", "Suggest other lines, or not", id="comment.suggest", priority=True),
        Binding("ctrl+r", "point", "About the value, or about the lines", id="comment.point", priority=True),
        Binding("escape", "leave", "Leave, the text is kept", id="comment.leave", priority=True),
    ]

    def __init__(
        self,
        sentence: str,
        written: Written,
        keep: Callable[[Written], None],
        *,
        quoted: Sequence[str] = (),
        lines: str | None = None,
        pointer: str = "",
        parted: str = "",
        replaced: bool = False,
        suggesting: bool = False,
        folder: Path,
        covers: Callable[[int], None],
    ) -> None:
        hints = [("ctrl+s", "keep draft"), ("Esc", "leave, kept"), ("ctrl+o", "$EDITOR")]
        if lines is not None or replaced:
            hints.append(("ctrl+g", "suggest lines"))
        super().__init__(sentence, tuple(hints), fate="A draft until your verdict.")
        self._written = written
        self._keep = keep
        self._quoted = quoted
        self._lines = lines
        self._pointer = pointed(pointer, parted)
        self._replaced = replaced
        self._suggesting = suggesting
        self._folder = folder
        self._covers = covers

    def compose_field(self) -> ComposeResult:
        shown = list(self._quoted[:_QUOTED])
        if len(self._quoted) > _QUOTED:
            shown[-1:] = [f"({len(self._quoted) - _QUOTED + 1} more lines)"]
        if shown:
            yield Static(Content("\n".join(shown)), id="quoted", markup=False)
        yield Static(id="pointed", markup=False)
        yield Editor(self._written.text, id="text")
        yield Static("Suggested instead of these lines:", id="suggests", markup=False)
        yield Editor(self._written.suggestion or "", id="suggestion")
        yield Static("", id="missing", markup=False)

    def on_mount(self) -> None:
        self._show()
        self.query_one("#text").focus()
        if self._suggesting:
            self.action_suggest()

    @on(Sheet.Resized)
    def _resized(self, message: Sheet.Resized) -> None:
        self._covers(message.height)

    def _show(self) -> None:
        suggests = self._written.suggestion is not None
        self.query_one("#suggests").display = self.query_one("#suggestion").display = suggests
        there = self.query_one("#pointed", Static)
        there.display = bool(self._pointer)
        about = f"About the value at {self._pointer}, wherever it moves."
        there.update(
            Content(about if self._written.pointed else f"ctrl+r: about the value at {self._pointer} instead.")
        )

    def _change(self, written: Written) -> None:
        self._written = written
        self.query_one("#missing", Static).update("")
        self._keep(written)

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        text = event.text_area.text
        if event.text_area.id == "text":
            self._change(replace(self._written, text=text))
        elif self._written.suggestion is not None:
            self._change(replace(self._written, suggestion=text))

    def action_save(self) -> None:
        """Keep the draft, unless there is nothing in it."""
        if not self._written.text.strip() and self._written.suggestion in (None, self._lines):
            self._tell("There is nothing to keep yet.")
        else:
            self.dismiss("keep")

    def action_leave(self) -> None:
        """Leave; what was typed is kept."""
        self.dismiss("leave")

    def action_suggest(self) -> None:
        """Make a suggestion of the lines, or of those that replace them; or take it away."""
        if self._replaced:
            self.dismiss("replace")
            return
        if self._lines is None:
            self._tell("Only lines as they are after the change can be suggested anew: comment on one of them.")
            return
        field = self.query_one("#suggestion", Editor)
        if self._written.suggestion is None:
            if not field.text:
                field.load_text(self._lines)
                field.move_cursor(field.document.end)
            self._change(replace(self._written, suggestion=field.text))
        else:
            self._change(replace(self._written, suggestion=None))
        self._show()
        (field if field.display else self.query_one("#text")).focus()

    def action_point(self) -> None:
        """Turn between the lines and the value that stands there."""
        if not self._pointer:
            self._tell("There is no value of JSON or YAML at this line to point at.")
            return
        self._change(replace(self._written, pointed=not self._written.pointed))
        self._show()

    def action_outside(self) -> None:
        """Type the text in an editor of one's own."""
        field = self.focused if isinstance(self.focused, Editor) else self.query_one("#text", Editor)
        try:
            field.load_text(edit(field.text, self.app.suspend(), self._folder, os.environ))
        except SuspendNotSupported:
            self._tell("This terminal cannot be given to an editor: type here.")
        except LatticeError as error:
            self._tell(error.message)
        field.move_cursor(field.document.end)

    def _tell(self, text: str) -> None:
        self.query_one("#missing", Static).update(Content(text))
