"""What it takes to validate all specs of a project, and one that is very long, beside only reading them."""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import yaml

from benchmarks.beside_git import median, row
from benchmarks.dataset import ACTOR
from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract.models.document import TrackedFile
from lattice_console.engine.rules import specs, syntax
from lattice_console.ops.init import init

_LINES = 50_000


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Rows of {name, n, seconds, peer, peer_seconds, ratio}: `n` in specs, or in lines."""
    rounds = 1 if quick else 5
    with tempfile.TemporaryDirectory() as folder:
        yield asyncio.run(_project(Path(folder), 50 if quick else 1000, rounds))
    for kind in ("json", "yaml"):
        path, content = f"api.{kind}", _openapi(500 if quick else _LINES, kind)
        reading = specs.read(path, content)
        if reading is None or reading.findings:
            raise RuntimeError("the document should be valid")
        taken = median(partial(specs.read, path, content), rounds)
        read = median(partial(syntax.parse, path, content), rounds)
        yield row(f"an OpenAPI document, {kind}", content.count(b"\n"), taken, "reading it", read)


async def _project(place: Path, count: int, rounds: int) -> dict[str, object]:
    await init(place, name="validating", actor=ACTOR)
    files = [TrackedFile(path=f".lattice/specs/spec-{number}.json", content=_spec(number)) for number in range(count)]
    backend = await connect(config.load(place, actor=ACTOR, environ={}))
    try:
        for start in range(0, count, 500):
            await backend.documents.track(files[start : start + 500])
        times = []
        for _ in range(rounds):
            start_at = perf_counter()
            found = await backend.specs.validate()
            times.append(perf_counter() - start_at)
            if any(one.severity == "error" for one in found):
                raise RuntimeError(f"the specs should be valid: {found[0]}")
    finally:
        await backend.close()
    read = median(lambda: [syntax.parse(file.path, file.content) for file in files], rounds)
    return row("all specs of a project", count, sorted(times)[len(times) // 2], "reading them", read)


def _spec(number: int) -> bytes:
    endpoints = [
        {
            "path": f"/things/{number}/{at}",
            "method": "GET",
            "description": "Look at it.",
            "authentication": "required",
            "response": {"status_codes": [200, 404], "schema": {"id": "string", "at": "datetime"}},
        }
        for at in range(20)
    ]
    depends_on = [f"spec-{number // 2}"] if number else []
    spec = {"name": f"spec-{number}", "version": "1.0.0", "type": "api", "depends_on": depends_on}
    return json.dumps({**spec, "endpoints": endpoints}, indent=2).encode()


def _openapi(lines: int, kind: str) -> bytes:
    answer = {"description": "OK", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1.0.0"},
        "paths": {},
        "components": {
            "schemas": {"Thing": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}}
        },
    }
    for number in range(lines // (26 if kind == "json" else 14)):
        name = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
        document["paths"][f"/things-{number}/{{id}}"] = {
            "get": {"operationId": f"get{number}", "parameters": [name], "responses": {"200": answer}}
        }
    written = json.dumps(document, indent=1)
    # What is read again shares nothing, and so is written without aliases.
    return written.encode() if kind == "json" else yaml.safe_dump(json.loads(written), sort_keys=False).encode()
