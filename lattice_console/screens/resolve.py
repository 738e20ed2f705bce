"""Settling what others changed beneath a mutation: three sides, and the result of what is chosen for each conflict."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from lattice_console.merge.choices import Choice, History
from lattice_console.screens.resolve_applying import Settled, propose
from lattice_console.screens.resolve_editing import edit_conflict
from lattice_console.screens.resolve_file import OpenFile, Where
from lattice_console.screens.resolve_place import ConflictPlace
from lattice_console.screens.resolve_where import choose_place
from lattice_console.text import count, inert
from lattice_console.widgets.resolve_layout import PANES

__all__ = ["ResolveScreen"]


class ResolveScreen(ConflictPlace):
    """Choices are kept as they are made, and are there again when one comes back."""

    CSS_PATH = "resolve.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back, the choices are kept", id="resolve.back"),
        Binding("1", "take('ours')", "Take ours", id="resolve.ours"),
        Binding("2", "take('theirs')", "Take theirs", id="resolve.theirs"),
        Binding("3", "both", "Take both, or turn their order", id="resolve.both"),
        Binding("0", "take('base')", "Take what both started from", id="resolve.base"),
        Binding("p", "propose", "Take what is offered, or the next", id="resolve.proposal"),
        Binding("e", "edit", "Edit the result here", id="resolve.edit"),
        Binding("r", "where", "Where it is to be", id="resolve.where"),
        Binding("u", "undo", "Undo the choice", id="resolve.undo"),
        Binding("U", "redo", "Redo", id="resolve.redo"),
        Binding("ctrl+s", "apply", "Apply, after a look at the final diff", id="resolve.apply"),
    ]

    def hints(self) -> Sequence[tuple[str, str]]:
        file = self.file
        if file is None:
            return (("resolve.back", "back"),)
        layout, row, hints = file.layout, self.sides.cursor, list[tuple[str, str]]()
        apply = [("resolve.apply", "apply, after the final diff" if self.sides.wide else "apply")]
        if not any(one.open for one in self.files):
            hints += apply
        if (at := self.sides.conflict) is not None:
            hints += [("resolve.ours", "ours"), ("resolve.theirs", "theirs")]
            if not layout.apart:
                both = "theirs first" if file.choices[at] == "ours+theirs" else "both"
                hints.append(("resolve.both", both))
            if (offer := layout.offer(at)) is not None:
                hints.append(("resolve.proposal", offer.name))
            if not layout.binary:
                hints.append(("resolve.edit", "edit"))
        if file.where is not None and (file.where.why or layout.conflicts):
            hints.append(("resolve.where", "path"))
        if layout.next_conflict(row, 1) is not None:
            hints.append(("resolve.next", "next"))
        elif layout.next_conflict(row, -1) is not None:
            hints.append(("resolve.previous", "previous"))
        if not self.sides.wide:
            hints.append(("resolve.turn", PANES[(PANES.index(self.sides.pane) + 1) % len(PANES)]))
        if file.history.last is not None:
            hints.append(("resolve.undo", "undo"))
        if len(self.files) > 1:
            hints.append(("resolve.next_file", "next file"))
        if self.sides.wide and file.clash.other is not None:
            hints.append(("resolve.other", f"M-{file.clash.other}"))
        return hints

    # -- choosing

    def action_take(self, choice: Choice) -> None:
        """Put a side, or what both started from, in the place of the conflict under the cursor."""
        self._choose(choice)

    def action_both(self) -> None:
        """Put both sides there, ours first; once more, theirs first."""
        file, at = self.file, self.sides.conflict
        if file is not None and file.layout.apart:
            self.desk.say("These sides cannot stand one after the other: take one of them.")
        elif file is not None and at is not None and file.choices[at] == "ours+theirs":
            self._choose("theirs+ours")
        else:
            self._choose("ours+theirs")

    def action_propose(self) -> None:
        """Put there what was chosen where the same met before, or follows from what both sides say; then the next."""
        file, at = self.file, self.sides.conflict
        if file is None or at is None:
            self._say_nowhere()
        elif (offer := file.layout.offer(at)) is not None:
            self._choose(offer.choice)
        else:
            why = " ".join(file.layout.reasons(at))
            self.desk.say(f"Nothing is proposed here{f': {inert(why)}' if why else ''}. Take a side, or type (e).")

    def action_edit(self) -> None:
        """Type what is to stand in the place of the conflict under the cursor."""
        file, at = self.file, self.sides.conflict
        if file is None or at is None:
            self._say_nowhere()
            return
        if file.layout.binary:
            self.desk.say("Binary sides cannot be typed: take one of them.")
            return
        work = self._edit(file, at)
        self.desk.expect(self.app.run_worker(work, group="drafts", exclusive=True, exit_on_error=False))

    async def _edit(self, file: OpenFile, at: int) -> None:
        written = await edit_conflict(self, file.clash, file.layout.sides.merge, file.choices, at)
        if written is not None and file in self.files:
            self._turn_to(file, file.history.choose((at, written)))

    def _choose(self, choice: Choice) -> None:
        file, at = self.file, self.sides.conflict
        if file is None or at is None:
            self._say_nowhere()
        else:
            self._turn_to(file, file.history.choose((at, choice)))

    def action_where(self) -> None:
        """Choose where the document is to be, where that is a question."""
        file = self.file
        if file is not None and file.where is not None:
            work = self._place(file, file.where)
            self.desk.expect(self.app.run_worker(work, group="drafts", exclusive=True, exit_on_error=False))
        elif file is not None:
            self.desk.say(f"There is one place for it: {inert(file.path)}.")

    async def _place(self, file: OpenFile, where: Where) -> None:
        place = await choose_place(self, file, where)
        if place is not None and file in self.files:
            self._turn_to(file, file.put(place))

    def _say_nowhere(self) -> None:
        if self.file is not None:
            others = " ] and [ go to one." if self.file.layout.conflicts else ""
            self.desk.say(f"There is no conflict under the cursor.{others}")

    def _turn_to(self, file: OpenFile, history: History) -> None:
        """Show what follows from other choices, and keep them."""
        sides, result = self.sides.drawn(), self.result.drawn()
        file.history = history
        file.layout.choose(file.choices)
        self.session.keeping.keep_chosen(file.clash.meeting, history)
        self.result.rearrange(file.layout.across(self.sides.cursor))
        self.sides.refresh_changed(sides)
        self.result.refresh_changed(result)
        self.want_colours()
        self.offer(file)
        self.judge(file)
        self.refresh_chrome()

    def action_undo(self) -> None:
        """Take the last choice back."""
        file = self.file
        if file is None or file.history.last is None:
            self.desk.say("There is nothing to undo: nothing was chosen here.")
            return
        at = file.history.last
        self._turn_to(file, file.history.undo())
        self._go_to_conflict(file, at)

    def action_redo(self) -> None:
        """Choose again what was taken back last."""
        file = self.file
        if file is None or file.history.next is None:
            self.desk.say("There is nothing to redo.")
            return
        at = file.history.next
        self._turn_to(file, file.history.redo())
        self._go_to_conflict(file, at)

    def _go_to_conflict(self, file: OpenFile, at: int) -> None:
        if at < len(file.layout.conflicts):
            self.sides.go_to(file.layout.head_row(at))

    # -- applying

    def action_apply(self) -> None:
        """Show what the mutation would change now; from there it becomes its next patchset."""
        file = self.file
        if file is None or not self.session.connected or not self.may_write():
            return
        still = [at for at, one in enumerate(self.files) if one.open]
        if still:
            at = self.at if self.at in still else still[0]
            if self.files[at].place_open and self.files[at].open == 1:
                self.show_file(at)
                self.action_where()
                return
            open_here = count(self.files[at].open, "conflict")
            where = "" if at == self.at else f" in {inert(self.files[at].clash.path)}"
            self.desk.say(f"Not applied: {open_here}{where} still open. Choose there, then ctrl+s.", "warning")
            if at != self.at:
                self.show_file(at)
            elif (row := file.layout.next_open(self.sides.cursor)) is not None:
                self.sides.go_to(row)
            return
        settled = [Settled(one.clash, one.path, one.content, one.history, one.place is not None) for one in self.files]
        work = self._propose(settled)
        self.desk.expect(self.app.run_worker(work, name="resolving", group="acts", exit_on_error=False))

    async def _propose(self, settled: Sequence[Settled]) -> None:
        self.applying = True
        try:
            done = await propose(self, self.clashes, settled)
        finally:
            self.applying = False
        if done and self.is_current:
            self.dismiss()

    def action_leave(self) -> None:
        """Go back; the choices are kept."""
        self.dismiss()
