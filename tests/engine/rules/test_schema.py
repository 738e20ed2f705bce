"""Schemas and the documents they describe: judged rightly, and on a budget."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from lattice_console.engine.rules import schema as schemas
from lattice_console.engine.rules.defects import Defect
from lattice_console.engine.rules.schema import SCHEMA_LIMIT
from lattice_console.engine.rules.validator import DEFECT_LIMIT
from tests.engine.rules.json_like import SCALARS, VALUES

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"


def defects(schema: dict[str, Any], document: Any) -> tuple[Defect, ...]:
    """What a right schema says of a document."""
    assert schemas.check(schema) == ()
    return schemas.validate(schema, document)


def only(found: tuple[Defect, ...]) -> Defect:
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({"type": "text"}, "/type"),
        ({"properties": {"a": {"minLength": -1}}}, "/properties/a/minLength"),
        ({"properties": {"a/b": 5}}, "/properties/a~1b"),
        ({"required": "name"}, "/required"),
        ({"$schema": DRAFT_7, "items": 5}, "/items"),
        ({"properties": {"a": {"pattern": "("}}}, "/properties/a/pattern"),
        ({"patternProperties": {"(": {}}}, "/patternProperties"),
    ],
)
def test_a_wrong_schema_is_told_with_its_place(schema: dict[str, Any], pointer: str) -> None:
    defect = only(schemas.check(schema))
    assert (defect.rule, defect.pointer, defect.severity) == ("schema_definition", pointer, "error")


def test_what_names_a_pattern_or_a_format_as_data_is_no_pattern() -> None:
    assert schemas.check({"const": {"pattern": "("}, "default": {"pattern": "("}, "format": "uuid"}) == ()


def test_a_pattern_that_is_not_supported_is_a_warning_and_lets_everything_pass() -> None:
    schema = {"pattern": "(?<=a)b", "patternProperties": {r"(a)\1": False}}
    found = schemas.check(schema)
    assert {(defect.severity, defect.pointer) for defect in found} == {
        ("warning", "/pattern"),
        ("warning", "/patternProperties"),
    }
    assert "lookbehind" in " ".join(defect.message for defect in found)
    assert schemas.validate(schema, "x") == ()


@pytest.mark.parametrize(
    ("schema", "document", "pointer"),
    [
        ({"type": "object"}, [], ""),
        ({"properties": {"a/b": {"items": {"type": "string"}}}}, {"a/b": ["x", 1]}, "/a~1b/1"),
        ({"additionalProperties": False, "properties": {"a": {}}}, {"a": 1, "b": 2}, "/b"),
        ({"additionalProperties": {"type": "string"}, "properties": {"a": {}}}, {"a": 1, "b": 2}, "/b"),
        ({"patternProperties": {"^x-": {"type": "string"}}}, {"x-a": 1, "b": 2}, "/x-a"),
        ({"patternProperties": {"^x-": {}}, "additionalProperties": False}, {"x-a": 1, "b": 2}, "/b"),
        ({"propertyNames": {"pattern": "^[a-z]+$"}}, {"a": 1, "B": 2}, ""),
        ({"patternProperties": {"^x-": {}}, "unevaluatedProperties": False}, {"x-a": 1, "b": 2}, ""),
        ({"items": {"pattern": "^(a+)+$"}}, ["aa", "a" * 1000 + "b"], "/1"),
        ({"uniqueItems": True}, [{"a": 1}, {"a": True}, {"a": 1.0}], ""),
        ({"uniqueItems": True}, [[1], [[1]], ["1"], [1]], ""),
        ({"$defs": {"a": {"type": "string"}}, "items": {"$ref": "#/$defs/a"}}, ["x", 1], "/1"),
        ({"$defs": {"a": {"$anchor": "b", "type": "string"}}, "items": {"$ref": "#b"}}, ["x", 1], "/1"),
        ({"$ref": DRAFT_2020}, {"type": 5}, "/type"),
        ({"$schema": DRAFT_7, "items": [{"type": "string"}], "additionalItems": False}, ["x", 1], ""),
        ({"$schema": "http://example.com/unknown", "prefixItems": [{"type": "string"}]}, [1], "/0"),
        ({"anyOf": [{"type": "string"}, {"properties": {"a": {"type": "string"}}}]}, {"a": 1}, "/a"),
    ],
)
def test_a_violation_is_told_with_its_place(schema: dict[str, Any], document: Any, pointer: str) -> None:
    defect = only(defects(schema, document))
    assert (defect.rule, defect.pointer, defect.severity) == ("schema", pointer, "error")


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ({"uniqueItems": True}, [1, True, "1", [1], {"a": 1}, None, False, 0, [], {}]),
        ({"uniqueItems": False}, [1, 1]),
        ({"patternProperties": {"^x-": {}}, "additionalProperties": False}, {"x-a": 1}),
        ({"pattern": "^a"}, 5),
        ({"additionalProperties": False}, [1]),
        ({"type": "integer"}, 10**900),
    ],
)
def test_what_satisfies_a_schema_has_no_defect(schema: dict[str, Any], document: Any) -> None:
    assert defects(schema, document) == ()


def test_unevaluated_properties_beside_patterns_are_not_judged_and_said_so() -> None:
    schema = {"patternProperties": {"^(x+)+$": {}}, "unevaluatedProperties": False}
    defect = only(defects(schema, {"b": 2}))
    assert (defect.severity, defect.rule) == ("warning", "schema_unchecked")


@pytest.mark.parametrize(
    "reference", ["http://127.0.0.1:1/a", "file:///etc/passwd", "other.json#/a", "#/none", "#none"]
)
def test_a_reference_outwards_is_refused_and_never_fetched(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The library takes whatever goes wrong while it fetches for an answer, so that it was tried is what tells.
    tried: list[object] = []
    monkeypatch.setattr("urllib.request.urlopen", lambda *asked, **_: tried.append(asked))
    monkeypatch.setattr("socket.socket.connect", lambda *asked: tried.append(asked))
    defect = only(defects({"properties": {"a": {"$ref": reference}}}, {"a": 1}))
    assert (defect.rule, defect.severity) == ("schema", "error")
    assert "nothing is fetched" in defect.message
    assert tried == []


def doubling(levels: int, **more: Any) -> dict[str, Any]:
    """A schema whose evaluation doubles with every level."""
    steps = {f"d{level}": {**more, "allOf": [{"$ref": f"#/$defs/d{level + 1}"}] * 2} for level in range(levels)}
    return {"$defs": {**steps, f"d{levels}": {"type": "string"}}, "$ref": "#/$defs/d0"}


COSTLY: dict[str, tuple[dict[str, Any], Any]] = {
    "references that double": (doubling(40), "x"),
    "references that double and name their dialect": (doubling(40, **{"$schema": DRAFT_2020}), "x"),
    "alternatives against a large value": ({"anyOf": [{"type": "string"}] * 500}, {"a": ["x" * 10] * 50_000}),
    "a large enumeration": ({"items": {"enum": list(range(10_000))}}, [str(number) for number in range(10_000)]),
    "large constants": ({"items": {"enum": [{"a": list(range(1000))}] * 20}}, [{"a": list(range(1000))}] * 3000),
    "a lookahead over and over": ({"pattern": "(?=.*c)d"}, "a" * 20_000),
    "a pattern over and over": ({"items": {"pattern": "^(a|b)*$"}}, ["ab" * 50] * 20_000),
    "many keys and many patterns": (
        {"patternProperties": {f"^{number}x": {} for number in range(300)}},
        {f"{number}y": 1 for number in range(5000)},
    ),
    "dynamic references": (
        {"$defs": {f"d{n}": {"$dynamicAnchor": f"a{n}"} for n in range(500)}, "items": {"$dynamicRef": "#a1"}},
        [1] * 5000,
    ),
    "what is unevaluated": (
        {
            "allOf": [{"properties": {"a": True}, "allOf": [{"anyOf": [True] * 100}] * 100}] * 10,
            "unevaluatedProperties": False,
        },
        {f"k{number}": 1 for number in range(10_000)},
    ),
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", COSTLY)
def test_what_costs_too_much_is_refused_soon(name: str) -> None:
    schema, document = COSTLY[name]
    found = [*schemas.check(schema), *schemas.validate(schema, document)]
    assert "more steps than are allowed" in found[-1].message
    assert found[-1].severity == "error"


@pytest.mark.timeout(30)
@pytest.mark.parametrize("schema", [{"properties": {f"k{n}": {"pattern": f"a{{4990}}{n}"} for n in range(500)}}])
def test_patterns_that_are_dear_to_compile_are_paid_for(schema: dict[str, Any]) -> None:
    assert "more steps than are allowed" in only(schemas.check(schema)).message


@pytest.mark.timeout(30)
def test_a_large_list_is_found_unique_in_linear_time() -> None:
    items = [{"a": number} for number in range(30_000)]
    assert defects({"uniqueItems": True}, items) == ()
    assert only(defects({"uniqueItems": True}, [*items, {"a": 0}])).pointer == ""


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "schema",
    [
        {"$defs": {f"d{n}": {"$anchor": f"a{n}"} for n in range(500)}, "items": {"$ref": "#a1"}},
        {"$id": "http://a/b", "$defs": {f"d{n}": {"$id": f"a{n}"} for n in range(500)}, "items": {"$ref": "a1"}},
    ],
)
def test_many_references_by_name_are_followed_soon(schema: dict[str, Any]) -> None:
    assert defects(schema, [1] * 5000) == ()


def test_a_schema_beyond_the_limit_is_refused_before_it_is_read() -> None:
    assert only(schemas.check({"description": "x" * SCHEMA_LIMIT})).remedy == "Shorten it to 200,000."


@pytest.mark.parametrize("schema", [{"$ref": "#"}, {"allOf": [{"$ref": "#"}], "unevaluatedProperties": False}])
def test_a_schema_that_refers_to_itself_without_end_is_told(schema: dict[str, Any]) -> None:
    assert "without end" in only(defects(schema, {"a": 1})).message


def deeper(levels: int, schema: dict[str, Any], document: Any) -> tuple[Defect, ...]:
    """`validate`, called from further down the interpreter's stack."""
    return deeper(levels - 1, schema, document) if levels else schemas.validate(schema, document)


