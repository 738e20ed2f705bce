"""Hooks in a project's folder: small shell scripts, which start in a millisecond."""

from pathlib import Path

from lattice_console.engine.gateways.hook_files import FOLDER, find
from lattice_console.engine.gateways.hooks import FolderHooks

PATIENCE = 60.0
"""Seconds for hooks that end by themselves, on a machine that has much else to do."""


def write_hook(root: Path, name: str, script: str) -> Path:
    """Lay an executable hook into the project's folder; `script` are the lines of its shell."""
    path = root / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


class Trusted:
    """What is trusted: nothing until `trust` is called."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: set[tuple[str, str]] = set()

    def __call__(self, name: str, digest: str) -> bool:
        return (name, digest) in self._known

    def trust(self) -> None:
        """Trust all hooks of the folder, as they are now."""
        self._known = {(hook.name, hook.digest) for hook in find(self._root)}


def hooks_at(root: Path, project_id: str, *, seconds: float = PATIENCE) -> tuple[FolderHooks, Trusted]:
    """The hooks of a folder that is that project's, and what is trusted of them."""
    trusted = Trusted(root)
    return FolderHooks(root, project_id, trusted, seconds=seconds), trusted
