"""Where tests and benchmarks find real data: the folder `LATTICE_TEST_DATA`, else `shared/data` beside the checkout."""

import os
from pathlib import Path

import pytest


def folder() -> Path:
    """The folder of real data, which need not exist."""
    beside = Path(__file__).parents[1] / "../shared/data"
    return Path(os.environ.get("LATTICE_TEST_DATA") or beside).resolve()


def find(name: str) -> Path:
    """The file of that name; skips the test where it is absent."""
    path = folder() / name
    if not path.exists():
        pytest.skip(f"real data is absent: {name}")
    return path
