"""The two lines above a mutation: what it is, and what it takes."""

from textual.content import Content
from textual.reactive import reactive

from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.widgets.pieces import requirement_line, summary_line
from lattice_console.widgets.signs import Look
from lattice_console.widgets.sparing import Sparing

__all__ = ["MutationHead"]


class MutationHead(Sparing):
    """Status and facts, then the requirements, those that block first."""

    DEFAULT_CSS = """
    MutationHead { height: 2; }
    """

    mutation: reactive[MutationSummary | None] = reactive(None)
    """What is shown; the requirements follow once the whole mutation is there."""

    newer: reactive[int] = reactive(0)
    """The number of a newer patchset than the one that is shown; 0 where there is none."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def draw(self) -> list[Content]:
        mutation, look, width = self.mutation, self._look, self.size.width
        if mutation is None:
            return []
        first = summary_line(mutation, width, look)
        if self.newer:
            newer = f" ! Patchset {self.newer} has replaced patchset {mutation.patchset}. "
            return [first, Content.assemble((newer, "bold $warning"), ("R", "bold $accent"), " shows it.")]
        if not isinstance(mutation, Mutation):
            return [first]
        return [first, requirement_line(mutation, mutation.requirements, width, look)]
