"""What a command prints: data on stdout in one of three shapes, narration and errors on stderr."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from lattice_console.contract.errors import LatticeError
from lattice_console.headless.style import Palette
from lattice_console.headless.table import Column, layout
from lattice_console.text import inert

Shape = Literal["table", "json", "ndjson", "junit", "sarif"]
"""How data is printed; the last two only by commands that check something."""

SCHEMA_VERSION = 1
"""The version of what `--output json` and `ndjson` print; it moves when a field changes its meaning or goes."""

Row = TypeVar("Row", bound=BaseModel)


class Output:
    """The two streams of a command.

    JSON is pure ASCII, whatever the terminal and its encoding: everything else is escaped, bidi characters included.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self.shape: Shape = "table"
        self.ascii = False

    @property
    def palette(self) -> Palette:
        """What stdout can show."""
        return Palette.of(sys.stdout, self._environ, ascii=self.ascii)

    @property
    def cells(self) -> int | None:
        """The width of the terminal on stdout; None where stdout is none, and nothing is to be cut."""
        return shutil.get_terminal_size().columns if sys.stdout.isatty() else None

    def one(self, model: BaseModel, lines: Callable[[], Iterable[str]]) -> None:
        """Print one object: itself as JSON, or the `lines` made for people, which hold no untrusted text as it came."""
        if self.shape == "table":
            self.lines(lines())
        else:
            self._json({"schema_version": SCHEMA_VERSION, **model.model_dump(mode="json")})

    def many(
        self, rows: Sequence[Row], columns: Sequence[Column[Row]], *, empty: str, facts: Mapping[str, Any] | None = None
    ) -> None:
        """Print a list: a table; or `{"schema_version", "items", …facts}`; or one object a line.

        `empty` is the narration of a table without rows.
        """
        self.listed(rows, lambda: layout(columns, rows, self.palette, self.cells), empty=empty, facts=facts)

    def listed(
        self,
        rows: Sequence[BaseModel],
        lines: Callable[[], Iterable[str]],
        *,
        empty: str,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Print a list as `many` does, for people as those `lines`."""
        if self.shape == "ndjson":
            for row in rows:
                self._json({"schema_version": SCHEMA_VERSION, **row.model_dump(mode="json")})
        elif self.shape == "json":
            items = [row.model_dump(mode="json") for row in rows]
            self._json({"schema_version": SCHEMA_VERSION, "items": items, **(facts or {})})
        elif rows:
            self.lines(lines())
        else:
            self.say(empty)

    def line(self, model: BaseModel, text: Callable[[], str]) -> None:
        """Print one object of a stream, at once: itself as JSON, or the line made for people."""
        if self.shape == "table":
            self.lines([text()])
        else:
            self._json({"schema_version": SCHEMA_VERSION, **model.model_dump(mode="json")})
        sys.stdout.flush()

    def table(self, rows: Sequence[Row], columns: Sequence[Column[Row]]) -> list[str]:
        """The lines of a table, to stand among others."""
        return layout(columns, rows, self.palette, self.cells)

    def lines(self, lines: Iterable[str]) -> None:
        """Print lines of text that are harmless already."""
        for line in lines:
            sys.stdout.write(line + "\n")

    def raw(self, data: bytes) -> None:
        """Write bytes to stdout as they are."""
        sys.stdout.flush()
        sys.stdout.buffer.write(data)

    def say(self, text: str) -> None:
        """Narrate on stderr: what happened, and what may come next."""
        for line in text.split("\n"):
            sys.stderr.write(inert(line) + "\n")

    def error(self, error: LatticeError) -> None:
        """Say on stderr what went wrong: in words, or, where JSON was asked for, as the last line, as JSON.

        `{"schema_version": 1, "errors": [{"code", "message", "details"}]}`; stdout stays empty, so that a script that
        pipes it into `jq -r .id` reads nothing instead of `null`.
        """
        if self.shape != "table":
            sys.stderr.write(json.dumps({"schema_version": SCHEMA_VERSION, "errors": [error.to_wire()]}) + "\n")
            return
        palette = Palette.of(sys.stderr, self._environ, ascii=self.ascii)
        message, parts = _parts(error)
        sys.stderr.write(f"{palette.paint('bad', 'error:')} {inert(message)}\n")
        for part in parts:
            sys.stderr.write(f"  {inert(part)}\n")

    def _json(self, value: Mapping[str, Any]) -> None:
        indent = 2 if self.shape == "json" else None
        sys.stdout.write(json.dumps(value, indent=indent) + "\n")


def _parts(error: LatticeError) -> tuple[str, list[str]]:
    """What an error says, its several blockers or problems apart."""
    if blockers := error.details.get("blockers"):
        for blocker, joined in ((_blocker, " "), (_aside, "; ")):
            told = joined.join(blocker(one) for one in blockers)
            before, found, after = error.message.rpartition(told)
            if found and not after.strip("."):
                return before.rstrip(), [_blocker(one) for one in blockers]
    problems = error.details.get("problems") or ()
    if len(problems) > 1:
        return f"{len(problems)} values are not acceptable:", [f"{one['field']}: {one['problem']}" for one in problems]
    return error.message, []


def _blocker(one: Mapping[str, str]) -> str:
    """A blocker as the engine tells it in a sentence of several."""
    return f"{one['name'].replace('_', ' ')}: {one['reason']}"


def _aside(one: Mapping[str, str]) -> str:
    """A blocker as the workspace tells it beside a drift."""
    return f"{one['name']} ({one['reason'].rstrip('.')})"
