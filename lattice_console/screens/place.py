"""What every full screen has: the header, the footer, its keys for help and palette, and news from the connection."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Literal, Protocol, TypeVarTuple, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.dom import DOMNode
from textual.events import ScreenResume
from textual.screen import Screen
from textual.worker import Worker, WorkType

from lattice_console.screens.session import Session
from lattice_console.text import inert
from lattice_console.widgets.bottom_line import BottomLine
from lattice_console.widgets.top_line import TopLine

# Not needed for the first frame, and slow to load.
if TYPE_CHECKING:
    from lattice_console.contract.errors import LatticeError
    from lattice_console.contract.events import Event
    from lattice_console.contract.models.mutation import Mutation

__all__ = ["FOLLOW", "Command", "Desk", "Place", "Said", "Severity"]

FOLLOW = 0.08
"""Seconds by which what is beside the cursor trails it, so that it never delays it."""

Arguments = TypeVarTuple("Arguments")
Severity = Literal["information", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be done here: its name, its keys as printed, and the action to run on a node."""

    name: str
    keys: tuple[str, ...]
    id: str
    node: DOMNode
    action: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message, as inert text, when it was said last, and how often in a row."""

    at: datetime
    text: str
    severity: Severity
    times: int = 1


class Desk(Protocol):
    """What the app offers to its places."""

    def say(self, message: str, severity: Severity = "information") -> None:
        """Show a message until the next key: what happened, why, and what to do."""
        ...

    def note(self, message: str, severity: Severity = "information") -> None:
        """Keep a message to be read again, where what it says stands on the screen already."""
        ...

    def copy(self, text: str, what: str) -> None:
        """Put `text`, called `what`, on the terminal's clipboard, and say so."""
        ...

    def connect(self) -> None:
        """Open the connection anew, where it has ended."""
        ...

    def working(self, label: str) -> AbstractContextManager[None]:
        """Show that something runs, once it takes longer than a moment."""
        ...

    def expect(self, worker: Worker[None]) -> None:
        """Let what is typed from now on wait for the dialog that `worker` may open; where it opens none, forget it."""
        ...

    def hold(self, worker: Worker[None]) -> None:
        """Let what is typed from now on wait until what `worker` brings is there: it may be meant for that."""
        ...

    def forget_typed(self) -> None:
        """Forget what was typed and waits: what it was meant for does not come."""
        ...

    def worker_changed(self, event: Worker.StateChanged) -> None:
        """Tell of a worker that failed, and log it."""
        ...

    @property
    def activity(self) -> str:
        """What is running, with its time; empty where nothing does."""
        ...


