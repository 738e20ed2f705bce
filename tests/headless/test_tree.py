"""The tree of commands: helps, examples, shapes, and the line between data and narration."""

import json
import shlex
from collections.abc import Iterator

import click
import pytest

from lattice_console import cli
from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from lattice_console.headless.commands import Command, Group
from lattice_console.headless.session import Session
from tests.headless.driver import Lattice


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Command | Group]]:
    assert isinstance(group, Group)
    yield path, group
    ctx = click.Context(group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        assert command is not None
        if isinstance(command, Group):
            yield from commands(command, (*path, name))
        else:
            assert isinstance(command, Command)
            yield (*path, name), command


EVERY = dict(commands(cli.tree()))
LEAVES = {path: command for path, command in EVERY.items() if isinstance(command, Command)}
EXAMPLES = [(path, example) for path, command in EVERY.items() for example in command.examples]


def test_every_promised_command_is_there() -> None:
    promised = {
        *(
            "init",
            "track",
            "restore",
            "sync",
            "status",
            "watch",
            "import-git",
            "export-git",
            "doctor",
            "console",
            "health",
        ),
        "project list",
        *("queue", "events", "dashboard", "completion"),
        *(f"view {name}" for name in ("list", "save", "remove")),
        *(f"spec {name}" for name in ("create", "list", "show", "validate", "graph", "chain", "impact", "history")),
        *(f"team {name}" for name in ("list", "add", "update")),
        *(f"hooks {name}" for name in ("list", "trust", "untrust")),
        *(f"audit {name}" for name in ("log", "verify")),
        *(
            f"mutation {name}"
            for name in (
                *("create", "update", "submit", "list", "status", "show", "diff", "history", "approve", "reject"),
                *("request-changes", "withdraw-vote", "comment", "cancel", "reopen", "execute", "retry", "rollback"),
                *("finish-rollback", "review", "comments", "resolve", "apply-suggestion", "rebase", "merge-train"),
                *("remembered", "conflicts"),
            )
        ),
    }
    assert promised <= {" ".join(path) for path in EVERY}


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_help_has_a_sentence_and_examples_that_fit(empty: Lattice, path: tuple[str, ...]) -> None:
    shown = empty.ok(*path, "--help").text
    assert shown.startswith(f"Usage: {' '.join(('lattice', *path))} ")
    assert "\nExamples:\n  " in shown
    assert empty.ok(*path, "-h").text == shown
    assert not path or EVERY[path].get_short_help_str(60)[-3:] != "..."


@pytest.mark.parametrize(("path", "example"), EXAMPLES, ids=[example for _, example in EXAMPLES])
def test_every_example_is_a_command_line_that_is_understood(path: tuple[str, ...], example: str) -> None:
    words = shlex.split(example)
    words = words[words.index("lattice") + 1 :]
    end = next((at for at, word in enumerate(words) if word in ("|", "||", "&&", "<", ">")), len(words))
    words = [word for word in words[:end] if word not in ("-C", "../billing")]
    assert tuple(words[: len(path)]) == path
    if words:
        (leaf,) = [leaf for leaf in LEAVES if tuple(words[: len(leaf)]) == leaf]
        LEAVES[leaf].make_context("lattice", words[len(leaf) :], obj=Session(unreachable, lambda session: 0))


async def unreachable(_: Settings) -> Backend:
    raise AssertionError("parsing connects to nothing")


PRINTS = [
    ("status",),
    ("sync",),
    ("track", "--all"),
    ("restore", "docs"),
    ("spec", "list"),
    ("spec", "show", "api"),
    ("spec", "validate"),
    ("team", "list"),
    ("team", "update", "ana", "--role", "admin"),
    ("audit", "log"),
    ("audit", "verify"),
    ("doctor",),
    ("queue",),
    ("view", "list"),
    ("view", "save", "x", "is:open"),
    ("events",),
    ("events", "--since", "0"),
    ("dashboard",),
    ("spec", "graph"),
    ("mutation", "list"),
    ("mutation", "show", "1"),
    ("mutation", "status", "1"),
    ("mutation", "history", "1"),
    ("mutation", "diff", "1", "--stat"),
    ("mutation", "comment", "1", "text"),
    ("mutation", "comments", "1"),
    ("mutation", "approve", "1", "--as", "ana"),
    ("mutation", "approve", "1", "--stack", "--as", "ana"),
    ("mutation", "approve", "--filter", "is:open", "--dry-run"),
    ("mutation", "execute", "1", "--dry-run"),
]


@pytest.fixture
def proposed(lattice: Lattice) -> Lattice:
    lattice.write("docs/api.yaml", "openapi: 3.0.0\ninfo: {title: api, version: 1.0.0}\npaths: {}\n")
    lattice.propose("Raise", "--files", "docs")
    return lattice


@pytest.mark.parametrize("arguments", PRINTS, ids=" ".join)
def test_json_is_one_object_with_its_schema_version(proposed: Lattice, arguments: tuple[str, ...]) -> None:
    result = proposed(*arguments, "--output", "json")
    if arguments == ("spec", "show", "api"):
        assert (result.code, result.out) == (1, b"")
        return
    assert result.json["schema_version"] == 1
    assert result.out.isascii()


@pytest.mark.parametrize("arguments", PRINTS, ids=" ".join)
def test_ndjson_is_an_object_a_line_with_its_schema_version(proposed: Lattice, arguments: tuple[str, ...]) -> None:
    result = proposed(*arguments, "--output", "ndjson")
    assert [line["schema_version"] for line in result.lines] == [1] * len(result.out.splitlines())


@pytest.mark.parametrize(
    "arguments",
    [
        ("mutation", "approve", "1", "--as", "ana"),
        ("mutation", "comment", "1", "text"),
        ("mutation", "cancel", "1"),
        ("view", "save", "x", "is:open"),
        ("team", "update", "ana", "--role", "admin"),
    ],
    ids=" ".join,
)
def test_a_write_tells_one_line_of_what_happened_and_what_is_next(
    proposed: Lattice, arguments: tuple[str, ...]
) -> None:
    result = proposed.ok(*arguments)
    assert result.out == b""
    assert result.err.count("\n") == 1
    assert "Next: lattice " in result.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nonsense",), "No such command 'nonsense'. See: lattice --help"),
        (("mutation", "nonsense"), "See: lattice mutation --help"),
        (("mutation", "list", "--nonsense"), "No such option '--nonsense'. See: lattice mutation list --help"),
        (("mutation", "list", "--output", "xml"), "'xml' is not one of"),
        (("mutation", "create", "--title", "T", "--files"), "'--files' requires at least one argument"),
        (("-C", "nowhere", "status"), "'nowhere' does not exist"),
    ],
)
def test_a_wrong_command_line_says_so_and_where_to_look(
    lattice: Lattice, arguments: tuple[str, ...], told: str
) -> None:
    result = lattice(*arguments)
    assert (result.code, result.out) == (2, b"")
    assert result.err.startswith("error: ")
    assert told in result.err


