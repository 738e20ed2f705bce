"""The pane beside the queue: what the highlighted mutation is, as far as it fits."""

from collections.abc import Mapping, Sequence
from itertools import islice

from textual.content import Content

from lattice_console.cells import fit, wrap
from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.text import inert
from lattice_console.widgets.diff_text import text_of
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.pieces import (
    MUTED,
    company_words,
    file_lines,
    paragraph,
    requirement_line,
    requirement_lines,
    summary_line,
)
from lattice_console.widgets.signs import Look
from lattice_console.widgets.sparing import Sparing

__all__ = ["Preview"]

_FILES = 8
_TEXT = 1000


class Preview(Sparing):
    """Title, requirements, description, files and the first changed hunk of one mutation."""

    DEFAULT_CSS = """
    Preview {
        height: 1fr;
        padding: 0 0 0 1;
    }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self._summary: MutationSummary | None = None
        self._mutation: Mutation | None = None
        self._files: Sequence[FileChange] = ()
        self._company: Mapping[str, Sequence[str]] = {}

    def show(self, mutation: Mutation, files: Sequence[FileChange]) -> None:
        """Show a mutation with its files."""
        self._mutation, self._files = mutation, files
        self.refresh()

    def show_company(self, company: Mapping[str, Sequence[str]]) -> None:
        """Show who looks at what: handles, by the mutation's id."""
        self._company = company
        self.refresh()

    def clear(self) -> None:
        """Show nothing."""
        self._mutation = None
        self.refresh()

    def draw(self) -> list[Content]:
        if self._mutation is None:
            return []
        mutation, width, look = self._mutation, self.size.width, self._look
        title = wrap(f"M-{mutation.number} {inert(mutation.title)}", width - 2)
        lines = [Content.styled(f" {text}", "bold") for text in title[:3]]
        lines.append(summary_line(mutation, width, look))
        if company := company_words(self._company.get(mutation.id, ())):
            lines.append(Content.assemble((f" {look.signs.looked_at} {company}", MUTED)))
        lines.append(Content(""))
        held = [one for one in mutation.requirements if not one.blocks]
        lines += requirement_lines(mutation.blockers, width, look)
        lines.append(requirement_line(mutation, held, width, look))
        if mutation.description:
            text = paragraph(mutation.description[:_TEXT], width, 1)
            lines += [Content(""), *text[:6]]
            if len(text) > 6:
                lines.append(Content.assemble((f" {look.signs.ellipsis}", MUTED)))
        if self._files:
            lines += [Content(""), *file_lines(self._files, width - 1, look, _FILES), *self._first_hunk(width)]
        return lines

    def _first_hunk(self, width: int) -> list[Content]:
        look = self._look
        file = next((file for file in self._files if file.diff.hunks), None)
        if file is None:
            return []
        lines = [Content(""), Content.assemble((f" {file.label(width - 2, look)}", "bold"))]
        styles = {"+": "$added-text on $added", "-": "$removed-text on $removed", " ": ""}
        for line in islice(file.diff.hunks[0].lines, 40):
            sign = look.signs.minus if line.origin == "-" else line.origin
            text = fit(f" {sign} {text_of(line.content)}", width, look.signs.ellipsis)
            lines.append(Content.assemble((text, styles[line.origin])))
        return lines
