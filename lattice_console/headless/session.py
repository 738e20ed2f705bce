"""One run of the command: who asks, where, and how the Backend is reached."""

import asyncio
import functools
import shlex
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypedDict

import click

from lattice_console import config
from lattice_console.config import Settings
from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.headless.output import Output

# The console starts through here, and its first frame waits for neither of them.
if TYPE_CHECKING:
    from lattice_console.contract.backend import Backend
    from lattice_console.headless.git_commit import ReadCommits
    from lattice_console.headless.glance import Glance
    from lattice_console.workspace import Checkout

P = ParamSpec("P")

Connect = Callable[[Settings], Awaitable["Backend"]]
"""Gives a Backend bound to the actor and the project of some settings."""

Place = Literal["queue", "home"]
"""Where the console opens."""

Look = Callable[[Settings], "Glance | None"]
"""Gives a quick look at a project, past the engine."""

Console = Callable[["Session"], int]
"""Opens the console on a session's project, and gives the exit code once it is left."""


class Guard(TypedDict):
    """What every write takes besides its arguments."""

    expected_version: int | None
    idempotency_key: str | None


class Session:
    """What the commands of one run share. The settings are read when first asked for, the Backend by need."""

    def __init__(
        self,
        connect: Connect,
        console: Console,
        look: "Look | None" = None,
        read_commits: "ReadCommits | None" = None,
    ) -> None:
        self.connect = connect
        self.console = console
        self.read_commits = read_commits
        self.place: Place = "queue"
        self._look = look
        self.folder: Path | None = None
        self.actor: str | None = None
        self.output = Output()
        self.failure: int | None = None
        self.guard: Guard = {"expected_version": None, "idempotency_key": None}
        self._stdin_read_for: str | None = None

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings of the project that the folder lies in; raises NotFound (`NF_PROJECT`) outside of one."""
        settings = config.load(self.start, actor=self.actor)
        self.output.ascii = settings.ascii
        return settings

    @property
    def start(self) -> Path:
        """The folder to work from: `-C`, else the current one."""
        return (Path.cwd() / self.folder) if self.folder else Path.cwd()

    @property
    def has_folder(self) -> bool:
        """Whether there is a folder that is a checkout of the project."""
        return self.settings.root is not None

    @functools.cached_property
    def checkout(self) -> "Checkout":
        """The project's folder as a checkout; raises NotFound (`NF_FOLDER`) without one."""
        if self.settings.root is None:
            raise NotFound(
                "NF_FOLDER",
                "This needs a folder that is a checkout of the project, and here is none. Make one in an empty folder: "
                f"lattice init --project {shlex.quote(self.settings.project_id or '')}",
            )
        from lattice_console.workspace import Checkout

        return Checkout(self.settings.root, self.settings.document_limit)

    def glance(self) -> "Glance | None":
        """A quick look at the project, for completion; None where there is none to be had."""
        return self._look(self.settings) if self._look else None

    @property
    def input_limit(self) -> int:
        """Bytes that stdin and a patch may have: several of the largest documents."""
        return 4 * self.settings.document_limit

    def stdin(self, purpose: str) -> bytes:
        """All of stdin, which one option of a command may ask for; raises ValidationFailed for a second one."""
        if self._stdin_read_for is not None:
            raise ValidationFailed(
                "VAL_STDIN",
                f"Both {self._stdin_read_for} and {purpose} were to be read from stdin, which can be read once. "
                "Hand one of them in as a file or an argument.",
                field="stdin",
            )
        self._stdin_read_for = purpose
        limit = self.input_limit
        data = sys.stdin.buffer.read(limit + 1)
        if len(data) > limit:
            raise ValidationFailed(
                "VAL_STDIN",
                f"{purpose} on stdin has more than {limit:,} bytes; nothing was done.",
                field="stdin",
            )
        return data

    def text(self, value: str, purpose: str) -> str:
        """`value`, or stdin where it is `-`: UTF-8, CRLF as newlines, without its final newline."""
        if value != "-":
            return value
        return _decoded(self.stdin(purpose), f"{purpose} on stdin").removesuffix("\n")

    def file(self, source: str, purpose: str) -> str:
        """The text of a file, or of stdin where that is `-`: UTF-8, CRLF as newlines, else as it is."""
        data = self.content(source, purpose)
        return _decoded(data, f"{purpose} on stdin" if source == "-" else f"{purpose} {source}")

    def content(self, source: str, purpose: str) -> bytes:
        """The bytes of a file, or of stdin where that is `-`; raises ValidationFailed for one that cannot be read."""
        if source == "-":
            return self.stdin(purpose)
        try:
            with (self.start / source).open("rb") as opened:
                data = opened.read(self.input_limit + 1)
        except OSError as error:
            raise ValidationFailed(
                "VAL_FILE", f"{purpose} {source} cannot be read: {error.strerror}.", field="file"
            ) from None
        if len(data) > self.input_limit:
            raise ValidationFailed(
                "VAL_FILE",
                f"{purpose} {source} has more than {self.input_limit:,} bytes; nothing was done.",
                field="file",
            )
        return data


def _decoded(data: bytes, what: str) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ValidationFailed(
            "VAL_STDIN" if what.endswith("on stdin") else "VAL_FILE",
            f"{what} is not UTF-8 (byte {error.start + 1}); nothing was done.",
            field="stdin",
        ) from None


def connected(
    body: Callable[Concatenate[Session, "Backend", P], Coroutine[Any, Any, int | None]],
) -> Callable[P, int | None]:
    """Make a command of an async function of session and Backend; what it returns is the exit code."""

    @functools.wraps(body)
    def command(*args: P.args, **kwargs: P.kwargs) -> int | None:
        session = current()

        async def run() -> int | None:
            backend = await session.connect(session.settings)
            try:
                return await body(session, backend, *args, **kwargs)
            finally:
                await backend.close()

        return asyncio.run(run())

    return command


def current() -> Session:
    """The session of the command that runs now."""
    session = click.get_current_context().find_object(Session)
    if session is None:
        raise RuntimeError("lattice's commands run in a session; run.run() makes one")
    return session
