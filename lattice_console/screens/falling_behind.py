"""A place that is read anew when something has happened: once for all of a while, and only where it is looked at."""

from typing import ClassVar

from textual.timer import Timer

from lattice_console.screens.place import Place

__all__ = ["FallingBehind"]


class FallingBehind(Place):
    """Subclasses say in `read_anew` how, and call `fall_behind` where what they show may be out of date."""

    COALESCE: ClassVar[float] = 0.3
    """Seconds for which news are collected."""

    behind = True
    """Whether what is shown may be out of date."""

    _news: Timer | None = None

    def read_anew(self) -> None:
        """Begin to read everything; what was chosen stays chosen."""

    def fall_behind(self) -> None:
        """Read everything anew soon."""
        self.behind = True
        if self._news is None and self.is_current:
            self._news = self.set_timer(self.COALESCE, self.action_reload)

    def action_reload(self) -> None:
        """Read everything anew now."""
        if self._news is not None:
            self._news.stop()
            self._news = None
        if self.session.connected:
            self.behind = False
            self.read_anew()
        self.desk.connect()

    def on_screen_resume(self) -> None:
        if self.behind:
            self.action_reload()
