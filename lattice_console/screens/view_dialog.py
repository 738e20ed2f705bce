"""Naming what the queue shows, so that it becomes a view."""

from typing import ClassVar

from textual import on
from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from lattice_console.screens.dialog import Dialog
from lattice_console.screens.queue_choice import Query
from lattice_console.text import inert
from lattice_console.widgets.field import Field
from lattice_console.widgets.queue_columns import STACKED

__all__ = ["ViewDialog"]


class ViewDialog(Dialog[str | None]):
    """Asks for one line; Enter saves, Esc leaves."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["dialog.tcss", "view_dialog.tcss"]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="dialog.leave", priority=True),
    ]

    def __init__(self, query: Query) -> None:
        text = " and ".join(inert(part) for part in (query.view.filter, query.typed) if part)
        shown = text or "everything"
        order = "" if query.sort == STACKED else f", in this order ({query.sort})"
        super().__init__(
            f"Save {shown}{order} as a view beside the others. It is kept for you on this "
            "machine, in every project and whoever you act as. What is it called?",
            (("Enter", "save"), ("Esc", "leave")),
        )

    def compose_field(self) -> ComposeResult:
        yield Field("Late refunds")
        yield Static("", id="missing", markup=False)

    def on_mount(self) -> None:
        self.query_one(Field).focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        name = event.value.strip()
        if name:
            self.dismiss(name)
        else:
            self.query_one("#missing", Static).update("A view needs a name.")

    @on(Input.Changed)
    def _typed(self) -> None:
        self.query_one("#missing", Static).update("")

    def action_leave(self) -> None:
        """Save nothing."""
        self.dismiss(None)
