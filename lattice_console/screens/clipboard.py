"""Copying to the terminal's clipboard, with a file for terminals that do not let us."""

import base64
import os
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["LIMIT", "copy", "sequence"]

LIMIT = 74_000
"""Bytes of text that terminals take at once: xterm cuts a sequence at 100,000 characters, which are these in base64."""


def sequence(text: str, environ: Mapping[str, str]) -> str:
    """The control sequence (OSC 52) that puts `text` on the clipboard, wrapped so that tmux and screen hand it on."""
    plain = f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\a"
    if environ.get("TMUX"):
        # tmux hands on what is wrapped so, every escape doubled, and takes the plain one itself where it is set to.
        return plain + "\x1bPtmux;" + plain.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if environ.get("STY"):
        return f"\x1bP{plain}\x1b\\"
    return plain


def copy(
    text: str, what: str, write: Callable[[str], object], file: Path, environ: Mapping[str, str], *, again: bool = False
) -> str:
    """Copy `text`, called `what`, to the clipboard by `write`, and to `file`; returns what to tell the person.

    Nobody answers whether a terminal took it, so the file has it in any case; `again` says that they know of it.
    """
    kept = _keep(text, file)
    if len(text.encode()) > LIMIT:
        if kept:
            return f"{what[:1].upper()}{what[1:]} is too long for a terminal's clipboard: it is in {_short(file)}."
        return f"Not copied: {what} is too long for a terminal's clipboard, and {_short(file)} cannot be written."
    write(sequence(text, environ))
    if again or not any(environ.get(name) for name in ("TMUX", "STY", "SSH_TTY")):
        return f"Copied {what}."
    # Between here and the clipboard others decide.
    return f"Copied {what}; also in {_short(file)}." if kept else f"Copied {what}, if the terminal allows it."


def _keep(text: str, file: Path) -> bool:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as target:
            target.write(text)
    except OSError:
        return False
    return True


def _short(file: Path) -> str:
    home = Path.home()
    return f"~/{file.relative_to(home)}" if file.is_relative_to(home) else str(file)
