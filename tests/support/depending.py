"""Specs that depend on each other, and what is said of them."""

import json

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.conflict import Conflict
from lattice_console.contract.models.mutation import Mutation
from tests.support.house import track


def spec(name: str, *needs: str, version: int = 1) -> bytes:
    """A spec that depends on others."""
    said = {"name": name, "version": f"{version}.0.0", "type": "api", "depends_on": needs}
    return json.dumps(said, indent=1).encode()


def at(name: str) -> str:
    """Where the spec of that name is."""
    return f"specs/{name}.json"


async def declare(backend: Backend, **needs: str) -> None:
    """Track specs, each with the names that it depends on, one letter each."""
    await track(backend, {at(name): spec(name, *wanted) for name, wanted in needs.items()})


async def of(backend: Backend, mutation: Mutation) -> list[Conflict]:
    """What is in conflict with a mutation."""
    return list((await backend.conflicts.of(mutation.id)).conflicts)


async def told(backend: Backend, mutation: Mutation) -> list[tuple[str, str]]:
    """How severe each violation is, and what it says."""
    found = await of(backend, mutation)
    assert {one.type for one in found} <= {"dependency_violation"}
    return [(one.severity, one.description) for one in found]
