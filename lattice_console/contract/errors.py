"""One tree of errors, raised on every side of the contract and carried whole across the wire."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import ValidationError


class LatticeError(Exception):
    """Something a user can act on: a stable `code`, a message (what, why, what to do), and `details` as JSON."""

    prefix: ClassVar[str] = ""

    def __init__(self, code: str, message: str, **details: Any) -> None:
        super().__init__(message)
        if not code.startswith(self.prefix):
            raise ValueError(f"{type(self).__name__} takes codes that start with {self.prefix}, not {code}")
        self.code = code
        self.message = message
        self.details = details

    def to_wire(self) -> dict[str, Any]:
        """The error as it stands in an envelope."""
        return {"code": self.code, "message": self.message, "details": self.details}

    @staticmethod
    def from_wire(data: Mapping[str, Any]) -> "LatticeError":
        """The error that an envelope carries, as the class that was raised."""
        code = str(data["code"])
        kinds = [kind for kind in _all_kinds() if kind.prefix and code.startswith(kind.prefix)]
        kind = max(kinds, key=lambda kind: len(kind.prefix), default=SystemFailure)
        return kind(
            code if kinds else f"SYS_{code}",
            str(data["message"]),
            **data.get("details", {}),
        )


class ValidationFailed(LatticeError):
    """What was sent is not acceptable; `details["field"]` names the field."""

    prefix = "VAL_"


class NotAuthenticated(LatticeError):
    """Who is asking is unknown."""

    prefix = "AUTH_"


class NotAllowed(NotAuthenticated):
    """Who is asking may not do this; `details["permission"]` is what it takes."""

    prefix = "AUTH_FORBIDDEN"


class NotFound(LatticeError):
    """There is no such thing, or none that the actor may see."""

    prefix = "NF_"


class RuleBroken(LatticeError):
    """The object's state forbids it."""

    prefix = "BR_"


class Blocked(RuleBroken):
    """Requirements stand in the way; `details["blockers"]` lists all of them (name, state, reason)."""

    prefix = "BR_BLOCKED"


class Conflict(LatticeError):
    """The object, or the head, is no longer what the caller saw; `details` say what changed."""

    prefix = "CF_"


class Drift(Conflict):
    """Files of the workspace hold bytes that the store does not; `details["paths"]` names them."""

    prefix = "CF_DRIFT"


class SystemFailure(LatticeError):
    """A part that we depend on failed; the log has more under `details["request_id"]`."""

    prefix = "SYS_"


def _all_kinds() -> list[type[LatticeError]]:
    found: list[type[LatticeError]] = [LatticeError]
    for kind in found:
        found.extend(kind.__subclasses__())
    return found


def from_validation(error: ValidationError) -> ValidationFailed:
    """The contract's error for pydantic's: names the first field that is wrong, and lists all of them."""
    problems = [
        {
            "field": ".".join(str(part) for part in problem["loc"]) or "value",
            "problem": _said(problem),
        }
        for problem in error.errors(include_url=False)
    ]
    first = problems[0]
    name = next(
        (part for part in reversed(first["field"].split(".")) if not part.isdigit()),
        "value",
    )
    message = "; ".join(f"{problem['field']}: {problem['problem']}" for problem in problems[:5])
    return ValidationFailed(f"VAL_{name.upper()}", f"{message}.", field=first["field"], problems=problems)


def _said(problem: Mapping[str, Any]) -> str:
    if problem["type"] == "too_long":
        # Whatever is checked before it is measured is called a value with items, texts too.
        limits, parts = problem["ctx"], "characters" if isinstance(problem["input"], str) else "items"
        return f"has {limits['actual_length']:,} {parts}; at most {limits['max_length']:,} are allowed"
    return str(problem["msg"]).removeprefix("Value error, ")
