"""Exit codes by error."""

import pytest

from lattice_console.contract.errors import (
    Blocked,
    Conflict,
    Drift,
    LatticeError,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    RuleBroken,
    SystemFailure,
    ValidationFailed,
)
from lattice_console.headless.exits import Exit, exit_code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SystemFailure("SYS_DATABASE_ERROR", "x"), 1),
        (NotFound("NF_MUTATION", "x"), 1),
        (RuleBroken("BR_STATUS", "x"), 1),
        (ValidationFailed("VAL_TITLE", "x"), 2),
        (NotAuthenticated("AUTH_UNKNOWN_USER", "x"), 4),
        (NotAllowed("AUTH_FORBIDDEN", "x"), 4),
        (Blocked("BR_BLOCKED", "x"), 11),
        (Conflict("CF_STALE_BASE", "x"), 12),
        (LatticeError("QUOTA_EXCEEDED", "x"), 14),
        (Drift("CF_DRIFT", "x"), 20),
    ],
)
def test_every_kind_of_error_has_its_exit_code(error: LatticeError, code: int) -> None:
    assert exit_code(error) == code


def test_the_documented_codes_keep_their_numbers() -> None:
    assert {code.name: code.value for code in Exit} == {
        "OK": 0,
        "ERROR": 1,
        "USAGE": 2,
        "DENIED": 4,
        "PENDING": 8,
        "FINDINGS": 10,
        "BLOCKED": 11,
        "CONFLICT": 12,
        "FAILED": 13,
        "QUOTA": 14,
        "DRIFT": 20,
        "INTERRUPTED": 130,
        "PIPE_CLOSED": 141,
    }
