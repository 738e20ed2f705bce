"""Long texts in an editor of one's own."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from lattice_console.contract.errors import SystemFailure, ValidationFailed
from lattice_console.screens.outside_editor import edit


def _editor(folder: Path, script: str) -> dict[str, str]:
    place = folder / "my editor"
    place.write_text(f"#!/bin/sh\n{script}\n")
    place.chmod(0o755)
    return {"EDITOR": f"'{place}' --wait"}


def test_the_text_comes_back_as_the_editor_left_it(tmp_path: Path) -> None:
    environ = _editor(tmp_path, 'printf "and más\\n" >> "$2"')
    kept = tmp_path / "kept"
    assert edit("One", nullcontext(), kept, environ) == "One\nand más"
    assert list(kept.iterdir()) == []


def test_visual_comes_before_editor(tmp_path: Path) -> None:
    environ = {"VISUAL": "true", "EDITOR": "false"}
    assert edit("One\n", nullcontext(), tmp_path, environ) == "One"


@pytest.mark.parametrize("environ", [{}, {"EDITOR": ""}, {"EDITOR": "no-such-editor-anywhere"}, {"EDITOR": "'open"}])
def test_without_an_editor_that_starts_the_reason_is_said_and_the_terminal_comes_back(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    came_back: list[bool] = []

    @contextmanager
    def suspend() -> Iterator[None]:
        # As the app does it: without a `finally`.
        yield
        came_back.append(True)

    with pytest.raises(ValidationFailed, match="EDITOR"):
        edit("One", suspend(), tmp_path, environ)
    assert list(tmp_path.iterdir()) == []
    assert came_back == ([True] if environ.get("EDITOR", "").startswith("no-such") else [])


def test_an_editor_that_ends_badly_changes_nothing_and_what_it_wrote_is_named(tmp_path: Path) -> None:
    environ = _editor(tmp_path, 'echo "half" > "$2"; exit 3')
    with pytest.raises(SystemFailure, match="status 3") as raised:
        edit("One", nullcontext(), tmp_path / "kept", environ)
    [left] = (tmp_path / "kept").iterdir()
    assert str(left) in raised.value.message
    assert left.read_text() == "half\n"
