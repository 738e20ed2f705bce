"""A project on the real engine, with the commands run in it."""

import shutil
from pathlib import Path

import pytest

from tests.headless.driver import Lattice


def _clean(patch: pytest.MonkeyPatch, config: Path) -> None:
    for name in ("DATABASE_URL", "LATTICE_ASCII", "LATTICE_DOCUMENT_LIMIT", "LATTICE_CLAIM_LEASE", "NO_COLOR"):
        patch.delenv(name, raising=False)
    patch.setenv("LATTICE_ACTOR", "kim")
    patch.setenv("XDG_CONFIG_HOME", str(config))


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _clean(monkeypatch, tmp_path / "config")


@pytest.fixture
def empty(tmp_path: Path) -> Lattice:
    """A folder that is no project."""
    root = tmp_path / "billing"
    root.mkdir()
    return Lattice(root)


@pytest.fixture(scope="session")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = Lattice(tmp_path_factory.mktemp("made") / "billing")
    with pytest.MonkeyPatch.context() as patch:
        _clean(patch, tmp_path_factory.mktemp("config"))
        made.write("docs/api.yaml", "limit: 24\nunit: hours\n")
        made.write("docs/guide.md", "# Guide\n\nRead it.\n")
        made.write("src/auth.py", "LIMIT = 24\n")
        made.ok("init")
        made.ok("track", "docs", "src")
        made.ok("team", "add", "ana", "--role", "reviewer")
    return made.root


@pytest.fixture
def lattice(empty: Lattice, _made_once: Path) -> Lattice:
    """A project with three tracked documents; kim owns it, ana reviews."""
    shutil.copytree(_made_once, empty.root, dirs_exist_ok=True)
    return empty
