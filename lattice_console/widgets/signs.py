"""Signs and moments: the small marks that every screen shares, with their ASCII twins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lattice_console.text import age

# Not needed for the first frame, and slow to load.
if TYPE_CHECKING:
    from lattice_console.contract.models.mutation import Status
    from lattice_console.contract.models.project import Vote
    from lattice_console.contract.models.requirement import RequirementState

__all__ = ["ASCII", "UNICODE", "Look", "Signs", "moment", "status_role", "utc_now"]


@dataclass(frozen=True, slots=True)
class Signs:
    """One cell each, save where said otherwise."""

    status: Mapping["Status", str]
    requirement: Mapping["RequirementState", str]
    vote: Mapping["Vote", str]
    bar: str
    crumb: str
    dot: str
    dash: str
    ellipsis: str
    fold: str
    minus: str
    rule: str
    comment: str
    arrow: str
    divider: str
    check: str
    opened: str
    closed: str
    quote: str
    mark: str
    looked_at: str
    branch: str
    corner: str
    rising: str
    falling: str


UNICODE = Signs(
    status={
        "draft": "·",
        "pending": "○",
        "approved": "✓",
        "needs_manual_resolution": "≠",
        "in_progress": "▸",
        "completed": "●",
        "rolled_back": "↺",
        "rejected": "✗",
        "failed": "▲",
        "rollback_failed": "△",
        "cancelled": "–",
        "expired": "–",
    },
    requirement={"satisfied": "✓", "unsatisfied": "✗", "overridden": "↷", "not_applicable": "–", "error": "?"},
    vote={"approve": "✓", "approve_with_suggestions": "✓", "request_changes": "✗", "reject": "✗"},
    bar="▌",
    crumb="›",
    dot="·",
    dash="–",
    ellipsis="…",
    fold="⋯",
    minus="−",
    rule="─",
    comment="✎",
    arrow="→",
    divider="│",
    check="✓",
    opened="▾",
    closed="▸",
    quote="┃",
    mark="◆",
    looked_at="◉",
    branch="├ ",
    corner="└ ",
    rising="↑",
    falling="↓",
)

ASCII = Signs(
    status={
        "draft": ".",
        "pending": "o",
        "approved": "v",
        "needs_manual_resolution": "#",
        "in_progress": ">",
        "completed": "*",
        "rolled_back": "~",
        "rejected": "x",
        "failed": "!",
        "rollback_failed": "%",
        "cancelled": "-",
        "expired": "-",
    },
    requirement={"satisfied": "v", "unsatisfied": "x", "overridden": "^", "not_applicable": "-", "error": "?"},
    vote={"approve": "v", "approve_with_suggestions": "v", "request_changes": "x", "reject": "x"},
    bar="|",
    crumb=">",
    dot="-",
    dash="-",
    ellipsis="~",
    fold="...",
    minus="-",
    rule="-",
    comment="#",
    arrow="->",
    divider="|",
    check="v",
    opened="v",
    closed=">",
    quote="|",
    mark="+",
    looked_at="@",
    branch="|- ",
    corner="`- ",
    rising="^",
    falling="v",
)


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Look:
    """What widgets need beside their models: the signs to draw with and the clock to count ages by."""

    signs: Signs = UNICODE
    now: Callable[[], datetime] = utc_now

    @property
    def ascii(self) -> bool:
        """Whether only ASCII may be drawn."""
        return self.signs is ASCII

    def age(self, moment: datetime) -> str:
        """How long ago `moment` was."""
        return age(moment, self.now())


def moment(at: datetime) -> str:
    """A point in time in full, to the minute, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


_ROLES: Mapping["Status", str] = {
    "draft": "muted",
    "pending": "plain",
    "approved": "good",
    "needs_manual_resolution": "warning",
    "in_progress": "accent",
    "completed": "good",
    "rolled_back": "muted",
    "rejected": "bad",
    "failed": "bad",
    "rollback_failed": "bad",
    "cancelled": "muted",
    "expired": "muted",
}


def status_role(status: "Status") -> str:
    """The role whose colour a status wears."""
    return _ROLES[status]
