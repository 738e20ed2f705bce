"""Acting on several mutations at once: what will happen to each, the reason once, progress, and what did happen."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Mutation
from lattice_console.screens.acting import ActingPlace
from lattice_console.screens.bulk_run import Bulk, Item, foreseen
from lattice_console.screens.dialog import ReasonDialog
from lattice_console.screens.mutation import MutationScreen
from lattice_console.screens.news import Decided, MutationChanged
from lattice_console.screens.place import Place
from lattice_console.screens.verbs import VERBS, Verb
from lattice_console.text import count
from lattice_console.widgets.queue_bulk import BulkRow, BulkTable
from lattice_console.widgets.row_view import Piece, RowView

__all__ = ["BulkScreen", "act_on_all"]

_REDRAW = 0.1
"""Seconds between two looks at how far it is."""

_NAMED = 10
"""Mutations that a message names."""

_REASONS = 3
"""Mutations of which a message says why they were not done."""

_ROLES = {"left out": "warning", "running": "accent", "done": "good", "refused": "bad", "stopped": "muted"}


def act_on_all(place: ActingPlace, action: str, ids: Sequence[str], *, rest: str = "") -> None:
    """Ask about, and then do, `action` (a name of `verbs.VERBS`) to all of these mutations: marked ones, or a stack.

    Pushes a screen that lists what will happen to each, parents first, asks for a reason once where the act needs one,
    and goes ahead on Enter. It is done through the checkout as a single act is. Votes become one step to undo.
    `rest` is a sentence about what becomes of those that it was not done to.
    """
    place.app.push_screen(BulkScreen(place, VERBS[action], ids, rest))


class BulkScreen(Place):
    """First a plan, then its progress, then a report; Esc leaves the first and the last, and stops between two."""

    CSS_PATH = "bulk.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the table's own Enter, which opens.
        Binding("enter", "go", "Go ahead", id="bulk.go", priority=True),
        Binding("escape", "leave", "Leave, or stop", id="bulk.leave"),
        Binding("u", "undo", "Undo all of it", id="bulk.undo"),
    ]

    def __init__(self, opener: ActingPlace, verb: Verb, ids: Sequence[str], rest: str) -> None:
        super().__init__(opener.session)
        self._opener = opener
        self._verb = verb
        self._ids = ids
        self._rest = rest
        self._bulk = Bulk(self.session, verb, (), self._told)
        self._phase: Literal["reading", "plan", "running", "report"] = "reading"
        self._read = 0
        self._shown: Item | None = None
        self._text = ""

    def compose_place(self) -> ComposeResult:
        yield BulkTable(self.session.look)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(BulkTable).focus()
        self.set_interval(_REDRAW, self._draw_progress)
        self.start("plan", self._load)
        self._draw()

    # -- chrome

    def crumbs(self) -> tuple[str, ...]:
        return (*self._opener.crumbs(), f"{self._verb.name} {count(len(self._ids), 'mutation')}")

    def hints(self) -> Sequence[tuple[str, str]]:
        if self._phase == "plan" and (planned := self._bulk.number("planned")):
            return (("bulk.go", f"{self._verb.name.lower()} {planned:,}"), ("bulk.leave", "leave"))
        if self._phase == "running":
            return (("bulk.leave", "stop after this one"),)
        if self._phase == "report":
            return (("bulk.leave", "back"), ("list.open", "open"), ("bulk.undo", "undo all of it"))
        return (("bulk.leave", "leave"),)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "undo":
            return self._phase == "report" and self._is_verdict and self._bulk.number("done") > 0
        # Elsewhere Enter opens what is under the cursor.
        return action != "go" or self._phase == "plan"

    @property
    def _is_verdict(self) -> bool:
        return self._verb.vote is not None or self._verb.action == "withdraw"

    # -- the plan

    async def _load(self) -> None:
        mutations: list[Mutation] = []
        try:
            for id in self._ids:
                mutations.append(await self.session.backend.mutations.get(id))
                self._read += 1
            self._bulk.items = await foreseen(self.session, self._verb, mutations)
        except LatticeError as error:
            self.desk.say(f"{self._verb.refused}: {error.message}", "error")
            self.dismiss()
            return
        self._phase = "plan"
        self.call_later(self._draw)

    def action_go(self) -> None:
        """Do it; where it takes a reason, ask for that first."""
        planned = self._bulk.number("planned")
        if not planned:
            self.desk.say(f"{self._verb.refused}: none of them can be; each line says why. Esc leaves.", "warning")
        elif not self.may_write():
            return
        elif "text" in self._verb.ask:
            sentence = f"{self._verb.name}: {count(planned, 'mutation')}, with one text for all of them."
            self.app.push_screen(
                ReasonDialog(
                    sentence,
                    f"{self._verb.name.lower()} {planned:,}",
                    fate=self._verb.fate,
                    required=self._verb.required if self._verb.ask == "needed text" else "",
                    text=self._text,
                    keep=self._keep,
                ),
                self._answered,
            )
        else:
            self._begin("")

    def _keep(self, text: str) -> None:
        self._text = text

    def _answered(self, text: str | None) -> None:
        if text is not None:
            self._begin(text)

    # -- the run

    def _begin(self, text: str) -> None:
        self._phase = "running"
        self._draw()
        # On the app, so that leaving this place stops nothing half-way.
        self.app.run_worker(self._run(text), group="acts", exit_on_error=False)

    async def _run(self, text: str) -> None:
        with self.desk.working(f"{self._verb.running} {count(self._bulk.number('planned'), 'mutation')}"):
            await self._bulk.run(text)
        # The report is read from its start.
        self._phase, self._shown = "report", self._bulk.items[0]
        said, good = self._report()
        tell = self.desk.note if self.is_attached else self.desk.say
        tell(said, "information" if good else "warning")
        if self.is_attached:
            self.call_later(self._draw)

    def _told(self, item: Item) -> None:
        self._shown = item
        if item.state in ("done", "refused"):
            self.app.post_message(MutationChanged(item.mutation))
        if item.state == "done":
            self._opener.post_message(Decided(item.mutation.id))

    def action_leave(self) -> None:
        """Go back; while it runs, stop after the one that is under way."""
        if self._phase == "running":
            self._bulk.stop()
            self._draw()
        else:
            self.dismiss()

    def action_undo(self) -> None:
        """Go back, and take all the votes back."""
        self.dismiss()
        self._opener.undo(self._ids)

    @on(RowView.Opened)
    def _open(self) -> None:
        table = self.query_one(BulkTable)
        row = table.row_of(table.cursor)
        if row is not None and self._phase == "report":
            self.app.push_screen(MutationScreen(self.session, row.mutation))

    # -- drawing

    def _draw_progress(self) -> None:
        if self._phase == "running" or (self._phase == "reading" and self._read > 20):
            self._draw()

    def _draw(self) -> None:
        items = self._bulk.items
        at = self._shown.mutation.id if self._shown is not None else None
        self.query_one(BulkTable).show([self._row(item) for item in items], self._heading(), at=at)
        self.refresh_bindings()
        self.refresh_chrome()

    def _row(self, item: Item) -> BulkRow:
        if item.state == "planned":
            files = f" {count(len(item.mutation.changes), 'file')}" if self._verb.counts_files else ""
            said = f"{self._verb.name.lower()}{files} {item.why}".rstrip()
            return BulkRow(item.mutation, said, "strong", item.ahead)
        running = f"{self._verb.running}{self.session.look.signs.ellipsis}"
        said = running if item.state == "running" else item.state
        return BulkRow(item.mutation, said, _ROLES[item.state], item.why)

    def _heading(self) -> Sequence[Piece]:
        name, total = self._verb.name, len(self._ids)
        if self._phase == "reading":
            return [(f" Reading {self._read:,} of {count(total, 'mutation')}", "strong")]
        if self._phase == "plan":
            planned, left = self._bulk.number("planned"), self._bulk.number("left out")
            out = f"   {left:,} left out, for the reason beneath" if left else ""
            if not planned:
                return [(f" {self._verb.refused}: none of {count(total, 'mutation')} can be.", "bad")]
            return [(f" {name}: {planned:,} of {count(total, 'mutation')}", "strong"), (out, "warning")]
        said, good = self._summary()
        return [(f" {said}", "strong" if good else "warning")]

    def _summary(self) -> tuple[str, bool]:
        """How far it is, or what came of it, and whether all went well."""
        bulk = self._bulk
        done, refused, left = bulk.number("done"), bulk.number("refused", "stopped"), bulk.number("left out")
        if self._phase == "running":
            went = done + bulk.number("refused")
            stopping = "   stopping after this one" if bulk.stopping else ""
            return f"{self._verb.name}: {went:,} of {went + bulk.number('planned', 'running'):,} done{stopping}", True
        parts = [f"{self._verb.name}: {done:,} done"]
        parts += [f"{number:,} {word}" for number, word in ((refused, "not done"), (left, "left out")) if number]
        rest = f" {self._rest}" if self._rest and len(parts) > 1 else ""
        return f"{', '.join(parts)}.{rest}", not refused

    def _report(self) -> tuple[str, bool]:
        """What came of it, with the names of what was done, and why the first of the others were not."""
        said, good = self._summary()
        done = [f"M-{item.mutation.number}" for item in self._bulk.items if item.state == "done"]
        named = ", ".join(done[:_NAMED]) + (f" and {len(done) - _NAMED} more" if len(done) > _NAMED else "")
        others = [item for item in self._bulk.items if item.state in ("refused", "stopped")]
        reasons = [f"M-{item.mutation.number}: {item.why}" for item in others[:_REASONS]]
        return "\n".join([said, *([f"Done: {named}."] if done else []), *reasons]), good
