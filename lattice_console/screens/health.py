"""How every part is that the project stands on, as it was measured last."""

from collections.abc import Iterable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lattice_console.cells import wrap
from lattice_console.contract.models.health import TRUTH, ComponentHealth
from lattice_console.screens.place import Severity
from lattice_console.screens.session import Session
from lattice_console.text import inert
from lattice_console.widgets.bottom_line import BottomLine

__all__ = ["HealthScreen", "said"]

_REDRAW = 0.5
_TITLES = ("part", "state", "latency", "pool", "lag", "event")


class HealthScreen(ModalScreen[None]):
    """A line for each part, which follows what is measured; below a part that does not answer, why and since when."""

    CSS_PATH = "health.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,exclamation_mark,q", "leave", "Close", id="health.close"),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._drawn: object = None

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            with VerticalScroll():
                yield Static(markup=False)
            line = BottomLine()
            line.help_key = ""
            line.hints = (("Esc", "close"),)
            yield line

    def on_mount(self) -> None:
        # What is read here need not cover it.
        self.app.clear_notifications()
        self.query_one(VerticalScroll).focus()
        self.set_interval(_REDRAW, self._draw)
        self._draw()

    def _draw(self) -> None:
        parts = self._session.parts
        if (parts, self._session.drifted) != self._drawn:
            self._drawn = (parts, self._session.drifted)
            self.query_one(Static).update(Content("\n").join(self._lines(parts)))

    def _lines(self, parts: Mapping[str, ComponentHealth]) -> Iterable[Content]:
        if not parts:
            yield Content("Nothing has been measured yet.")
            return
        rows = [_TITLES, *(_row(name, part) for name, part in parts.items())]
        widths = [max(len(row[index]) for row in rows) for index in range(len(_TITLES))]
        yield Content.assemble((_aligned(_TITLES, widths), "$muted"))
        for row, part in zip(rows[1:], parts.values(), strict=True):
            healthy = part.status == "healthy"
            yield Content.assemble((_aligned(row, widths), "" if healthy else "bold $warning"))
            if part.error:
                since = f"for {self._session.look.age(part.since)}: " if part.since else ""
                yield from self._below(f"{since}{part.error}")
        if self._session.drifted:
            yield from self._below(self._session.drift_told)

    def _below(self, text: str) -> Iterable[Content]:
        for line in wrap(inert(text), max(20, self.size.width - 6)):
            yield Content.assemble((f"  {line}", "$muted"))

    def action_leave(self) -> None:
        """Close it."""
        # What was said of the parts meanwhile stood here as well.
        self.app.clear_notifications()
        self.dismiss()


def said(lost: Mapping[str, ComponentHealth], back: Iterable[str]) -> Iterable[tuple[str, str, Severity]]:
    """What there is to say of parts that no longer answer, or do again: of which, what, and how loud."""
    for name, part in lost.items():
        if name == TRUTH:
            yield (
                name,
                f"The database does not answer: {part.error} Nothing can be written until it does; what is on the "
                "screen can be read on.",
                "error",
            )
        else:
            yield (
                name,
                f"{name} does not answer: {part.error} All goes on without it, and it is tried again.",
                "warning",
            )
    for name in back:
        yield name, f"{'The database' if name == TRUTH else name} answers again.", "information"


def _row(name: str, part: ComponentHealth) -> tuple[str, ...]:
    numbers = (part.connections_in_pool, part.lag, part.last_event)
    return (
        inert(name),
        part.status,
        f"{part.latency_ms:,.1f} ms",
        *("" if number is None else f"{number:,}" for number in numbers),
    )


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    words = [text.ljust(width) for text, width in zip(row[:2], widths, strict=False)]
    return "   ".join([*words, *(text.rjust(width) for text, width in zip(row[2:], widths[2:], strict=True))])
