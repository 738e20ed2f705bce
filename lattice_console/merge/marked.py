"""A merge as `git merge-file` writes it: one text, in which markers show what is in conflict."""

from dataclasses import dataclass

from lattice_console.merge._libgit2 import Favor, Style, merge_lines
from lattice_console.merge.lines import split_lines

__all__ = ["MARKER_SIZE", "Favor", "Marked", "Style", "marked"]

MARKER_SIZE = 7
"""How many signs a marker has, unless somebody wants more."""

_SIGNS: dict[Style, bytes] = {"merge": b"<=>", "diff3": b"<|=>", "zdiff3": b"<|=>"}


@dataclass(frozen=True, slots=True)
class Marked:
    """A merged text, and how many conflicts it shows."""

    content: bytes
    conflicts: int


def marked(
    base: bytes,
    ours: bytes,
    theirs: bytes,
    *,
    style: Style = "merge",
    favor: Favor | None = None,
    labels: tuple[bytes, bytes, bytes] = (b"ours", b"base", b"theirs"),
    marker_size: int = MARKER_SIZE,
) -> Marked:
    """Merge by lines, with conflicts between markers of `marker_size` signs (1 to 65534) and `labels`.

    Bytes and number of conflicts are those of `git merge-file`. No side may be binary (`merge.diff.is_binary`).
    """
    clean, content = merge_lines(base, ours, theirs, style=style, favor=favor, labels=labels, marker_size=marker_size)
    if clean:
        return Marked(content, 0)
    _, longer = merge_lines(base, ours, theirs, style=style, labels=labels, marker_size=marker_size + 1)
    lines = split_lines(content)
    # Only a marker changes with its size; so nothing in a document is ever taken for one.
    places = [at for at, (line, other) in enumerate(zip(lines, split_lines(longer), strict=True)) if line != other]
    signs = _SIGNS[style]
    label_of = dict(zip(b"<|>", labels, strict=True))
    for number, at in enumerate(places):
        sign = signs[number % len(signs)]
        bare = bytes([sign]) * marker_size
        # libgit2 leaves the label of an empty side out.
        if sign in label_of and lines[at].rstrip(b"\r\n") == bare:
            lines[at] = b"%b %b%b" % (bare, label_of[sign], lines[at][marker_size:])
    return Marked(b"".join(lines), len(places) // len(signs))
