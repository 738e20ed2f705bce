"""What a command loads, and what it does not: each in an interpreter of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lattice_console.version import __version__

REPORT = """
import json, sys
sys.argv = ["lattice", *json.loads(sys.argv[1])]
from lattice_console.cli import main
code = main()
sys.stdout.flush()
print(json.dumps({"code": int(code), "modules": sorted(sys.modules)}), file=sys.stderr)
"""

FRAMEWORKS = {"click", "textual", "rich", "sqlalchemy", "alembic", "pygit2", "pydantic", "yaml", "asyncio"}
DRIVERS = {"sqlalchemy", "sqlite3", "alembic", "pygit2"}


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "LATTICE_ACTOR": "kim", "XDG_CONFIG_HOME": str(folder / "config")}


def loaded(folder: Path, *arguments: str) -> tuple[int, str, set[str]]:
    """Exit code, stdout, and the names of all modules that `lattice` with these arguments has loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", REPORT, json.dumps(arguments)],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(done.stderr.splitlines()[-1])
    return report["code"], done.stdout, set(report["modules"])


def test_version_answers_with_nothing_but_itself(tmp_path: Path) -> None:
    code, out, modules = loaded(tmp_path, "--version")
    assert (code, out) == (0, f"Lattice CLI v{__version__}\n")
    assert not modules & FRAMEWORKS
    assert {name for name in modules if name.startswith("lattice_console")} == {
        "lattice_console",
        "lattice_console.cli",
        "lattice_console.version",
    }


@pytest.mark.parametrize("arguments", [("--help",), ("mutation", "--help"), ("mutation", "create", "--help")])
def test_help_loads_no_screen_and_no_driver(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, out, modules = loaded(tmp_path, *arguments)
    assert code == 0
    assert out.startswith("Usage: lattice")
    assert "textual" not in modules
    assert not modules & DRIVERS
    assert not any(name.startswith(("lattice_console.engine", "lattice_console.backends")) for name in modules)


def test_headless_commands_load_no_screen(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n")
    for arguments in (
        ("init",),
        ("track", "a.md"),
        ("mutation", "list"),
        ("status",),
        ("doctor",),
        ("audit", "verify"),
    ):
        code, _, modules = loaded(tmp_path, *arguments)
        assert code == 0
        assert "textual" not in modules, arguments
        assert not any(name.startswith(("lattice_console.screens", "lattice_console.widgets")) for name in modules)


def test_the_installed_command_is_this_one() -> None:
    command = Path(sys.executable).with_name("lattice")
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"Lattice CLI v{__version__}\n"


@pytest.mark.parametrize("arguments", [("mutation", "create", "--help"), ("status",), ("doctor", "--output", "json")])
def test_a_closed_pipe_ends_a_command_quietly(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    loaded(tmp_path, "init")
    command = [str(Path(sys.executable).with_name("lattice")), *arguments]
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment(tmp_path),
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (141, "")
