"""What is loaded when the first frame stands on the screen, seen in an interpreter of its own."""

import json
import subprocess
import sys

from tests.screens.project import Office

WATCHED = """
import asyncio, json, sys
from pathlib import Path
from lattice_console import config
from lattice_console.app import LatticeApp

painted = []

def painted_now(self):
    if not painted and self.screen_stack:
        painted.append(sorted(sys.modules))

LatticeApp.post_display_hook = painted_now

settings = config.at_root(Path(sys.argv[1]), actor="kim", environ={})

async def open_backend():
    from lattice_console.backends.connect import connect
    return await connect(settings)

async def main():
    app = LatticeApp(open_backend, None, settings)
    async with app.run_test(size=(80, 24)) as pilot:
        while not app.session.connected:
            await pilot.pause(0.02)
        sys.__stdout__.write(json.dumps({"first": painted[0], "last": sorted(sys.modules)}))

asyncio.run(main())
"""

DRIVERS = {"sqlalchemy", "sqlite3", "alembic", "pygit2"}


def test_the_first_frame_is_painted_before_any_driver_or_model_is_loaded(office: Office) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(office.root)], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = json.loads(done.stdout)
    first, last = set(loaded["first"]), set(loaded["last"])
    assert "lattice_console.screens.opening" in first
    assert not first & DRIVERS
    assert not {name for name in first if name.startswith(("lattice_console.contract.models", "pygments"))}
    assert not {name for name in first if name.startswith(("lattice_console.engine", "lattice_console.workspace"))}
    assert {"sqlalchemy", "lattice_console.engine.engine", "lattice_console.screens.queue"} <= last
