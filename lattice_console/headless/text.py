"""Untrusted text, ages and widths, as a terminal may be given them."""

import re
from datetime import UTC, datetime

from rich.cells import cell_len, set_cell_size

# Controls (C0, DEL, C1), lone surrogates, line and paragraph separators, and invisible format characters, bidi
# controls among them; without the two joiners (U+200C, U+200D), which scripts and emoji need and which move nothing.
_LIVE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u2064\u2066-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)


def inert(text: str) -> str:
    r"""Return `text` as one harmless line: what would move, hide or reorder is shown as its escape (`\n`, `\u202e`)."""
    return _LIVE.sub(_escape, text)


def inert_lines(text: str) -> list[str]:
    """The lines of `text`, each inert, tabs as spaces."""
    return [inert(line.expandtabs(4)) for line in text.split("\n")]


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    number = ord(char)
    if char in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[char]
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def age(moment: datetime, now: datetime | None = None) -> str:
    """How long ago `moment` was, short: `12s 4m 2h 3d 5w 2y`; `now` for what is yet to come."""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    for size, unit in ((31_557_600, "y"), (604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")):
        if seconds >= size:
            return f"{int(seconds // size)}{unit}"
    return "now"


def width(text: str) -> int:
    """The cells that `text` takes."""
    return cell_len(text)


def cut(text: str, cells: int, ellipsis: str = "…") -> str:
    """Return `text` in at most `cells` cells, with an ellipsis where something was left out."""
    if cell_len(text) <= cells:
        return text
    if cells <= cell_len(ellipsis):
        return ellipsis[:cells]
    return set_cell_size(text, cells - cell_len(ellipsis)).rstrip() + ellipsis


def count(number: int, noun: str, plural: str | None = None) -> str:
    """The number with its noun: `1 file`, `1,204 files`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
