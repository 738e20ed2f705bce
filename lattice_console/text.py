"""Text for people: untrusted text made harmless, bytes as a line, how long ago, how many."""

import re
import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice

__all__ = ["MARKS", "age", "ago", "count", "inert", "inert_bytes", "inert_lines", "inert_pieces", "pointed"]

TAB = 4
"""Cells from one tab stop to the next."""

MARKS = 4
"""Combining marks that one character may carry; more of them would paint over the lines around."""

_SHORT = 200
"""Characters of a text that is worth remembering: titles and names, seen again and again."""

# What is certainly harmless, so that nearly all text passes with one look: printable Latin, Greek and Cyrillic, the
# signs of typography and of boxes, CJK without its formatting.
_HARMLESS = re.compile(
    "[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0377\u037a-\u037f\u0384-\u03ff\u0400-\u0482"
    "\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21ff\u2200-\u22ff"
    "\u2500-\u25ff\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*"
)


def inert(text: str, *, lines: bool = False) -> str:
    """`text` with every character that could act made visible, as `⟨U+202E⟩`.

    That is what steers a terminal (C0, C1), what turns or hides text (bidirectional and other formatting characters,
    variation selectors, separators of lines), lone surrogates, what terminals join or measure differently (emoji
    joiners, flags, skin tones), and marks heaped on one character. With `lines`, newlines stay and tabs become blanks
    up to their stop; else both are controls as well.
    """
    if lines:
        return "\n".join(_visible(line.expandtabs(TAB)) for line in text.split("\n"))
    return _remembered(text) if len(text) <= _SHORT else _visible(text)


def inert_lines(text: str) -> list[str]:
    """The lines of `text`, each inert, tabs as blanks."""
    return inert(text, lines=True).split("\n")


def inert_bytes(line: bytes) -> str:
    """A line of a document as one line of inert text: tabs expanded, bytes that are no UTF-8 shown as `⟨FF⟩`."""
    return _visible(line.decode("utf-8", "surrogateescape").expandtabs(TAB))


def inert_pieces(line: bytes) -> list[tuple[int, str]]:
    """What `inert_bytes` makes of a line, by characters: the bytes that each takes, and what is shown of it."""
    text = line.decode("utf-8", "surrogateescape")
    shown = iter(_shown(text.expandtabs(TAB)))
    pieces: list[tuple[int, str]] = []
    column = 0
    for char in text:
        # As `expandtabs` counts.
        width = TAB - column % TAB if char == "\t" else 1
        column = 0 if char in "\n\r" else column + width
        pieces.append((len(char.encode("utf-8", "surrogateescape")), "".join(islice(shown, width))))
    return pieces


def pointed(pointer: str, parted: str) -> str:
    """The way of a JSON pointer (RFC 6901) from key to key, inert; `parted` stands between them."""
    keys = [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]
    return f" {parted} ".join(inert(key) or '""' for key in keys)


def _visible(text: str) -> str:
    return text if _HARMLESS.fullmatch(text) else "".join(_shown(text))


def _shown(text: str) -> list[str]:
    """What is shown of each character of one line."""
    shown: list[str] = []
    marks = 0
    for at, char in enumerate(text):
        category = unicodedata.category(char)
        # What takes no cell belongs to the character before it, and there has to be one.
        marks = marks + 1 if _takes_no_cell(char, category) else 0
        if _acts(char, category) and not (0 < at < len(text) - 1 and _joins(shown[-1][-1], char, text[at + 1])):
            shown.append(_escape(char))
        elif marks > MARKS or (marks and at == marks - 1):
            shown.append(_escape(char))
        else:
            shown.append(char)
    return shown


_remembered = lru_cache(8192)(_visible)


def _acts(char: str, category: str) -> bool:
    code = ord(char)
    return (
        category in ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
        or (category == "Zs" and char not in " \u00a0\u3000")
        or 0xFE00 <= code <= 0xFE0F  # variation selectors
        or 0x180B <= code <= 0x180F  # Mongolian ones
        or 0xE0000 <= code <= 0xE0FFF  # tags, and the selectors beside them
        or 0x1F1E6 <= code <= 0x1F1FF  # flags
        or 0x1F3FB <= code <= 0x1F3FF  # skin tones
        or code in (0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x034F)  # letters that show nothing
    )


def _takes_no_cell(char: str, category: str) -> bool:
    """Whether what is shown stands in the cell of the character before: marks, and the later letters of a Jamo."""
    return category[0] == "M" or "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff"


def _joins(before: str, joiner: str, after: str) -> bool:
    """Whether a joiner stands within a word, as in Persian and Indic ones: after what is shown, before a letter."""
    category = unicodedata.category(after)
    return (
        joiner in ("\u200c", "\u200d")
        and min(before, after) > "\u02ff"
        and unicodedata.category(before)[0] in "LM"
        and category[0] == "L"
        and not _takes_no_cell(after, category)
        and not _acts(after, category)
    )


def _escape(char: str) -> str:
    code = ord(char)
    # Bytes that were no UTF-8, as `surrogateescape` carries them.
    return f"⟨{code - 0xDC00:02X}⟩" if 0xDC80 <= code <= 0xDCFF else f"⟨U+{code:04X}⟩"


_STEPS = ((60, "s", 1), (3600, "m", 60), (86400, "h", 3600), (14 * 86400, "d", 86400), (730 * 86400, "w", 7 * 86400))


def age(moment: datetime, now: datetime | None = None) -> str:
    """How long `moment` was before `now` (None: before this one), in at most four cells: `now`, `40s`, `4m`, `12y`."""
    seconds = int(((now or datetime.now(UTC)) - moment).total_seconds())
    if seconds < 5:
        return "now"
    for limit, unit, size in _STEPS:
        if seconds < limit:
            return f"{seconds // size}{unit}"
    return f"{seconds // (365 * 86400)}y"


def ago(moment: datetime) -> str:
    """How long ago that was, as part of a sentence: `just now`, `4m ago`."""
    return "just now" if (told := age(moment)) == "now" else f"{told} ago"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """The number with its noun: `1 file`, `1,204 files`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
