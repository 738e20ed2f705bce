"""The queue's columns: how wide each is, what its head says, and by which order its head asks for."""

from dataclasses import dataclass
from typing import cast

from lattice_console.cells import cells, fit
from lattice_console.contract.models.query import Sort
from lattice_console.widgets.signs import Signs

__all__ = ["STACKED", "Columns", "columns", "head", "turned"]

STACKED: Sort = "stack"
"""The order in which stacks are drawn as such."""

_FALLING_FIRST = {"number", "votes", "comments", "updated"}
"""What is looked for by its highest values first."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in cells; 0 where a column has no room."""

    number: int
    title: int
    spec: int
    author: int
    conflicts: int
    comments: int


def columns(width: int, digits: int, *, specs: bool = True, conflicts: bool = False) -> Columns:
    """What fits: the title keeps 24 cells, and comments, spec and author go, in that order, before it gives up more.

    Without `specs`, or `conflicts`, where no row has any, the title has their room.
    """
    # Bar, sign, mark, number and title with their blanks; then age (4) and votes (5), each behind two blanks.
    number = max(3, digits)
    rest = width - (4 + number + 2) - (2 + 4) - (2 + 5) - 1
    meeting = 2 if conflicts and rest >= 24 else -2
    rest -= meeting + 2
    spec = -2 if not specs else 10 if width < 100 else 16 if width < 140 else 22
    author = 8 if width < 100 else 14
    comments = 5
    if rest - spec - author - comments - 6 < 24:
        comments = -2
    if rest - spec - author - comments - 6 < 24:
        spec = -2
    if rest - spec - author - comments - 6 < 20:
        author = -2
    title = max(1, rest - (spec + 2) - (author + 2) - (comments + 2))
    return Columns(number, title, max(0, spec), max(0, author), max(0, meeting), max(0, comments))


def head(columns: Columns, sort: Sort, signs: Signs) -> list[tuple[str, str]]:
    """The head line in pieces, each with the column that an order can go by; empty where it is none.

    The column that the list is ordered by has the direction at its name.
    """
    found: list[tuple[str, str]] = [(" ", ""), ("   ", "status"), ("M".rjust(columns.number), "number"), ("  ", "")]
    found.append((fit("TITLE", columns.title), "title"))
    for name, width in (("spec", columns.spec), ("author", columns.author)):
        if width:
            found += [("  ", ""), (fit(name.upper(), width), name)]
    found += [("  ", ""), (" AGE", "age"), ("  ", ""), ("VOTES", "votes")]
    if columns.conflicts:
        found += [("  ", ""), (signs.status["needs_manual_resolution"].rjust(columns.conflicts), "")]
    if columns.comments:
        found += [("  ", ""), (signs.comment.rjust(columns.comments), "comments")]
    return [
        (_directed(text, sort, signs), name) if name == sort.removeprefix("-") else (text, name) for text, name in found
    ]


def _directed(text: str, sort: Sort, signs: Signs) -> str:
    """A column's head with the sign of the order's direction: in a blank beside the name, or over its last letter."""
    sign = signs.falling if sort.startswith("-") else signs.rising
    word = text.strip()
    if text.startswith(" ") and cells(text) > cells(word):
        return (sign + word).rjust(cells(text))
    return fit(fit(word, min(cells(word), cells(text) - 1), "") + sign, cells(text))


def turned(sort: Sort, column: str) -> Sort:
    """The order that a choice of `column` leads to: that column's, or its reverse, and then back to stacks."""
    first, second = (f"-{column}", column) if column in _FALLING_FIRST else (column, f"-{column}")
    return cast("Sort", first if sort not in (first, second) else second if sort == first else STACKED)
