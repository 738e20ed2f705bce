"""`lattice console`: from the command line to the screen."""

import click

from lattice_console.headless.commands import Command
from lattice_console.headless.session import current


@click.command("console", cls=Command, examples=("lattice console", "lattice -C ../billing console --as ana"))
def command() -> int:
    """Open the console.

    On the project of the current folder; the same as `lattice` alone.
    """
    session = current()
    return session.console(session)
