"""A merge for a program that takes one text and a number: `git merge-file`, behind the validity gate."""

from dataclasses import dataclass

from lattice_console.merge.marked import LABELS, MARKER_SIZE, Favor, Labels, Style, marked, shown
from lattice_console.merge.merging import SIZE_LIMIT, MergeResult, Unmergeable, three_way, why_unmergeable
from lattice_console.merge.validity import Gate, Rejection

__all__ = ["FileMerge", "merge_file"]


@dataclass(frozen=True, slots=True)
class FileMerge:
    """The text, how many conflicts it shows, and what the validity gate has against it, or against its clean merge."""

    content: bytes
    conflicts: int
    rejected: Rejection | None = None


def merge_file(
    base: bytes,
    ours: bytes,
    theirs: bytes,
    *,
    path: str | None = None,
    limit: int = SIZE_LIMIT,
    style: Style = "merge",
    favor: Favor | None = None,
    labels: Labels = LABELS,
    marker_size: int = MARKER_SIZE,
) -> FileMerge | Unmergeable:
    """Merge as `git merge-file` does, in text and number of conflicts, unless that gives an unsound document unasked.

    Where the validity gate refuses a clean merge, the conflicts of `three_way` are shown. A `favor` settles these as it
    settles any other; what comes of that is judged, and given as asked for.

    Raises:
        Libgit2Error: libgit2 ran out of memory.
    """
    if refused := why_unmergeable(base, ours, theirs, limit):
        return refused
    result = three_way(base, ours, theirs, path=path, limit=limit)
    if result.content is not None:
        return FileMerge(result.content, 0)
    if favor:
        content = _favored(result, favor) if result.rejected else marked(base, ours, theirs, favor=favor).content
        return FileMerge(content, 0, Gate(base, ours, theirs, path, None).rejection(content))
    if result.rejected:
        text = shown(result, style=style, labels=labels, marker_size=marker_size)
    else:
        text = marked(base, ours, theirs, style=style, labels=labels, marker_size=marker_size)
    return FileMerge(text.content, text.conflicts, result.rejected)


def _favored(result: MergeResult, favor: Favor) -> bytes:
    """A rejected merge with one side, or both, in the place of each conflict; of both, one is the base's text."""
    sides = [
        {"ours": each.ours, "theirs": each.theirs, "union": each.theirs if each.ours == each.base else each.ours}
        for each in result.conflicts
    ]
    return result.settled_with([side[favor] for side in sides])
