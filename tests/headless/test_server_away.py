"""A server that is away: commands end soon, with a sentence, and without the URL."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from lattice_console.headless.exits import Exit
from tests.headless.test_completion import environment

COMMAND = Path(sys.executable).with_name("lattice")


@pytest.mark.parametrize(
    ("command", "code"),
    [("status", Exit.ERROR), ("queue", Exit.ERROR), ("health", Exit.ERROR), ("doctor", Exit.FINDINGS)],
)
def test_a_server_that_is_away_ends_a_command_soon_and_clearly(tmp_path: Path, command: str, code: Exit) -> None:
    folder = tmp_path / "nowhere"
    folder.mkdir()
    away = {
        "DATABASE_URL": "postgresql://kim:sesame@127.0.0.1:9/treasury",
        "LATTICE_PROJECT_ID": "0190b0a0-0000-7000-8000-000000000000",
    }
    began = time.monotonic()
    done = subprocess.run(
        [COMMAND, command], cwd=folder, env={**environment(folder), **away}, capture_output=True, text=True, check=False
    )
    assert time.monotonic() - began < 5
    told = done.stdout + done.stderr
    assert done.returncode == code
    assert "The database server does not answer" in told
    assert not [word for word in ("Traceback", "sesame", "treasury", "127.0.0.1", "postgresql://") if word in told]
