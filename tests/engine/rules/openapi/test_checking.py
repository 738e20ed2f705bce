"""What is wrong with OpenAPI documents: of which form they are, and what they ask for beyond it."""

import copy
import io
import itertools
import random
import re
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_spec_validator.shortcuts import get_validator_cls
from openapi_spec_validator.versions.exceptions import OpenAPIVersionNotFound
from referencing.exceptions import Unresolvable

from lattice_console.engine.rules import references, syntax
from lattice_console.engine.rules.defects import Defect
from lattice_console.engine.rules.openapi.checking import check
from tests import real_data
from tests.engine.rules.json_like import VALUES

Edit = Callable[[dict[str, Any]], object]


def shop(version: str = "3.0.3") -> dict[str, Any]:
    """A sound document that has a bit of everything."""
    ok = {"description": "Found.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}
    one = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    pet = {"type": "object", "properties": {"default": {"type": "integer", "default": 3}}}
    return {
        "openapi": version,
        "info": {"title": "Shop", "version": "1.0.0"},
        "tags": [{"name": "pets"}, {"name": "shops"}],
        "security": [{"key": []}],
        "paths": {
            "/pets": {"get": {"operationId": "list", "responses": {"200": {"$ref": "#/components/responses/ok"}}}},
            "/pets/{id}": {
                "parameters": [one],
                "get": {"operationId": "get", "responses": {"200": ok}},
                "delete": {"responses": {"204": {"description": "Gone."}}},
            },
        },
        "components": {
            "schemas": {"Pet": pet, "Name": {"type": "string", "default": "Tom", "pattern": "^T"}},
            "responses": {"ok": ok},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
        },
    }


def swagger() -> dict[str, Any]:
    """The same in the form of 2.0, in short."""
    get = {"parameters": [{"name": "id", "in": "path", "required": True, "type": "string"}]}
    answers = {"200": {"description": "Found.", "schema": {"$ref": "#/definitions/Pet"}}}
    return {
        "swagger": "2.0",
        "info": {"title": "Shop", "version": "1.0.0"},
        "paths": {"/pets/{id}": {"get": {**get, "responses": answers}}},
        "definitions": {"Pet": {"type": "array", "items": {"type": "string"}}},
    }


def at(data: dict[str, Any], *keys: str | int) -> Any:
    value: Any = data
    for key in keys:
        value = value[key]
    return value


PET = ("paths", "/pets/{id}")
SCHEMAS = ("components", "schemas")
PARAMETER = "/paths/~1pets~1{id}/parameters/0"

BROKEN: list[tuple[Edit, str, str, str]] = [
    (lambda d: d["info"].pop("title"), "openapi", "/info", 'It has no "title".'),
    (lambda d: d["info"].update(titel=1), "openapi", "/info/titel", 'The key "titel" is not allowed here.'),
    (lambda d: d.update(servers={}), "openapi", "/servers", "It is an object."),
    (lambda d: d.update(openapi="three"), "openapi", "/openapi", 'It is "three", which is no version of OpenAPI.'),
    (
        lambda d: at(d, *PET, "get", "responses", "200").pop("description"),
        "openapi",
        "/paths/~1pets~1{id}/get/responses/200",
        'It has no "description".',
    ),
    (lambda d: at(d, *PET, "parameters", 0).pop("required"), "openapi", PARAMETER, 'It has no "required".'),
    (lambda d: at(d, *PET, "parameters", 0).update({"in": "body"}), "openapi", f"{PARAMETER}/in", 'It is "body".'),
    (
        lambda d: at(d, *PET, "parameters", 0).pop("schema"),
        "openapi",
        PARAMETER,
        'It has no "schema" or "content".',
    ),
    (
        lambda d: at(d, *SCHEMAS, "Name").update(type="txt"),
        "openapi",
        "/components/schemas/Name/type",
        'It is "txt".',
    ),
    (
        lambda d: d["tags"].append({"name": "pets"}),
        "openapi_tag",
        "/tags/2",
        'The tag "pets" is described twice, first as number 1.',
    ),
    (
        lambda d: d["paths"].update({"/pets/{name}": {}}),
        "openapi_path",
        "/paths/~1pets~1{name}",
        'It is the same path as "/pets/{id}"; only the names of parameters differ.',
    ),
    (
        lambda d: at(d, *PET, "get").update(operationId="list"),
        "openapi_operation_id",
        "/paths/~1pets~1{id}/get/operationId",
        'The operationId "list" is that of GET "/pets", too.',
    ),
    (
        lambda d: at(d, *PET, "parameters").append(at(d, *PET, "parameters", 0) | {"description": "Again."}),
        "openapi_parameter",
        "/paths/~1pets~1{id}/parameters/1",
        'There is another parameter "id" in "path".',
    ),
    (
        lambda d: at(d, *PET).pop("parameters"),
        "openapi_path_parameter",
        "/paths/~1pets~1{id}/get",
        'The parameter "id" of the path is not described.',
    ),
    (
        lambda d: at(d, "paths", "/pets").update(parameters=at(d, *PET, "parameters")),
        "openapi_path_parameter",
        "/paths/~1pets/parameters/0",
        'The parameter "id" of the path is not in "/pets".',
    ),
    (
        lambda d: at(d, *PET, "get").update(security=[{"kee": []}]),
        "openapi_security",
        "/paths/~1pets~1{id}/get/security/0/kee",
        'The security scheme "kee" is not declared.',
    ),
    (
        lambda d: at(d, *SCHEMAS).pop("Pet"),
        "openapi_reference",
        "/components/responses/ok/content/application~1json/schema/$ref",
        'There is no "#/components/schemas/Pet" in the document.',
    ),
    (
        lambda d: at(d, *SCHEMAS, "Name").update(default="Ann"),
        "openapi_default",
        "/components/schemas/Name/default",
        'The default value "Ann" does not keep to the schema beside it.',
    ),
]


def found(data: dict[str, Any]) -> list[Defect]:
    return list(check(data))


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0", "3.2.0"])
def test_a_sound_document_has_no_defect(version: str) -> None:
    assert found(shop(version)) == []


def test_a_sound_document_of_version_2_has_no_defect() -> None:
    assert found(swagger()) == []


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(("edit", "rule", "pointer", "message"), BROKEN, ids=[one[3] for one in BROKEN])
def test_what_is_wrong_is_told_with_its_place_and_how_to_mend_it(
    edit: Edit, rule: str, pointer: str, message: str, version: str
) -> None:
    data = shop(version)
    edit(data)
    told = found(data)
    assert (rule, pointer, message) in [(one.rule, one.pointer, one.message) for one in told]
    assert all(one.remedy and one.severity == "error" for one in told)


def test_version_2_has_its_own_form() -> None:
    data = swagger()
    at(data, "paths", "/pets/{id}", "get", "parameters", 0).pop("required")
    at(data, "paths", "/pets/{id}", "get", "responses", "200")["schema"]["$ref"] = "Pet"
    at(data, "definitions", "Pet")["items"] = [{"type": "string"}]
    assert [(one.rule, one.pointer, f"{one.message} {one.remedy}") for one in found(data)] == [
        ("openapi", "/paths/~1pets~1{id}/get/parameters/0", 'It has no "required". Add "required".'),
        (
            "openapi_items",
            "/definitions/Pet/items",
            "The items have a list of schemas. Give the one schema that all items keep to.",
        ),
        (
            "openapi_reference",
            "/paths/~1pets~1{id}/get/responses/200/schema/$ref",
            'It refers to a file "Pet", not to the definition of that name. Write "#/definitions/Pet".',
        ),
    ]


@pytest.mark.parametrize(
    ("edit", "pointer"),
    [
        (lambda d: d.update(openapi="3.9.0"), "/openapi"),
        (lambda d: d.update(jsonSchemaDialect="https://example.org/own"), "/jsonSchemaDialect"),
    ],
    ids=["another version", "another dialect"],
)
def test_what_is_not_checked_is_a_warning(edit: Edit, pointer: str) -> None:
    data = shop("3.1.0")
    at(data, *SCHEMAS, "Name")["minLength"] = "long"
    assert [one.pointer for one in found(data)] == ["/components/schemas/Name/minLength"]
    edit(data)
    assert [(one.severity, one.pointer) for one in found(data)] == [("warning", pointer)]


def test_a_schema_of_another_dialect_is_not_held_to_ours() -> None:
    data = shop("3.1.0")
    at(data, *SCHEMAS)["Old"] = {"$schema": "http://json-schema.org/draft-04/schema#", "exclusiveMinimum": True}
    assert found(data) == []
    at(data, *SCHEMAS, "Old").pop("$schema")
    assert [one.pointer for one in found(data)] == ["/components/schemas/Old/exclusiveMinimum"]


def test_what_lies_in_other_files_is_not_followed() -> None:
    data = shop()
    at(data, *PET)["parameters"] = [{"$ref": "parameters.yaml#/id"}]
    data["paths"]["/far"] = {"$ref": "https://example.org/paths.yaml"}
    at(data, *SCHEMAS)["Far"] = {"$ref": "file:///etc/passwd"}
    assert found(data) == []


def places(data: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield way
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield from places(value, (*way, key))


@given(st.sampled_from([shop(), shop("3.1.0"), shop("3.2.0"), swagger()]), st.randoms(use_true_random=False), VALUES)
def test_whatever_stands_anywhere_in_a_document_is_told_at_a_place_that_is_there(
    sound: dict[str, Any], chance: random.Random, value: Any
) -> None:
    data = copy.deepcopy(sound)
    way = chance.choice([way for way in places(data) if way and way[-1] not in ("openapi", "swagger")])
    at(data, *way[:-1])[way[-1]] = value
    for one in check(data):
        assert one.message.endswith(".")
        assert one.remedy
        assert references.leads_somewhere(data, one.pointer)


def test_a_reference_that_leads_round_in_circles_ends() -> None:
    data = shop()
    at(data, *PET)["parameters"] = [{"$ref": "#/components/parameters/a"}]
    data["components"]["parameters"] = {
        "a": {"$ref": "#/components/parameters/b"},
        "b": {"$ref": "#/components/parameters/a"},
    }
    assert found(data) == []


# --- What the library itself says of real documents


FAR = re.compile(rb"""\$ref["']?: *["']?https?:""")


def real_documents(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], bytes]:
    """Every JSON and YAML document that the public history ever had, by its path and hash.

    Not those that refer to other hosts, from which the library would fetch.
    """
    bundle = real_data.find("openapi-history.bundle")
    clone = tmp_path_factory.mktemp("history") / "clone.git"
    subprocess.run(["git", "clone", "--quiet", "--bare", "--branch", "main", bundle, clone], check=True)

    def git(*args: str, given: bytes = b"") -> bytes:
        return subprocess.run(["git", "-C", clone, *args], check=True, capture_output=True, input=given).stdout

    listed = [line.partition(" ") for line in git("rev-list", "--objects", "main").decode().splitlines()]
    named = [(path, blob) for blob, _, path in listed if syntax.kind_of(path) in ("json", "yaml")]
    answers = io.BytesIO(git("cat-file", "--batch", given="".join(f"{blob}\n" for _, blob in named).encode()))
    documents = {}
    for key in named:
        documents[key] = answers.read(int(answers.readline().split()[2]))
        answers.read(1)
    return {key: content for key, content in documents.items() if not FAR.search(content)}


MISTAKEN = {
    # A security requirement names a scheme that is not declared, which OpenAPI forbids and the library does not see.
    ("fixtures/v2.0/json/resources/securityExample.json", "valid"),
    # A dialect that nobody knows is legal; its schemas cannot be checked, which is a warning.
    ("tests/schema/pass/json_schema_dialect.yaml", "invalid"),
}


def test_real_documents_are_valid_or_not_as_the_library_says(tmp_path_factory: pytest.TempPathFactory) -> None:
    compared = 0
    for (path, _), content in real_documents(tmp_path_factory).items():
        data = syntax.parse(path, content).data
        if not isinstance(data, dict) or not ({"openapi", "swagger"} & data.keys()):
            continue
        try:
            theirs = "valid" if get_validator_cls(data)(data).is_valid() else "invalid"
        except (OpenAPIVersionNotFound, TypeError, KeyError):
            theirs = "invalid"
        except Unresolvable:
            # It looks for other files, which are none of the document's.
            continue
        ours = "invalid" if any(one.severity == "error" for one in check(data)) else "valid"
        compared += 1
        assert ours == theirs or (path, theirs) in MISTAKEN, path
    assert compared > 150


# --- Documents that are written to be dear


def test_patterns_of_the_document_take_no_time_that_grows_with_their_ways_to_match() -> None:
    data = shop()
    at(data, *SCHEMAS)["Slow"] = {"type": "string", "pattern": "^(a+)+$", "default": "a" * 200 + "b"}
    assert [one.pointer for one in found(data)] == ["/components/schemas/Slow/default"]
    at(data, *SCHEMAS)["Slow"] = {"type": "string", "pattern": "(a{1000}){1000}", "default": "b"}
    assert found(data) == []


def test_what_is_wrong_with_ten_thousand_things_under_a_long_name_is_told_in_short() -> None:
    data = shop()
    wrong = [{"name": f"p{number}", "in": "bad"} for number in range(10_000)]
    data["paths"][f"/{'k' * 100_000}"] = {"get": {"parameters": wrong, "responses": {"204": {"description": ""}}}}
    data["components"]["schemas"] |= {f"s{number}": {"$ref": "#/x"} for number in range(10_000)}
    told = list(itertools.islice(check(data), 2000))
    assert sum(one.rule == "openapi" for one in told) <= 500
    assert all(len(one.pointer) < 2000 and len(one.message) < 200 for one in told)


def test_a_document_that_says_everything_twice_at_every_level_is_told_to_be_wrong() -> None:
    data = shop()
    schema: dict[str, Any] = {"type": "bad"}
    for _ in range(14):
        schema = {"anyOf": [schema, schema]}
    at(data, *SCHEMAS)["Deep"] = schema
    [one] = found(data)
    assert (one.rule, one.pointer) == ("openapi", "/components/schemas/Deep")
