"""The lines beneath a filter that is typed: what the word can become, what that means, and what is wrong."""

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive

from lattice_console.cells import cells, cut, wrap
from lattice_console.text import inert
from lattice_console.widgets.filter_completion import MUTATIONS, Completion, Language, meaning
from lattice_console.widgets.pieces import MUTED
from lattice_console.widgets.signs import Look
from lattice_console.widgets.sparing import Sparing

__all__ = ["FilterHelp"]

_KEYS = (("Tab", "completes"), ("Enter", "applies"), ("", "earlier ones"), ("Esc", "leaves"))


_LINES = 3


class FilterHelp(Sparing):
    """Always three lines, so that nothing moves while somebody types."""

    DEFAULT_CSS = """
    FilterHelp { height: 3; }
    """

    completions: reactive[Sequence[Completion]] = reactive(())
    """What the word at the cursor can become."""

    taken: reactive[int | None] = reactive(None)
    """The one that stands in the line now; None where Tab would take the first."""

    error: reactive[str] = reactive("")
    """What is wrong, as a sentence; empty where nothing is."""

    doubt: reactive[str] = reactive("")
    """What may be wrong though it can be applied, as a sentence; empty where nothing is."""

    def __init__(self, look: Look, language: Language = MUTATIONS, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self._language = language

    def draw(self) -> list[Content]:
        width = self.size.width
        lines = [self._offer(width)]
        if self.error or self.doubt:
            style = "bold $bad" if self.error else "bold $warning"
            told = wrap(inert(self.error or self.doubt, lines=True), width - 2)
            if len(told) > _LINES:
                told[_LINES - 1] = cut(" ".join(told[_LINES - 1 :]), width - 2, self._look.signs.ellipsis)
            # What is wrong is said whole, even where that leaves no room for what is offered.
            lines = [] if len(told) >= _LINES else lines
            return [*lines, *(Content.assemble(" ", (line, style)) for line in told[:_LINES])]
        likely = self.completions[self.taken or 0].text if self.completions else ""
        said = meaning(likely, self._language)
        lines.append(Content.assemble((f" {inert(likely)}  {said}" if said else "", MUTED)))
        parts: list[str | tuple[str, str]] = [" "]
        for key, name in _KEYS:
            up = "up" if self._look.ascii else "↑"
            parts += [(key or up, "bold $accent"), (f" {name}   ", MUTED)]
        return [*lines, Content.assemble(*parts)]

    def _offer(self, width: int) -> Content:
        """The completions that fit, from the one that is taken on where that is far behind."""
        parts: list[str | tuple[str, str]] = [" "]
        used = 1
        at = self.taken or 0
        texts = [inert(one.text) for one in self.completions]
        first = at if sum(cells(text) + 2 for text in texts[: at + 1]) > width - 4 else 0
        if first:
            parts.append((f"{self._look.signs.ellipsis} ", MUTED))
            used += 2
        for index, text in enumerate(texts[first:], first):
            if used + cells(text) > width - 3:
                parts.append((self._look.signs.ellipsis, MUTED))
                break
            likely = index == at
            parts += [(text, "bold $accent" if likely else MUTED), "  "]
            used += cells(text) + 2
        return Content.assemble(*parts)