class Place(Screen[None]):
    """A screen with chrome. Subclasses give `compose_place`, `crumbs` and `hints`."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        # It is made in the colours of now: without knowing that, Textual would style what is shown until then anew.
        self._css_update_count = self.app._css_update_count

    @property
    def desk(self) -> Desk:
        """The app, as far as places need it."""
        return cast(Desk, self.app)

    def compose(self) -> ComposeResult:
        self._take_width()
        yield TopLine(self.session.look)
        yield from self.compose_place()
        yield BottomLine()

    def _take_width(self) -> None:
        """Have the class for the screen's width from the start: it would style all widgets twice."""
        reached = [name for least, name in sorted(self.HORIZONTAL_BREAKPOINTS or ()) if self.app.size.width >= least]
        if reached:
            self.add_class(reached[-1], update=False)

    def compose_place(self) -> ComposeResult:
        """What is between header and footer."""
        yield from ()

    def on_mount(self) -> None:
        self.refresh_chrome()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """News of a worker go no further than where it was started."""
        self.desk.worker_changed(event)

    @on(ScreenResume)
    def _stay_styled(self, event: ScreenResume) -> None:
        """Widgets are styled as they are mounted, and when the colours change: all of them anew would take its time."""
        event.refresh_styles = False
        self.app.stylesheet.apply(self)

    def on_screen_resume(self) -> None:
        self.session.turned.set()
        self.refresh_chrome()

    def on_screen_suspend(self) -> None:
        # What passes belongs to what is in front: nothing of it is left above a sheet.
        self.query("ToastRack").set(display=False)

    def start(
        self, group: str, work: Callable[[*Arguments], Coroutine[None, None, None]], *args: *Arguments
    ) -> Worker[None]:
        """Run `work(*args)` beside the screen, in place of what still runs in its group; it ends with the screen."""
        # No coroutine before it runs: the next one may replace it before that.
        begin: WorkType[None] = partial(work, *args)
        return self.run_worker(begin, group=group, exclusive=True, exit_on_error=False)

    def on_paste(self) -> None:
        """What is pasted where there is no field is no command, whatever keys it is made of."""
        self.desk.say("Nothing was pasted: there is no field for it here.")

    def may_write(self) -> bool:
        """Whether anything can be written now; says why where it cannot."""
        why = self.session.read_only
        if why:
            self.desk.say(why, "warning")
        return not why

    # -- what the app tells every place

    def connected(self) -> None:
        """The Backend is open."""

    def unreachable(self, error: "LatticeError") -> None:
        """The Backend cannot be opened, or no longer lets us in."""

    def happened(self, events: "Sequence[Event]") -> None:
        """Something happened in the project."""

    def mutation_changed(self, mutation: "Mutation") -> None:
        """Something was done to a mutation from this console."""

    def company_changed(self, ids: frozenset[str]) -> None:
        """Others have begun or ceased to look at these mutations."""

    def folder_looked_at(self) -> None:
        """The folder was looked at: other files than before may drift."""

    @property
    def looking_at(self) -> str | None:
        """The id of the mutation that is open here."""
        return None

    # -- chrome

    def crumbs(self) -> tuple[str, ...]:
        """Where this is, below the project."""
        return ()

    def hints(self) -> Sequence[tuple[str, str]]:
        """The keys that matter now: ids of bindings, each with a short name."""
        return ()

    def refresh_chrome(self) -> None:
        """Bring header and footer up to date; what did not change is not drawn."""
        if not self.is_mounted:
            return
        session = self.session
        top = self.query_one(TopLine)
        project = inert(session.project.name) if session.project else inert(session.settings.title)
        top.crumbs = (project, *self.crumbs())
        actor = session.actor.name if session.actor else session.settings.actor
        top.who = f"{inert(actor)} {session.look.signs.dot} {session.settings.servers.kind}"
        top.drift = session.drift
        top.trouble = session.trouble
        top.freshness = session.freshness
        top.activity = self.desk.activity
        keys = {command.id: command.keys[0] for command in self.commands()}
        bottom = self.query_one(BottomLine)
        bottom.hints = tuple((keys[id], name) for id, name in self.hints() if id in keys)
        bottom.help_key = keys.get("app.help", "")

    def further(self) -> list[Command]:
        """What can be done here too, by its name alone: it has no key."""
        return []

    def commands(self) -> list[Command]:
        """Everything that can be done here, one entry an action, the innermost first, whatever keys they are on."""
        found: dict[str, Command] = {}
        bindings = list(self.active_bindings.values())
        nodes = {node: at for at, node in enumerate(dict.fromkeys(active.node for active in bindings))}

        def declared(active: ActiveBinding) -> tuple[int, int]:
            # A key of one's own comes behind all others.
            return nodes[active.node], _declared(type(active.node)).get(active.binding.id or "", 0)

        for active in sorted(bindings, key=declared):
            binding = active.binding
            if binding.id is None or not binding.description:
                continue
            key = self.app.get_key_display(binding)
            known = found.get(binding.id)
            keys = (*known.keys, key) if known else (key,)
            found[binding.id] = Command(binding.description, keys, binding.id, active.node, binding.action)
        return list(found.values())


@cache
def _declared(kind: type[DOMNode]) -> Mapping[str, int]:
    """The actions that a kind of node brings, by id, in the order in which they are declared."""
    known = kind._merged_bindings.key_to_bindings.values() if kind._merged_bindings else ()
    ids = dict.fromkeys(one.id for bindings in known for one in bindings if one.id is not None)
    return {id: at for at, id in enumerate(ids)}
