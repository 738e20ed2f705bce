"""What is looked at: which patchsets are compared, and which files were viewed."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Mutation
from lattice_console.profile.viewed import FileState
from lattice_console.screens.comparing import ComparedFile, Comparison, first_look
from lattice_console.screens.picker import Choice, PickDialog
from lattice_console.screens.reviewing import ReviewPlace
from lattice_console.widgets.diff_view import DiffView, Taste

__all__ = ["Looking", "file_state"]


def file_state(file: ComparedFile) -> FileState:
    """A file of a comparison, as marks know it."""
    return file.new.path if file.new.hash is not None else file.old.path, file.old.hash, file.new.hash


class Looking(ReviewPlace):
    """Keys that choose a comparison, and mark files as viewed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("V", "full", "Full, or since my review", id="review.full"),
        Binding("P", "pick", "Compare two patchsets", id="review.compare"),
        Binding("r", "viewed", "Viewed, on to the next", id="review.viewed"),
    ]

    # -- comparisons

    def action_full(self) -> None:
        """Turn between what came since my last review and the whole change."""
        mutation, compared = self.mutation, self.compared
        if mutation is None or compared is None:
            return
        since = first_look(mutation)
        if compared.comparison.older is not None:
            self.show_comparison(Comparison(None, compared.comparison.newer))
        elif since.older is not None:
            self.show_comparison(since)
        else:
            self.desk.say("This is the full change. There is no earlier review of yours; P compares any two patchsets.")

    def action_pick(self) -> None:
        """Choose two patchsets to compare."""
        mutation = self.mutation
        if mutation is None:
            return
        if mutation.patchset < 2:
            self.desk.say("There is one patchset, which is shown whole.")
            return
        work = self._pick(mutation)
        self.desk.expect(self.app.run_worker(work, group="going", exclusive=True, exit_on_error=False))

    async def _pick(self, mutation: Mutation) -> None:
        numbers = range(mutation.patchset, 0, -1)
        pairs = [Comparison(older, newer) for newer in numbers for older in (None, *range(newer - 1, 0, -1))]
        arrow = self.session.look.signs.arrow
        choices = [
            Choice(_name(pair, mutation), pair, f"{pair.older or 'base'} {arrow} {pair.newer}") for pair in pairs
        ]
        shown = self.compared.comparison if self.compared else None
        at = pairs.index(shown) if shown in pairs else 0
        wanted = await self.app.push_screen_wait(PickDialog("Which patchsets?", choices, at=at))
        if wanted is not None:
            self.show_comparison(wanted)

    # -- how it is shown

    def restore_taste(self) -> None:
        """Show diffs as the person did last."""
        self.view.taste = Taste(*self.session.keeping.taste())

    @on(DiffView.Chosen)
    def _chose_taste(self, message: DiffView.Chosen) -> None:
        taste = message.taste
        self.session.keeping.keep_taste(taste.layout, taste.narrow, taste.whitespace, taste.wrap)

    # -- viewed marks

    def show_viewed(self) -> None:
        """Show which files are viewed, as this machine has it."""
        if self.compared is not None:
            states = [file_state(file) for file in self.compared.files]
            self.view.viewed = self.session.keeping.viewed(self.row.id, states)

    def action_viewed(self) -> None:
        """Mark the file under the cursor as viewed and go on to the next that is not; or take the mark back."""
        index = self.pane.file
        if self.overview_shown or index is None or self.compared is None:
            self.desk.say("There is no file under the cursor to mark as viewed.")
            return
        self.start("viewed", self._mark, index)

    async def _mark(self, index: int) -> None:
        if self.compared is None:
            return
        file = self.compared.files[index]
        try:
            marked = await self.session.keeping.toggle_viewed(self.row.id, file_state(file))
        except LatticeError as error:
            self.desk.say(f"Not marked: {error.message}", "error")
            return
        self.show_viewed()
        self.viewed_changed()
        if not marked:
            self.pane.go_to_file(index)
            return
        total = len(self.compared.files)
        left = [at for at in (*range(index + 1, total), *range(index)) if at not in self.view.viewed]
        self.pane.go_to_file(left[0] if left else index)
        if not left:
            self.desk.say("Every file is viewed." if total > 1 else "The file is viewed.")

    def viewed_changed(self) -> None:
        """Other files are viewed now."""


def _name(pair: Comparison, mutation: Mutation) -> str:
    if pair.older is None:
        return f"patchset {pair.newer} whole"
    since = " (since my review)" if pair == first_look(mutation) else ""
    return f"from patchset {pair.older} to {pair.newer}{since}"
