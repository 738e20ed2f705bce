"""A document to read: its lines, what was found wrong at them, and its colours, as far as they were asked for."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from lattice_console.cells import wrap
from lattice_console.contract.models.spec import Finding
from lattice_console.merge.diff import is_binary
from lattice_console.merge.lines import LineIndex
from lattice_console.text import inert
from lattice_console.widgets.diff_text import text_of
from lattice_console.widgets.file_change import size
from lattice_console.widgets.highlight import Run, highlight, lexer_name

__all__ = ["CHUNK", "DocumentText", "NoteRow"]

CHUNK = 200
"""Lines that are coloured at once."""

_LEAD = 40
"""Lines before them that are read along, so that the lexer knows where it is."""


_KEPT = 100
"""Chunks whose colours are kept."""


@dataclass(frozen=True, slots=True)
class NoteRow:
    """One line of what is said about a finding, the first of them with `first`."""

    finding: Finding
    text: str
    first: bool


class DocumentText:
    """Lines count from 0 here, rows too: a row is a line, or a line of a note beneath one.

    `plain` has the reason in words where there are no lines to show.
    """

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.plain: Sequence[str] = _in_words(content)
        self._lines = LineIndex(b"" if self.plain else content)
        self._lexer = lexer_name(path)
        self._colours: dict[int, list[list[Run]]] = {}
        self._findings: Sequence[Finding] = ()
        self._rows: list[int] = []
        self._notes: list[NoteRow] = []

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return self._lines.count

    @property
    def total(self) -> int:
        """How many rows there are."""
        return self._lines.count + len(self._notes)

    @property
    def findings(self) -> Sequence[Finding]:
        """What was found wrong, in the order of its lines."""
        return self._findings

    def arrange(self, findings: Iterable[Finding], width: int) -> None:
        """Put findings under their lines, in at most `width` cells; those of no line come first."""
        last = self._lines.count
        self._findings = sorted(findings, key=lambda one: (min(one.line or 0, last), one.severity))
        self._rows, self._notes = [], []
        for finding in self._findings:
            why = f"\n{finding.suppressed.said}" if finding.suppressed is not None else ""
            for at, text in enumerate(wrap(inert(f"{finding.said} ({finding.rule}){why}", lines=True), width)):
                self._rows.append(min(finding.line or 0, last) + len(self._rows))
                self._notes.append(NoteRow(finding, text, at == 0))

    def row(self, index: int) -> int | NoteRow:
        """The line that a row is, or the note."""
        before = bisect_right(self._rows, index)
        if before and self._rows[before - 1] == index:
            return self._notes[before - 1]
        return index - before

    def row_of(self, line: int) -> int:
        """The row of a line."""
        index = line
        for row in self._rows:
            if row > index:
                break
            index += 1
        return index

    def note_after(self, row: int, by: int) -> int | None:
        """The row of the next finding (`by` is 1) or the one before (-1); None where there is none."""
        firsts = [at for at, note in zip(self._rows, self._notes, strict=True) if note.first]
        found = [at for at in firsts if (at > row if by > 0 else at < row)]
        return (found[0] if by > 0 else found[-1]) if found else None

    def text(self, line: int) -> str:
        """What is shown of a line."""
        return text_of(self._lines.span(line, line + 1).removesuffix(b"\n"))

    def span(self, first: int, end: int) -> bytes:
        """The bytes of the lines from `first` up to, and without, `end`."""
        return self._lines.span(first, end)

    # -- colours

    def runs(self, line: int) -> list[Run] | None:
        """The coloured runs of a line; None as long as it has none."""
        chunk = self._colours.get(line // CHUNK)
        return chunk[line % CHUNK] if chunk is not None and line % CHUNK < len(chunk) else None

    def uncoloured(self, first: int, last: int) -> list[int]:
        """The chunks with lines from `first` to `last` whose colours are not known."""
        if self._lexer is None or not self.lines:
            return []
        chunks = range(max(0, first) // CHUNK, min(last, self.lines - 1) // CHUNK + 1)
        return [chunk for chunk in chunks if chunk not in self._colours]

    def colour(self, chunks: Sequence[int]) -> dict[int, list[list[Run]]]:
        """The colours of some chunks; takes time, so it belongs off the event loop."""
        found: dict[int, list[list[Run]]] = {}
        for chunk in chunks:
            first, end = chunk * CHUNK, min((chunk + 1) * CHUNK, self.lines)
            start = max(0, first - _LEAD)
            lines = [text_of(line) for line in self._lines.span(start, end).split(b"\n")][: end - start]
            found[chunk] = highlight(lines, self._lexer or "")[first - start :]
        return found

    def keep(self, colours: dict[int, list[list[Run]]]) -> None:
        """Keep what `colour` made."""
        self._colours |= colours
        for chunk in list(self._colours)[:-_KEPT]:
            del self._colours[chunk]


def _in_words(content: bytes) -> Sequence[str]:
    if not content:
        return ("It is empty.",)
    if is_binary(content):
        return (f"It is binary: {size(content)}.", f"sha256 {sha256(content).hexdigest()}")
    return ()
