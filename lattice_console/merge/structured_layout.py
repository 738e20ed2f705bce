"""How entries are written one behind the other, and what it takes to write one of theirs among ours."""

from collections.abc import Sequence

from lattice_console.merge.structured_tree import NO_NOTES, Entry, Node

__all__ = ["Layouts"]

_BLANK = " \t\r\n"


class Layouts:
    """Brings texts of theirs into the layout of ours: its indentation and its line ends."""

    def __init__(self, ours: str, theirs: str) -> None:
        self._ours = ours
        self._theirs = theirs
        self._ends = _line_end(theirs), _line_end(ours)

    def value(self, ours: Entry, theirs: Entry) -> str | None:
        """The value of theirs, to stand in the place of the value of ours; None where it takes the whole entry."""
        mine, yours = ours.value, theirs.value
        if ours.side_notes != theirs.side_notes:
            return None
        text = self._theirs[yours.start : yours.end]
        if mine.layout == "block" or yours.layout == "block" or (ours.is_block and "\n" in text):
            return None
        if not text or mine.start == mine.end or (ours.is_block and "\n" in self._ours[mine.start : mine.end]):
            return None
        return self._moved(text, _indentation(self._theirs, yours.start), _indentation(self._ours, mine.start))

    def entry(self, theirs: Entry, column: int, ours: Entry) -> str | None:
        """An entry of theirs, to stand in the place of one of ours; None where that cannot be."""
        if theirs.is_block != ours.is_block:
            return None
        text = self._theirs[theirs.start : theirs.end]
        if theirs.is_block:
            return self._moved(text, " " * theirs.column, " " * column, strictly=True)
        return self._moved(text, _indentation(self._theirs, theirs.start), _indentation(self._ours, ours.start))

    def lead(self, theirs: Entry, ours: Entry) -> str:
        """The blanks and comments before an entry of theirs, to stand before one of ours."""
        lead = self._theirs[theirs.lead : theirs.start]
        return self._moved(lead, _indentation(self._theirs, theirs.start), _indentation(self._ours, ours.start)) or ""

    def blanks(self, base: str, root: Entry, ours: Entry, theirs: Entry) -> str | None:
        """What theirs has before an entry, where it alone changed the blanks there; else None."""
        own, new = self._own(ours), self._theirs[theirs.lead : theirs.start]
        if own == new or own != base[root.lead : root.start] or "\n" not in own or "\n" not in new:
            return None
        if ours.is_block and own.rpartition("\n")[2] != new.rpartition("\n")[2]:
            return None
        return None if new.strip(_BLANK) else new

    def between(
        self, ours: Node, theirs: Node, left: int, coming: Sequence[Entry], right: int
    ) -> tuple[int, int, str] | None:
        """What stands between two entries of ours (by their indexes) with entries of theirs: where, and the text.

        None where theirs is laid out in another way, or where nothing would be left of a block.
        """
        if coming and ours.layout != theirs.layout:
            return None
        return (self._in_block if ours.layout == "block" else self._in_flow)(ours, theirs, left, coming, right)

    def _in_block(
        self, ours: Node, theirs: Node, left: int, coming: Sequence[Entry], right: int
    ) -> tuple[int, int, str] | None:
        entries, last = ours.entries, right == len(ours.entries)
        if left < 0 and last and not coming:
            return None
        column, hung = entries[0].column, entries[0].lead < entries[0].start
        start = entries[left].end if left >= 0 else ours.start
        texts: list[str] = []
        for entry in coming:
            text = self.entry(entry, column, entries[0])
            if text is None:
                return None
            if hung or left >= 0 or texts:
                texts.append(self._block_lead(entry, column))
            texts.append(text)
        if last:
            return start, ours.end, "".join(texts)
        if hung or left >= 0 or texts:
            texts.append(self._own(entries[right]) or self._ends[1] + " " * column)
        return start, entries[right].start, "".join(texts)

    def _block_lead(self, theirs: Entry, column: int) -> str:
        lead = self._theirs[theirs.lead : theirs.start]
        if "\n" not in lead:
            return self._ends[1] + " " * column
        return self._moved(lead, " " * theirs.column, " " * column) or ""

    def _in_flow(
        self, ours: Node, theirs: Node, left: int, coming: Sequence[Entry], right: int
    ) -> tuple[int, int, str] | None:
        entries, last = ours.entries, right == len(ours.entries)
        start = entries[left].end if left >= 0 else ours.start + 1
        comma = self._ours[entries[0].end : entries[1].lead] if len(entries) > 1 else ","
        texts: list[str] = []
        for entry in coming:
            lead = self._flow_lead(ours, theirs, entry)
            if entries and left < 0 and not texts and entry.lead_notes == NO_NOTES:
                lead = self._own(entries[0])
            text = self._theirs[entry.start : entry.end]
            new = lead.rpartition("\n")[2] if "\n" in lead else _indentation(self._ours, ours.start)
            moved = self._moved(text, _indentation(self._theirs, entry.start), new)
            if moved is None:
                return None
            texts += [comma if left >= 0 or texts else "", lead, moved]
        if not last:
            follows = left >= 0 or bool(texts)
            lead = self._inner_lead(ours) if follows and right == 0 else self._own(entries[right if follows else 0])
            return start, entries[right].start, "".join([*texts, comma if follows else "", lead])
        tail = self._ours[entries[-1].end : ours.end - 1] if entries else ""
        if not entries and coming:
            tail = self._theirs[theirs.entries[-1].end : theirs.end - 1]
            outer = _indentation(self._theirs, theirs.start), _indentation(self._ours, ours.start)
            tail = self._moved(tail, *outer) or ""
        elif left < 0 and not coming:
            tail = ""
        return start, ours.end - 1, "".join([*texts, tail])

    def _flow_lead(self, ours: Node, theirs: Node, entry: Entry) -> str:
        """What stands before an entry of theirs: its own, in the way of ours."""
        own = self._theirs[entry.lead : entry.start]
        moved = self._moved(own, _indentation(self._theirs, theirs.start), _indentation(self._ours, ours.start)) or ""
        if not ours.entries or entry.lead_notes != NO_NOTES:
            return moved
        like = self._inner_lead(ours)
        if "\n" not in like:
            return like
        lines = max(own.count("\n"), 1)
        return self._ends[1] * lines + like.rpartition("\n")[2]

    def _inner_lead(self, ours: Node) -> str:
        """What stands behind a comma in a collection of ours that is not empty."""
        like = self._own(ours.entries[min(1, len(ours.entries) - 1)])
        return like if len(ours.entries) > 1 else like or " "

    def _own(self, entry: Entry) -> str:
        """The blanks and comments before an entry of ours."""
        return self._ours[entry.lead : entry.start]

    def _moved(self, text: str, old: str, new: str, *, strictly: bool = False) -> str | None:
        """A text with the indentation of all its lines but the first changed from `old` to `new`.

        None if `strictly`, and a line is indented less.
        """
        if "\n" not in text:
            return text
        first, *lines = text.split("\n")
        moved = [first]
        for line in lines:
            if line.startswith(old):
                line = new + line[len(old) :] if line.strip(_BLANK) or line == old else line
            elif strictly and line.strip(_BLANK):
                return None
            moved.append(line)
        theirs, ours = self._ends
        joined = "\n".join(moved)
        return joined if theirs == ours else joined.replace("\r\n", "\n").replace("\n", ours)


def _line_end(text: str) -> str:
    """How the lines of a text end: with CRLF if all do."""
    crlf = text.count("\r\n")
    return "\r\n" if crlf and crlf == text.count("\n") else "\n"


def _indentation(text: str, at: int) -> str:
    """The blanks with which the line begins that a place is in."""
    start = text.rfind("\n", 0, at) + 1
    end = start
    while end < at and text[end] in " \t":
        end += 1
    return text[start:end]
