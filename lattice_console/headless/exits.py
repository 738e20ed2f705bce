"""Exit codes: what a script learns from `$?`, and the one place that derives them from errors."""

from enum import IntEnum

from lattice_console.contract.errors import LatticeError


class Exit(IntEnum):
    """The documented exit codes of `lattice`."""

    OK = 0
    ERROR = 1
    """It failed for a reason that has no code of its own: not found, not in this state, a part that does not work."""
    USAGE = 2
    """The command line, or a value on it, is not acceptable."""
    DENIED = 4
    """Not authenticated, or not allowed."""
    PENDING = 8
    """Not decided yet, or timed out."""
    FINDINGS = 10
    """The check ran and found something."""
    BLOCKED = 11
    """Policy stands in the way: it refuses what is proposed, requirements do not hold, or a mutation was rejected or
    withdrawn."""
    CONFLICT = 12
    """The object, or the head, is no longer what the caller saw."""
    FAILED = 13
    """An execution failed, or was rolled back."""
    QUOTA = 14
    """A quota is used up."""
    DRIFT = 20
    """Files of the folder hold bytes that the project does not know."""
    INTERRUPTED = 130
    """Ctrl-C, as shells say it."""
    PIPE_CLOSED = 141
    """Whoever read the output stopped reading, as shells say it."""


_BY_CODE = (
    ("AUTH_", Exit.DENIED),
    ("VAL_", Exit.USAGE),
    ("BR_BLOCKED", Exit.BLOCKED),
    ("BR_POLICY", Exit.BLOCKED),
    ("CF_DRIFT", Exit.DRIFT),
    ("CF_", Exit.CONFLICT),
    ("QUOTA_", Exit.QUOTA),
)


def exit_code(error: LatticeError) -> Exit:
    """The exit code that an error ends the command with, by its code's first words."""
    return next((code for prefix, code in _BY_CODE if error.code.startswith(prefix)), Exit.ERROR)
