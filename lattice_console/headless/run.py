"""Run one command line: parse, do, and turn whatever comes back into an exit code and words."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from lattice_console import config
from lattice_console.contract.errors import LatticeError, SystemFailure, ValidationFailed
from lattice_console.headless.exits import Exit, exit_code
from lattice_console.headless.session import Session
from lattice_console.mishap import unexpected


def run(root: click.Command, arguments: Sequence[str], session: Session) -> int:
    """Run the command that `arguments` name, below `root`; returns the exit code, and raises nothing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that cannot show a character gets its escape, not an error.
            stream.reconfigure(errors="backslashreplace")
    try:
        with root.make_context("lattice", list(arguments), obj=session) as ctx:
            code = root.invoke(ctx)
        sys.stdout.flush()
        return int(code or 0)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        session.output.error(_usage(error))
        return session.failure or Exit.USAGE
    except LatticeError as error:
        session.output.error(error)
        return session.failure or exit_code(error)
    except (KeyboardInterrupt, click.Abort):
        session.output.say("Interrupted.")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Nothing more can be written, and the interpreter would complain about that when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.PIPE_CLOSED
    except Exception as error:
        if isinstance(error, OSError) and error.filename is not None:
            message = f"The system does not let us use {os.fsdecode(error.filename)}: {error.strerror}."
            session.output.error(SystemFailure("SYS_FILE", message))
        else:
            session.output.error(unexpected(error, _log_file(session)))
        return session.failure or Exit.ERROR


def _usage(error: click.ClickException) -> ValidationFailed:
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    message = error.format_message().rstrip(".")
    return ValidationFailed("VAL_USAGE", f"{message}. See: {ctx.command_path if ctx else 'lattice'} --help")


def _log_file(session: Session) -> Path:
    """The project's log; outside of a project, one beside the user's profile."""
    root = config.find_root(session.start)
    place = root / config.FOLDER / "state" if root else config.profile_path().parent
    return place / "lattice.log"