@pytest.mark.parametrize(("levels", "told"), [(60, 0), (190, 1)])
def test_how_deep_a_document_may_nest_does_not_depend_on_who_asks(levels: int, told: int) -> None:
    schema = {"type": "object", "additionalProperties": {"$ref": "#"}}
    document: dict[str, Any] = {}
    for _ in range(levels):
        document = {"a": document}
    assert len(schemas.validate(schema, document)) == told
    assert deeper(150, schema, document) == schemas.validate(schema, document)


@pytest.mark.parametrize("target", [5, ["a"], "x", None, {"type": 5}, {"items": 5, "properties": 3, "required": 4}])
def test_a_reference_to_what_is_no_schema_is_told(target: Any) -> None:
    found = defects({"$ref": "#/x-data", "x-data": target}, {"a": [1]})
    assert {defect.severity for defect in found} == {"error"}


def test_many_violations_are_told_up_to_a_limit() -> None:
    assert len(defects({"items": {"type": "string"}}, [1] * 1000)) == DEFECT_LIMIT


@given(st.text(max_size=30) | st.lists(SCALARS, max_size=5))
@example("x" * 1000)
@example(["\n\u202e" * 200] * 9)
def test_a_message_is_one_short_line_whatever_the_value(value: Any) -> None:
    message = only(defects({"properties": {"a": {"type": "boolean"}}}, {"a": value})).message
    assert len(message) <= 310
    assert message.isprintable()


