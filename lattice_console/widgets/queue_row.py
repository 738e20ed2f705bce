"""One row of the queue, drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from lattice_console.cells import fit
from lattice_console.contract.models.mutation import MutationSummary
from lattice_console.text import inert
from lattice_console.widgets.queue_columns import Columns
from lattice_console.widgets.signs import Look, status_role

__all__ = ["Standing", "draw_row"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a row stands in the list: under the cursor, marked or about to be, in its stack, waiting for the actor, open
    in front of others, with drafts of the actor.

    `depth` is how deep the row is below the first of its stack, and `ends_level` whether the next one is not as deep.
    """

    selected: bool = False
    marked: Literal["no", "range", "yes"] = "no"
    depth: int = 0
    ends_level: bool = True
    told_mine: bool = False
    looked_at: bool = False
    drafted: bool = False


def draw_row(
    row: MutationSummary, columns: Columns, width: int, look: Look, style: Callable[[str], Style], standing: Standing
) -> Strip:
    """The row in `width` cells, the last of them blank or a sign that others look; `style` has that of each role."""
    signs = look.signs
    number = str(row.number).rjust(columns.number)
    indent = "  " * (standing.depth - 1)
    branch = indent + (signs.corner if standing.ends_level else signs.branch) if standing.depth else ""
    lead = f"{branch}{signs.comment} " if standing.drafted else ""
    title = fit((lead or branch) + inert(row.title), columns.title, signs.ellipsis)
    tail: list[str] = []
    if columns.spec:
        tail.append(fit(inert(row.spec_id or ""), columns.spec, signs.ellipsis))
    if columns.author:
        tail.append(fit(inert(row.author.handle), columns.author, signs.ellipsis))
    tail.append(look.age(row.created_at).rjust(4))
    votes, votes_role = _votes(row, look)
    conflicts = _conflicts(row, columns.conflicts)
    comments, comments_role = _comments(row, columns.comments)
    # A blank belongs to what follows it: every change of style is written out.
    mark_style = style("bar" if standing.marked == "yes" else "muted")
    marks = [] if standing.marked == "no" else [Segment(signs.mark, mark_style)]
    number = number if marks else f" {number}"
    if standing.selected:
        cursor = style("cursor")
        rest = "  ".join([f"{number}  {title}", *tail, votes, *(text for text in (conflicts, comments) if text)])
        segments = [
            Segment(signs.bar, cursor + style("bar")),
            # In the cursor's own colour: those of roles are chosen for the page.
            Segment(f"{signs.status[row.status]} {''.join(mark.text for mark in marks)}", cursor),
            Segment(fit(rest, width - 4 - len(marks)), cursor),
            Segment(signs.looked_at if standing.looked_at else " ", style("muted") if standing.looked_at else None),
        ]
        return Strip(segments, width).simplify()
    muted = style("muted")
    mine = standing.told_mine and row.mine
    segments = [
        Segment(f" {signs.status[row.status]} ", style(status_role(row.status))),
        *marks,
        Segment(f"{number}  ", style("bar") if mine else muted),
        *([Segment(title[: len(lead)], style("warning"))] if lead else []),
        Segment(title[len(lead) :], style("strong" if mine else "plain")),
        Segment("  " + "  ".join(tail) + "  ", muted),
        Segment(votes, style(votes_role)),
        *([Segment(f"  {conflicts}", style("bad"))] if conflicts else ()),
        Segment(f"  {comments}" if comments else "", style(comments_role)),
    ]
    drawn = Strip(segments)
    if standing.looked_at:
        drawn = Strip([*drawn.adjust_cell_length(width - 1), Segment(signs.looked_at, muted)])
    return drawn.simplify().adjust_cell_length(width)


def _votes(row: MutationSummary, look: Look) -> tuple[str, str]:
    """Approvals of those required, with a sign where somebody objects, in five cells, and their role."""
    if row.status in ("draft", "cancelled", "expired") or not (row.approvals_required or row.objections):
        return "     ", "plain"
    text = f"{row.approvals}/{row.approvals_required}"
    if row.objections:
        return f"{look.signs.vote['reject']} {text}".rjust(5), "bad"
    return text.rjust(5), "good" if row.approvals >= row.approvals_required else "plain"


def _conflicts(row: MutationSummary, width: int) -> str:
    """How many conflicts are for a person, where any are."""
    text = str(row.conflicts) if row.conflicts else ""
    return fit(text if len(text) <= width else "+", width, right=True)


def _comments(row: MutationSummary, width: int) -> tuple[str, str]:
    """How many remarks there are, behind how many threads are open, where any are (`2/8`), and their role."""
    if not row.threads:
        return (str(row.comments) if row.comments else "").rjust(width) if width else "", "muted"
    text = f"{row.threads}/{row.comments}"
    return fit(text if len(text) <= width else f"{row.threads}/", width, right=True), "warning"
