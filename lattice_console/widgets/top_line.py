"""The header: where I am, who I am, what I am connected to, what of it is amiss, how fresh it is."""

from textual.content import Content
from textual.reactive import reactive

from lattice_console.cells import cells, cut
from lattice_console.widgets.signs import Look
from lattice_console.widgets.sparing import Sparing

__all__ = ["TopLine"]


class TopLine(Sparing):
    """One line: crumbs to the left, `who · backend · drift · trouble · freshness` to the
    right. Takes inert text."""

    DEFAULT_CSS = """
    TopLine { height: 1; }
    """

    crumbs: reactive[tuple[str, ...]] = reactive(())
    """The places that lead here, the last of them this one."""

    who: reactive[str] = reactive("")
    """The actor and the backend."""

    drift: reactive[str] = reactive("")
    """How many files of the folder drift; empty while none does."""

    trouble: reactive[str] = reactive("")
    """Which parts do not answer, and for how long; empty while all do."""

    freshness: reactive[str] = reactive("")
    """`live`, or how stale the screen is."""

    activity: reactive[str] = reactive("")
    """What is running, with its time; empty while nothing takes long."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def draw(self) -> list[Content]:
        signs, width = self._look.signs, self.size.width
        dot = f" {signs.dot} "
        freshness = self.freshness
        tail = [(self.who, "$muted"), (dot, "$muted")] if self.who else []
        if self.activity:
            tail += [(self.activity, "bold $accent"), (dot, "$muted")]
        for amiss in (self.drift, self.trouble):
            if amiss:
                tail += [(amiss, "bold $warning"), (dot, "$muted")]
        tail.append((freshness, "$muted" if freshness == "live" else "bold $warning"))
        room = width - sum(cells(text) for text, _ in tail) - 3
        crumbs = list(self.crumbs) or [""]
        path = f" {signs.crumb} ".join(crumbs[:-1])
        lead = f"{path} {signs.crumb} " if path else ""
        if cells(lead) + cells(crumbs[-1]) > room:
            lead = cut(lead, max(room - cells(crumbs[-1]), room // 3), f"{signs.ellipsis} ")
        here = cut(crumbs[-1], max(1, room - cells(lead)), signs.ellipsis)
        gap = " " * max(1, width - 2 - cells(lead) - cells(here) - sum(cells(text) for text, _ in tail))
        return [Content.assemble(" ", (lead, "$muted"), (here, "bold"), gap, *tail)]
