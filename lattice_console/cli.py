"""The `lattice` and `lattice-console` commands: the tree of commands, and how they reach a Backend."""

import gc
import os
import sys
from typing import TYPE_CHECKING

from lattice_console.version import __version__

# Nothing else is imported before the arguments are known: `--version` answers at once, and no command pays for what
# another one needs.
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import click

    from lattice_console.config import Settings
    from lattice_console.contract.backend import Backend
    from lattice_console.headless.git_commit import GitCommit
    from lattice_console.headless.glance import Glance
    from lattice_console.headless.session import Session

_HEADLESS = "lattice_console.headless"
_OPS = "lattice_console.ops.commands"

COMMANDS = {
    "init": f"{_OPS}:init",
    "status": f"{_HEADLESS}.folder:status",
    "track": f"{_HEADLESS}.folder:track",
    "restore": f"{_HEADLESS}.folder:restore",
    "sync": f"{_HEADLESS}.folder:sync",
    "watch": "lattice_console.ops.watch_command:command",
    "dashboard": f"{_HEADLESS}.dashboard:command",
    "queue": f"{_HEADLESS}.queue:command",
    "conflicts": f"{_HEADLESS}.conflicts:command",
    "view": f"{_HEADLESS}.view:group",
    "mutation": f"{_HEADLESS}.mutation:group",
    "spec": f"{_HEADLESS}.spec:group",
    "validate": "lattice_console.ops.validate_command:command",
    "events": f"{_HEADLESS}.events:command",
    "team": f"{_HEADLESS}.team:group",
    "project": f"{_HEADLESS}.project:group",
    "audit": f"{_HEADLESS}.audit:group",
    "hooks": "lattice_console.ops.hooks_commands:group",
    "merge-file": f"{_HEADLESS}.merge_file:command",
    "diff3": f"{_HEADLESS}.diff3:command",
    "import-git": f"{_OPS}:import_git",
    "export-git": f"{_OPS}:export_git",
    "health": f"{_HEADLESS}.health:command",
    "doctor": f"{_OPS}:doctor",
    "backup": "lattice_console.ops.backup_commands:backup",
    "restore-backup": "lattice_console.ops.backup_commands:restore_backup",
    "db": "lattice_console.ops.db_commands:group",
    "graph": "lattice_console.ops.graph_commands:group",
    "demo": f"{_OPS}:demo",
    "completion": f"{_HEADLESS}.completion:command",
    "console": f"{_HEADLESS}.console:command",
}
"""Every command of `lattice`, as `module:attribute`, in the order of its help."""


def main() -> int:
    """Run `lattice`; returns its exit code."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"Lattice CLI v{__version__}\n")
        return 0
    if asked := os.environ.get("_LATTICE_COMPLETE"):
        return _complete(asked)
    return lattice(sys.argv[1:])


def console() -> int:
    """Run `lattice-console`: `lattice console`; returns its exit code."""
    return lattice(["console", *sys.argv[1:]])


def lattice(arguments: list[str]) -> int:
    """Run the command line `lattice arguments…`; returns its exit code."""
    from lattice_console.headless.run import run
    from lattice_console.headless.session import Session

    return run(tree(), arguments, Session(_connect, _console, _look, _read_commits))


def tree() -> "click.Group":
    """The tree of commands; without a command it opens the console."""
    from lattice_console.headless.commands import root

    return root(COMMANDS, default="console", version=f"Lattice CLI v{__version__}")


def _complete(asked: str) -> int:
    """Answer a shell that completes a command line."""
    from lattice_console.headless.completion import answer
    from lattice_console.headless.session import Session

    return answer(tree(), asked, Session(_connect, _console, _look))


def _look(settings: "Settings") -> "Glance | None":
    from lattice_console.ops.glance import glance

    return glance(settings)


def _read_commits(
    folder: "Path", revision: str, *, squash: bool, wanted: "Callable[[str], bool]", limit: int
) -> "Iterator[GitCommit]":
    from lattice_console.ops.git_changes import read

    return read(folder, revision, squash=squash, wanted=wanted, limit=limit)


def _console(session: "Session") -> int:
    """Open the console on the session's project; returns once it is left."""
    from lattice_console.contract.errors import ValidationFailed

    settings = _resolved(session.settings)
    # A driver of its own is how the console runs in a browser, without a terminal.
    if not (sys.stdin.isatty() and sys.stdout.isatty()) and "TEXTUAL_DRIVER" not in os.environ:
        raise ValidationFailed(
            "VAL_TERMINAL", "The console needs a terminal. For scripts, see: lattice --help", field="terminal"
        )

    # What loads from here on stays: a search for garbage would find none, at a tenth of the time.
    gc.disable()
    # A key that comes just after something was painted waits for the next frame: at Textual's own 60, up to 17 ms.
    os.environ.setdefault("TEXTUAL_FPS", "120")
    from lattice_console.app import LatticeApp

    open_checkout = (lambda: session.checkout) if settings.root else None
    app = LatticeApp(lambda: session.connect(settings), open_checkout, settings, start=session.place)
    app.run()
    return app.return_code or 0


def _resolved(settings: "Settings") -> "Settings":
    """The settings with the project's id, under which this machine keeps what the person has in hand."""
    if not settings.names_project:
        return settings
    import asyncio

    from lattice_console.backends.connect import resolved

    return asyncio.run(resolved(settings))


async def _connect(settings: "Settings") -> "Backend":
    from lattice_console.backends.connect import connect

    return await connect(settings)
