"""Reading a JSON file that anyone may have put in its place: bounded, and nothing but a file."""

import json
import os
import stat
from pathlib import Path
from typing import Any, NoReturn

__all__ = ["Content", "Unusable", "decoded", "read", "read_object"]

Content = dict[str, Any]
"""What a file holds: an object."""

_SETTINGS_LIMIT = 1_000_000


class Unusable(Exception):
    """What lies at the path is none of ours; the text follows its name in a sentence."""


def read(path: Path, limit: int) -> tuple[bytes, os.stat_result]:
    """The bytes of a regular file, or of one that a link leads to, and its status when it was read.

    Raises:
        Unusable: it is something else than a file, or has more than `limit` bytes.
        OSError: the system refuses it.
    """
    # O_NONBLOCK: a pipe in its place is no reason to wait.
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise Unusable("is no regular file")
        with open(file, "rb", closefd=False) as stream:
            data = stream.read(limit + 1)
    finally:
        os.close(file)
    if len(data) > limit:
        raise Unusable(f"is larger than {limit:,} bytes")
    return data, status


def decoded(data: bytes) -> Content:
    """The object that JSON text says; raises Unusable for anything else, and for numbers that are none in JSON."""
    try:
        content = json.loads(data.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Unusable(f"cannot be read as JSON ({error})") from None
    if not isinstance(content, dict):
        raise Unusable("holds no JSON object")
    return content


def read_object(path: Path) -> Content | None:
    """What a file of settings says; None where there is none. Raises Unusable for whatever cannot be used."""
    try:
        return decoded(read(path, _SETTINGS_LIMIT)[0])
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unusable(f"cannot be read ({os.strerror(error.errno) if error.errno else error})") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")
