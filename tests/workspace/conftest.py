"""A project's folder and a head in memory."""

from pathlib import Path

import pytest

from lattice_console.workspace import Checkout
from tests.workspace.memory import MemorySource, project


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return project(tmp_path / "project")


@pytest.fixture
def checkout(root: Path) -> Checkout:
    return Checkout(root, limit=1000)


@pytest.fixture
def source() -> MemorySource:
    return MemorySource({"docs/a.yaml": b"a: 1\n", "docs/b.yaml": b"b: 1\n", "README.md": b"# Read\n"})
