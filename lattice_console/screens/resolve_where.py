"""Choosing where a document is to be."""

from typing import ClassVar

from textual import on
from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.paths import check_path
from lattice_console.merge.choices import Choice, Written
from lattice_console.screens.dialog import Dialog
from lattice_console.screens.picker import Choice as Pick
from lattice_console.screens.picker import PickDialog
from lattice_console.screens.place import Place
from lattice_console.screens.resolve_file import OpenFile, Where
from lattice_console.text import inert
from lattice_console.widgets.field import Field

__all__ = ["choose_place"]


_ANOTHER = Written(b"")


class PathDialog(Dialog[str | None]):
    """Asks for a path, beginning with one; Enter takes it, Esc leaves."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["dialog.tcss", "view_dialog.tcss"]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="dialog.leave", priority=True),
    ]

    def __init__(self, sentence: str, path: str, taken: str) -> None:
        super().__init__(sentence, (("Enter", "take this path"), ("Esc", "leave")))
        self._path = path
        self._taken = taken

    def compose_field(self) -> ComposeResult:
        yield Field("docs/another.md")
        yield Static("", id="missing", markup=False)

    def on_mount(self) -> None:
        field = self.query_one(Field)
        field.value = self._path
        field.focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        path = event.value.strip()
        try:
            check_path(path)
        except LatticeError as error:
            self._tell(error.message)
            return
        if path == self._taken:
            self._tell("That one is taken: type another path.")
        else:
            self.dismiss(path)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._tell("")

    def _tell(self, text: str) -> None:
        self.query_one("#missing", Static).update(Content(text))

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


async def choose_place(place: Place, file: OpenFile, where: Where) -> Choice | None:
    """Let the person choose where a document is to be; None where they leave."""
    known: list[Pick[Choice]] = []
    if where.ours is not None:
        known.append(Pick(inert(where.ours), "ours", " ours"))
    if where.theirs is not None:
        known.append(Pick(inert(where.theirs), "theirs", " theirs"))
    if known:
        at = next((at for at, one in enumerate(known) if one.value == file.place), 0)
        # None is what leaving comes to, so that what is typed then needs a name of its own.
        known.append(Pick("Another path", _ANOTHER))
        picked = await place.app.push_screen_wait(PickDialog("Where is it to be?", known, at=at))
        if picked != _ANOTHER:
            return picked
    wanted = file.clash.change.result_path
    path = inert(file.clash.path)
    sentence = f"{path}: {inert(where.why)}. Where is it to be?" if where.why else f"Where is {path} to be?"
    typed = await place.app.push_screen_wait(PathDialog(sentence, file.path, wanted if where.ours is None else ""))
    return Written(typed.encode()) if typed is not None else None