def test_a_wrong_value_is_json_where_json_was_asked_for(lattice: Lattice) -> None:
    result = lattice("mutation", "create", "--output", "json")
    assert (result.code, result.out) == (2, b"")
    assert json.loads(result.err)["errors"][0]["code"] == "VAL_USAGE"


def test_an_unexpected_failure_is_one_line_and_its_traceback_is_in_the_log(
    lattice: Lattice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret inside")

    monkeypatch.setattr("lattice_console.workspace.Checkout.status", broken)
    result = lattice("status")
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert "secret" not in result.err
    assert "Traceback" not in result.err
    log = lattice.read(".lattice/state/lattice.log").decode()
    request_id = result.err.partition(" under ")[2].partition(":")[0]
    assert request_id in log
    assert "ZeroDivisionError" in log


def test_an_unexpected_failure_outside_of_a_project_is_logged_beside_the_profile(
    empty: Lattice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("lattice_console.ops.init.init", broken)
    result = empty("init")
    log = empty.root.parent / "config/lattice/lattice.log"
    assert (result.code, str(log) in result.err) == (1, True)
    assert "ZeroDivisionError" in log.read_text()


def test_interrupting_is_said_and_has_its_exit_code(lattice: Lattice, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("lattice_console.workspace.Checkout.status", interrupted)
    result = lattice("status")
    assert (result.code, result.err) == (130, "Interrupted.\n")


def test_a_file_that_the_system_refuses_is_named(lattice: Lattice, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/srv/locked")

    monkeypatch.setattr("lattice_console.workspace.Checkout.status", refused)
    result = lattice("status")
    assert (result.code, result.err) == (1, "error: The system does not let us use /srv/locked: Permission denied.\n")


@pytest.mark.parametrize("arguments", [(), ("console",)])
def test_the_console_asks_for_a_terminal(lattice: Lattice, arguments: tuple[str, ...]) -> None:
    result = lattice(*arguments)
    assert (result.code, result.out) == (2, b"")
    assert result.err == "error: The console needs a terminal. For scripts, see: lattice --help\n"
    assert lattice("-C", "..", *arguments).code == 1
