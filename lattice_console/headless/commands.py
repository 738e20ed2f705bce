"""Our kind of click commands: examples in every help, several paths behind one flag, groups that load by need."""

import importlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from lattice_console.headless.session import Session

_ROOT_HELP = """Review, merge, execute and roll back mutations of living specifications.

Without a command: the console, on the project of the current folder.

Data goes to stdout, narration to stderr; `--output json` and `ndjson` are for scripts. The options below may also
follow a command's name.

\b
Exit codes:
   0  done                        11  blocked by policy
   1  error                       12  conflict
   2  wrong usage or value        13  execution failed or rolled back
   4  not allowed                 14  quota used up
   8  pending, or timed out       20  files of the folder drifted
  10  a check found something
"""

_TURNED = re.compile(r'-(?:[a-z]+:|")')

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Command(click.Command):
    """A command with examples.

    `several` names options that take every following argument up to the next option (`--files a b c`), which click
    itself does not know. `filters` lets words of a filter that are turned round (`-author:me`) through, which are no
    options. `failure` is the exit code of whatever goes wrong, for a command whose other codes count something. The
    global options may follow a command's name as well; only the root's help lists them.
    """

    def __init__(
        self,
        *args: Any,
        examples: Sequence[str] = (),
        several: Sequence[str] = (),
        filters: bool = False,
        failure: int | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["context_settings"] = _SETTINGS | (kwargs.get("context_settings") or {})
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.several = frozenset(several)
        self.filters = filters
        self.failure = failure
        self.params.extend(global_options(hidden=True))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Spell `--files a b` as `--files a --files b`, then go on as usual."""
        if session := ctx.find_object(Session):
            session.failure = self.failure
        if self.filters:
            # A blank before it says that it is no option, and nothing to a filter.
            args = [f" {arg}" if _TURNED.match(arg) else arg for arg in args]
        return super().parse_args(ctx, spread(args, self.several, ctx))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        _write_examples(self.examples, formatter)


class Group(click.Group):
    """A group with examples, whose commands may be named as `module:attribute`, imported when they are asked for."""

    command_class = Command

    def __init__(
        self, *args: Any, examples: Sequence[str] = (), lazy: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        kwargs["context_settings"] = _SETTINGS | (kwargs.get("context_settings") or {})
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which they were declared."""
        return [*self.lazy, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported if need be."""
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self.lazy[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        _write_examples(self.examples, formatter)


def _write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    """Each on its line, as it would be typed."""
    with formatter.section("Examples"):
        for example in examples:
            formatter.write_text(f"\b\n{example}")


def root(lazy: Mapping[str, str], *, default: str, version: str) -> Group:
    """`lattice` itself: the commands of `lazy`, the global options, and `default` where no command is named."""

    @click.pass_context
    def callback(ctx: click.Context) -> Any:
        if ctx.invoked_subcommand is not None:
            return None
        command = group.get_command(ctx, default)
        assert command is not None
        with command.make_context(default, [], parent=ctx) as below:
            return command.invoke(below)

    group = Group(
        "lattice",
        lazy=lazy,
        callback=callback,
        invoke_without_command=True,
        params=[*global_options(), _version(version)],
        help=_ROOT_HELP,
        examples=(
            "lattice init",
            "lattice track docs/ api.yaml",
            'lattice mutation create --title "Raise the limit" --files api.yaml',
            "lattice mutation approve 1 --as ana",
            "lattice mutation execute 1",
            "lattice",
        ),
    )
    return group


def _version(text: str) -> click.Option:
    def show(ctx: click.Context, param: click.Parameter, value: bool) -> None:
        if value:
            click.echo(text)
            ctx.exit()

    return click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, help="Show it.", callback=show)


def spread(args: Sequence[str], several: frozenset[str], ctx: click.Context | None = None) -> list[str]:
    """Repeat the flags of `several` before each of the values that follow them, up to the next option or `--`."""
    result: list[str] = []
    flag: str | None = None
    for position, arg in enumerate(args):
        name, equals, value = arg.partition("=")
        if arg == "--":
            return [*result, *args[position:]]
        if name in several:
            flag = name
            following = args[position + 1 : position + 2]
            if equals:
                result.extend([name, value])
            elif (not following or _is_option(following[0])) and not (ctx and ctx.resilient_parsing):
                raise click.BadOptionUsage(name, f"Option {name!r} requires at least one argument.", ctx)
        elif flag is None or _is_option(arg):
            flag = None
            result.append(arg)
        else:
            result.extend([flag, arg])
    return result


def _is_option(arg: str) -> bool:
    return arg.startswith("-") and arg != "-"


def global_options(*, hidden: bool = False) -> list[click.Option]:
    """The options of `lattice` itself: where, and as whom. Their names are such that no command's own are the same."""
    return [
        click.Option(
            ["-C", "_folder"],
            metavar="DIR",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            help="Work as if started in this folder.",
            expose_value=False,
            hidden=hidden,
            callback=_remember("folder"),
        ),
        click.Option(
            ["--as", "_actor"],
            metavar="USER",
            help="Act as this user (embedded projects only; else LATTICE_ACTOR, git's e-mail or the OS user).",
            expose_value=False,
            hidden=hidden,
            callback=_remember("actor"),
        ),
    ]


def _remember(name: str) -> Any:
    def callback(ctx: click.Context, param: click.Parameter, value: object) -> None:
        session = ctx.find_object(Session)
        if session is not None and value is not None:
            setattr(session, name, value)

    return callback
