"""A project on the real engine, and the console on it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.screens.console import Console, an_office, make_app, open_console
from tests.screens.project import Office, build


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The copies of one project share its id, and with it what a person keeps: each test has folders of its own.
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "kept"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    for name in ("COLORFGBG", "DATABASE_URL", "LATTICE_ASCII", "LATTICE_THEME", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def _made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("made") / "billing-specs"
    root.mkdir()
    asyncio.run(build(root))
    return root


@pytest.fixture
def office(_made_once: Path, tmp_path: Path) -> Office:
    """The project of `project.build`, in a folder of its own."""
    root = tmp_path / "billing-specs"
    shutil.copytree(_made_once, root)
    return an_office(root)


@pytest.fixture
async def console(office: Office) -> AsyncIterator[Console]:
    """The console of kim, who owns the project."""
    async with open_console(make_app(office)) as console:
        yield console
