"""The walls between the rooms hold, and would fall loudly: each is walked through on purpose in a copy of the house."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGE = REPOSITORY / "lattice_console"

# A file, what is added to it, and the module that must then be named as refused.
TRESPASSES = [
    ("contract/trespass.py", "import rich", "rich"),
    ("contract/trespass.py", "import lattice_console.merge", "lattice_console.merge"),
    ("merge/trespass.py", "from lattice_console.contract import models", "lattice_console.contract.models"),
    ("merge/trespass.py", "import difflib", "difflib"),
    ("text.py", "import rich", "rich"),
    ("profile/trespass.py", "import textual", "textual"),
    ("profile/trespass.py", "import lattice_console.backends", "lattice_console.backends"),
    ("workspace/trespass.py", "import yaml", "yaml"),
    ("workspace/trespass.py", "import lattice_console.engine", "lattice_console.engine"),
    ("engine/rules/trespass.py", "import lattice_console.engine.features", "lattice_console.engine.features"),
    ("engine/rules/trespass.py", "import pydantic", "pydantic"),
    ("engine/features/trespass.py", "import lattice_console.engine.stores", "lattice_console.engine.stores"),
    ("engine/features/trespass.py", "import sqlalchemy.orm", "sqlalchemy"),
    ("engine/features/trespass.py", "import sqlite3", "sqlite3"),
    ("engine/stores/trespass.py", "import textual", "textual"),
    ("engine/stores/trespass.py", "import rich", "rich"),
    ("engine/trespass.py", "import lattice_console.contract", "lattice_console.contract"),
    ("backends/remote.py", "import lattice_console.engine.rules", "lattice_console.engine.rules"),
    ("backends/wire.py", "import lattice_console.engine", "lattice_console.engine"),
    ("widgets/trespass.py", "def late() -> None:\n    import lattice_console.engine", "lattice_console.engine"),
    ("widgets/trespass.py", "import lattice_console.screens", "lattice_console.screens"),
    (
        "screens/trespass.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import lattice_console.backends",
        "lattice_console.backends",
    ),
    ("screens/trespass.py", "import alembic", "alembic"),
    ("app.py", "import lattice_console.engine.stores", "lattice_console.engine.stores"),
    ("headless/trespass.py", "import textual", "textual"),
    ("headless/trespass.py", "import lattice_console.backends", "lattice_console.backends"),
    ("ops/trespass.py", "import textual", "textual"),
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package of a folder, under that folder's own configuration."""
    command = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(REPOSITORY)]), "COLUMNS": "200"}
    return subprocess.run(
        [command, "--no-cache", "--no-logo"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "lattice_console", ignore=ignore)
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    return tmp_path


def add(house: Path, file: str, code: str) -> None:
    with (house / "lattice_console" / file).open("a", encoding="utf-8") as stream:
        stream.write(f"\n{code}\n")


def test_the_walls_of_the_house_hold() -> None:
    linted = lint_imports(REPOSITORY)
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_every_trespass_is_named(copy_of_the_house: Path) -> None:
    for file, code, _ in TRESPASSES:
        add(copy_of_the_house, file, code)
    linted = lint_imports(copy_of_the_house)
    assert linted.returncode == 1, linted.stdout + linted.stderr
    named = set(re.findall(r"^(\S+) -> (\S+) \(l\. ", linted.stdout, re.MULTILINE))
    expected = {
        ("lattice_console." + file.removesuffix(".py").replace("/", "."), target) for file, _, target in TRESPASSES
    }
    assert expected <= named, f"not refused: {sorted(expected - named)}\n{linted.stdout}{linted.stderr}"


def test_a_module_outside_every_room_is_refused(copy_of_the_house: Path) -> None:
    add(copy_of_the_house, "cellar.py", "")
    linted = lint_imports(copy_of_the_house)
    assert linted.returncode == 1
    assert "lattice_console.cellar lies in no room" in linted.stdout


def test_an_import_circle_within_a_room_is_refused(copy_of_the_house: Path) -> None:
    add(copy_of_the_house, "widgets/hen.py", "import lattice_console.widgets.egg")
    add(copy_of_the_house, "widgets/egg.py", "import lattice_console.widgets.hen")
    linted = lint_imports(copy_of_the_house)
    assert linted.returncode == 1
    assert "There is no import circle BROKEN" in linted.stdout


def test_no_file_of_the_package_imports_difflib() -> None:
    files = sorted(PACKAGE.rglob("*.py"))
    assert files
    importing = re.compile(r"^\s*(?:import|from)\s+[^#\n]*\bdifflib\b", re.MULTILINE)
    assert [str(file) for file in files if importing.search(file.read_text(encoding="utf-8"))] == []
