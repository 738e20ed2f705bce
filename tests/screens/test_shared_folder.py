"""Several folders, or none, on one project: each follows what anybody executes, and holds nobody else back."""

from dataclasses import replace
from pathlib import Path

import pytest

from lattice_console import config
from lattice_console.app import LatticeApp
from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from lattice_console.ops import init
from lattice_console.workspace import Checkout
from tests.screens.console import make_app, open_console
from tests.screens.project import Office

MINE = "LIMIT = 1\n"


@pytest.fixture
async def second(office: Office, tmp_path: Path) -> Settings:
    """kim's other folder: a checkout of the same project, joined to the database of the first."""
    first = office.settings()
    root = tmp_path / "second"
    root.mkdir()

    async def connect(settings: Settings) -> Backend:
        return await office.connect(replace(settings, servers=first.servers))

    project = await init.find(root, project=first.project_id, actor="kim", connect=connect)
    assert project is not None
    await init.join(root, project, actor="kim", connect=connect)
    settings = replace(config.at_root(root, actor="kim", environ={}), servers=first.servers)
    assert (settings.root, settings.project_id) == (root, first.project_id)
    return settings


def seated_in(office: Office, settings: Settings) -> LatticeApp:
    app = make_app(office, settings=settings)
    root = settings.root
    app.session.open_checkout = (lambda: Checkout(root)) if root else None
    return app


def held(settings: Settings, path: str) -> str:
    assert settings.root is not None
    return (settings.root / path).read_text()


async def test_a_console_brings_its_folder_up_to_what_another_folder_executed(office: Office, second: Settings) -> None:
    async with open_console(seated_in(office, second)) as console:
        assert "hours=24" in held(second, "src/auth/session.py")
        kim = await office.as_("kim")
        await Checkout(office.root).execute(kim, await kim.mutations.get("M-7"))
        await kim.close()
        await console.until(lambda: "hours=48" in held(second, "src/auth/session.py"), "the folder to follow")
    assert "hours=48" in held(office.settings(), "src/auth/session.py")


async def test_only_the_executors_own_folder_holds_an_execution_back(office: Office, second: Settings) -> None:
    assert second.root is not None
    (second.root / "src/auth/session.py").write_text(MINE)
    async with open_console(seated_in(office, second)) as console:
        await console.go_to("Raise the session")
        await console.press("e")
        await console.sees("Not executed: src/auth/session.py changed on disk")
        # Somebody with a clean folder is not held back, and this one keeps what the project does not know.
        kim = await office.as_("kim")
        await Checkout(office.root).execute(kim, await kim.mutations.get("M-7"))
        await kim.close()
        await console.sees("1 file drifted")
        await console.until(lambda: "48 hours" in held(second, ".lattice/specs/user-auth.json"), "the rest to follow")
    assert held(second, "src/auth/session.py") == MINE


async def test_a_console_that_was_closed_catches_up_when_it_opens(office: Office, second: Settings) -> None:
    kim = await office.as_("kim")
    await kim.executions.execute("M-7")
    await kim.close()
    async with open_console(seated_in(office, second)) as console:
        await console.until(lambda: "hours=48" in held(second, "src/auth/session.py"), "the folder to catch up")


async def test_without_a_folder_a_console_reviews_executes_and_rolls_back(office: Office, second: Settings) -> None:
    before = held(second, "src/auth/session.py")
    settings = replace(second, root=None)
    async with open_console(seated_in(office, settings)) as console:
        assert console.lines[0].startswith(" billing-specs › Queue")
        await console.go_to("Raise the session")
        await console.press("enter")
        await console.sees("Sessions expire after 48 hours")
        await console.press("escape")
        await console.press("e")
        await console.sees("Execute M-7")
        await console.press("enter")
        await console.until(lambda: "●" in console.line("Raise the session")[:3], "the row to be completed")
        await console.press("b")
        await console.sees("Roll back M-7")
        await console.type("Too long")
        await console.press("ctrl+s")
        await console.until(lambda: "↺" in console.line("Raise the session")[:3], "the row to be rolled back")
        assert "workspace" not in console.app.session.parts
    assert held(second, "src/auth/session.py") == before
