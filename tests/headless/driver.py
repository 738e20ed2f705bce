"""Runs `lattice` command lines in this process, as a shell would see them."""

import contextlib
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lattice_console import cli


@dataclass(frozen=True)
class Result:
    """What a command line left: exit code, and the bytes of both streams."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The objects of `--output ndjson`."""
        return [json.loads(line) for line in self.out.splitlines()]


class _Stream(io.TextIOWrapper):
    """A stream to bytes, which may say that it is a terminal."""

    def __init__(self, buffer: io.BytesIO, *, terminal: bool = False) -> None:
        super().__init__(buffer, encoding="utf-8", write_through=True)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class Lattice:
    """A project's folder, and `lattice` run in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, *arguments: str, stdin: bytes = b"", terminal: bool = False) -> Result:
        """Run a command line in the project's folder, whatever comes of it; `terminal`: on one."""
        out, err = io.BytesIO(), io.BytesIO()
        before = sys.stdin
        sys.stdin = _Stream(io.BytesIO(stdin), terminal=terminal)
        try:
            with (
                contextlib.chdir(self.root),
                _Stream(out, terminal=terminal) as told,
                _Stream(err, terminal=terminal) as said,
                contextlib.redirect_stdout(told),
                contextlib.redirect_stderr(said),
            ):
                code = cli.lattice(list(arguments))
                told.flush()
                return Result(code, out.getvalue(), err.getvalue().decode())
        finally:
            sys.stdin = before

    def ok(self, *arguments: str, stdin: bytes = b"", terminal: bool = False) -> Result:
        """Run a command line that has to succeed."""
        result = self(*arguments, stdin=stdin, terminal=terminal)
        assert result.code == 0, f"lattice {' '.join(arguments)}: exit {result.code}\n{result.text}{result.err}"
        return result

    def write(self, path: str, content: str | bytes) -> None:
        """Write a file of the folder."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, path: str) -> bytes:
        """The bytes of a file of the folder."""
        return (self.root / path).read_bytes()

    def propose(self, title: str, *arguments: str) -> str:
        """Propose as kim; returns the number as commands take it."""
        return self.ok("mutation", "create", "--title", title, *arguments).text.strip()

    def approved(self, title: str, *arguments: str) -> str:
        """Propose as kim and approve as ana."""
        name = self.propose(title, *arguments)
        self.ok("mutation", "approve", name, "--as", "ana")
        return name
