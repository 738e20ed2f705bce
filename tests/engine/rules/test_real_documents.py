"""The real documents of a public history: all of them can be read, soon, and mean what they mean to others."""

import json
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any

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


def test_every_document_can_be_read_and_those_alone_are_wrong_that_were_written_to_be(
    documents: dict[str, bytes],
) -> None:
    assert {syntax.kind_of(path) for path in documents} >= {"json", "yaml", "markdown"}
    assert [path for path, content in documents.items() if syntax.parse(path, content).problem] == []
    wrong = {path for path, content in documents.items() if specs.check(path, content, None)}
    assert wrong == {path for path in documents if path.startswith("tests/schema/fail/")}


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


def members(data: Any, pointer: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every mapping and list by its pointer, with the pointers of what is in it, in order."""
    within = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    inner = [(f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}", value) for key, value in within]
    if inner:
        yield pointer, [place for place, _ in inner]
    for place, value in inner:
        yield from members(value, place)


def test_every_value_of_every_document_stands_at_lines_of_its_own_that_end_where_the_next_begin(
    documents: dict[str, bytes],
) -> None:
    for path, content in documents.items():
        parsed = syntax.parse(path, content)
        if parsed.kind not in ("json", "yaml"):
            continue
        inner = dict(members(parsed.data))
        wanted = {"", *(place for places in inner.values() for place in places)}
        found = syntax.spans(parsed.kind, content, wanted)
        assert found.keys() == wanted, path
        lines = content.decode().split("\n")
        for outer, places in inner.items():
            assert all(found[outer][0] <= found[place][0] <= found[place][1] <= found[outer][1] for place in places)
            for place, following in pairwise(places):
                last, first = found[place][1], found[following][0]
                assert last <= first, f"{path}{place}"
                between = [line.strip() for line in lines[last : first - 1]]
                assert all(not line or line.startswith("#") for line in between), f"{path}{place}: {between}"


def test_the_lines_of_a_pointer_say_what_stands_there(documents: dict[str, bytes]) -> None:
    """Of mappings in block style: read alone, the lines of a key are that key with its value."""
    read = 0
    for path, content in documents.items():
        parsed = syntax.parse(path, content)
        if parsed.kind != "yaml" or b"<<" in content or b"&" in content:
            continue
        for outer, places in members(parsed.data):
            mapping = value_at(parsed.data, outer)
            if not isinstance(mapping, dict):
                continue
            for place, (first, last) in syntax.spans("yaml", content, set(places)).items():
                text = dedent("\n".join(content.decode().split("\n")[first - 1 : last]))
                if "{" in text or text.startswith("-"):
                    continue
                key = place.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
                assert syntax.parse("alone.yaml", text.encode()).data == {key: mapping[key]}, f"{path}{place}"
                read += 1
    assert read > 1000


def value_at(data: Any, pointer: str) -> Any:
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        data = data[int(key)] if isinstance(data, list) else data[key]
    return data
