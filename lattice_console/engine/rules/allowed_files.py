"""Which files a spec lets mutations about it change: its `allowed_files`."""

from collections.abc import Iterable

from lattice_console.engine.rules import globs, syntax
from lattice_console.engine.rules.globs import BadGlob, Glob

__all__ = ["outside", "read"]


def read(path: str, content: bytes) -> tuple[Glob, ...] | None:
    """The globs that the spec at `path` has; None where it says nothing of files. What is no glob covers nothing."""
    data = syntax.parse(path, content).data
    listed = data.get("allowed_files") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        return None
    found = []
    for text in listed:
        try:
            found.append(globs.read(text if isinstance(text, str) else ""))
        except BadGlob:
            continue
    return tuple(found)


def outside(paths: Iterable[str], allowed: Iterable[Glob]) -> list[str]:
    """Those of the paths that none of the globs covers, in order."""
    known = list(allowed)
    return [path for path in sorted(set(paths)) if not any(glob.covers(path) for glob in known)]