KEYWORDS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["object", "array", "string", "number", "integer", "boolean", "null"]),
        "const": SCALARS,
        "enum": st.lists(VALUES, min_size=1, max_size=3),
        "minLength": st.integers(0, 3),
        "pattern": st.sampled_from(["a", "^[a-z]*$", "0"]),
        "maximum": st.integers(-3, 3),
        "uniqueItems": st.booleans(),
        "required": st.lists(st.sampled_from(["a", "b"]), unique=True),
        "maxItems": st.integers(0, 3),
    },
)
SCHEMAS = st.recursive(
    KEYWORDS | st.booleans(),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from(["a", "b", "0"]), inner, max_size=2),
            "patternProperties": st.dictionaries(st.sampled_from(["a", "^b", "[0-9]"]), inner, max_size=2),
            "additionalProperties": inner,
            "items": inner,
            "prefixItems": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
            "if": inner,
            "then": inner,
        },
    ),
    max_leaves=6,
).filter(lambda schema: isinstance(schema, dict))
DOCUMENTS = st.recursive(
    SCALARS | st.sampled_from(["a", "b0", 0, 1, True]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "0", "c"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(SCHEMAS, DOCUMENTS)
def test_the_guards_change_no_verdict(schema: dict[str, Any], document: Any) -> None:
    assert schemas.check(schema) == ()
    expected = Draft202012Validator(schema).is_valid(document)
    assert (schemas.validate(schema, document) == ()) == expected


@given(
    st.dictionaries(st.sampled_from([*Draft202012Validator.VALIDATORS, "$id", "$schema", "$defs", "$anchor"]), VALUES)
)
def test_any_mapping_is_a_schema_or_told_why_not(schema: dict[str, Any]) -> None:
    for defect in (*schemas.check(schema), *schemas.validate(schema, schema)):
        assert defect.message.isprintable()
        json.dumps(defect.pointer).encode()
