"""What the signs mean that the console draws, group by group."""

from collections.abc import Mapping, Sequence

from textual.content import Content

from lattice_console.cells import cells
from lattice_console.contract.models.mutation import Status
from lattice_console.widgets.pieces import ROLE_STYLES, STATE_STYLES, status_words
from lattice_console.widgets.signs import Signs, status_role

__all__ = ["legend"]

_MORE: dict[Status, str] = {
    "draft": ": not submitted yet",
    "pending": ": under review",
    "approved": ": not executed yet",
    "needs_manual_resolution": ": it has a conflict",
    "in_progress": ": it is being executed",
    "completed": ": executed",
    "rolled_back": ": all as before it",
    "rejected": ": voted down",
    "failed": ": nothing was changed",
    "rollback_failed": ": to be finished",
    "cancelled": " or expired",
}
"""Statuses that have a sign of their own, each with what its name does not say."""


def legend(signs: Signs) -> list[list[Content]]:
    """The groups, each a heading and a line for each sign."""
    requirement = signs.requirement
    return [
        _group(
            "A mutation",
            [(signs.status[one], f"{status_words(one)}{more}") for one, more in _MORE.items()],
            {signs.status[one]: ROLE_STYLES[status_role(one)] for one in _MORE},
        ),
        _group(
            "A requirement",
            [
                (requirement["satisfied"], "satisfied"),
                (requirement["unsatisfied"], "not satisfied: it blocks"),
                (requirement["overridden"], "overridden"),
                (requirement["not_applicable"], "does not apply"),
                (requirement["error"], "could not be judged"),
            ],
            {requirement[one]: style for one, style in STATE_STYLES.items()},
        ),
        _group(
            "In the queue",
            [
                ("1/2", "one approval of two"),
                (f"{signs.vote['reject']} 1/2", "somebody objects"),
                (f"{signs.status['needs_manual_resolution']} 2", "two conflicts for a person"),
                (f"{signs.comment} 1/3", "one thread open, 3 remarks"),
                (signs.comment, "before a title: your drafts"),
                (signs.mark, "marked"),
                (signs.looked_at, "somebody else looks at it"),
                (f"{signs.branch.strip()} {signs.corner.strip()}", "stands on one above it"),
            ],
        ),
        _group(
            "In a change",
            [
                (f"+ ~ {signs.minus}", "added, changed, removed"),
                (signs.arrow, "renamed"),
                (signs.fold, "unchanged lines, folded"),
                (f"{signs.opened} {signs.closed}", "a file open, folded"),
                (signs.quote, "what was remarked on the line"),
            ],
        ),
    ]


def _group(heading: str, entries: Sequence[tuple[str, str]], styles: Mapping[str, str] | None = None) -> list[Content]:
    widest = max(cells(sign) for sign, _ in entries)
    lines = [Content.assemble((heading, "bold"))]
    for sign, means in entries:
        style = (styles or {}).get(sign, "bold")
        lines.append(Content.assemble(" " * (widest + 1 - cells(sign)), (sign, style), f"  {means}"))
    return lines
