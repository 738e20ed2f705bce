"""A merge as `git merge-file` writes it: one text, in which markers show what is in conflict."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lattice_console.merge._libgit2 import Favor, Style, drawn_label, merge_lines
from lattice_console.merge.lines import split_lines
from lattice_console.merge.merging import Conflict, MergeResult

__all__ = ["LABELS", "MARKER_SIZE", "Favor", "Labels", "Marked", "Style", "marked", "shown"]

Labels = tuple[bytes, bytes, bytes]
"""What markers call ours, base and theirs."""

LABELS: Labels = (b"ours", b"base", b"theirs")
"""The labels of sides that have no other names."""

MARKER_SIZE = 7
"""How many signs a marker has, unless somebody wants more."""

_DRAWN: Labels = (drawn_label(), drawn_label(), drawn_label())

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
    labels: Labels = LABELS,
    marker_size: int = MARKER_SIZE,
) -> Marked:
    """Merge by lines, with conflicts between markers of `marker_size` signs (1 to 65534) and `labels`.

    Bytes and number of conflicts are those of `git merge-file`. No side may be binary (`merge.diff.is_binary`).
    """
    if not all((base, ours, theirs)):
        return _marked_beside_empty(base, ours, theirs, style, favor, labels, marker_size)
    _, content = merge_lines(base, ours, theirs, style=style, favor=favor, labels=_DRAWN, marker_size=marker_size)
    conflicts = content.count(_DRAWN[0])
    for drawn, label in zip(_DRAWN, labels, strict=True):
        content = content.replace(drawn, label)
    return Marked(content, conflicts)


def _marked_beside_empty(
    base: bytes, ours: bytes, theirs: bytes, style: Style, favor: Favor | None, labels: Labels, marker_size: int
) -> Marked:
    """As `marked`, where a side is empty: libgit2 leaves its label out of the markers."""
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
        if sign in label_of and lines[at].rstrip(b"\r\n") == bare:
            lines[at] = b"%b %b%b" % (bare, label_of[sign], lines[at][marker_size:])
    return Marked(b"".join(lines), len(places) // len(signs))


def shown(
    result: MergeResult,
    *,
    taken: Sequence[bytes | None] = (),
    style: Style = "merge",
    labels: Labels = LABELS,
    marker_size: int = MARKER_SIZE,
) -> Marked:
    """A merge's conflicts as they are in data, between markers like those of `marked`; `zdiff3` is as `diff3`.

    That is how a rejected merge can be shown, in which git sees no conflict, and one in which some are decided: `taken`
    has a text for each of these, and None for each of the others. The result is not unmergeable.
    """
    first_line = result.settled_with([conflict.base for conflict in result.conflicts]).partition(b"\n")[0]
    end = b"\r\n" if first_line.endswith(b"\r") else b"\n"
    with_base = style != "merge"
    texts = [
        b"".join(_pieces(conflict, labels, marker_size, end, with_base=with_base)) if text is None else text
        for conflict, text in zip(result.conflicts, taken or [None] * len(result.conflicts), strict=True)
    ]
    return Marked(result.settled_with(texts), len(texts) - sum(text is not None for text in taken))


def _pieces(conflict: Conflict, labels: Labels, size: int, end: bytes, *, with_base: bool) -> Iterator[bytes]:
    ours, base, theirs = labels
    yield from (_marker(b"<", size, ours, end), _closed(conflict.ours, end))
    if with_base:
        yield from (_marker(b"|", size, base, end), _closed(conflict.base, end))
    yield from (b"=" * size, end, _closed(conflict.theirs, end), _marker(b">", size, theirs, end))


def _marker(sign: bytes, size: int, label: bytes, end: bytes) -> bytes:
    return b"%b %b%b" % (sign * size, label, end)


def _closed(text: bytes, end: bytes) -> bytes:
    """A text whose last line ends, so that a marker can follow."""
    return text if text[-1:] in (b"", b"\n") else text + end
