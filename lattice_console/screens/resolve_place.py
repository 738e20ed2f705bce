"""A place with the conflicts of a mutation: its documents merged, moved through, and judged by what is chosen."""

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
from lattice_console.screens.colouring import Colouring
from lattice_console.screens.news import MutationWanted
from lattice_console.screens.resolve_checking import check
from lattice_console.screens.resolve_file import OpenFile, begun
from lattice_console.screens.resolve_loading import Clashes, ClashLoader, merge, offers
from lattice_console.screens.session import Session
from lattice_console.text import inert
from lattice_console.widgets.diff_view import DiffView
from lattice_console.widgets.document_text import DocumentText
from lattice_console.widgets.highlight import Run
from lattice_console.widgets.resolve_layout import PANES, ResolveLayout
from lattice_console.widgets.resolve_result import ResolveResult
from lattice_console.widgets.resolve_sides import ResolveSides
from lattice_console.widgets.row_view import RowView

__all__ = ["ConflictPlace"]

_SETTLE = 0.1
"""Seconds for which choices have to last before their result is judged."""

_MOVES = ("mutation.executed", "mutation.rolled_back", "document.tracked")
"""What changes the head."""

Colours = dict[int, list[list[Run]]]


class ConflictPlace(Colouring):
    """Starts from the automatic merge, and from what was chosen before; subclasses say what can be chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "jump(1)", "Next conflict", key_display="]", id="resolve.next"),
        Binding("left_square_bracket", "jump(-1)", "Previous conflict", key_display="[", id="resolve.previous"),
        Binding("n", "jump(1, True)", "Next open conflict", id="resolve.next_open"),
        Binding("N", "jump(-1, True)", "Previous open conflict", id="resolve.previous_open"),
        Binding("right_curly_bracket", "file(1)", "Next file", key_display="}", id="resolve.next_file"),
        Binding("left_curly_bracket", "file(-1)", "Previous file", key_display="{", id="resolve.previous_file"),
        Binding("tab", "turn(1)", "Show the next side", id="resolve.turn"),
        Binding("shift+tab", "turn(-1)", "Show the side before", id="resolve.turn_back"),
        Binding("w", "why", "Why both were made", id="resolve.why"),
        Binding("enter", "other", "Open the other mutation", id="resolve.other"),
        Binding("R", "reload", "Refresh", id="place.refresh"),
    ]

    @dataclass
    class Merged(Message):
        """The documents, merged, with what was chosen before."""

        clashes: Clashes
        files: list[OpenFile]

    @dataclass
    class Judged(Message):
        """Whether a result can stand as it is."""

        content: bytes
        verdict: str
        good: bool

    def __init__(self, session: Session, clashes: Clashes, loader: ClashLoader, at: str = "") -> None:
        super().__init__(session)
        self.clashes = clashes
        """What meets, as it was read last."""
        self._loader = loader
        self._begin = at
        self.files: list[OpenFile] = []
        """The documents, merged."""
        self.at = 0
        """The number of the document that is shown, from 0."""
        self.applying = False
        """Whether the final diff is in sight, so that nothing is to change beneath it."""
        self._seen: int | None = -1

    def compose_place(self) -> ComposeResult:
        yield ResolveSides(self.session.look)
        yield ResolveResult(self.session.look)

    def on_mount(self) -> None:
        super().on_mount()
        self.sides.focus()
        self.start("merge", self._merge, self.clashes)

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
    def mutation(self) -> Mutation:
        """The mutation whose conflicts these are, as it was read."""
        return self.clashes.mutation

    @property
    def file(self) -> OpenFile | None:
        """The document that is shown; None before they are merged."""
        return self.files[self.at] if self.files else None

    @property
    def looking_at(self) -> str | None:
        return self.mutation.id

    # -- chrome

    def crumbs(self) -> tuple[str, ...]:
        file = self.file
        path = inert((file.clash if file else self.clashes.files[0]).path)
        several = f" {self.at + 1} of {len(self.files)}" if len(self.files) > 1 else ""
        other = self.clashes.against
        against = f" with M-{other.number}" if other else ""
        return (f"M-{self.mutation.number}", f"Resolve {path}{several}{against}")

    # -- loading

    def action_reload(self) -> None:
        """Read anew what meets, and merge it."""
        if self.session.connected:
            self.start("merge", self._reload)

    def connected(self) -> None:
        self.action_reload()

    def happened(self, events: Sequence[Event]) -> None:
        # What happens while the final diff is read is seen when it is applied.
        sides = {one.id for one in (self.mutation, self.clashes.against) if one is not None}
        moved = any(event.subject in sides or event.name in _MOVES for event in events)
        if moved and not self.applying:
            self.action_reload()

    async def _reload(self) -> None:
        try:
            with self.desk.working(f"reading M-{self.mutation.number}"):
                mutation = await self.session.backend.mutations.get(self.mutation.id)
                clashes = await self._loader.load(mutation)
        except LatticeError as error:
            self.desk.say(error.message, "error")
            return
        if self.applying:
            return
        if not clashes.files:
            self.desk.say(f"Nothing is left to resolve: every change of M-{mutation.number} fits what stands there.")
            self.post_message(self.Merged(clashes, []))
            return
        await self._merge(clashes)

    async def _merge(self, clashes: Clashes) -> None:
        files: list[OpenFile] = []
        with self.desk.working("merging"):
            for clash in clashes.files:
                sides = await merge(self.session, clash)
                known = offers(clash, sides.merge, self.session.look)
                layout = await asyncio.to_thread(ResolveLayout, sides, known)
                kept = self.session.keeping.chosen(clash.meeting)
                before = next((one for one in self.files if one.clash.path == clash.path), None)
                files.append(begun(clash, layout, kept, before))
        self.post_message(self.Merged(clashes, files))

    @on(Merged)
    def _merged(self, message: Merged) -> None:
        if not message.files:
            if self.is_current:
                self.dismiss()
            return
        if [(one.clash.meeting, one.where) for one in self.files] == [
            (one.clash.meeting, one.where) for one in message.files
        ]:
            self.clashes = message.clashes
            return
        if self.files:
            self.desk.say("What stands there has changed, and is merged anew. Choices stay where they still fit.")
        path = self.file.clash.path if self.file else self._begin
        self.clashes, self.files = message.clashes, message.files
        here = [at for at, file in enumerate(self.files) if path in (file.clash.path, file.clash.change.result_path)]
        waiting = [at for at, file in enumerate(self.files) if file.open]
        self.show_file(next(iter([*here, *waiting, 0])))

    def show_file(self, at: int) -> None:
        """Show one of the documents, from its first open conflict on."""
        self.at, file = at, self.files[at]
        waiting = [number for number, choice in enumerate(file.choices) if choice is None]
        conflicts = len(file.layout.conflicts)
        row = file.layout.head_row(waiting[0] if waiting else 0) if conflicts else 0
        self._seen = -1
        self.result.show(file.layout)
        self.sides.show(file.layout, file.clash.infos, row)
        self.judge(file)
        self.want_colours()
        self.refresh_chrome()

    # -- moving

    @on(RowView.Highlighted)
    def _moved(self, message: RowView.Highlighted) -> None:
        file = self.file
        if file is None or message.view is not self.sides:
            return
        self.result.follow(file.layout.across(self.sides.cursor), None, self.sides.shift)
        if self._seen != self.sides.conflict:
            self._seen = self.sides.conflict
            self.offer(file)
            self.refresh_chrome()

    def offer(self, file: OpenFile) -> None:
        """Say what is proposed for the conflict under the cursor, and why."""
        at, layout, where = self.sides.conflict, file.layout, file.where
        told, rejected = None, layout.sides.merge.rejected
        if at is not None and layout.choices[at] is None and rejected is not None:
            # Only one side changed what stands here; it is a question for this alone.
            told = ("", inert(rejected.message))
        elif where is not None and file.place_open and (at is None or layout.choices[at] is not None):
            told = ("r", inert(f"where is it to be? {where.why}"))
        elif at is not None and (offer := layout.offer(at)) is not None:
            told = ("p", offer.words)
        self.result.offer(told)
        place = "path open" if file.place_open else f"at {inert(file.path)}" if file.place is not None else ""
        self.result.tell_place(place, settled=not file.place_open)

    @on(ResolveResult.Pointed)
    def _pointed(self, message: ResolveResult.Pointed) -> None:
        if self.file is not None:
            self.sides.move_to(self.file.layout.back(message.row))

    @on(ResolveSides.Scrolled)
    def _scrolled(self) -> None:
        file = self.file
        if file is not None:
            top = file.layout.across(int(self.sides.scroll_offset.y))
            self.result.follow(file.layout.across(self.sides.cursor), top, self.sides.shift)
            self.want_colours()

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.refresh_chrome)

    def action_jump(self, by: int, only_open: bool = False) -> None:
        """Go to the next conflict (`by` is 1) or the one before (-1)."""
        file = self.file
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
        if 0 <= self.at + by < len(self.files):
            self.show_file(self.at + by)
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
        file = self.file
        if file is None:
            return
        infos = [file.clash.infos[pane] for pane in ("ours", "theirs")]
        told = [f"{one.name} {one.title}\n{one.why or 'Nothing more was said about it.'}" for one in infos]
        if file.clash.other is not None:
            told.append(f"Enter opens M-{file.clash.other}.")
        self.desk.say("\n\n".join(inert(text, lines=True).strip() for text in told))

    def action_other(self) -> None:
        """Open the mutation on the other side."""
        number = self.file.clash.other if self.file is not None else None
        if number is None:
            self.desk.say("No mutation made what stands there: there is none to open.")
        elif self.session.connected:
            self.desk.hold(self.start("other", self._open, number))

    async def _open(self, number: int) -> None:
        try:
            self.app.post_message(MutationWanted(await self.session.backend.mutations.get(f"M-{number}")))
        except LatticeError as error:
            self.desk.say(error.message, "error")

    # -- judging

    def judge(self, file: OpenFile) -> None:
        """Find out whether the result can stand as it is, and say so."""
        content = file.content
        if content is None:
            self.result.judge("the file goes", True)
        else:
            self.start("judge", self._judge, file.path, content)

    async def _judge(self, path: str, content: bytes) -> None:
        # What was chosen is painted first: reading a large document leaves the loop little time.
        await asyncio.sleep(_SETTLE)
        verdict = await check(self.session, path, content)
        found = verdict.faults
        if not found:
            self.post_message(self.Judged(content, verdict.well, True))
            return
        line = f"line {found[0].line}: " if found[0].line else ""
        more = f" (+{len(found) - 1})" if len(found) > 1 else ""
        self.post_message(self.Judged(content, f"{line}{inert(found[0].reason)}{more}", False))

    @on(Judged)
    def _judged(self, message: Judged) -> None:
        if self.file is not None and self.file.content == message.content:
            self.result.judge(message.verdict, message.good)

    # -- colours

    def want_colours(self) -> None:
        """Wish for the colours of what is in sight, of all sides and the result."""
        file = self.file
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


def _colour(wanted: Sequence[tuple[DocumentText, list[int]]]) -> list[tuple[DocumentText, Colours]]:
    return [(document, document.colour(chunks)) for document, chunks in wanted]
