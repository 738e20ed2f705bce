"""The real documents of a public history: all of them can be read, soon, and mean what they mean to others."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from lattice_console.engine.rules import specs, syntax
from tests import real_data


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every document of the tip, by path."""
    bundle = real_data.find("openapi-history.bundle")
    clone = tmp_path_factory.mktemp("history") / "clone"
    subprocess.run(["git", "clone", "--quiet", "--branch", "main", bundle, clone], check=True)
    files = (path for path in clone.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(clone).as_posix(): path.read_bytes() for path in files}


def test_every_document_can_be_read(documents: dict[str, bytes]) -> None:
    assert {syntax.kind_of(path) for path in documents} >= {"json", "yaml", "markdown"}
    assert [path for path, content in documents.items() if syntax.parse(path, content).problem] == []
    assert [path for path, content in documents.items() if specs.check(path, content, None)] == []


def test_every_document_says_what_the_usual_readers_say(documents: dict[str, bytes]) -> None:
    for path, content in documents.items():
        parsed = syntax.parse(path, content)
        if parsed.kind == "json":
            assert parsed.data == json.loads(content)
        elif parsed.kind == "yaml":
            assert parsed.data == json.loads(json.dumps(yaml.safe_load(content), default=str))


def test_every_openapi_document_is_a_spec(documents: dict[str, bytes]) -> None:
    for path, content in documents.items():
        if path.endswith(".yaml") and content.startswith(b"openapi:") and b"\ninfo:" in content:
            reading = specs.read(path, content)
            assert reading is not None
            assert (reading.name, reading.type) == (Path(path).stem.lower(), "api")
