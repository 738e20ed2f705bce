"""Where one person's work in progress lies on this machine, a folder for each project and actor.

Not in the project's folder: several people may share that one, over SSH.
"""

import os
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

__all__ = ["file_name", "project_folder", "work_folder"]

_PLAIN = 150
"""Characters of a file name that stays readable as a whole."""

_SPECIAL = re.compile(r"[^a-z0-9._~@-]|^\.")


def work_folder(project_id: str, actor: str, environ: Mapping[str, str] | None = None) -> Path:
    """The folder of one actor in a project, there or not: `<project_folder>/<actor>`."""
    return project_folder(project_id, environ) / file_name(actor)


def project_folder(project_id: str, environ: Mapping[str, str] | None = None) -> Path:
    """The folder, there or not: `$XDG_STATE_HOME/lattice/<project id>`, below `~/.local/state` by default.

    As the XDG Base Directory Specification says, a relative `XDG_STATE_HOME` does not count.
    """
    environ = os.environ if environ is None else environ
    base = Path(environ.get("XDG_STATE_HOME") or "")
    if not base.is_absolute():
        base = Path.home() / ".local" / "state"
    return base / "lattice" / file_name(project_id)


def file_name(text: str) -> str:
    """A legal name of one file for any text, another one for every other text, whatever the file system folds.

    Lower-case ASCII letters, digits, `-_~@` and inner dots stand for themselves, all else for its bytes (`%2F`); what
    is too long ends in a hash.
    """
    name = _SPECIAL.sub(_escape, text)
    if not name or len(name) > _PLAIN:
        # No escape begins like this.
        name = f"{name[:_PLAIN]}%%{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"
    return name


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))
