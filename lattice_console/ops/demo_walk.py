"""A reviewer's walk through the demonstration project: the real commands, what they print, and whether it was right."""

import contextlib
import os
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from lattice_console.headless.exits import Exit
from lattice_console.headless.run import run
from lattice_console.headless.session import Session
from lattice_console.ops.demo import EDITED, OWNER, Demonstration

_ACTOR = "LATTICE_ACTOR"


@dataclass(frozen=True, slots=True)
class Command:
    """A line of `lattice`, mutations and comments named by their keys, and the exit code that it should have."""

    why: str
    line: str
    exit: Exit = Exit.OK


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a file on disk: it should have a line with this text."""

    why: str
    path: str
    text: str


WALK: tuple[Command | Look, ...] = (
    Command(f"Where are we? Somebody has edited {EDITED} here, and not proposed it yet.", "status"),
    Command("And where is the project?", "dashboard"),
    Command("What is under review? ! is what waits for us.", "queue"),
    Command("Filters with a name are views, and have counts.", "view list"),
    Command("What changed since we looked?", "queue --view changed"),
    Command(
        "What exactly, since the patchset that we reviewed?", "mutation diff {rotate-tokens} --since-review --word"
    ),
    Command("And what became of our question?", "mutation comments {rotate-tokens} --open"),
    Command("It is answered, so settle it,", "mutation resolve {rotate-tokens} {who-notices}"),
    Command(
        "and approve it, with the one that stands on it. First: what would happen?",
        "mutation approve {rotate-tokens} --stack --dry-run",
    ),
    Command("Do it.", "mutation approve {rotate-tokens} --stack"),
    Command(
        "Take one that lacks a single approval: what does it say, and what is missing?", "mutation show {session-limit}"
    ),
    Command("What happened to it?", "mutation history {session-limit}"),
    Command("What does it change?", "mutation diff {session-limit} --word"),
    Command("A viewer may look, but not vote.", "--as nora mutation approve {session-limit}", Exit.DENIED),
    Command(
        "Kim may, and that is the second of the two approvals that the policy asks for.",
        'mutation approve {session-limit} --comment "Two days are enough, and no more."',
    ),
    Command("What would executing it do?", "mutation execute {session-limit} --dry-run"),
    Command("Execute it.", "mutation execute {session-limit}"),
    Look("The file on disk has changed:", "specs/user-auth.json", "Sessions expire after 48 hours."),
    Command(
        "Another approved one was made against what that file was before: a conflict, and it stays as it is.",
        "mutation execute {password-rule}",
        Exit.CONFLICT,
    ),
    Command(
        "This one is blocked by policy. Every reason is given, not only the first.",
        "mutation execute {export-limit}",
        Exit.BLOCKED,
    ),
    Command(
        "Mei suggests what would pass. Take it over: a new patchset.",
        "mutation apply-suggestion {export-limit} {sixty}",
    ),
    Command("What did that change?", "mutation diff {export-limit} --patchsets 1..2 --word"),
    Command(
        "Say something about a line of a new one.",
        'mutation comment {exports} --file specs/exports.yaml --line 10 -m "In which time zone are its days?"',
    ),
    Command(
        "A stack executes in its order: not the child before its parent.",
        "mutation execute {tax-per-line}",
        Exit.BLOCKED,
    ),
    Command("Give the child the approval that it lacks,", "mutation approve {tax-per-line}"),
    Command(
        "and execute the stack. The third of it lacks approvals: it says so, and the others are done.",
        "mutation execute {tax-per-line} --stack",
        Exit.BLOCKED,
    ),
    Look("Both are in the file:", "specs/invoices.yaml", "grouping: one line for each subscription and price"),
    Look("", "specs/invoices.yaml", 'tax_rate: "0.19"'),
    Command(
        "Second thoughts about the session limit: take it back.",
        'mutation rollback {session-limit} --reason "The auditors want to see it in writing first."',
    ),
    Look("The file on disk is as it was:", "specs/user-auth.json", "Sessions expire after 24 hours."),
    Command("With it, the other one's base is current again.", "mutation execute {password-rule}"),
    Command(
        f"This one would write {EDITED}, which was edited here. It is named, and nothing is overwritten.",
        "mutation execute {credit-notes}",
        Exit.DRIFT,
    ),
    Command(
        "So propose the edit.",
        f'mutation create --title "Explain proration in the glossary" --files {EDITED}',
    ),
    Command("Now the project knows what is on disk.", "status"),
    Command("Who depends on the customers?", "spec graph customers --dependents"),
    Command("Are all specs in order?", "spec validate --all"),
    Command("What happened in this walk?", "events --limit 12"),
    Command("And can we prove who did what?", "audit verify"),
)
"""The stops, in order: each relies on those before it."""


def owner(session: Session, demonstration: Demonstration) -> Session:
    """A session like this one, of the project's owner in its folder."""
    own = Session(session.connect, session.console)
    own.folder = demonstration.root
    own.actor = OWNER
    return own


def walk(root: click.Command, session: Session, demonstration: Demonstration) -> int:
    """Go the whole way with the commands of `root`, printing each, its output and its exit code.

    Returns how many stops were not as expected. Everything goes to stdout, so that the commands' narration stands
    where it belongs.
    """
    names = {key: f"M-{number}" for key, number in demonstration.numbers.items()} | demonstration.comments
    surprises = 0
    with _shell(demonstration.root), contextlib.redirect_stderr(sys.stdout):
        for stop in WALK:
            if isinstance(stop, Look):
                surprises += not _look(stop)
                continue
            line = stop.line.format_map(names)
            click.echo(f"\n# {stop.why}\n$ lattice {line}")
            code = run(root, shlex.split(line), Session(session.connect, session.console))
            expected = code == stop.exit
            click.echo(f"(exit {code})" if expected else f"(exit {code}, and not {stop.exit:d} as expected)")
            surprises += not expected
    return surprises


@contextlib.contextmanager
def _shell(folder: Path) -> Iterator[None]:
    """As in a shell: in the folder, with the owner as the actor of all that follows."""
    before = os.environ.get(_ACTOR)
    click.echo(f"$ cd {shlex.quote(str(folder))}\n$ export {_ACTOR}={OWNER}")
    os.environ[_ACTOR] = OWNER
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        if before is None:
            del os.environ[_ACTOR]
        else:
            os.environ[_ACTOR] = before


def _look(stop: Look) -> bool:
    if stop.why:
        click.echo(f"\n# {stop.why}")
    found = list(_lines_with(Path(stop.path), stop.text))
    for line in found or [f"{stop.path} has no line with: {stop.text}"]:
        click.echo(line)
    return bool(found)


def _lines_with(path: Path, text: str) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if text in line:
            yield f"{path}:{number}:{line}"
