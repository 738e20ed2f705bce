"""Open conflicts under the documents that they are in: what meets there, and whether a person has to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textual.message import Message

from lattice_console.cells import cells, cut, fit, shorten_path
from lattice_console.contract.models.conflict import Conflict, ConflictType
from lattice_console.text import count, inert, pointed
from lattice_console.widgets.row_view import Piece, RowView, spread
from lattice_console.widgets.signs import Look

__all__ = ["TYPE_WORDS", "ConflictList", "named", "severity_sign", "their_words"]

TYPE_WORDS: Mapping[ConflictType, str] = {
    "concurrent_modification": "concurrent",
    "dependency_violation": "dependency",
    "schema_incompatibility": "schema",
    "file_collision": "file",
}
"""Each type in a word, with which the filter takes it too."""

_MARGIN = 60
"""Rows between the cursor and the end of what was read at which more is asked for."""

_WHERE_FROM = 70
"""Cells from which a row has room for where in its document the conflict is."""

Key = tuple[int, str]


class ConflictList(RowView):
    """The cursor is on a conflict, never on a document, and stays with its conflict whatever comes and goes."""

    KEEPS_MARK = True

    @dataclass
    class NearEnd(Message):
        """The cursor nears the end of what was read."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._conflicts: Sequence[Conflict] = ()
        self._rows: list[Conflict | str] = []
        self._sums: dict[str, tuple[int, int]] = {}
        self._titles: Mapping[int, str] = {}
        self._of = 0
        self._instead: Sequence[str] = ()

    @property
    def conflict(self) -> Conflict | None:
        """The conflict under the cursor."""
        row = self._rows[self.cursor] if self.cursor < len(self._rows) else None
        return row if isinstance(row, Conflict) else None

    @property
    def loaded(self) -> int:
        """How many conflicts were read."""
        return len(self._conflicts)

    def say_instead(self, lines: Sequence[str]) -> None:
        """What to show where there are no conflicts: inert lines."""
        self._instead = lines
        self.refresh()

    def show(self, conflicts: Sequence[Conflict], of: int, titles: Mapping[int, str], at: str | None = None) -> None:
        """Show the first of `of` conflicts, by path; the cursor stays where it is, or goes to the one with the id `at`.

        Where there is none with that id, it goes to the top.
        """
        kept, before = _key(self.conflict), self.cursor
        line = before - int(self.scroll_offset.y)
        self._conflicts, self._of, self._titles = conflicts, of, titles
        self._rows, self._sums = [], {}
        for one in conflicts:
            errors, warnings = self._sums.get(one.path, (0, 0))
            if one.path not in self._sums:
                self._rows.append(one.path)
            is_error = one.severity == "error"
            self._sums[one.path] = errors + is_error, warnings + (not is_error)
            self._rows.append(one)
        if at is not None:
            named = (index for index, row in enumerate(self._rows) if isinstance(row, Conflict) and row.id == at)
            self.renew(next(named, 0), 0)
            return
        same = (index for index, row in enumerate(self._rows) if isinstance(row, Conflict) and _key(row) == kept)
        found = next(same, None) if kept is not None else None
        self.renew(before if found is None else found, max(0, found - line) if found is not None else None)

    def _tell(self) -> None:
        super()._tell()
        if self.loaded < self._of and self.cursor + _MARGIN >= self.total:
            self.post_message(self.NearEnd())

    # -- drawing

    @property
    def total(self) -> int:
        return len(self._rows)

    def rest(self, index: int) -> bool:
        return isinstance(self._rows[index], Conflict)

    def instead(self, width: int) -> Sequence[Sequence[Piece]]:
        return [[(f"   {line}", "muted")] for line in self._instead]

    def foot(self, width: int) -> Sequence[Sequence[Piece]]:
        if self.conflict is None:
            return [[]]
        documents = sum(isinstance(row, str) for row in self._rows[: self.cursor + 1])
        return [[(f" {self.cursor + 1 - documents:,} of {self._of:,}", "muted")]]

    def draw(self, index: int, width: int) -> Sequence[Piece]:
        row = self._rows[index]
        return self._document(row, width) if isinstance(row, str) else self._conflict(row, width)

    def _document(self, path: str, width: int) -> Sequence[Piece]:
        """A document, with how many errors and warnings it has."""
        errors, warnings = self._sums[path]
        signs = self._look.signs
        sums: list[Piece] = []
        if errors:
            sums.append((f"{signs.requirement['unsatisfied']} {count(errors, 'error')}", "bad"))
        if warnings:
            sums.append((f"{'  ' if sums else ''}! {count(warnings, 'warning')}", "warning"))
        room = width - sum(cells(text) for text, _ in sums) - 2
        return spread([(shorten_path(inert(path), max(8, room), signs.ellipsis), "strong")], sums, width)

    def _conflict(self, one: Conflict, width: int) -> Sequence[Piece]:
        """Whether it is for a person, of what type it is, who meets whom, and where in the document."""
        signs = self._look.signs
        sign, role = severity_sign(one, self._look)
        lead: list[Piece] = [(f"  {sign} ", role), (fit(TYPE_WORDS[one.type], 12), "muted")]
        where = ""
        if one.pointer and width >= _WHERE_FROM:
            where = cut(pointed(one.pointer, signs.crumb), width // 4, signs.ellipsis)
        room = width - sum(cells(text) for text, _ in lead) - (cells(where) + 2 if where else 0)
        ours, theirs = named(one.mutation, self._titles), their_words(one, self._titles)
        joint = " against "
        most = room - cells(joint)
        # What the shorter one leaves is the longer one's.
        ours = cut(ours, max(most // 2, most - cells(theirs)), signs.ellipsis)
        theirs = cut(theirs, most - cells(ours), signs.ellipsis)
        said: list[Piece] = [*lead, (ours, "plain"), (joint, "muted"), (theirs, "plain")]
        return spread(said, [(where, "muted")], width) if where else said


def _key(conflict: Conflict | None) -> Key | None:
    return (conflict.mutation, conflict.id) if conflict is not None else None


def severity_sign(conflict: Conflict, look: Look) -> Piece:
    """The sign of what a person must decide, or of what merges by itself, with its role."""
    return (look.signs.requirement["unsatisfied"], "bad") if conflict.severity == "error" else ("!", "warning")


def named(number: int, titles: Mapping[int, str]) -> str:
    """A mutation by its number, and by its title where that is known."""
    return f"M-{number} {inert(titles.get(number, ''))}".rstrip()


def their_words(conflict: Conflict, titles: Mapping[int, str]) -> str:
    """The other side: mutations, or the revision that stands in the way."""
    if conflict.conflicting_mutations:
        return ", ".join(named(number, titles) for number in conflict.conflicting_mutations)
    if conflict.revision is None:
        return "the head"
    revision = f"revision {conflict.revision}"
    return f"M-{conflict.revision_mutation}, {revision}" if conflict.revision_mutation is not None else revision
