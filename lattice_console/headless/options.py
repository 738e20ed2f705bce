"""Options and arguments that several commands share."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

import click

from lattice_console.headless import completing
from lattice_console.headless.session import Session

F = TypeVar("F", bound=Callable[..., Any])


def _remember_shape(ctx: click.Context, param: click.Parameter, value: str) -> None:
    session = ctx.find_object(Session)
    if session is not None:
        session.output.shape = value  # type: ignore[assignment] # click.Choice lets only the shapes through


def output(function: F) -> F:
    """`--output table|json|ndjson`."""
    return click.option(
        "-o",
        "--output",
        type=click.Choice(["table", "json", "ndjson"]),
        default="table",
        help="table for people; json: one object (lists under items); ndjson: one object a line.",
        expose_value=False,
        # Before everything else, so that an error is reported in the shape that was asked for.
        is_eager=True,
        callback=_remember_shape,
    )(function)


def output_or(*others: str, help: str) -> Callable[[F], F]:
    """`--output` of a command that can print other shapes, too: the command gets that as `diagram`, None for ours."""

    def remember(ctx: click.Context, param: click.Parameter, value: str) -> str | None:
        _remember_shape(ctx, param, "table" if value in others else value)
        return value if value in others else None

    return click.option(
        "-o",
        "--output",
        "diagram",
        type=click.Choice(["table", "json", "ndjson", *others]),
        default="table",
        help=f"table for people; json: one object; ndjson: the same on a line. {help}",
        is_eager=True,
        callback=remember,
    )


def writes(function: F) -> F:
    """`--output`, and what makes a write safe to repeat and safe from races: `Session.guard`."""
    function = click.option(
        "--idempotency-key",
        metavar="KEY",
        expose_value=False,
        callback=_guard("idempotency_key"),
        help="A repeated call with the same key and arguments returns the first answer and does nothing.",
    )(function)
    function = click.option(
        "--expected-version",
        metavar="N",
        type=click.IntRange(min=0),
        expose_value=False,
        callback=_guard("expected_version"),
        help="Fail if the object has moved on from this version (`version` of its JSON).",
    )(function)
    return output(function)


def _guard(
    key: Literal["idempotency_key", "expected_version"],
) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(ctx: click.Context, param: click.Parameter, value: Any) -> None:
        session = ctx.find_object(Session)
        if session is not None:
            session.guard[key] = value

    return callback


def mutation(function: F) -> F:
    """The argument that names a mutation."""
    return click.argument("mutation", metavar="ID", shell_complete=completing.mutations)(function)


def comment(function: F) -> F:
    """The argument that names a comment of that mutation."""
    return click.argument("comment", metavar="COMMENT", shell_complete=completing.comments)(function)


def patchset(function: F) -> F:
    """`--patchset N` of what is about the current one."""
    return click.option(
        "--patchset",
        metavar="N",
        type=click.IntRange(min=1),
        help="Fail unless this is the current patchset: the one you read.",
    )(function)


def reason(*, required: bool) -> Callable[[F], F]:
    """`--reason R`, from stdin where it is `-`."""
    told = {"required": True} if required else {"default": ""}
    return click.option("--reason", metavar="R", help="Why, for whoever reads it later; - reads stdin.", **told)
