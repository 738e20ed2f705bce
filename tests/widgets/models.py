"""Rows of the queue, made up."""

from datetime import UTC, datetime

from lattice_console.contract.models.mutation import MutationSummary
from lattice_console.contract.models.page import Page
from lattice_console.contract.models.people import Person

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def row(number: int, title: str = "a change", **changed: object) -> MutationSummary:
    """A pending mutation."""
    summary = MutationSummary(
        id=f"id-{number}",
        number=number,
        title=title,
        status="pending",
        author=Person(id="ana", handle="ana", name="Ana"),
        spec_id="user-auth",
        type="feature",
        labels=(),
        patchset=1,
        approvals=0,
        approvals_required=1,
        objections=0,
        comments=0,
        threads=0,
        conflicts=0,
        stack=number,
        level=0,
        turn="reviewers",
        mine=False,
        version=1,
        created_at=NOON,
        updated_at=NOON,
    )
    return summary.model_copy(update=changed)


def page(total: int, first: int, size: int) -> Page[MutationSummary]:
    """The rows from `first` on of a list of `total`, newest number first, with cursors that name rows."""
    end = min(total, first + size)
    return Page(
        items=tuple(row(total - index) for index in range(first, end)),
        next_cursor=str(end) if end < total else None,
        prev_cursor=str(first) if first > 0 else None,
        has_more=end < total,
        total=total,
    )
