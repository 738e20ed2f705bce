"""What `lattice doctor` says of the tracked configuration: secrets, and variables that are not set."""

import os
from collections.abc import AsyncIterator

from lattice_console.config import FOLDER
from lattice_console.contract.backend import Backend
from lattice_console.engine.rules import secrets
from lattice_console.ops.check import Check

_LARGEST = 1_000_000
"""Bytes beyond which a document is taken to be no configuration."""


async def look(backend: Backend) -> AsyncIterator[Check]:
    """A warning for each thing that is better changed."""
    found = True
    async for path, content in _tracked(backend):
        told = [f"{path}:{one.line or 1}: {one.said}" for one in secrets.check(path, content)]
        told += [
            f"{key} in {path}: ${{{name}}} stands there, and the environment has no {name}."
            for key, name in secrets.unset(path, content, os.environ)
        ]
        for message in told:
            found = False
            yield Check(name="configuration", state="warning", message=message)
    if found:
        yield Check(name="configuration", state="ok", message="No secret stands in it, and every ${NAME} is set.")


async def _tracked(backend: Backend) -> AsyncIterator[tuple[str, bytes]]:
    cursor: str | None = None
    while True:
        page = await backend.documents.list(prefix=f"{FOLDER}/", cursor=cursor, limit=1000)
        for document in page.items:
            if secrets.is_configuration(document.path) and document.size <= _LARGEST:
                yield document.path, await backend.documents.content(document.hash)
        if not page.has_more:
            return
        cursor = page.next_cursor
