"""What a document refers to in other files."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.paths import is_trackable
from lattice_console.engine.rules import references, syntax
from lattice_console.engine.rules.references import PATH_LIMIT, Reference, read, resolve
from tests.engine.rules.json_like import VALUES

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1, max_size=8)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join).filter(is_trackable)


def ref(text: Any) -> dict[str, Any]:
    return {"$ref": text}


@pytest.mark.parametrize(
    ("text", "path", "pointer"),
    [
        ("user.yaml", "api/user.yaml", ""),
        ("./user.yaml", "api/user.yaml", ""),
        ("../common.json#/Address", "common.json", "/Address"),
        (".././../x/../user.yaml", None, None),
        ("../x/../user.yaml#", "user.yaml", ""),
        ("a%20b.yaml#/paths/~1users~1%7Bid%7D", "api/a b.yaml", "/paths/~1users~1{id}"),
        ("%2e%2e/user.yaml", "user.yaml", ""),
        ("größe.yaml#/gr%C3%B6%C3%9Fe", "api/größe.yaml", "/größe"),
        ("user.yaml#anchor", "api/user.yaml", ""),
        ("user.yaml?v=1#/A", "api/user.yaml", "/A"),
        ("user%3F.yaml", "api/user?.yaml", ""),
        ("100%.yaml", "api/100%.yaml", ""),
        ("#/components/schemas/User", None, None),
        ("", None, None),
        ("openapi.yaml#/components", "api/openapi.yaml", "/components"),
        ("https://example.org/user.yaml", None, None),
        ("urn:example:user", None, None),
        ("file:///etc/passwd", None, None),
        ("//example.org/user.yaml", None, None),
        ("/etc/passwd", None, None),
        ("../../user.yaml", None, None),
        ("schemas/", None, None),
        ("..", None, None),
        ("a//b.yaml", None, None),
        ("a%2Fb.yaml", None, None),
        ("%ff.yaml", None, None),
        ("a%00.yaml", None, None),
        ("user.yaml#/%00", None, None),
        ("user.yaml#/%ff", None, None),
        ("../.git/config", None, None),
        ("../.lattice/local.json", None, None),
        ("...", "api/...", ""),
        ("x" * PATH_LIMIT, None, None),
    ],
)
def test_a_reference_leads_from_the_folder_of_its_document(text: str, path: str | None, pointer: str | None) -> None:
    assert resolve("api/openapi.yaml", text) == (None if path is None else (path, pointer))


@given(PATHS, PATHS, st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8))
def test_a_reference_that_is_written_from_one_file_to_another_leads_there(here: str, there: str, token: str) -> None:
    way = "../" * here.count("/") + there
    pointer = f"/{token}"
    expected = None if len(there.encode()) > PATH_LIMIT else Reference(there, pointer)
    assert resolve(here, f"{quote(way)}#{quote(pointer)}") == expected


@given(st.text(), PATHS)
def test_whatever_a_reference_says_it_leads_to_a_path_of_the_project_or_nowhere(text: str, here: str) -> None:
    found = resolve(here, text)
    assert found is None or is_trackable(found.path)


@given(VALUES, st.sampled_from(["const", "default", "enum", "example"]))
def test_what_is_data_refers_to_nothing(value: Any, key: str) -> None:
    assert read("a.json", {key: [value, ref("b.json")]}) == ()


@given(VALUES)
def test_references_are_found_wherever_else_they_stand(value: Any) -> None:
    inside = {
        "items": [{"x": ref("b.json#/B")}, value],
        "properties": {"default": ref("c.json"), "$ref": ref("d.json")},
    }
    assert set(read("a.json", inside)) >= {("b.json", "/B"), ("c.json", ""), ("d.json", "")}


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"responses": {"default": ref("e.json")}}, ["e.json"]),
        ({"properties": {"properties": {"default": ref("e.json")}}}, []),
        ({"properties": {"example": {"properties": {"enum": ref("e.json")}}}}, ["e.json"]),
        ({"paths": ref("paths.json")}, ["paths.json"]),
        ({"examples": [ref("e.json")]}, []),
        ({"examples": {"ann": ref("e.json"), "bob": {"value": ref("f.json")}, "$ref": "g.json"}}, ["e.json"]),
        ([ref("b.json"), ref("c.json"), ref("b.json#")], ["b.json", "c.json"]),
        ({"$ref": ["b.json"], "x": ref(1), "y": ref(None)}, []),
        ({"x": ref("a.json#/y"), "y": ref("./a.json")}, []),
        ("b.json", []),
        (None, []),
    ],
)
def test_data_and_names_are_told_from_references(data: Any, found: list[str]) -> None:
    assert [path for path, _ in read("a.json", data)] == found
    placed = list(references.places("a.json", data))
    assert {reference.path for _, reference in placed} == set(found)
    assert all(references.leads_somewhere(data, pointer) for pointer, _ in placed)


def test_what_an_alias_repeats_is_read_once_and_in_each_of_its_meanings() -> None:
    data = syntax.parse("a.yaml", b"x: &x\n  default: {$ref: b.yaml}\nproperties: *x\nagain: [*x, *x]\n").data
    assert read("a.yaml", data) == (("b.yaml", ""),)
    deep = b"a0: &a0 {$ref: b.yaml}\n" + b"".join(
        b"a%d: &a%d [*a%d, *a%d]\n" % (n, n, n - 1, n - 1) for n in range(1, 12)
    )
    assert read("a.yaml", syntax.parse("a.yaml", deep).data) == (("b.yaml", ""),)


def test_a_document_whose_own_path_is_very_long_refers_to_nothing() -> None:
    assert read("/".join(["folder"] * 100) + "/a.json", ref("b.json")) == ()
    assert references.read("a.json", ref("b.json")) == (("b.json", ""),)
