"""`lattice hooks list | trust | untrust`: which of the project's hooks may run under this account."""

import shlex
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click
from pydantic import BaseModel

from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.headless import options
from lattice_console.headless.commands import Group
from lattice_console.headless.session import Session, current
from lattice_console.headless.style import Role
from lattice_console.headless.table import Column
from lattice_console.text import count

# `lattice --help` asks for every command.
if TYPE_CHECKING:
    from lattice_console.engine.gateways.hook_files import HookFile
    from lattice_console.profile.trusted_hooks import TrustedHooks

group = Group(
    "hooks",
    help="Choose which of the project's hooks run for you.",
    examples=("lattice hooks list", "lattice hooks trust pre-mutation.sh", "lattice hooks untrust"),
)


class HookLine(BaseModel):
    """A hook of this folder: `state` is trusted, changed (another content was trusted), new, or unusable."""

    name: str
    kind: str
    state: str
    sha256: str
    problem: str


_ROLES: dict[str, Role] = {"trusted": "good", "changed": "warning", "new": "warning", "unusable": "bad"}

_HOOKS: Sequence[Column[HookLine]] = (
    Column("HOOK", lambda row: row.name),
    Column("IS", lambda row: "asked before" if row.kind == "pre-mutation" else "told after"),
    Column("STATE", lambda row: row.state, role=lambda row: _ROLES[row.state]),
    Column("SHA-256", lambda row: row.sha256[:12] or "-"),
    Column("", lambda row: row.problem, gives=True),
)


@group.command("list", examples=("lattice hooks list", "lattice hooks list --output json | jq '.items[].state'"))
@options.output
def listing() -> None:
    """List the hooks of this folder.

    trusted: it runs. new, changed: it does not run before you trust what it holds now; nothing executes from here
    until then. unusable: it cannot run.
    """
    from lattice_console.engine.gateways.hook_files import FOLDER, find, idle

    session = current()
    root = session.checkout.root
    trusted = _trusted(session)
    rows = [_line(hook, trusted) for hook in find(root)]
    session.output.many(rows, _HOOKS, empty=f"There are no hooks in {root / FOLDER}.")
    for name in idle(root):
        session.output.say(f"{name} is not executable, so it is no hook. Make it one: chmod +x {FOLDER}/{name}")
    waiting = [row.name for row in rows if row.state in ("new", "changed")]
    if waiting:
        session.output.say(
            f"Not run before you trust what is in there now: {count(len(waiting), 'hook')}. Read them in {FOLDER}, "
            f"then: lattice hooks trust {shlex.join(waiting)}"
        )


def _line(hook: "HookFile", trusted: "TrustedHooks") -> HookLine:
    state = "unusable" if hook.problem else trusted.state(hook.name, hook.digest)
    return HookLine(name=hook.name, kind=hook.kind, state=state, sha256=hook.digest, problem=hook.problem)


def _names(function: Callable[..., None]) -> Callable[..., None]:
    return click.argument("names", nargs=-1, metavar="[NAME]...")(function)


@group.command("trust", examples=("lattice hooks trust pre-mutation.sh", "lattice hooks trust"))
@_names
@options.output
def trust(names: tuple[str, ...]) -> None:
    """Let hooks run with what they hold now.

    All that can run, or those named. They run with your rights, in this project's folder, until their content changes.
    Read them first: this is for your account on this machine alone.
    """
    session = current()
    hooks = [hook for hook in _chosen(session, names) if names or not hook.problem]
    for hook in hooks:
        if hook.problem:
            raise ValidationFailed("VAL_HOOK", f"Nothing was trusted: {hook.name} {hook.problem}.", field="names")
    trusted = _trusted(session)
    if hooks:
        trusted.trust({hook.name: hook.digest for hook in hooks})
    _tell(session, hooks, trusted, "They run for you here until their content changes.")


@group.command("untrust", examples=("lattice hooks untrust post-mutation.sh", "lattice hooks untrust"))
@_names
@options.output
def untrust(names: tuple[str, ...]) -> None:
    """Let hooks run no more.

    All of this folder, or those named. What they would be asked before does not execute from here as long as they are
    in the folder.
    """
    session = current()
    hooks = _chosen(session, names)
    trusted = _trusted(session)
    trusted.untrust(*(hook.name for hook in hooks))
    _tell(session, hooks, trusted, "They do not run for you any more.")


def _chosen(session: Session, names: tuple[str, ...]) -> "list[HookFile]":
    """The hooks of those names, all of them without a name; raises NotFound."""
    from lattice_console.engine.gateways.hook_files import FOLDER, find

    found = {hook.name: hook for hook in find(session.checkout.root)}
    for name in names:
        if name not in found:
            there = f"there are {', '.join(found)}" if found else "there are none"
            raise NotFound("NF_HOOK", f"There is no hook {name[:200]} in {FOLDER}; {there}. Is it executable?")
    return [found[name] for name in (dict.fromkeys(names) or found)]


def _trusted(session: Session) -> "TrustedHooks":
    from lattice_console.profile.trusted_hooks import TrustedHooks

    return TrustedHooks(session.settings.project_id or "", session.output.say)


def _tell(session: Session, hooks: "Sequence[HookFile]", trusted: "TrustedHooks", what: str) -> None:
    session.output.many([_line(hook, trusted) for hook in hooks], _HOOKS, empty="There are no hooks in this folder.")
    if hooks:
        session.output.say(what)
