"""Threads settled and opened again, and suggestions applied."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import uuid4

from textual.binding import Binding, BindingType

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.review import Comment
from lattice_console.screens.comparing import Comparison
from lattice_console.screens.dialog import ConfirmDialog
from lattice_console.screens.news import MutationChanged
from lattice_console.screens.review_threads import lines_of
from lattice_console.screens.reviewing import ReviewPlace
from lattice_console.screens.undoing import Settled
from lattice_console.text import count, inert

__all__ = ["Settling"]

_LINES = 4
"""Lines of a suggestion that its question shows."""


class Settling(ReviewPlace):
    """Keys that settle threads and apply suggestions."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("T", "settle_thread", "Resolve or reopen thread", id="review.resolve"),
        Binding("i", "apply", "Apply the suggestion", id="review.apply"),
        Binding("I", "apply_all", "Apply all suggestions", id="review.apply_all"),
    ]

    # -- threads

    def action_settle_thread(self) -> None:
        """Settle the thread under the cursor, or open it again."""
        thread = self.thread()
        if thread is None:
            self.desk.say("There is no thread under the cursor: > and < jump between them.")
        elif thread.anchor is None:
            self.desk.say("A remark on the mutation is no thread: it needs no settling.")
        elif self.may_write():
            self.app.run_worker(self._resolve(thread), group="acts", exit_on_error=False)

    async def _resolve(self, thread: Comment) -> None:
        backend = self.session.backend
        try:
            done = await backend.reviews.resolve(
                self.row.id, thread=thread.id, resolved=thread.open, idempotency_key=str(uuid4())
            )
            after = await backend.mutations.get(self.row.id)
        except LatticeError as error:
            self.desk.say(f"Not resolved: {error.message}", "error")
            return
        self.session.undoing.push(Settled(after.id, after.number, thread.id, not done.open))
        self.desk.say("The thread is open again." if done.open else "Resolved the thread. u opens it again.")
        self.app.post_message(MutationChanged(after))

    # -- suggestions

    def action_apply(self) -> None:
        """Make a new patchset with the suggestion under the cursor."""
        thread = self.thread()
        note = None if self.overview_shown else self.view.at.note
        found = [
            one for one in self._suggestions() if one.id == note or (thread is not None and one.thread == thread.id)
        ]
        if not found:
            self.desk.say("There is no suggestion under the cursor that could be applied: > and < jump to threads.")
        else:
            self._apply(found[:1])

    def action_apply_all(self) -> None:
        """Make a new patchset with every suggestion of an open thread."""
        found = self._suggestions()
        if not found:
            self.desk.say("There is no open suggestion to apply.")
        else:
            self._apply(found)

    def _suggestions(self) -> list[Comment]:
        waiting = {one.id for one in self.comments if one.open}
        return [
            one for one in self.comments if one.suggestion is not None and one.applied is None and one.thread in waiting
        ]

    def _apply(self, comments: Sequence[Comment]) -> None:
        if self.may_write():
            work = self._ask_and_apply(comments)
            self.desk.expect(self.app.run_worker(work, group="acts", exit_on_error=False))

    async def _ask_and_apply(self, comments: Sequence[Comment]) -> None:
        backend = self.session.backend
        try:
            mutation = await backend.mutations.get(self.row.id)
            update = mutation.action("update")
            if not update.allowed:
                self.desk.say(f"Not applied: {update.reason}", "warning")
                return
            if not await self.app.push_screen_wait(ConfirmDialog(self._question(mutation, comments), "apply")):
                return
            with self.desk.working(f"applying to M-{mutation.number}"):
                after = await backend.reviews.apply_suggestions(
                    mutation.id,
                    comments=[one.id for one in comments],
                    expected_version=mutation.version,
                    idempotency_key=str(uuid4()),
                )
        except LatticeError as error:
            self.desk.say(f"Not applied: {error.message}", "error")
            return
        self.desk.say(f"Applied {count(len(comments), 'suggestion')}: this is patchset {after.patchset} now.")
        self.app.post_message(MutationChanged(after))
        if self.is_mounted:
            # Whoever applies them looks at the change, and not at what they have just added to it.
            places = [one.place for one in comments if one.place is not None]
            first = min(places, key=lambda place: (place.file_path, place.line or 0), default=None)
            at = (after.patchset, first) if first is not None else None
            self.show_comparison(Comparison(None, after.patchset), at=at)

    def _question(self, mutation: Mutation, comments: Sequence[Comment]) -> str:
        """What applying changes: the lines of one suggestion, the places of several, and what becomes of votes."""
        votes = sum(review.current for review in mutation.reviews)
        outdated = f", which outdates {count(votes, 'vote')}" if votes else ""
        what = f"Make patchset {mutation.patchset + 1} of M-{mutation.number} with "
        if len(comments) > 1:
            places = [f"  {self._told_place(one)}, by {inert(one.author.handle)}" for one in comments]
            more = [f"  and {len(places) - 6} more"] if len(places) > 6 else []
            return "\n".join([f"{what}{len(comments)} suggestions{outdated}:", *places[:6], *more])
        one = comments[0]
        new = inert(one.suggestion or "", lines=True).removesuffix("\n").split("\n") if one.suggestion else []
        old = self._lines(one)
        minus = self.session.look.signs.minus
        shown = [f"  {minus} {line}" for line in _some(old)] + [f"  + {line}" for line in _some(new)]
        return "\n".join(
            [f"{what}the suggestion of {inert(one.author.handle)} for {self._told_place(one)}{outdated}:", *shown]
        )

    def _told_place(self, one: Comment) -> str:
        anchor = one.place or one.anchor
        crumb = self.session.look.signs.crumb
        return f"{inert(anchor.file_path)}, {lines_of(anchor, crumb)}" if anchor else "the mutation"

    def _lines(self, one: Comment) -> list[str]:
        """The lines that a suggestion replaces, as they are now."""
        anchor = one.place
        at = self.compared.find(self.compared.comparison.newer, anchor) if self.compared and anchor else None
        if at is None or anchor is None or anchor.line is None or anchor.last is None or self.compared is None:
            return []
        lines = self.compared.files[at[0]].change.diff.lines(at[1], anchor.line - 1, anchor.last)
        return [inert(line.decode("utf-8", "surrogateescape"), lines=True) for line in lines]


def _some(lines: Sequence[str]) -> list[str]:
    more = [f"({len(lines) - _LINES} more lines)"] if len(lines) > _LINES else []
    return [*lines[:_LINES], *more]
