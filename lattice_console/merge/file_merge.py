"""A merge for a program that takes one text and a number: `git merge-file`, behind the validity gate."""

from dataclasses import dataclass

from lattice_console.merge.marked import LABELS, MARKER_SIZE, Favor, Labels, Marked, Style, marked, shown
from lattice_console.merge.merging import SIZE_LIMIT, Conflict, MergeResult, Unmergeable, three_way, why_unmergeable
from lattice_console.merge.proposal import Proposal
from lattice_console.merge.validity import Gate, Rejection

__all__ = ["FileMerge", "merge_file"]


@dataclass(frozen=True, slots=True)
class FileMerge:
    """The text, how many conflicts it shows, and what the validity gate has against it, or against its clean merge.

    `taken` are the proposals that stand in it, each with the conflict that it settles.
    """

    content: bytes
    conflicts: int
    rejected: Rejection | None = None
    taken: tuple[tuple[Conflict, Proposal], ...] = ()


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
    structured: bool = False,
) -> FileMerge | Unmergeable:
    """Merge as `git merge-file` does, in text and number of conflicts, unless that gives an unsound document unasked.

    Where the validity gate refuses a clean merge, the conflicts of `three_way` are shown. `structured` takes a proposal
    of the structured layer in every conflict that has one. A `favor` settles the conflicts that are left; what comes of
    that is judged, and given as asked for.

    Raises:
        Libgit2Error: libgit2 ran out of memory.
    """
    if refused := why_unmergeable(base, ours, theirs, limit):
        return refused
    result = three_way(base, ours, theirs, path=path, limit=limit, propose=structured)
    if result.unmergeable:
        return result.unmergeable
    proposals = zip(result.conflicts, result.proposals, strict=False)
    taken = tuple((conflict, proposal) for conflict, proposal in proposals if proposal.text is not None)
    if not result.rejected and not taken:
        # Also of a clean merge: the styles with a base show as conflicts what both sides made the same in two ways.
        text = marked(base, ours, theirs, style=style, favor=favor, labels=labels, marker_size=marker_size)
        judged = favor and not result.clean
    elif favor:
        text, judged = Marked(_favored(result, favor), 0), True
    else:
        texts = [proposal.text for proposal in result.proposals]
        text = shown(result, taken=texts, style=style, labels=labels, marker_size=marker_size)
        judged = False
    rejected = Gate(base, ours, theirs, path, None).rejection(text.content) if judged else None
    return FileMerge(text.content, text.conflicts, rejected or (result.rejected if text.conflicts else None), taken)


def _favored(result: MergeResult, favor: Favor) -> bytes:
    """A merge with one side, or both, in the place of each conflict that has no proposal."""
    texts = [proposal.text for proposal in result.proposals] or [None] * len(result.conflicts)
    return result.settled_with(
        [
            _side(conflict, favor) if text is None else text
            for conflict, text in zip(result.conflicts, texts, strict=True)
        ]
    )


def _side(conflict: Conflict, favor: Favor) -> bytes:
    if favor != "union":
        return conflict.ours if favor == "ours" else conflict.theirs
    if conflict.base in (conflict.ours, conflict.theirs):
        # Only one side changed it.
        return conflict.theirs if conflict.ours == conflict.base else conflict.ours
    return conflict.ours + (b"" if conflict.ours[-1:] in (b"", b"\n") else b"\n") + conflict.theirs
