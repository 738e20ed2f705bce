"""What makes lines of a diff pleasant to read and takes time: syntax colours and changed words, a window at a time."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from lattice_console.merge.diff import Side
from lattice_console.merge.words import WordChanges, word_changes
from lattice_console.widgets.diff_document import DiffDocument, LineRow
from lattice_console.widgets.diff_text import text_of
from lattice_console.widgets.highlight import Run, highlight, lexer_name

__all__ = ["Paint", "Paints", "Stretch"]

_BRIDGE = 8
"""Lines between two wanted ones that are read along: a lexer knows better where it is, and starts less often."""

_KEPT = 20_000
"""Lines whose colours are kept."""

_LONGEST = 400
"""Lines of a replaced block beyond which its words are not compared."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring lines of one side of a file, from `first` up to, and without, `end`."""

    file: int
    side: Side
    first: int
    end: int


@dataclass(slots=True)
class Paint:
    """What is wanted of one document, and what came of it."""

    document: DiffDocument
    stretches: tuple[Stretch, ...]
    blocks: tuple[tuple[int, int], ...]
    colours: dict[tuple[int, Side, int], list[Run]] = field(default_factory=dict)
    words: dict[tuple[int, int], WordChanges | None] = field(default_factory=dict)

    def make(self) -> "Paint":
        """Do the work; slow enough to belong off the event loop."""
        for file, number in self.blocks:
            compared = self.document.files[file].diff
            old, removed, new, added = compared.blocks[number]
            self.words[file, number] = (
                word_changes(compared.lines("old", old, old + removed), compared.lines("new", new, new + added))
                if removed + added <= _LONGEST
                else None
            )
        for stretch in self.stretches:
            change = self.document.files[stretch.file]
            name = lexer_name(change.result_path if stretch.side == "new" else change.path)
            if name is None:
                continue
            lines = [text_of(line) for line in change.diff.lines(stretch.side, stretch.first, stretch.end)]
            for number, runs in enumerate(highlight(lines, name), stretch.first):
                self.colours[stretch.file, stretch.side, number] = runs
        return self

    def touches(self, row: LineRow) -> bool:
        """Whether a row looks otherwise by it."""
        return (
            (row.block is not None and (row.file, row.block) in self.words)
            or (row.new is not None and (row.file, "new", row.new) in self.colours)
            or (row.old is not None and (row.file, "old", row.old) in self.colours)
        )


Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class _Recent(Generic[Key, Value]):
    """The values that came last."""

    def __init__(self) -> None:
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def __contains__(self, key: Key) -> bool:
        return key in self._values

    def get(self, key: Key) -> Value | None:
        return self._values.get(key)

    def update(self, values: dict[Key, Value]) -> None:
        self._values.update(values)
        while len(self._values) > _KEPT:
            self._values.popitem(last=False)


class Paints:
    """The colours and words of a document that are known so far."""

    def __init__(self, document: DiffDocument) -> None:
        self._document = document
        self._colours: _Recent[tuple[int, Side, int], list[Run]] = _Recent()
        self._words: _Recent[tuple[int, int], WordChanges | None] = _Recent()

    def take(self, paint: Paint) -> bool:
        """Keep what came of some work; False where it was for another document."""
        if paint.document is not self._document:
            return False
        self._colours.update(paint.colours)
        self._words.update(paint.words)
        return True

    def colours(self, file: int, side: Side, line: int) -> list[Run] | None:
        """The coloured runs of a line; None as long as it has none."""
        return self._colours.get((file, side, line))

    def words(self, file: int, block: int) -> WordChanges | None:
        """Which words of a block changed; None where nothing is told apart, or not yet."""
        return self._words.get((file, block))

    def missing(self, rows: Iterable[LineRow]) -> Paint | None:
        """What has to be done for these rows; None if that is nothing."""
        lines: dict[tuple[int, Side], list[int]] = {}
        blocks: dict[tuple[int, int], None] = {}
        for row in rows:
            change = self._document.files[row.file]
            if row.block is not None and (row.file, row.block) not in self._words:
                block = change.diff.blocks[row.block]
                if block.removed and block.added:
                    blocks[row.file, row.block] = None
            if lexer_name(change.result_path) is None:
                continue
            if row.new is not None and (row.file, "new", row.new) not in self._colours:
                lines.setdefault((row.file, "new"), []).append(row.new)
            if row.old is not None and row.block is not None and (row.file, "old", row.old) not in self._colours:
                lines.setdefault((row.file, "old"), []).append(row.old)
        stretches = [
            Stretch(file, side, first, end)
            for (file, side), numbers in lines.items()
            for first, end in _joined(sorted(numbers))
        ]
        if not stretches and not blocks:
            return None
        return Paint(self._document, tuple(stretches), tuple(blocks))


def _joined(numbers: Sequence[int]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for number in numbers:
        if joined and number - joined[-1][1] <= _BRIDGE:
            joined[-1] = (joined[-1][0], number + 1)
        else:
            joined.append((number, number + 1))
    return joined
