"""The lines above a mutation: what it is, what it takes, and where in its stack it stands."""

from collections.abc import Sequence

from textual.content import Content
from textual.reactive import reactive

from lattice_console.cells import cells
from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.contract.models.project import Vote
from lattice_console.widgets.pieces import MUTED, requirement_line, summary_line
from lattice_console.widgets.signs import Look
from lattice_console.widgets.sparing import Sparing

__all__ = ["MutationHead"]


class MutationHead(Sparing):
    """Status and facts, then the requirements, those that block first; a third line where there is a stack."""

    DEFAULT_CSS = """
    MutationHead { height: 2; }
    MutationHead.-stacked { height: 3; }
    """

    mutation: reactive[MutationSummary | None] = reactive(None)
    """What is shown; the requirements follow once the whole mutation is there."""

    newer: reactive[int] = reactive(0)
    """The number of a newer patchset than the one that is shown; 0 where there is none."""

    compared: reactive[str] = reactive("")
    """What is compared, where it is not the whole change of the newest patchset; inert."""

    vote: reactive[Vote | None] = reactive(None)
    """The person's own vote that counts."""

    company: reactive[Sequence[str]] = reactive(())
    """The handles of the others who look at it."""

    stack: reactive[Sequence[MutationSummary]] = reactive(())
    """The mutations of its stack, parents first, itself among them."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def watch_stack(self) -> None:
        self.set_class(len(self.stack) > 1, "-stacked")

    def draw(self) -> list[Content]:
        mutation, look, width = self.mutation, self._look, self.size.width
        if mutation is None:
            return []
        first = summary_line(mutation, width, look, self.vote, self.compared, self.company)
        if self.newer:
            newer = f" ! Patchset {self.newer} has replaced patchset {mutation.patchset}. "
            second = Content.assemble((newer, "bold $warning"), ("R", "bold $accent"), " shows it.")
        elif isinstance(mutation, Mutation):
            second = requirement_line(mutation, mutation.requirements, width, look)
        else:
            return [first]
        return [first, second, _stack_line(mutation, self.stack, width, look)]


def _stack_line(mutation: MutationSummary, stack: Sequence[MutationSummary], width: int, look: Look) -> Content:
    """The stack as signs and numbers, around the mutation where not all of it fits."""
    if not stack:
        return Content("")
    at = next((index for index, row in enumerate(stack) if row.number == mutation.number), 0)
    parts = [f"{look.signs.status[row.status]} M-{row.number}" for row in stack]
    lead, gap = " stack  ", "  "
    first, last = at, at + 1
    room = width - cells(lead) - 2 * cells(look.signs.ellipsis + gap)
    used = cells(parts[at])
    # One more of either side in turn, as long as there is room.
    while first > 0 or last < len(parts):
        before = first > 0 and (at - first <= last - 1 - at or last == len(parts))
        size = cells(parts[first - 1 if before else last]) + cells(gap)
        if used + size > room:
            break
        used += size
        first, last = (first - 1, last) if before else (first, last + 1)
    dots = look.signs.ellipsis + gap
    line: list[str | tuple[str, str]] = [(lead, MUTED), (dots if first else "", MUTED)]
    for index in range(first, last):
        line += [(parts[index], "bold underline $accent" if index == at else MUTED), gap]
    return Content.assemble(*line, (dots if last < len(parts) else "", MUTED))
