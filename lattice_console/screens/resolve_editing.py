"""Typing what is to stand in the place of a conflict."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from lattice_console.contract.errors import LatticeError
from lattice_console.merge.choices import Choices, Written, text_of
from lattice_console.merge.merging import Conflict, MergeResult
from lattice_console.screens.dialog import Dialog
from lattice_console.screens.outside_editor import edit
from lattice_console.screens.place import Place
from lattice_console.text import inert
from lattice_console.widgets.editor import Editor

if TYPE_CHECKING:
    from lattice_console.screens.resolve_loading import Clash

__all__ = ["EditDialog", "edit_conflict"]


class EditDialog(Dialog[str | None]):
    """Begins with `text`, at its end or its `top`; None where the person leaves. `keep` is told of every change."""

    DEFAULT_CSS = """
    EditDialog Editor { height: auto; min-height: 5; max-height: 60vh; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "take", "Take this text", id="resolve_edit.take", priority=True),
        Binding("ctrl+o", "outside", "Type in $EDITOR", id="resolve_edit.editor", priority=True),
        Binding("escape", "leave", "Leave, the text is kept", id="resolve_edit.leave", priority=True),
    ]

    def __init__(
        self, sentence: str, text: str, keep: Callable[[str], None], folder: Path, *, top: bool = False
    ) -> None:
        super().__init__(sentence, (("ctrl+s", "take this text"), ("Esc", "leave, kept"), ("ctrl+o", "$EDITOR")))
        self._text = text
        self._keep = keep
        self._folder = folder
        self._top = top

    def compose_field(self) -> ComposeResult:
        yield Editor(self._text)
        yield Static("", id="missing", markup=False)

    def on_mount(self) -> None:
        field = self.query_one(Editor)
        field.focus()
        if self._top:
            field.move_cursor((0, 0))

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        self._keep(event.text_area.text)
        self.query_one("#missing", Static).update("")

    def action_take(self) -> None:
        """Put the text in the conflict's place."""
        self.dismiss(self.query_one(Editor).text)

    def action_outside(self) -> None:
        """Type in an editor of one's own."""
        field = self.query_one(Editor)
        try:
            field.load_text(edit(field.text, self.app.suspend(), self._folder, os.environ))
        except SuspendNotSupported:
            self._tell("This terminal cannot be given to an editor: type here.")
        except LatticeError as error:
            self._tell(error.message)
        field.move_cursor(field.document.end)

    def action_leave(self) -> None:
        """Leave the conflict as it was."""
        self.dismiss(None)

    def _tell(self, text: str) -> None:
        self.query_one("#missing", Static).update(Content(text))


async def edit_conflict(place: Place, clash: "Clash", merge: MergeResult, choices: Choices, at: int) -> Written | None:
    """Let the person type the text of a conflict; None where they leave. What is typed is kept until it is taken."""
    conflict, keeping = merge.conflicts[at], place.session.keeping
    before = text_of(conflict, choices[at]) if choices[at] is not None else text_of(conflict, "ours+theirs")
    try:
        text = before.decode()
    except UnicodeDecodeError:
        place.desk.say("These lines are no UTF-8, so they cannot be typed: take a side.", "warning")
        return None
    breaks = "\r\n" if "\r\n" in text else "\n"
    action = f"resolve {clash.path} {_digest(conflict)}"

    def keep(typed: str) -> None:
        keeping.keep_unsent(clash.mutation_id, action, typed)

    shown = text.replace("\r\n", "\n").removesuffix("\n")
    sentence = f"Conflict {at + 1} of {len(merge.conflicts)} in {inert(clash.path)}: what is to stand there."
    kept = keeping.unsent(clash.mutation_id, action)
    dialog = EditDialog(sentence, kept or shown, keep, place.session.folder)
    typed = await place.app.push_screen_wait(dialog)
    if typed is None:
        return None
    keep("")
    typed = "\n".join(typed.splitlines()) if "\r" in typed else typed
    lines = f"{typed}\n" if typed and not typed.endswith("\n") else typed
    return Written(lines.replace("\n", breaks).encode())


def _digest(conflict: Conflict) -> str:
    digest = sha256()
    for text in (conflict.base, conflict.ours, conflict.theirs):
        digest.update(b"%d:%b" % (len(text), text))
    return digest.hexdigest()[:16]
