"""Which step a change of a spec asks for, and the reasons that are given."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.models.advice import SpecVersion, VersionStep
from lattice_console.engine.rules.versioning.comparing import REASONS, compare, version_of
from tests.engine.rules.json_like import TEXTS, VALUES

PATH = ".lattice/specs/a.json"

API: dict[str, Any] = {
    "name": "a",
    "version": "1.2.3",
    "type": "api",
    "description": "Users.",
    "endpoints": [
        {
            "path": "/users",
            "method": "POST",
            "request": {"schema": {"email": {"type": "string", "required": True}, "age": {"type": "integer"}}},
            "response": {"status_codes": [201, 400], "schema": {"id": "string", "state": {"enum": ["on", "off"]}}},
        },
        {"path": "/users/{id}", "method": "GET"},
    ],
}
DATABASE: dict[str, Any] = {
    "name": "a",
    "version": "1.2.3",
    "type": "database",
    "tables": [
        {
            "name": "users",
            "columns": [{"name": "id", "type": "UUID"}, {"name": "email", "type": "VARCHAR(50)"}],
            "indexes": [{"name": "by_email", "columns": ["email"]}],
        }
    ],
}
REQUIREMENTS: dict[str, Any] = {
    "name": "a",
    "version": "1.2.3",
    "requirements": ["Log in.", {"description": "Long passwords", "validation": {"type": "length", "min": 8}}],
}
GENERIC: dict[str, Any] = {"name": "a", "version": "1.2.3", "type": "generic", "limits": {"size": 3, "names": ["x"]}}
OPENAPI: dict[str, Any] = {
    "openapi": "3.0.0",
    "info": {"title": "a", "version": "1.2.3"},
    "paths": {
        "/pets": {
            "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}],
            "get": {"responses": {"200": {"content": {"json": {"schema": {"$ref": "#/components/schemas/Pet"}}}}}},
            "post": {
                "requestBody": {"content": {"json": {"schema": {"$ref": "#/components/schemas/NewPet"}}}},
                "responses": {"201": {}},
            },
        }
    },
    "components": {
        "schemas": {
            "Pet": {"properties": {"name": {"type": "string"}, "kin": {"$ref": "#/components/schemas/Pet"}}},
            "NewPet": {"properties": {"name": {"type": "string"}}, "required": ["name"]},
        }
    },
}

# What is changed where (None: taken away; a list index beyond the end: added), the step, and words of a reason.
CASES: list[tuple[dict[str, Any], str, Any, VersionStep | None, str]] = [
    (API, "endpoints/1", None, "major", "removed endpoint GET /users/{id}"),
    (API, "endpoints/2", {"path": "/x", "method": "get"}, "minor", "added endpoint GET /x"),
    (API, "endpoints/0/request/schema/age", None, "major", "removed property age of the request of POST /users"),
    (API, "endpoints/0/request/schema/age/required", True, "major", "property age of the request"),
    (API, "endpoints/0/request/schema/email/required", False, "minor", "is optional now"),
    (API, "endpoints/0/request/schema/name", {"type": "string"}, "minor", "added property name"),
    (API, "endpoints/0/request/schema/name", {"required": True}, "major", "added required property name"),
    (API, "endpoints/0/request/schema/email/min_length", 3, "major", "changed minLength of the request"),
    (API, "endpoints/0/response/schema/more", "string", "minor", "added property more of the answer"),
    (API, "endpoints/0/response/schema/state/enum/2", "new", "major", 'added "new" among the values'),
    (API, "endpoints/0/response/status_codes/1", None, "major", "removed answer 400 of POST /users"),
    (API, "endpoints/0/authentication", "required", "major", "changed authentication of POST /users from none"),
    (API, "description", "People.", "patch", "changed /description"),
    (API, "name", "b", "major", "renamed the spec from a to b"),
    (API, "type", "database", "major", "changed the type of the spec from api to database"),
    (API, "version", "9.0.0", None, ""),
    (DATABASE, "tables/0", None, "major", "removed table users"),
    (DATABASE, "tables/1", {"name": "pets"}, "minor", "added table pets"),
    (DATABASE, "tables/0/columns/1", None, "major", "removed column users.email"),
    (DATABASE, "tables/0/columns/2", {"name": "age", "type": "INT"}, "minor", "added column users.age"),
    (DATABASE, "tables/0/columns/2", {"name": "age", "not_null": True}, "major", "which every new row must give"),
    (DATABASE, "tables/0/columns/1/type", "VARCHAR(255)", "minor", "changed the type of column users.email"),
    (DATABASE, "tables/0/columns/1/type", "VARCHAR(20)", "major", "from VARCHAR(50) to VARCHAR(20)"),
    (DATABASE, "tables/0/columns/1/not_null", True, "major", "column users.email is not null now"),
    (DATABASE, "tables/0/indexes/0/unique", True, "major", "changed unique index by_email of users"),
    (DATABASE, "tables/0/indexes/0", None, "minor", "removed index by_email of users"),
    (DATABASE, "tables/0/constraints", [{"name": "c"}], "major", "added constraint c of users"),
    (REQUIREMENTS, "requirements/0", None, "major", "removed requirement: Log in."),
    (REQUIREMENTS, "requirements/0", "log  in", "patch", "changed /requirements/0"),
    (REQUIREMENTS, "requirements/2", "Log out", "minor", "added requirement: Log out"),
    (REQUIREMENTS, "requirements/1/validation/min", 12, "major", "changed the test of requirement: Long passwords"),
    (REQUIREMENTS, "requirements/1/validation/min", 6, "minor", "changed the test"),
    (REQUIREMENTS, "test_cases", [{"input": "x"}], "patch", "changed /test_cases"),
    (GENERIC, "limits/size", None, "major", "removed key limits.size"),
    (GENERIC, "limits/more", 1, "minor", "added key limits.more"),
    (GENERIC, "limits/size", "3", "major", "changed the kind of key limits.size"),
    (GENERIC, "limits/size", 4, "patch", "changed /limits/size"),
    (GENERIC, "depends_on", ["b"], "patch", "changed /depends_on"),
    (OPENAPI, "paths/~1pets/post", None, "major", "removed endpoint POST /pets"),
    (OPENAPI, "paths/~1pets/put", {"responses": {}}, "minor", "added endpoint PUT /pets"),
    (OPENAPI, "paths/~1pets/parameters/0/required", True, "major", "parameter limit in query of GET /pets"),
    (OPENAPI, "paths/~1pets/parameters/0/schema/maximum", 50, "major", "changed maximum of parameter limit"),
    (OPENAPI, "paths/~1pets/parameters/0/schema/maximum", 500, "minor", "from 100 to 500"),
    (OPENAPI, "paths/~1pets/post/requestBody/required", True, "major", "the body of POST /pets is required now"),
    (OPENAPI, "paths/~1pets/get/responses/404", {}, "minor", "added answer 404 of GET /pets"),
    (OPENAPI, "paths/~1pets/get/security", [{"key": []}], "major", "changed who may call GET /pets"),
    (OPENAPI, "paths/~1pets/get/deprecated", True, "minor", "deprecated endpoint GET /pets"),
    (OPENAPI, "components/schemas/Pet/properties/name", None, "major", "removed property name of schema Pet"),
    (OPENAPI, "components/schemas/Pet/properties/name/type", "integer", "major", "schema Pet.name from string"),
    (OPENAPI, "components/schemas/Pet/required", ["name"], "minor", "property name of schema Pet is required now"),
    (OPENAPI, "components/schemas/NewPet/required", [], "minor", "is optional now"),
    (OPENAPI, "components/schemas/NewPet/properties/age", {}, "minor", "added property age of schema NewPet"),
    (OPENAPI, "components/schemas/Old", {}, "minor", "added schema Old"),
    (OPENAPI, "components/schemas/Pet/items", {"type": "string"}, "minor", "added items to schema Pet"),
    (OPENAPI, "components/schemas/NewPet/items", {"type": "string"}, "major", "added items to schema NewPet"),
    (OPENAPI, "components/schemas/NewPet/type", "object", "patch", "changed /components/schemas/NewPet/type"),
    (OPENAPI, "info/title", "b", "patch", "changed /info/title"),
    (OPENAPI, "info/version", "9.0.0", None, ""),
]


def written(data: Any) -> bytes:
    return json.dumps(data).encode()


def edited(data: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(data)
    *way, last = [key.replace("~1", "/") for key in place.split("/")]
    at: Any = changed
    for key in way:
        at = at[int(key)] if isinstance(at, list) else at[key]
    if isinstance(at, list):
        at[int(last) : int(last) + 1] = [] if value is None else [value]
    elif value is None:
        del at[last]
    else:
        at[last] = value
    return changed


def compared(before: Any, after: Any, path: str = PATH) -> SpecVersion:
    found = compare(path, written(before), written(after))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("data", "place", "value", "step", "words"), CASES, ids=[f"{case[1]}-{case[2]}"[:60] for case in CASES]
)
def test_a_change_asks_for_its_step_and_says_why(
    data: dict[str, Any], place: str, value: Any, step: VersionStep | None, words: str
) -> None:
    found = compared(data, edited(data, place, value))
    assert found.step == step, found.reasons
    if step is None:
        assert found.reasons == ()
    else:
        assert found.reasons[0].step == step
        assert any(words in one.message for one in found.reasons), found.reasons
    assert found.now == "1.2.3"
    assert found.proposed == {"major": "2.0.0", "minor": "1.3.0", "patch": "1.2.4", None: "1.2.3"}[step]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("endpoints/0/request/schema/email/min_length", 3),
        ("endpoints/0/request/schema/age", None),
        ("endpoints/0/response/schema/state/enum", ["on"]),
        ("endpoints/0/response/schema/more", "string"),
    ],
)
def test_a_reason_points_at_what_changed(place: str, value: Any) -> None:
    assert [one.pointer for one in compared(API, edited(API, place, value)).reasons] == [f"/{place}"]


@pytest.mark.parametrize(
    ("now", "states", "proposed", "short"),
    [
        ("1.2.3", "1.2.3", "2.0.0", True),
        ("1.2.3", "1.3.0", "2.0.0", True),
        ("1.2.3", "2.0.0-rc.1", "2.0.0", True),
        ("1.2.3", "2.0.0+7", "2.0.0", False),
        ("1.2.3", "3.0.0", "2.0.0", False),
        ("0.2.3", "0.2.4", "0.3.0", True),
        ("2.0.0-rc.1", "2.0.0-rc.1", "2.0.0-rc.2", True),
        ("2.0.0-rc.9", "2.0.0-rc.10", "2.0.0-rc.10", False),
        ("2.0.0-rc", "2.0.0", "2.0.0-rc.1", False),
        ("1.2", "1.2", None, False),
    ],
)
def test_what_breaks_moves_the_number_that_the_version_it_stands_at_has_for_that(
    now: str, states: str, proposed: str | None, short: bool
) -> None:
    after = {**edited(OPENAPI, "paths/~1pets/post", None), "info": {"title": "a", "version": states}}
    found = compared({**OPENAPI, "info": {"title": "a", "version": now}}, after, "api/a.json")
    assert (found.now, found.states, found.proposed, found.short) == (now, states, proposed, short)


def test_a_spec_begins_with_what_it_states_or_with_one_and_ends_without_a_version() -> None:
    stated, bare = compare(PATH, None, written(API)), compare(PATH, None, written({**API, "version": "first"}))
    assert stated
    assert bare
    assert (stated.now, stated.proposed, stated.short) == (None, "1.2.3", False)
    assert (bare.proposed, bare.short) == ("1.0.0", True)
    gone = compare(PATH, written(API), None)
    assert gone
    assert (gone.spec, gone.now, gone.states, gone.proposed) == ("a", "1.2.3", None, None)
    assert gone.reasons[0].message == "removed the spec"
    assert compare("notes.txt", b"a", b"b") is None
    assert version_of(PATH, written(API)) == "1.2.3"
    assert version_of("notes.txt", b"") is None


def test_what_stands_in_a_path_is_required_whatever_is_said_of_it() -> None:
    before = edited(OPENAPI, "paths/~1pets/get/parameters", [{"name": "id", "in": "path"}])
    found = compared(before, edited(before, "paths/~1pets/get/parameters/0/required", True))
    assert (found.step, found.reasons[0].message) == ("patch", "changed /paths/~1pets/get/parameters/0/required")


def test_the_text_below_front_matter_changes_a_patch() -> None:
    before, after = (f"---\nname: a\nversion: 1.0.0\nrequirements: [x]\n---\n{text}\n".encode() for text in "ab")
    found = compare("a.md", before, after)
    assert found
    assert (found.step, found.proposed, found.reasons[0].message) == ("patch", "1.0.1", "changed the text")


def test_a_schema_of_its_own_is_compared_wherever_it_refers_to() -> None:
    schema = {"$defs": {"size": {"maximum": 5}}, "properties": {"size": {"$ref": "#/$defs/size"}}}
    tighter = edited({"schema": schema}, "schema/$defs/size/maximum", 4)["schema"]
    for one, other in ((schema, tighter), (json.dumps(schema), json.dumps(tighter))):
        found = compared({**GENERIC, "schema_definition": one}, {**GENERIC, "schema_definition": other})
        assert found.reasons[0].message == "changed maximum of schema size from 5 to 4"
        assert found.step == "major"


def test_reasons_are_told_once_in_order_and_not_all_of_very_many() -> None:
    gone = {**OPENAPI, "paths": {f"/{number}": {"get": {}} for number in range(REASONS + 5)}}
    found = compared(gone, OPENAPI, "a.json")
    assert (len(found.reasons), found.further) == (REASONS, 7)
    assert [one.step for one in found.reasons] == ["major"] * REASONS
    odd = edited(API, "endpoints/2", {"path": "/\x1b[31m\n" + "x" * 1000})
    [reason] = compared(API, odd).reasons
    assert not {"\x1b", "\n"} & set(reason.message)
    assert len(reason.message) <= 300


@given(st.sampled_from([API, DATABASE, REQUIREMENTS, GENERIC, OPENAPI]), st.dictionaries(TEXTS, VALUES), VALUES)
def test_whatever_a_document_says_an_answer_is_given_and_nothing_changes_nothing(
    data: dict[str, Any], extra: dict[str, Any], value: Any
) -> None:
    odd = {**data, **{key: value for key in ("endpoints", "tables", "requirements", "paths")}, **extra}
    for one, other in ((data, odd), (odd, data), (odd, odd)):
        found = compare(PATH, written(one), written(other))
        if one is other and found is not None:
            assert (found.step, found.reasons) == (None, ())


NAMES = st.sets(st.sampled_from("abcdef"))


@given(NAMES, NAMES)
def test_what_comes_is_new_and_what_goes_breaks_whatever_the_type(before: set[str], after: set[str]) -> None:
    def told(found: SpecVersion) -> set[tuple[VersionStep, str]]:
        return {(one.step, one.message) for one in found.reasons}

    made: list[tuple[str, Callable[[list[str]], Any]]] = [
        ("endpoint GET /{}", lambda names: {**API, "endpoints": [{"path": f"/{one}"} for one in names]}),
        ("endpoint GET /{}", lambda names: {**OPENAPI, "paths": {f"/{one}": {"get": {}} for one in names}}),
        ("table {}", lambda names: {**DATABASE, "tables": [{"name": one} for one in names]}),
        ("requirement: {}", lambda names: {**REQUIREMENTS, "requirements": list(names)}),
        ("key more.{}", lambda names: {**GENERIC, "more": dict.fromkeys(names, 1)}),
    ]
    for word, data in made:
        found = compared(data(sorted(before)), data(sorted(after, reverse=True)))
        gone = {("major", f"removed {word.format(one)}") for one in before - after}
        new = {("minor", f"added {word.format(one)}") for one in after - before}
        if gone or new:
            assert told(found) == gone | new
        assert found.step == ("major" if gone else "minor" if new else found.step)
        assert found.step in ("major", "minor", "patch", None)
