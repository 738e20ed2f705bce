"""The mutation that is being reviewed, as the parts of its screen share it."""

from collections.abc import Mapping, Sequence

from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.contract.models.review import Comment
from lattice_console.profile.drafts import Draft
from lattice_console.screens.acting import ActingPlace
from lattice_console.screens.colouring import Colouring
from lattice_console.screens.comparing import Compared, Comparison
from lattice_console.screens.review_threads import Place, Remarks, threads
from lattice_console.screens.session import Session
from lattice_console.text import count
from lattice_console.widgets.diff_pane import DiffPane
from lattice_console.widgets.diff_view import DiffView
from lattice_console.widgets.overview import Overview, OverviewModel

__all__ = ["ReviewPlace"]


class ReviewPlace(ActingPlace, Colouring):
    """What is known of the mutation on the screen: `row`, and once they are read `model` and `compared`."""

    def __init__(self, session: Session, row: MutationSummary) -> None:
        super().__init__(session)
        self.row = row
        self.model: OverviewModel | None = None
        self.compared: Compared | None = None
        self.carried: Mapping[str, Place | None] = {}

    # -- what the screen gives

    def show_comparison(self, wanted: Comparison | None, *, at: Place | None = None) -> None:
        """Read the mutation anew, and show that comparison, `at` a line; None is what to look at first."""

    def show_tab(self, index: int) -> None:
        """Show the diff (0) or the overview (1)."""

    # -- what its parts share

    def subject(self) -> MutationSummary | None:
        # A verdict is about the patchset that is looked at, and no other.
        return self.row.model_copy(update={"patchset": self.compared.comparison.newer}) if self.compared else self.row

    @property
    def view(self) -> DiffView:
        """The diff."""
        return self.query_one(DiffView)

    @property
    def pane(self) -> DiffPane:
        """The diff with the tree of its files."""
        return self.query_one(DiffPane)

    @property
    def mutation(self) -> Mutation | None:
        """The mutation whole, as it is shown."""
        return self.model.mutation if self.model else None

    @property
    def comments(self) -> Sequence[Comment]:
        """What was said about it."""
        return self.model.comments if self.model else ()

    @property
    def drafts(self) -> Sequence[Draft]:
        """What is still to be said."""
        return self.model.drafts if self.model else ()

    def thread(self) -> Comment | None:
        """The first comment of the thread under the cursor, of the diff or of the overview."""
        if self.overview_shown:
            value = self.query_one(Overview).value
            return value if isinstance(value, Comment) else None
        id = self.view.at.thread
        return next((one for one in self.comments if one.id == id), None)

    def draft(self) -> Draft | None:
        """The draft under the cursor."""
        if self.overview_shown:
            value = self.query_one(Overview).value
            return value if isinstance(value, Draft) else None
        id = self.view.at.note
        return next((one for one in self.drafts if one.id == id), None)

    def selected_text(self) -> tuple[str, str]:
        selection = self.view.selection
        if self.overview_shown or selection is None or not self.view.has_range:
            return "", ""
        return self.view.selected_text(), count(selection.last - selection.first + 1, "line")

    @property
    def overview_shown(self) -> bool:
        """Whether the overview is what is looked at."""
        return self.query_one(Overview).display

    def drafts_changed(self) -> None:
        """Show the drafts that this machine has now."""
        if self.model is not None:
            self.show_remarks(self.model.with_drafts(self.session.keeping.drafts(self.row.id)))

    def show_remarks(self, model: OverviewModel) -> None:
        """Show what was said, in the diff and in the overview."""
        self.model = model
        self.query_one(Overview).show(model)
        if self.compared is not None:
            self.view.threads = threads(self.remarks(), self.compared)
            self.view.elsewhere = self._elsewhere()

    def _elsewhere(self) -> str:
        """Where there are threads and remarks that the diff does not show."""
        shown, keys = {thread.id for thread in self.view.threads}, self._keys()
        hidden = [one for one in self.comments if not one.is_reply and one.id not in shown]
        remarks = sum(one.anchor is None for one in hidden)
        told = []
        if threads := len(hidden) - remarks:
            stands = "stands in a file that is" if threads == 1 else "stand in files that are"
            told.append(
                f"{count(threads, 'thread')} {stands} not shown: {keys.get('review.full', 'V')} shows all files."
            )
        if remarks:
            stands = f"{count(remarks, 'remark')} on the mutation {'is' if remarks == 1 else 'are'} in the overview"
            told.append(f"{stands}: {keys.get('mutation.turn', 'Tab')} turns to it.")
        return " ".join(told)

    def _keys(self) -> dict[str, str]:
        """The first key of each action here, by its id."""
        return {command.id: command.keys[0] for command in self.commands()}

    def remarks(self) -> Remarks:
        """Comments and drafts, with the keys that act on them."""
        keys = self._keys()

        def hint(*acts: tuple[str, str]) -> str:
            return "  ".join(f"{keys[id]} {name}" for id, name in acts if id in keys)

        mutation, actor = self.mutation, self.session.actor
        may_apply = mutation is not None and mutation.action("update").allowed
        return Remarks(
            self.comments,
            self.drafts,
            self.carried,
            actor.name if actor else "",
            (
                hint(("review.edit", "edit"), ("review.drop", "drop")),
                hint(("act.comment", "reply"), ("review.resolve", "resolve")),
                hint(("review.apply", "apply"), ("act.comment", "reply")) if may_apply else "",
            ),
            self.session.look.signs.crumb,
        )
