"""`lattice watch`, as the command line has it; the work lies beside."""

from contextlib import aclosing

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Change, Mutation
from lattice_console.headless import completing, options
from lattice_console.headless.commands import Command
from lattice_console.headless.session import Session, connected
from lattice_console.text import count, inert

_NAMED = 5
"""How many files of a draft are named on its line."""


@click.command(
    "watch",
    cls=Command,
    examples=(
        "lattice watch",
        "lattice watch docs 'specs/**/*.yaml'",
        "lattice watch --once --output json | jq -r .id",
    ),
)
@click.argument("paths", metavar="[PATH]...", nargs=-1, shell_complete=completing.files)
@click.option("--once", is_flag=True, help="Look once, and leave.")
@click.option("--title", metavar="T", help="The title of a new draft; else its files.")
@click.option("--spec", metavar="S", shell_complete=completing.specs, help="The spec that a new draft is about.")
@click.option(
    "--settle",
    metavar="SECONDS",
    type=click.FloatRange(min=0.05, max=60),
    default=1.0,
    show_default=True,
    help="How long nothing must have changed before it looks.",
)
@options.output
@connected
async def command(
    session: Session,
    backend: Backend,
    /,
    paths: tuple[str, ...],
    once: bool,
    title: str | None,
    spec: str | None,
    settle: float,
) -> None:
    """Draft what you edit with other tools.

    What changes in the project's documents becomes one draft of yours, which is kept as the files are until you hand
    it in (lattice mutation submit). New files count below .lattice, and in each PATH, a file, directory or glob, save
    what git ignores. No file is touched. Ends with Ctrl+C (exit 130).
    """
    from lattice_console.ops.watch import Watch, wakes

    output = session.output
    if output.shape == "json" and not once:
        raise click.UsageError("What never ends is no one object. Take --output ndjson, or --once.")
    meant = [session.checkout.relative(path, session.start) for path in paths]
    watch = Watch(backend, session.checkout, meant, title=title, spec=spec)
    if once:
        made = await watch.look()
        if made is None:
            output.say("Nothing new differs from the head.")
        else:
            output.line(made, lambda made=made: _line(made))  # type: ignore[misc] # bound here and now
        return
    output.say(f"Watching {session.checkout.root}. Ctrl+C ends it.")
    told = ""
    async with aclosing(wakes(session.checkout.root, settle)) as times:
        async for _ in times:
            try:
                made = await watch.look()
            except LatticeError as error:
                # It goes on, and says the same thing once.
                if error.message != told:
                    output.error(error)
                told = error.message
                continue
            told = ""
            if made is not None:
                output.line(made, lambda made=made: _line(made))  # type: ignore[misc] # bound here and now


def _named(change: Change) -> str:
    target = f" -> {inert(change.new_path)}" if change.new_path else ""
    return f"{change.operation_type} {inert(change.file_path)}{target}"


def _line(made: Mutation) -> str:
    number = f"M-{made.number}"
    if made.status == "cancelled":
        return f"{number}  cancelled: its files are as in the head again"
    files = [_named(change) for change in made.changes[:_NAMED]]
    further = len(made.changes) - len(files)
    more = f", and {count(further, 'other')}" if further else ""
    return f"{number}  draft, patchset {made.patchset}: {', '.join(files)}{more}"
