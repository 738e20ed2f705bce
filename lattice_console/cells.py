"""Inert text in cells: measured, cut and wrapped to what its place holds."""

from rich.cells import cell_len, split_text

from lattice_console.text import MARKS

__all__ = ["cells", "cut", "cut_front", "fit", "shorten_path", "wrap"]


def cells(text: str) -> int:
    """How many cells inert text takes."""
    return cell_len(text)


def cut(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in at most `width` cells; where it is longer it ends in `ellipsis`."""
    if cell_len(text) <= width:
        return text
    if width <= len(ellipsis):
        return ellipsis[:width]
    return split_text(text, width - len(ellipsis))[0].rstrip() + ellipsis


def cut_front(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in at most `width` cells; where it is longer its end stays, behind `ellipsis`."""
    if cell_len(text) <= width:
        return text
    start = 0
    while start < len(text) and cell_len(text[start:]) > width - len(ellipsis):
        start += 1
    return (ellipsis + text[start:].lstrip())[: max(0, width)]


def fit(text: str, width: int, ellipsis: str = "…", *, right: bool = False) -> str:
    """`text` in exactly `width` cells: cut as `cut` does, or padded behind (before, with `right`)."""
    shown = cut(text, width, ellipsis)
    blanks = " " * (width - cell_len(shown))
    return blanks + shown if right else shown + blanks


def shorten_path(path: str, width: int, ellipsis: str = "…") -> str:
    """An inert path in at most `width` cells; a longer one loses its middle (`src/…/session.py`)."""
    if cell_len(path) <= width:
        return path
    first, _, rest = path.partition("/")
    parts = rest.split("/")
    for start in range(1, len(parts)):
        short = "/".join([first, ellipsis, *parts[start:]])
        if cell_len(short) <= width:
            return short
    name = parts[-1] or first
    if cell_len(name) + len(ellipsis) + 1 <= width:
        return f"{ellipsis}/{name}"
    return cut(name, width, ellipsis)


def wrap(text: str, width: int) -> list[str]:
    """Inert text with newlines as lines of at most `width` cells, broken at blanks where there are any.

    A width that holds no character at all breaks nothing.
    """
    if width < 2:
        return text.split("\n")
    lines: list[str] = []
    # As many characters as can fill a line and one cell more, each with its marks: a long text is not measured whole.
    most = (width + 1) * (MARKS + 1)
    for paragraph in text.split("\n"):
        rest = paragraph.rstrip()
        while len(rest) > most or cell_len(rest) > width:
            head = _head(rest[:most], width)
            blank = head.rfind(" ") if rest[len(head)] != " " else len(head)
            if blank > 0 and head[:blank].strip():
                head = head[:blank]
            lines.append(head.rstrip())
            rest = rest[len(head) :].lstrip()
        lines.append(rest)
    return lines


def _head(text: str, width: int) -> str:
    """As much of a longer text as fits, and at least one character."""
    head = split_text(text, width)[0]
    # A wide character that would be cut is split into blanks.
    return head if text.startswith(head) else head[:-1] or text[0]
