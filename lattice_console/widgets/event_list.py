"""The event log as rows: when, who, what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

from textual.message import Message

from lattice_console.cells import cells, cut, fit
from lattice_console.contract.events import Event
from lattice_console.telling import Told, tell
from lattice_console.text import inert
from lattice_console.widgets.event_window import EventWindow
from lattice_console.widgets.row_view import Piece, RowView, crop, spread
from lattice_console.widgets.signs import Look, status_role

__all__ = ["EventList", "event_sign"]

_MARGIN = 60
"""Rows between the cursor and the end of what was read at which more is asked for."""

_CLOCK_FROM = 110
"""Cells from which the time itself stands beside the age."""


class EventList(RowView):
    """Events under a head line, newest first. Whoever stands at the top stays there; elsewhere nothing moves.

    With a `name` it is a section of another place, else it has columns and a count.
    """

    @dataclass
    class NearEnd(Message):
        """The cursor nears the end of what was read."""

    def __init__(self, look: Look, name: str = "", instead: Sequence[str] = (), *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._heading = name
        self._instead = instead
        self._window: EventWindow | None = None
        self._unseen = 0
        self._followed = True
        self._titles: Mapping[int, str] = {}

    @property
    def window(self) -> EventWindow | None:
        """What was read; None before anything was."""
        return self._window

    @property
    def event(self) -> Event | None:
        """The event under the cursor."""
        return self._window[self.cursor] if self._window is not None and self.cursor < len(self._window) else None

    @property
    def titles(self) -> Mapping[int, str]:
        """The titles of mutations, by number, as far as they are known."""
        return self._titles

    @titles.setter
    def titles(self, titles: Mapping[int, str]) -> None:
        self._titles = titles
        self.refresh()

    def say_instead(self, lines: Sequence[str]) -> None:
        """What to show where there is no event: inert lines."""
        self._instead = lines
        self.refresh()

    def show(self, window: EventWindow, *, keep: bool = False) -> None:
        """Show a log from its top; with `keep`, the cursor stays on its event where that is still there."""
        seq = self.event.seq if keep and self.event is not None and not self._follows else None
        line = self.cursor - self.scroll_offset.y
        self._window, self._unseen = window, 0
        at = next((at for at in range(len(window)) if window[at].seq == seq), 0) if seq is not None else 0
        self.renew(at, at - line if at else 0)

    def arrived(self, new: int) -> None:
        """So many events came in at the top of the window: they are followed, or what is in sight stays."""
        if not new:
            return
        if self._follows:
            self.renew(0, 0)
        else:
            self._unseen += new
            self.renew(self.cursor + new, int(self.scroll_offset.y) + new)

    def grown(self) -> None:
        """The window has a page more at its end."""
        self.renew()

    @property
    def _follows(self) -> bool:
        return self.cursor == 0 and self.scroll_offset.y == 0

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._look_around()

    def _tell(self) -> None:
        super()._tell()
        self._look_around()

    def _look_around(self) -> None:
        """Take note of what has come into sight."""
        if self._follows != self._followed or (self._unseen and self._follows):
            self._followed = self._follows
            self._unseen = 0 if self._follows else self._unseen
            self.refresh_foot()
        self._ask_for_more()

    def _ask_for_more(self) -> None:
        window = self._window
        if window is None or self._heading or not window.next_cursor:
            return
        if max(self.cursor, int(self.scroll_offset.y) + self.size.height) + _MARGIN >= len(window):
            self.post_message(self.NearEnd())

    # -- drawing

    @property
    def total(self) -> int:
        return len(self._window) if self._window is not None else 0

    def head(self, width: int) -> Sequence[Sequence[Piece]]:
        if self._heading:
            return [[(f" {self._heading}", "title" if self.has_focus else "strong")]]
        clock = fit("UTC", 13) if width >= _CLOCK_FROM else ""
        return [[(f"    AGE  {clock}{fit('WHO', self._who(width))}  WHAT", "muted")]]

    def foot(self, width: int) -> Sequence[Sequence[Piece]]:
        if self._heading:
            return []
        window = self._window
        if window is None or not len(window):
            return [[]]
        more = "+" if window.next_cursor or window.full else ""
        place = f" {self.cursor + 1:,} of {len(window):,}{more}"
        if window.full:
            place += "   / narrows to what is older"
        new = f"{self._unseen:,} new   g to the top" if self._unseen else "following" if self._follows else ""
        return [spread([(place, "muted")], [(new, "accent" if self._unseen else "muted"), (" ", "plain")], width - 1)]

    def instead(self, width: int) -> Sequence[Sequence[Piece]]:
        return [[(f"   {line}", "muted")] for line in self._instead]

    def _who(self, width: int) -> int:
        return 8 if width < 100 else 14

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        if self._window is None:
            return ()
        event = self._window[index]
        told = tell(event)
        dots = self._look.signs.ellipsis
        sign, role = event_sign(event, told, self._look)
        who = fit(inert(event.actor.handle), self._who(width + 2), dots)
        lead: list[Piece] = [(sign, role), (f"{self._look.age(event.at):>5}  ", "muted")]
        if not self._heading and width + 2 >= _CLOCK_FROM:
            lead.append((event.at.astimezone(UTC).strftime("%m-%d %H:%M  "), "muted"))
        lead.append((f"{who}  ", "muted"))
        return [*lead, *self._what(told, width - sum(cells(text) for text, _ in lead), dots)]

    def _what(self, told: Told, room: int, dots: str) -> list[Piece]:
        """The sentence, and behind it as much of the detail as fits."""
        title = inert(self._titles.get(told.number or 0, ""))
        bare = told.sentence()
        if title and cells(bare) + 12 <= room:
            title = cut(title, room - cells(bare) - 1, dots)
        words: list[Piece] = [(told.before, "plain"), (told.name, "strong"), (title, "plain"), (told.after, "plain")]
        pieces: list[Piece] = []
        for text, role in words:
            if text:
                pieces += [(" ", "plain"), (text, role)] if pieces else [(text, role)]
        if told.detail and room - sum(cells(text) for text, _ in pieces) >= 10:
            pieces.append((f"  {' '.join(told.detail.split())}", "muted"))
        return crop(pieces, room, dots)


def event_sign(event: Event, told: Told, look: Look) -> Piece:
    """The sign of what happened, with its role."""
    signs = look.signs
    if event.name == "mutation.reviewed":
        vote = event.data.get("vote")
        if vote in ("approve", "approve_with_suggestions"):
            return signs.vote["approve"], "good"
        return (signs.vote["reject"], "bad") if vote in ("reject", "request_changes") else (signs.dash, "muted")
    if event.name == "mutation.commented":
        return signs.comment, "muted"
    if told.status is not None:
        return signs.status[told.status], status_role(told.status)
    return signs.dot, "muted"
