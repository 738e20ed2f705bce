"""A mutation from its proposal to its execution, as throughput is measured in."""

import time

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import ChangeInput


def documents(count: int) -> list[TrackedFile]:
    """So many documents, of which each mutation changes one."""
    return [TrackedFile(path=f"doc-{number}.json", content=b'{"value": 1}\n') for number in range(count)]


async def carry_through(backend: Backend, number: int) -> float:
    """Propose, approve and execute a mutation of the document of that number; returns the seconds that it took."""
    start = time.perf_counter()
    change = ChangeInput(operation_type="modify", file_path=f"doc-{number}.json", content=b'{"value": 2}\n')
    mutation = await backend.mutations.create(title=f"Change {number}", changes=[change])
    await backend.reviews.vote(mutation.id, vote="approve")
    execution = await backend.executions.execute(mutation.id)
    if execution.status != "completed":
        raise RuntimeError(f"not executed: {execution.errors}")
    return time.perf_counter() - start
