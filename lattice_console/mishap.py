"""What should not happen: the traceback goes to a log, and a user gets one sentence with a request id."""

import traceback
import uuid
from datetime import UTC, datetime
from pathlib import Path

from lattice_console.contract.errors import SystemFailure


def unexpected(error: BaseException, log: Path) -> SystemFailure:
    """Write `error` with its traceback to the end of `log`; returns what a user is told."""
    request_id = uuid.uuid4().hex[:12]
    entry = f"{datetime.now(UTC).isoformat()} {request_id}\n{''.join(traceback.format_exception(error))}\n"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(entry)
        where = f"the log has more under {request_id}: {log}"
    except OSError as failure:
        where = f"the log {log} cannot be written: {failure.strerror}"
    return SystemFailure(
        "SYS_UNEXPECTED",
        f"Something went wrong that should not have ({type(error).__name__}); {where}.",
        request_id=request_id,
    )
