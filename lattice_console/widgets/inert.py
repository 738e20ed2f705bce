"""Untrusted text on a screen: made inert, measured in cells, cut to what its place holds."""

import re
import unicodedata
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size, split_text

__all__ = ["cells", "cut", "cut_front", "fit", "inert", "inert_bytes", "shorten_path", "wrap"]

TAB = 4
"""Cells from one tab stop to the next."""

_SHORT = 200
"""Characters of a text that is worth remembering: titles and names, seen again and again."""

_MARKS = 4
"""Combining marks that one character may carry; more of them would paint over the lines around."""

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


def _visible(text: str) -> str:
    if _HARMLESS.fullmatch(text):
        return text
    shown: list[str] = []
    marks = 0
    for at, char in enumerate(text):
        category = unicodedata.category(char)
        # What takes no cell belongs to the character before it, and there has to be one.
        marks = marks + 1 if get_character_cell_size(char) == 0 else 0
        if _acts(char, category) and not (0 < at < len(text) - 1 and _joins(shown[-1][-1], char, text[at + 1])):
            shown.append(_escape(char))
        elif marks > _MARKS or (marks and at == marks - 1):
            shown.append(_escape(char))
        else:
            shown.append(char)
    return "".join(shown)


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


def _joins(before: str, joiner: str, after: str) -> bool:
    """Whether a joiner stands within a word, as in Persian and Indic ones: after what is shown, before a letter."""
    return (
        joiner in ("\u200c", "\u200d")
        and min(before, after) > "\u02ff"
        and unicodedata.category(before)[0] in "LM"
        and unicodedata.category(after)[0] == "L"
        and get_character_cell_size(after) > 0
        and not _acts(after, unicodedata.category(after))
    )


def _escape(char: str) -> str:
    code = ord(char)
    # Bytes that were no UTF-8, as `surrogateescape` carries them.
    return f"⟨{code - 0xDC00:02X}⟩" if 0xDC80 <= code <= 0xDCFF else f"⟨U+{code:04X}⟩"


def inert_bytes(line: bytes) -> str:
    """A line of a document as one line of inert text: tabs expanded, bytes that are no UTF-8 shown as `⟨FF⟩`."""
    return _visible(line.decode("utf-8", "surrogateescape").expandtabs(TAB))


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
    most = (width + 1) * (_MARKS + 1)
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
