"""Settling what others changed beneath a mutation: three sides, and the result of what is chosen for each conflict."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.events import Event
from lattice_console.contract.models.mutation import Mutation
from lattice_console.merge.choices import Choice, History, carried, faults, result
from lattice_console.merge.reading import syntax_of
from lattice_console.screens.colouring import Colouring
from lattice_console.screens.resolve_applying import Settled, propose
from lattice_console.screens.resolve_editing import edit_conflict
from lattice_console.screens.resolve_loading import Clash, Clashes, ClashLoader, merged
from lattice_console.screens.session import Session
from lattice_console.text import count, inert
from lattice_console.widgets.diff_view import DiffView
from lattice_console.widgets.document_text import DocumentText
from lattice_console.widgets.highlight import Run
from lattice_console.widgets.resolve_layout import PANES, ResolveLayout, Sides
from lattice_console.widgets.resolve_result import ResolveResult
from lattice_console.widgets.resolve_sides import ResolveSides
from lattice_console.widgets.row_view import RowView

__all__ = ["ResolveScreen"]

_MOVES = ("mutation.executed", "mutation.rolled_back", "document.tracked")
"""What changes the head."""

_SETTLE = 0.1
"""Seconds for which choices have to last before their result is judged."""

Colours = dict[int, list[list[Run]]]


@dataclass(slots=True)
class _File:
    """A document that is being settled."""

    clash: Clash
    layout: ResolveLayout
    history: History

    @property
    def open(self) -> int:
        """How many of its conflicts wait for a choice."""
        return self.history.choices.count(None)

    @property
    def content(self) -> bytes | None:
        """The result of what is chosen; None where that is no file."""
        choices = self.history.choices
        if self.layout.sides.gone and choices[0] in self.layout.sides.gone:
            return None
        return result(self.layout.sides.merge, choices)


class ResolveScreen(Colouring):
    """Starts from the automatic merge. Choices are kept as they are made, and are there again when one comes back."""

    CSS_PATH = "resolve.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back, the choices are kept", id="resolve.back"),
        Binding("1", "take('ours')", "Take ours", id="resolve.ours"),
        Binding("2", "take('theirs')", "Take theirs", id="resolve.theirs"),
        Binding("3", "both", "Take both, or turn their order", id="resolve.both"),
        Binding("0", "take('base')", "Take what both started from", id="resolve.base"),
        Binding("p", "propose", "Take the proposal", id="resolve.proposal"),
        Binding("e", "edit", "Edit the result here", id="resolve.edit"),
        Binding("right_square_bracket", "jump(1)", "Next conflict", key_display="]", id="resolve.next"),
        Binding("left_square_bracket", "jump(-1)", "Previous conflict", key_display="[", id="resolve.previous"),
        Binding("n", "jump(1, True)", "Next open conflict", id="resolve.next_open"),
        Binding("N", "jump(-1, True)", "Previous open conflict", id="resolve.previous_open"),
        Binding("right_curly_bracket", "file(1)", "Next file", key_display="}", id="resolve.next_file"),
        Binding("left_curly_bracket", "file(-1)", "Previous file", key_display="{", id="resolve.previous_file"),
        Binding("u", "undo", "Undo the choice", id="resolve.undo"),
        Binding("U", "redo", "Redo", id="resolve.redo"),
        Binding("tab", "turn(1)", "Show the next side", id="resolve.turn"),
        Binding("shift+tab", "turn(-1)", "Show the side before", id="resolve.turn_back"),
        Binding("w", "why", "Why both were made", id="resolve.why"),
        Binding("ctrl+s", "apply", "Apply, after a look at the final diff", id="resolve.apply"),
        Binding("R", "reload", "Refresh", id="place.refresh"),
    ]

    @dataclass
    class Merged(Message):
        """The documents, merged, with what was chosen before."""

        clashes: Clashes
        files: list[_File]

    @dataclass
    class Judged(Message):
        """Whether a result can stand as it is."""

        content: bytes
        verdict: str
        good: bool

    def __init__(self, session: Session, clashes: Clashes, loader: ClashLoader) -> None:
        super().__init__(session)
        self._clashes = clashes
        self._loader = loader
        self._files: list[_File] = []
        self._at = 0
        self._applying = False
        self._seen: int | None = -1

    def compose_place(self) -> ComposeResult:
        yield ResolveSides(self.session.look)
        yield ResolveResult(self.session.look)

    def on_mount(self) -> None:
        super().on_mount()
        self.sides.focus()
        self.start("merge", self._merge, self._clashes)

    # -- what is where

    @property
    def sides(self) -> ResolveSides:
        """The three sides."""
        return self.query_one(ResolveSides)

    @property
    def result(self) -> ResolveResult:
        """The result."""
        return self.query_one(ResolveResult)

    @property
    def _mutation(self) -> Mutation:
        return self._clashes.mutation

    @property
    def _file(self) -> _File | None:
        return self._files[self._at] if self._files else None

    @property
    def looking_at(self) -> str | None:
        return self._mutation.id

    # -- chrome

    def crumbs(self) -> tuple[str, ...]:
        file = self._file
        path = inert((file.clash if file else self._clashes.files[0]).path)
        several = f" {self._at + 1} of {len(self._files)}" if len(self._files) > 1 else ""
        other = self._clashes.against
        against = f" with M-{other.number}" if other else ""
        return (f"M-{self._mutation.number}", f"Resolve {path}{several}{against}")

    def hints(self) -> Sequence[tuple[str, str]]:
        file = self._file
        if file is None:
            return (("resolve.back", "back"),)
        layout, row, hints = file.layout, self.sides.cursor, list[tuple[str, str]]()
        apply = [("resolve.apply", "apply, after the final diff" if self.sides.wide else "apply")]
        if not any(one.open for one in self._files):
            hints += apply
        if (at := self.sides.conflict) is not None:
            hints += [("resolve.ours", "ours"), ("resolve.theirs", "theirs")]
            if not layout.apart:
                both = "theirs first" if file.history.choices[at] == "ours+theirs" else "both"
                hints.append(("resolve.both", both))
            if layout.proposal(at) is not None and file.history.choices[at] != layout.proposal(at):
                hints.append(("resolve.proposal", "proposal"))
            if not layout.binary:
                hints.append(("resolve.edit", "edit"))
        if layout.next_conflict(row, 1) is not None:
            hints.append(("resolve.next", "next"))
        elif layout.next_conflict(row, -1) is not None:
            hints.append(("resolve.previous", "previous"))
        if not self.sides.wide:
            hints.append(("resolve.turn", PANES[(PANES.index(self.sides.pane) + 1) % len(PANES)]))
        if file.history.last is not None:
            hints.append(("resolve.undo", "undo"))
        if len(self._files) > 1:
            hints.append(("resolve.next_file", "next file"))
        return hints

    # -- loading

    def action_reload(self) -> None:
        """Read anew what meets, and merge it."""
        if self.session.connected:
            self.start("merge", self._reload)

    def connected(self) -> None:
        self.action_reload()

    def happened(self, events: Sequence[Event]) -> None:
        # What happens while the final diff is read is seen when it is applied.
        sides = {one.id for one in (self._mutation, self._clashes.against) if one is not None}
        moved = any(event.subject in sides or event.name in _MOVES for event in events)
        if moved and not self._applying:
            self.action_reload()

    async def _reload(self) -> None:
        try:
            with self.desk.working(f"reading M-{self._mutation.number}"):
                mutation = await self.session.backend.mutations.get(self._mutation.id)
                clashes = await self._loader.load(mutation)
        except LatticeError as error:
            self.desk.say(error.message, "error")
            return
        if self._applying:
            return
        if not clashes.files:
            self.desk.say(f"Nothing is left to resolve: every change of M-{mutation.number} fits what stands there.")
            self.post_message(self.Merged(clashes, []))
            return
        await self._merge(clashes)

    async def _merge(self, clashes: Clashes) -> None:
        files: list[_File] = []
        with self.desk.working("merging"):
            for clash in clashes.files:
                sides = await asyncio.to_thread(merged, clash)
                history = self._chosen_before(clash, sides)
                layout = await asyncio.to_thread(ResolveLayout, sides)
                layout.choose(history.choices)
                files.append(_File(clash, layout, history))
        self.post_message(self.Merged(clashes, files))

    def _chosen_before(self, clash: Clash, sides: Sides) -> History:
        """What was chosen for these texts, here or before; or for conflicts in which the same lines met."""
        conflicts = len(sides.merge.conflicts)
        kept = self.session.keeping.chosen(clash.meeting)
        if kept is not None and kept.conflicts == conflicts:
            return kept
        before = next((one for one in self._files if one.clash.path == clash.path), None)
        if before is None:
            return History(conflicts)
        return carried(before.layout.sides.merge, before.history.choices, sides.merge)

    @on(Merged)
    def _merged(self, message: Merged) -> None:
        if not message.files:
            if self.is_current:
                self.dismiss()
            return
        if [one.clash.meeting for one in self._files] == [one.clash.meeting for one in message.files]:
            self._clashes = message.clashes
            return
        if self._files:
            self.desk.say("What stands there has changed, and is merged anew. Choices stay where they still fit.")
        path = self._file.clash.path if self._file else ""
        self._clashes, self._files = message.clashes, message.files
        here = [at for at, file in enumerate(self._files) if file.clash.path == path]
        waiting = [at for at, file in enumerate(self._files) if file.open]
        self._show_file(next(iter([*here, *waiting, 0])))

    def _show_file(self, at: int) -> None:
        self._at, file = at, self._files[at]
        waiting = [number for number, choice in enumerate(file.history.choices) if choice is None]
        conflicts = len(file.layout.conflicts)
        row = file.layout.head_row(waiting[0] if waiting else 0) if conflicts else 0
        self._seen = -1
        self.result.show(file.layout)
        self.sides.show(file.layout, file.clash.infos, row)
        self._judge(file)
        self._want_colours()
        self.refresh_chrome()

    # -- moving

    @on(RowView.Highlighted)
    def _moved(self, message: RowView.Highlighted) -> None:
        file = self._file
        if file is None or message.view is not self.sides:
            return
        self.result.follow(file.layout.across(self.sides.cursor), None, self.sides.shift)
        if self._seen != self.sides.conflict:
            self._seen = self.sides.conflict
            self._offer(file)
            self.refresh_chrome()

    def _offer(self, file: _File) -> None:
        """Say what is proposed for the conflict under the cursor, and why."""
        at, layout = self.sides.conflict, file.layout
        offer, rejected = None, layout.sides.merge.rejected
        choice = file.history.choices[at] if at is not None else None
        if at is not None and (proposal := layout.proposal(at)) is not None and choice != proposal:
            offer = ("p", f"proposal: {'; '.join(map(inert, layout.reasons(at)))}")
        elif at is not None and choice is None and rejected is not None:
            # Only one side changed what stands here; it is a question for this alone.
            offer = ("", inert(rejected.message))
        self.result.offer(offer)

    @on(ResolveResult.Pointed)
    def _pointed(self, message: ResolveResult.Pointed) -> None:
        if self._file is not None:
            self.sides.move_to(self._file.layout.back(message.row))

    @on(ResolveSides.Scrolled)
    def _scrolled(self) -> None:
        file = self._file
        if file is not None:
            top = file.layout.across(int(self.sides.scroll_offset.y))
            self.result.follow(file.layout.across(self.sides.cursor), top, self.sides.shift)
            self._want_colours()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.refresh_chrome)

    def action_jump(self, by: int, only_open: bool = False) -> None:
        """Go to the next conflict (`by` is 1) or the one before (-1)."""
        file = self._file
        if file is None:
            return
        number = file.layout.next_conflict(self.sides.cursor, by, only_open=only_open)
        if number is not None:
            self.sides.go_to(file.layout.head_row(number))
        else:
            kind, where = "open conflict" if only_open else "conflict", "below" if by > 0 else "above"
            self.desk.say(f"There is no {kind} {where} this place.")

    def action_file(self, by: int) -> None:
        """Go to the next file of the mutation, or the one before."""
        if 0 <= self._at + by < len(self._files):
            self._show_file(self._at + by)
        else:
            self.desk.say("There is no other file to resolve that way.")

    def action_turn(self, by: int) -> None:
        """Show another side, where one at a time is in sight."""
        if self.sides.wide:
            self.desk.say("All three sides are in sight.")
        else:
            self.sides.pane = PANES[(PANES.index(self.sides.pane) + by) % len(PANES)]
            self.refresh_chrome()

    def action_why(self) -> None:
        """Say what the authors of both sides wrote about them."""
        file = self._file
        if file is None:
            return
        infos = [file.clash.infos[pane] for pane in ("ours", "theirs")]
        told = [f"{one.name} {one.title}\n{one.why or 'Nothing more was said about it.'}" for one in infos]
        self.desk.say("\n\n".join(inert(text, lines=True).strip() for text in told))

    # -- choosing

    def action_take(self, choice: Choice) -> None:
        """Put a side, or what both started from, in the place of the conflict under the cursor."""
        self._choose(choice)

    def action_both(self) -> None:
        """Put both sides there, ours first; once more, theirs first."""
        file, at = self._file, self.sides.conflict
        if file is not None and file.layout.apart:
            self.desk.say("These sides cannot stand one after the other: take one of them.")
        elif file is not None and at is not None and file.history.choices[at] == "ours+theirs":
            self._choose("theirs+ours")
        else:
            self._choose("ours+theirs")

    def action_propose(self) -> None:
        """Put there what follows from what both sides say, where anything does."""
        file, at = self._file, self.sides.conflict
        if file is None or at is None:
            self._say_nowhere()
        elif (proposal := file.layout.proposal(at)) is not None:
            self._choose(proposal)
        else:
            why = " ".join(file.layout.reasons(at))
            self.desk.say(f"Nothing is proposed here{f': {inert(why)}' if why else ''}. Take a side, or type (e).")

    def action_edit(self) -> None:
        """Type what is to stand in the place of the conflict under the cursor."""
        file, at = self._file, self.sides.conflict
        if file is None or at is None:
            self._say_nowhere()
            return
        if file.layout.binary:
            self.desk.say("Binary sides cannot be typed: take one of them.")
            return
        work = self._edit(file, at)
        self.desk.expect(self.app.run_worker(work, group="drafts", exclusive=True, exit_on_error=False))

    async def _edit(self, file: _File, at: int) -> None:
        written = await edit_conflict(self, file.clash, file.layout.sides.merge, file.history.choices, at)
        if written is not None and file in self._files:
            self._turn_to(file, file.history.choose((at, written)))

    def _choose(self, choice: Choice) -> None:
        file, at = self._file, self.sides.conflict
        if file is None or at is None:
            self._say_nowhere()
        else:
            self._turn_to(file, file.history.choose((at, choice)))

    def _say_nowhere(self) -> None:
        if self._file is not None:
            others = " ] and [ go to one." if self._file.layout.conflicts else ""
            self.desk.say(f"There is no conflict under the cursor.{others}")

    def _turn_to(self, file: _File, history: History) -> None:
        """Show what follows from other choices, and keep them."""
        sides, result = self.sides.drawn(), self.result.drawn()
        file.history = history
        file.layout.choose(history.choices)
        self.session.keeping.keep_chosen(file.clash.meeting, history)
        self.result.rearrange(file.layout.across(self.sides.cursor))
        self.sides.refresh_changed(sides)
        self.result.refresh_changed(result)
        self._want_colours()
        self._offer(file)
        self._judge(file)
        self.refresh_chrome()

    def action_undo(self) -> None:
        """Take the last choice back."""
        file = self._file
        if file is None or file.history.last is None:
            self.desk.say("There is nothing to undo: nothing was chosen here.")
            return
        at = file.history.last
        self._turn_to(file, file.history.undo())
        self.sides.go_to(file.layout.head_row(at))

    def action_redo(self) -> None:
        """Choose again what was taken back last."""
        file = self._file
        if file is None or file.history.next is None:
            self.desk.say("There is nothing to redo.")
            return
        at = file.history.next
        self._turn_to(file, file.history.redo())
        self.sides.go_to(file.layout.head_row(at))

    # -- judging

    def _judge(self, file: _File) -> None:
        content = file.content
        if content is None:
            self.result.judge("the file goes", True)
        else:
            self.start("judge", self._judged_in_thread, file.layout.sides.path, content)

    async def _judged_in_thread(self, path: str, content: bytes) -> None:
        # What was chosen is painted first: reading a large document leaves the loop little time.
        await asyncio.sleep(_SETTLE)
        found = await asyncio.to_thread(faults, path, content)
        if not found:
            self.post_message(self.Judged(content, "parses, no key twice" if syntax_of(path) else "", True))
            return
        line = f"line {found[0].line}: " if found[0].line else ""
        more = f" (+{len(found) - 1})" if len(found) > 1 else ""
        self.post_message(self.Judged(content, f"{line}{inert(found[0].reason)}{more}", False))

    @on(Judged)
    def _judged(self, message: Judged) -> None:
        if self._file is not None and self._file.content == message.content:
            self.result.judge(message.verdict, message.good)

    # -- colours

    def _want_colours(self) -> None:
        """Wish for the colours of what is in sight, of all sides and the result."""
        file = self._file
        if file is None:
            return
        wanted: list[tuple[DocumentText, list[int]]] = []
        for document, first, last in [*self.sides.in_sight(), *self.result.in_sight()]:
            if chunks := document.uncoloured(first, last):
                wanted.append((document, chunks))
        if wanted:
            self.post_message(DiffView.Work("sides", partial(_colour, wanted), self._coloured))

    def _coloured(self, found: Sequence[tuple[DocumentText, Colours]]) -> None:
        sides, result = self.sides.drawn(), self.result.drawn()
        for document, colours in found:
            document.keep(colours)
        self.sides.refresh_changed(sides)
        self.result.refresh_changed(result)

    # -- applying

    def action_apply(self) -> None:
        """Show what the mutation would change now; from there it becomes its next patchset."""
        file = self._file
        if file is None or not self.session.connected or not self.may_write():
            return
        still = [at for at, one in enumerate(self._files) if one.open]
        if still:
            at = self._at if self._at in still else still[0]
            open_here = count(self._files[at].open, "conflict")
            where = "" if at == self._at else f" in {inert(self._files[at].clash.path)}"
            self.desk.say(f"Not applied: {open_here}{where} still open. Choose there, then ctrl+s.", "warning")
            if at != self._at:
                self._show_file(at)
            elif (row := file.layout.next_open(self.sides.cursor)) is not None:
                self.sides.go_to(row)
            return
        settled = [Settled(one.clash, one.layout.sides.path, one.content, one.history) for one in self._files]
        work = self._propose(settled)
        self.desk.expect(self.app.run_worker(work, name="resolving", group="acts", exit_on_error=False))

    async def _propose(self, settled: Sequence[Settled]) -> None:
        self._applying = True
        try:
            done = await propose(self, self._clashes, settled)
        finally:
            self._applying = False
        if done and self.is_current:
            self.dismiss()

    def action_leave(self) -> None:
        """Go back; the choices are kept."""
        self.dismiss()


def _colour(wanted: Sequence[tuple[DocumentText, list[int]]]) -> list[tuple[DocumentText, Colours]]:
    return [(document, document.colour(chunks)) for document, chunks in wanted]
