"""What Enter does: from a requirement, a file, a vote, a thread or a stack to what is behind it."""

from textual import on

from lattice_console.contract.models.advice import Remark
from lattice_console.contract.models.conflict import Conflict
from lattice_console.contract.models.requirement import Requirement
from lattice_console.contract.models.review import Comment, Review
from lattice_console.profile.drafts import Draft
from lattice_console.screens.comparing import Comparison
from lattice_console.screens.dialog import ConfirmDialog
from lattice_console.screens.drafting import Drafting
from lattice_console.screens.news import ConflictsWanted
from lattice_console.screens.review_threads import spot_of
from lattice_console.screens.turning import Turning
from lattice_console.screens.verbs import ADVISED, VERBS
from lattice_console.text import inert
from lattice_console.widgets.diff_view import DiffView
from lattice_console.widgets.overview import FileEntry, Overview, StackEntry

__all__ = ["Following"]

_OFFERS = {
    "approvals": ("approve", "reopen"),
    "no_objections": ("withdraw",),
    "comments": ("approve_with_suggestions",),
}
"""The acts of a reviewer that would satisfy a requirement, by its name."""


_SETTLED = ("base_current", "no_open_conflict")
"""The requirements that hold once what others changed is settled."""


class Following(Drafting, Turning):
    """Enter, in the overview and on remarks in the diff."""

    # -- in the diff

    @on(DiffView.Opened)
    def _opened_in_diff(self, message: DiffView.Opened) -> None:
        if message.spot.kind == "note":
            self.action_comment()
        else:
            self.desk.say("There is nothing to open here. c comments on the line, v selects a range.")

    # -- in the overview

    @on(Overview.Opened)
    def _opened_in_overview(self, message: Overview.Opened) -> None:
        match self.query_one(Overview).value:
            case Requirement() as requirement:
                self._explain(requirement)
            case Conflict(id=id):
                self.app.post_message(ConflictsWanted(f"M-{self.row.number}", id))
            case FileEntry(index):
                self.show_tab(0)
                self.view.go_to_file(index)
            case StackEntry(number) if number != self.row.number:
                self._go_on(number)
            case Review() as review if not review.current and self.mutation is not None:
                self._since(review)
            case Draft(id=id):
                self._go_to_remark(id)
            case Comment() as comment:
                self._go_to_remark(comment.id)
            case Remark(rule=rule):
                self.action_act(ADVISED[rule])
            case _:
                self.desk.say("There is nothing to open here.")

    def _go_on(self, number: int) -> None:
        work = self.go_to_number(number)
        self.desk.hold(self.app.run_worker(work, group="going", exclusive=True, exit_on_error=False))

    def _since(self, review: Review) -> None:
        """Show what came after a vote that no longer counts."""
        mutation = self.mutation
        if mutation is None or review.patchset == mutation.patchset:
            self.desk.say(f"{inert(review.author.handle)} took this vote back; nothing has changed since.")
            return
        self.show_tab(0)
        self.show_comparison(Comparison(review.patchset, mutation.patchset))
        self.desk.say(f"What changed since {inert(review.author.handle)} voted on patchset {review.patchset}.")

    def _go_to_remark(self, id: str) -> None:
        """Go to where a remark stands in the diff: in what is compared, else in the whole change."""
        spot = spot_of(id, self.view.threads)
        reply = next((one for one in self.drafts if one.id == id and one.reply_to), None)
        if spot is None and reply is not None and reply.reply_to is not None:
            spot = spot_of(reply.reply_to, self.view.threads)
        mutation, compared = self.mutation, self.compared
        if spot is not None:
            self.show_tab(0)
            self.view.go_to(spot)
        elif compared is not None and mutation is not None and compared.comparison.older is not None:
            self.desk.say("It stands in a file that did not change here. V shows the full change.")
        else:
            self.desk.say("It is about the mutation as a whole.")

    # -- requirements

    def _explain(self, requirement: Requirement) -> None:
        """Say why a requirement is as it is, and offer what would satisfy it."""
        mutation = self.mutation
        if mutation is None:
            return
        name = requirement.name.replace("_", " ")
        reason = inert(requirement.reason, lines=True)
        if not requirement.blocks:
            self.desk.say(f"{name.capitalize()}: {reason}")
            return
        offered = [one for one in _OFFERS.get(requirement.name, ()) if mutation.action(one).allowed]
        parents = [one for one in mutation.parents if one.status != "completed"]
        if offered:
            verb = VERBS[offered[0]]
            self.app.push_screen(
                ConfirmDialog(f"{name.capitalize()}: {reason}", verb.name.lower()),
                lambda sure: self.action_act(verb.action) if sure else None,
            )
        elif requirement.name in _SETTLED and mutation.action("update").allowed:
            sentence = f"{name.capitalize()}: {reason}"
            self.app.push_screen(
                ConfirmDialog(sentence, "resolve"), lambda sure: self.action_resolve() if sure else None
            )
        elif requirement.name == "parents_executed" and parents:
            number = parents[0].number
            sentence, go = f"{name.capitalize()}: {reason}", f"go to M-{number}"
            self.app.push_screen(ConfirmDialog(sentence, go), lambda sure: self._go_on(number) if sure else None)
        else:
            why = [mutation.action(one).reason for one in _OFFERS.get(requirement.name, ())]
            self.desk.say(" ".join([f"{name.capitalize()}: {reason}", *why[:1]]).strip(), "warning")
