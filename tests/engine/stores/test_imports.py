"""What a store imports, and when; each in a fresh interpreter."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import asyncio, sys
from pathlib import Path
from lattice_console.engine.stores.sqlite import SqliteStore

async def use():
    store = SqliteStore(Path(sys.argv[2]))
    if sys.argv[1] == "open":
        await store.read(lambda tables: tables.projects.get("p1"))
        await store.write(lambda tables: tables.events.last("p1"))
    await store.close()

asyncio.run(use())
print(*(name for name in ("sqlalchemy", "alembic") if name in sys.modules))
"""


def imported(action: str, file: Path) -> list[str]:
    command = [sys.executable, "-c", SCRIPT, action, str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def test_a_store_that_is_not_opened_imports_no_library(file: Path) -> None:
    assert imported("make", file) == []


def test_a_database_that_needs_no_migration_is_opened_without_alembic(file: Path) -> None:
    assert imported("open", file) == ["sqlalchemy"]


def test_a_new_database_is_made_by_alembic(tmp_path: Path) -> None:
    assert imported("open", tmp_path / "new.db") == ["sqlalchemy", "alembic"]
