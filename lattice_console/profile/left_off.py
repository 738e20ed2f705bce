"""Where one person left off in a project: the queue's filter, order and view, and how diffs are looked at."""

from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack

from pydantic import ValidationError

from lattice_console.contract.models.base import Model
from lattice_console.json_file import Content
from lattice_console.merge.diff import Whitespace
from lattice_console.profile.store import JsonFile, Tell

__all__ = ["Bookmark", "Layout", "LeftOff"]

Layout = Literal["auto", "unified", "split"]
"""How a diff stands on the screen; `auto` goes by the screen's width."""


class LeftOff(Model):
    """What was last chosen. `filter` is as typed, `view` a slug; what is empty was never chosen, or put away again.

    Diffs have a `layout` for screens where both sides have room, and a `narrow` one for others.
    """

    filter: str = ""
    sort: str = ""
    view: str = ""
    layout: Layout = "auto"
    narrow: Layout = "auto"
    wrap: bool = False
    whitespace: Whitespace = "exact"


class Choices(TypedDict, total=False):
    """Some of what `LeftOff` holds."""

    filter: str
    sort: str
    view: str
    layout: Layout
    narrow: Layout
    wrap: bool
    whitespace: Whitespace


class Bookmark:
    """Keeps where one person left off in one project, in `folder`. Of several consoles the last choice stays."""

    def __init__(self, folder: Path, tell: Tell) -> None:
        self._file = JsonFile(folder / "left-off.json", ("choices",), tell)

    def read(self) -> LeftOff:
        """Where it was left off; a choice that is none, or none any more, is as if it was never made."""
        choices = self._file.section("choices")
        try:
            return LeftOff.model_validate(choices)
        except ValidationError as error:
            wrong = {problem["loc"][0] for problem in error.errors(include_url=False, include_input=False)}
            return LeftOff.model_validate({name: value for name, value in choices.items() if name not in wrong})

    def keep(self, **choices: Unpack[Choices]) -> None:
        """Keep what was chosen; what is not named stays as it is."""
        said: dict[str, Any] = {**choices}

        def change(content: Content) -> None:
            content["choices"] = content.get("choices", {}) | said

        self._file.update(change)
