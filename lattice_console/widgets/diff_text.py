"""A line of a document as it is shown: inert, cut where it is overlong, with a way from its bytes to its columns."""

from collections.abc import Sequence

from rich.cells import get_character_cell_size

from lattice_console.merge.words import Span
from lattice_console.text import inert_bytes, inert_pieces

__all__ = ["SHOWN", "breaks", "columns", "text_of"]

_JOINER = "\u200d"

SHOWN = 4000
"""Bytes of a line that are shown; the rest is said as a size."""


def _start(content: bytes) -> bytes:
    """What is shown of a line: without a carriage return at its end, and cut between characters."""
    content = content.removesuffix(b"\r")
    if len(content) <= SHOWN:
        return content
    start = content[:SHOWN]
    while start and start[-1] & 0xC0 == 0x80:
        start = start[:-1]
    return start[:-1] if start[-1:] >= b"\xc0" else start


def text_of(content: bytes) -> str:
    """What is shown of a line, given without its newline."""
    return inert_bytes(_start(content))


def columns(content: bytes, spans: Sequence[Span]) -> list[Span]:
    """Where in the text that is shown of a line some of its bytes stand; what is not shown is left out."""
    start = _start(content)
    shown = [(first, min(end, len(start))) for first, end in spans if first < len(start)]
    if not shown or (start.isascii() and start.decode().isprintable()):
        return shown
    # The column at which each byte's character begins, and behind the last.
    at: list[int] = []
    column = 0
    for size, piece in inert_pieces(start):
        at += [column] * size
        column += len(piece)
    at.append(column)
    return [(at[first], at[end]) for first, end in shown]


def breaks(text: str, width: int) -> list[int]:
    """The characters at which inert text goes on in another line, where one has `width` cells."""
    if width < 2:
        return []
    if text.isascii():
        return list(range(width, len(text), width))
    found: list[int] = []
    used = 0
    before = ""
    for at, char in enumerate(text):
        # A letter behind a joiner is drawn, and measured, as one with the letter before.
        size = 0 if before == _JOINER else get_character_cell_size(char)
        before = char
        if used + size > width:
            found.append(at)
            used = 0
        used += size
    return found
