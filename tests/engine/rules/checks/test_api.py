"""The rules for endpoints, and for the fields of what they take and answer."""

from typing import Any

import pytest

from lattice_console.engine.rules.checks import api
from tests.engine.rules.checks.judging import Told, judged

GET: dict[str, Any] = {
    "path": "/users/{id}",
    "method": "get",
    "authentication": "required",
    "parameters": {"id": {"type": "uuid"}},
    "response": {
        "status_codes": [200, "4XX", "default"],
        "schema": {
            "user": "User",
            "friends": "User[]",
            "by_name": "map<string, User>",
            "seen": {"type": "datetime", "description": "When. Or Never."},
            "address": {"street": "string", "country": {"$ref": "#/schemas/Country"}},
            "page": {"type": "array", "items": {"type": "object", "properties": {"item": "Country"}}},
            "title": {"min_length": 1, "label": "Title"},
        },
    },
}
POST: dict[str, Any] = {
    "path": "/users/:id/files",
    "method": "POST",
    "authentication": "none",
    "request": {"schema": {"id": "string", "state": {"type": "string", "enum": ["Open"], "default": "Open"}}},
    "response": {"status_codes": [201], "schema": {"$ref": "#/schemas/User"}},
}
SCHEMAS = {"User": {"id": "uuid", "boss": "User", "of": "Country"}, "Country": {"type": "string", "enum": ["DE"]}}


def told(*endpoints: Any, schemas: Any = SCHEMAS, **more: Any) -> list[Told]:
    return judged(api.check({"endpoints": list(endpoints), "schemas": schemas, **more}))


def test_endpoints_that_keep_the_rules_are_not_mentioned() -> None:
    assert told(GET, POST) == []
    listed = [{"name": name, "properties": fields} for name, fields in SCHEMAS.items()]
    assert told({**GET, "response": {**GET["response"], "schema": {"user": "User"}}}, schemas=listed) == []
    assert told({**GET, "path": "{hook}", "parameters": {"hook": {"type": "url"}}}) == []
    assert told({**GET, "authentication": None}, POST, security={"authentication": "jwt"}) == []
    assert judged(api.check({})) == judged(api.check({"endpoints": {"a": 1}, "schemas": "x"})) == []


def get(**more: Any) -> dict[str, Any]:
    return {**GET, **more}


def answer(*codes: Any, **schema: Any) -> dict[str, Any]:
    return get(response={"status_codes": list(codes) or [200], "schema": schema})


AT = "/endpoints/0"
FIELDS = f"{AT}/response/schema"


@pytest.mark.parametrize(
    ("endpoint", "rule", "pointer"),
    [
        (get(path="users", parameters={}), "endpoint", f"{AT}/path"),
        (get(path="/users/{id"), "endpoint", f"{AT}/path"),
        (get(path="/users/{id}/of/{id}"), "endpoint", f"{AT}/path"),
        (get(method="FETCH"), "endpoint", f"{AT}/method"),
        ({key: value for key, value in GET.items() if key != "method"}, "endpoint", AT),
        (get(parameters={}), "path_parameter", f"{AT}/path"),
        (get(parameters=[{"name": "id"}]), "path_parameter", f"{AT}/path"),
        (answer(200, 600), "status_code", f"{AT}/response/status_codes/1"),
        (answer(200, "2xx", "2XX"), "status_code", f"{AT}/response/status_codes/2"),
        (answer(200, True), "status_code", f"{AT}/response/status_codes/1"),
        (answer(200, 10**999), "status_code", f"{AT}/response/status_codes/1"),
        (get(response={"status_codes": 200}), "status_code", f"{AT}/response/status_codes"),
        (get(response={}), "no_status_codes", f"{AT}/response"),
        (get(response=None), "no_status_codes", AT),
        (answer(400, 404), "no_status_codes", f"{AT}/response/status_codes"),
        (get(authentication=""), "authentication", AT),
        (answer(owner="Account"), "schema_reference", f"{FIELDS}/owner"),
        (answer(owner={"type": "list[Account]"}), "schema_reference", f"{FIELDS}/owner/type"),
        (answer(owner={"$ref": "#/schemas/Account"}), "schema_reference", f"{FIELDS}/owner/$ref"),
        (answer(owner={"type": "object", "properties": {"a/b": "Nope"}}), "schema_reference",
         f"{FIELDS}/owner/properties/a~1b"),
        (answer(owner="strng"), "field_type", f"{FIELDS}/owner"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_told_with_its_place(endpoint: dict[str, Any], rule: str, pointer: str) -> None:
    assert told(endpoint) == [(rule, pointer)]


@pytest.mark.parametrize(
    "twin", [GET, get(method="GET"), get(path="/users/{name}", parameters={"name": {"type": "a"}})]
)
def test_two_endpoints_of_one_method_and_path_are_told(twin: dict[str, Any]) -> None:
    assert ("endpoint_twice", "/endpoints/1") in told(GET, twin)
    assert told(GET, {**POST, "path": "/users/{id}"}) == []


def test_a_schema_that_is_not_there_is_told_where_it_is_referred_to() -> None:
    assert told(schemas={"User": {"of": "Country"}}) == [("schema_reference", "/schemas/User/of")]


def test_a_schema_may_be_that_of_another_spec_where_the_spec_depends_on_others() -> None:
    assert told(answer(owner="Account"), depends_on=["accounts"]) == []
    assert told(answer(owner={"$ref": "#/schemas/Account"}), depends_on=["accounts"]) != []


def test_words_in_examples_and_sentences_are_no_types() -> None:
    prose = {"type": "string", "example": "Account", "description": "Account"}
    assert told(answer(owner=prose, note="An Account of theirs")) == []
