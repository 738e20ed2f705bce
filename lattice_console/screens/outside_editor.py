"""Long texts, typed in the person's own editor while the console makes room for it."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from lattice_console.contract.errors import SystemFailure, ValidationFailed

__all__ = ["edit"]


def edit(text: str, suspend: AbstractContextManager[None], folder: Path, environ: Mapping[str, str]) -> str:
    """The text as it is after `$VISUAL`, or `$EDITOR`, has worked on it; `suspend` gives the terminal free meanwhile.

    What lies in `folder` stays there until the editor ended well, so that nothing is lost with it. Raises
    ValidationFailed (`VAL_EDITOR`) where there is no such editor, SystemFailure (`SYS_EDITOR`) where it ended badly.
    """
    named = environ.get("VISUAL") or environ.get("EDITOR") or ""
    try:
        command = shlex.split(named)
    except ValueError as error:
        raise ValidationFailed("VAL_EDITOR", f"$EDITOR is {named}, which is no command: {error}.") from None
    if not command:
        raise ValidationFailed("VAL_EDITOR", "No editor is set: start lattice with $EDITOR, as in EDITOR=nano.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix="text-", suffix=".md", dir=folder)
    place = Path(name)
    with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text if text.endswith("\n") or not text else f"{text}\n")
    failure: OSError | None = None
    status = 0
    try:
        with suspend:
            # The terminal comes back only where nothing is raised here.
            try:
                status = subprocess.run([*command, name], check=False).returncode
            except OSError as error:
                failure = error
    except BaseException:
        place.unlink()
        raise
    if failure is not None:
        place.unlink()
        raise ValidationFailed("VAL_EDITOR", f"{command[0]} cannot be started: {failure.strerror}. Set $EDITOR.")
    if status != 0:
        raise SystemFailure(
            "SYS_EDITOR",
            f"{command[0]} ended with status {status}; the text stays as it was. What it wrote is in {place}.",
        )
    edited = place.read_text(encoding="utf-8", errors="replace")
    place.unlink()
    return edited.removesuffix("\n")
