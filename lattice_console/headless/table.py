"""Plain aligned tables: no boxes, two spaces between columns, numbers to the right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from lattice_console.cells import cells, cut
from lattice_console.headless.style import Palette, Role
from lattice_console.text import inert

Row = TypeVar("Row")

_GAP = "  "
_NARROWEST = 8


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its title, the text of a row, and how it behaves.

    `gives` columns are shortened, widest first, where a terminal is too narrow for the whole table.
    """

    title: str
    value: Callable[[Row], str]
    right: bool = False
    gives: bool = False
    role: Callable[[Row], Role | None] | None = None


def layout(columns: Sequence[Column[Row]], rows: Sequence[Row], palette: Palette, room: int | None) -> list[str]:
    """The table's lines, the titles first; of at most `room` cells where that is given. Every text is made inert."""
    texts = [[inert(column.value(row)) for column in columns] for row in rows]
    widths = [
        max([cells(column.title), *(cells(line[index]) for line in texts)]) for index, column in enumerate(columns)
    ]
    if room is not None:
        _narrow(widths, [column.gives for column in columns], room)
    titles = [column.title for column in columns]
    lines = [_line(columns, titles, widths, palette, ["muted"] * len(columns))]
    for row, line in zip(rows, texts, strict=True):
        roles = [column.role(row) if column.role else None for column in columns]
        lines.append(_line(columns, line, widths, palette, roles))
    return lines


def _line(
    columns: Sequence[Column[Row]],
    texts: Sequence[str],
    widths: Sequence[int],
    palette: Palette,
    roles: Sequence[Role | None],
) -> str:
    parts = []
    last = len(columns) - 1
    for index, (column, text, width, role) in enumerate(zip(columns, texts, widths, roles, strict=True)):
        short = cut(text, width, palette.ellipsis)
        space = " " * (width - cells(short))
        shown = palette.paint(role, short)
        if column.right:
            parts.append(space + shown)
        else:
            parts.append(shown if index == last else shown + space)
    return _GAP.join(parts).rstrip()


def _narrow(widths: list[int], gives: Sequence[bool], room: int) -> None:
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - room
    while excess > 0:
        widest = max((index for index, give in enumerate(gives) if give), key=lambda index: widths[index], default=None)
        if widest is None or widths[widest] <= _NARROWEST:
            return
        widths[widest] -= 1
        excess -= 1
