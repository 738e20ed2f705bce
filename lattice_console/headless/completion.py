"""`lattice completion bash | zsh | fish`: the script that lets a shell complete commands, ids, specs and views."""

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
)

from lattice_console.headless.commands import Command
from lattice_console.headless.session import Session

VARIABLE = "_LATTICE_COMPLETE"
"""The environment variable by which a shell asks, as click's scripts have it."""


class _Bash(BashComplete):
    """bash, which takes a colon for the end of a word: words are joined again, and answers begin behind the colon."""

    _behind = 0

    def get_completion_args(self) -> tuple[list[str], str]:
        args, incomplete = super().get_completion_args()
        words: list[str] = []
        joins = False
        for word in [*args, incomplete]:
            if words and (joins or word == ":"):
                words[-1] += word
            else:
                words.append(word)
            joins = word == ":"
        *args, incomplete = words
        self._behind = incomplete.rfind(":") + 1
        return args, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.type},{item.value[self._behind :]}"


_COMPLETERS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": ZshComplete, "fish": FishComplete}


def answer(root: click.Command, instruction: str, session: Session) -> int:
    """Answer what a shell asks (`bash_complete`); returns the exit code."""
    shell, _, asked = instruction.partition("_")
    if shell not in _COMPLETERS or asked != "complete":
        return 1
    if told := _completer(shell, root, session).complete():
        click.echo(told)
    return 0


def _completer(shell: str, root: click.Command, session: Session | None) -> ShellComplete:
    return _COMPLETERS[shell](root, {"obj": session}, "lattice", VARIABLE)


@click.command(
    "completion",
    cls=Command,
    examples=(
        "lattice completion bash > ~/.local/share/bash-completion/completions/lattice",
        "lattice completion zsh > ~/.zfunc/_lattice",
        "lattice completion fish > ~/.config/fish/completions/lattice.fish",
    ),
)
@click.argument("shell", type=click.Choice(list(_COMPLETERS)))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that makes a shell complete commands.

    Besides commands and options it completes mutations (with their titles, in zsh and fish), comments, specs, members,
    saved views and words of a filter, of the project that you are in. Instead of a file, bash (4.4 or newer) and zsh
    take it from their start files: eval "$(lattice completion bash)".
    """
    completer = _completer(shell, ctx.find_root().command, None)
    # Not `source()`: it asks bash for its version, and there may be none here.
    click.echo(completer.source_template % completer.source_vars())
