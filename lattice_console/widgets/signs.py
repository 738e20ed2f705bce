"""Signs, ages and moments: the small marks that every screen shares, with their ASCII twins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

# Not needed for the first frame, and slow to load.
if TYPE_CHECKING:
    from lattice_console.contract.models.mutation import Status
    from lattice_console.contract.models.project import Vote
    from lattice_console.contract.models.requirement import RequirementState

__all__ = ["ASCII", "UNICODE", "Look", "Signs", "age", "moment", "plural", "status_role", "utc_now"]


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


_STEPS = ((60, "s", 1), (3600, "m", 60), (86400, "h", 3600), (14 * 86400, "d", 86400), (730 * 86400, "w", 7 * 86400))


def age(moment: datetime, now: datetime) -> str:
    """The time from `moment` to `now` in at most four cells: `now`, `40s`, `4m`, `2h`, `3d`, `5w`, `12y`."""
    seconds = int((now - moment).total_seconds())
    if seconds < 5:
        return "now"
    for limit, unit, size in _STEPS:
        if seconds < limit:
            return f"{seconds // size}{unit}"
    return f"{seconds // (365 * 86400)}y"


def moment(at: datetime) -> str:
    """A point in time in full, to the minute, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def plural(number: int, noun: str) -> str:
    """The number with its noun: `1 file`, `1,204 files`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


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
