"""What executing a mutation would do now, as a diff, with everything that stands in the way above it."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from lattice_console.cells import wrap
from lattice_console.contract.models.mutation import DryRun
from lattice_console.screens.colouring import Colouring
from lattice_console.screens.session import Session
from lattice_console.text import count, inert
from lattice_console.widgets.diff_document import Cover, DiffDocument
from lattice_console.widgets.diff_pane import DiffPane
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.pieces import folder_requirement
from lattice_console.widgets.signs import Look

__all__ = ["DryRunScreen"]

_MEASURE = 76


class DryRunScreen(Colouring):
    """Leaves with Esc; changes nothing. `held` says why this machine's folder holds it back, if it does."""

    CSS_PATH = "dry_run.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back", id="dry_run.back")]

    def __init__(self, session: Session, run: DryRun, files: Sequence[FileChange], title: str, held: str = "") -> None:
        super().__init__(session)
        self._run = run
        self._files = files
        self._title = title
        self._held = held

    def compose_place(self) -> ComposeResult:
        yield DiffPane(self.session.look)

    def on_mount(self) -> None:
        super().on_mount()
        pane = self.query_one(DiffPane)
        pane.focus()
        pane.view.show(DiffDocument(self._files, _cover(self._run, self._held, self.session.look)))

    def crumbs(self) -> tuple[str, ...]:
        return (f"M-{self._run.number} {inert(self._title)}", "Dry run")

    def hints(self) -> Sequence[tuple[str, str]]:
        return (("dry_run.back", "back"), ("diff.next_hunk", "next hunk"), ("diff.next_file", "next file"))

    def on_descendant_focus(self) -> None:
        self.refresh_chrome()

    def action_leave(self) -> None:
        """Go back to where this was opened."""
        self.dismiss()


def _cover(run: DryRun, held: str, look: Look) -> list[Cover]:
    files = count(len(run.files), "file")
    if run.would_execute and not held:
        return [Cover((f"M-{run.number} would execute: {files} would change as below. Nothing was changed.",), "good")]
    covers = [Cover((f"M-{run.number} would not execute{' from here' * run.would_execute}. In the way:",), "bad")]
    for blocker in [*run.blockers, *folder_requirement(held)]:
        sign = look.signs.requirement[blocker.state]
        name, reason = blocker.name.replace("_", " "), wrap(inert(blocker.reason, lines=True), _MEASURE - 5)
        covers.append(Cover((f"  {sign} {inert(name)}",), "strong"))
        covers.append(Cover(tuple(f"    {line}" for line in reason), "muted"))
    return covers
