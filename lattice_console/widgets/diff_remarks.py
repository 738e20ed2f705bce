"""How remarks are drawn within a diff: a quiet bar, who and when, the text, and what is suggested as a small diff."""

from collections.abc import Callable, Sequence

from rich.segment import Segment
from rich.style import Style

from lattice_console.cells import cells, cut, wrap
from lattice_console.text import count, inert
from lattice_console.widgets.diff_document import DiffDocument, NoteRow
from lattice_console.widgets.diff_notes import Note, Thread
from lattice_console.widgets.diff_text import text_of
from lattice_console.widgets.signs import Look

__all__ = ["Remarks"]

_SUGGESTED = 12
"""Lines of either side of a suggestion that are shown."""

Line = Sequence[Segment]


class Remarks:
    """Draws notes at any width."""

    def __init__(self, document: DiffDocument, look: Look, style: Callable[[str], Style]) -> None:
        self._document = document
        self._look = look
        self._style = style

    def draw(self, row: NoteRow, width: int) -> list[Line]:
        """The lines of one note, or the one line of a folded thread."""
        thread, note = row.thread, row.thread.notes[row.index]
        role = "muted" if thread.resolved or thread.gone else "draft" if note.draft else "note"
        bar = Segment(f"{self._look.signs.quote} ", self._style(role))
        if row.folded:
            return [[bar, Segment(self._folded(thread, width - 2), self._style("muted"))]]
        indent = "  " if row.index else ""
        return [[bar, Segment(indent), *line] for line in self._note(thread, note, row.index, width - 2 - len(indent))]

    def _folded(self, thread: Thread, width: int) -> str:
        dot = f" {self._look.signs.dot} "
        replies = f"{dot}{count(len(thread.notes) - 1, 'reply').replace('replys', 'replies')}" * (len(thread.notes) > 1)
        tail = f"{replies}{dot}resolved"
        note = thread.notes[0]
        head = f"{self._look.signs.check} {self._who(note)} {inert(note.text.strip() or 'a suggestion')}"
        return cut(head, max(8, width - cells(tail)), self._look.signs.ellipsis) + tail

    def _who(self, note: Note) -> str:
        age = "draft" if note.draft else self._look.age(note.at) if note.at else ""
        return " ".join([inert(note.author), age]).strip() + ":"

    def _note(self, thread: Thread, note: Note, index: int, width: int) -> list[list[Segment]]:
        who = self._who(note)
        if thread.about and index == 0:
            who = f"{who[:-1]} {inert(thread.about)}:"
        words = note.text.strip() or "suggests"
        if note.applied:
            words += f" (applied in patchset {note.applied})"
        text = inert(words, lines=True)
        # The first line shares its room with the name, and with the hint where that leaves it whole.
        first, *rest = _flow(text, max(8, width - cells(who) - 1), max(8, width))
        lines = [[Segment(who, self._style("draft" if note.draft else "strong")), Segment(f" {first}")]]
        hint = inert(thread.hint) if index == 0 else ""
        room = width - cells(who) - 1 - cells(first) - cells(hint)
        if hint and room >= 2:
            lines[0] += [Segment(" " * room), Segment(hint, self._style("muted"))]
        lines += [[Segment(line)] for line in rest]
        if note.suggestion is not None:
            lines += self._suggestion(thread, note.suggestion, width)
        return lines

    def _suggestion(self, thread: Thread, suggestion: str, width: int) -> list[list[Segment]]:
        """What the thread's lines would become, beside what they are."""
        old: list[str] = []
        if thread.anchored and thread.file is not None and thread.line is not None:
            compared = self._document.files[thread.file].diff
            old = [
                text_of(line) for line in compared.lines(thread.side, (thread.first or thread.line) - 1, thread.line)
            ]
        new = [text_of(line.encode("utf-8", "surrogateescape")) for line in suggestion.removesuffix("\n").split("\n")]
        lines: list[list[Segment]] = []
        for kind, sign, texts in (("removed", self._look.signs.minus, old), ("added", "+", new if suggestion else [])):
            style = self._style(kind)
            for text in texts[:_SUGGESTED]:
                shown = cut(f"{sign} {text}", width, self._look.signs.ellipsis)
                lines.append([Segment(shown + " " * (width - cells(shown)), style)])
            if len(texts) > _SUGGESTED:
                more = f"{self._look.signs.fold} {count(len(texts) - _SUGGESTED, 'more line')}"
                lines.append([Segment(more, self._style("muted"))])
        return lines


def _flow(text: str, first: int, width: int) -> list[str]:
    """Text in lines of which the first has other room than the rest."""
    head, *rest = wrap(text, first)
    if not rest:
        return [head]
    # What did not fit on the first line is wrapped anew; paragraphs stay apart.
    remaining = text[len(head) :].lstrip(" ").removeprefix("\n") if text.startswith(head) else "\n".join(rest)
    return [head, *wrap(remaining, width)]
