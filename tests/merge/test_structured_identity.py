"""Lists whose items are told apart by what they are."""

import json
from typing import Any

import pytest

from lattice_console.merge.merging import MergeResult, three_way


def item(name: str, **fields: Any) -> dict[str, Any]:
    return {"name": name, **fields}


def merged(base: Any, ours: Any, theirs: Any) -> MergeResult:
    """A merge that lines do not settle."""
    result = three_way(*(json.dumps(side, indent=1).encode() for side in (base, ours, theirs)), path="x.json")
    assert not result.clean
    return result


def proposed(base: Any, ours: Any, theirs: Any) -> Any:
    text = merged(base, ours, theirs).proposed
    return text and json.loads(text)


@pytest.mark.parametrize("name", ["tags", "tables", "columns"])
def test_items_with_names_are_merged_by_them(name: str) -> None:
    base = {name: [item("a", type="int"), item("b", type="int")]}
    ours = {name: [item("a", type="long"), item("b", type="int"), item("c")]}
    theirs = {name: [item("a", type="int", null=False), item("d"), item("b", type="text")]}
    expected = {name: [item("a", type="long", null=False), item("d"), item("b", type="text"), item("c")]}
    assert proposed(base, ours, theirs) == expected


def test_parameters_of_an_interface_are_told_apart_by_name_and_place() -> None:
    one, other = {"name": "id", "in": "path", "max": 1}, {"name": "id", "in": "query", "max": 1}
    base = {"parameters": [one, other]}
    ours = {"parameters": [{**one, "max": 2}, other]}
    theirs = {"parameters": [{**one, "min": 0}, {**other, "max": 3}]}
    assert proposed(base, ours, theirs) == {"parameters": [{**one, "max": 2, "min": 0}, {**other, "max": 3}]}


@pytest.mark.parametrize("declared", ["id", ["id"], {"rows": "id"}])
def test_a_document_may_declare_what_tells_items_apart(declared: Any) -> None:
    base = {"x-identity": declared, "rows": [{"id": 1, "a": 1, "b": 1}]}
    ours = {**base, "rows": [{"id": 1, "a": 2, "b": 1}]}
    theirs = {**base, "rows": [{"id": 0, "a": 0}, {"id": 1, "a": 1, "b": 2}]}
    expected = {**base, "rows": [{"id": 0, "a": 0}, {"id": 1, "a": 2, "b": 2}]}
    assert proposed(base, ours, theirs) == expected
    del base["x-identity"], ours["x-identity"], theirs["x-identity"]
    assert proposed(base, ours, theirs) is None


def test_endpoints_of_a_spec_are_told_apart_by_method_and_path() -> None:
    get, post = ({"method": method, "path": "/users", "a": 1, "b": 1} for method in ("GET", "POST"))
    base = {"endpoints": [get, post]}
    ours = {"endpoints": [{**get, "a": 2}, {**post, "path": "/teams"}]}
    theirs = {"endpoints": [{**get, "b": 2}, post, {**get, "method": "PUT"}]}
    expected = {"endpoints": [{**get, "a": 2, "b": 2}, {**post, "path": "/teams"}, {**get, "method": "PUT"}]}
    assert proposed(base, ours, theirs) == expected


ROWS = {"type": "array", "x-identity": ["id"]}
BY_ID = {
    "in place": {"properties": {"data": {"properties": {"rows": ROWS}}}},
    "of any key": {"additionalProperties": {"additionalProperties": ROWS}},
    "by reference": {
        "properties": {"data": {"$ref": "#/$defs/data"}},
        "$defs": {"data": {"properties": {"rows": ROWS}}},
    },
}


@pytest.mark.parametrize("schema", BY_ID.values(), ids=BY_ID)
@pytest.mark.parametrize("key", ["schema", "schema_definition"])
@pytest.mark.parametrize("distance", [0, 200])
def test_the_schema_of_a_spec_may_declare_what_tells_items_apart(schema: Any, key: str, distance: int) -> None:
    def spec(*rows: Any, schema: Any = schema) -> Any:
        # What is far from the conflict is read only where it declares that.
        return {key: schema, **{f"k{number}": {"of": [1]} for number in range(distance)}, "data": {"rows": rows}}

    base, ours, theirs = {"id": 1, "a": 1, "b": 1}, {"id": 1, "a": 2, "b": 1}, {"id": 1, "a": 1, "b": 2}
    expected = spec({"id": 0}, {"id": 1, "a": 2, "b": 2})
    assert proposed(spec(base), spec(ours), spec({"id": 0}, theirs)) == json.loads(json.dumps(expected))
    if key == "schema_definition":
        schema = json.dumps(schema)
        sides = spec(base, schema=schema), spec(ours, schema=schema), spec({"id": 0}, theirs, schema=schema)
        assert proposed(*sides) == json.loads(json.dumps({**expected, key: schema}))
    assert proposed(spec(base, schema={}), spec(ours, schema={}), spec({"id": 0}, theirs, schema={})) is None


def test_a_schema_that_refers_in_circles_declares_nothing() -> None:
    circle = {"schema": {"properties": {"rows": {"$ref": "#/properties/rows"}}}}
    sides = ({**circle, "rows": [{"id": 1, "a": number}]} for number in range(3))
    assert proposed(*sides) is None


def test_items_that_cannot_be_told_apart_are_merged_whole_and_in_order() -> None:
    twice = [item("a", x=1), item("a", x=2)]
    sides = {"tags": twice}, {"tags": [*twice, item("b")]}, {"tags": [*twice, item("c")]}
    assert proposed(*sides) == {"tags": [*twice, item("b"), item("c")]}
    sides = {"tags": twice}, {"tags": [item("a", x=3), twice[1]]}, {"tags": [item("a", x=4), twice[1]]}
    assert proposed(*sides) is None


def test_an_item_that_one_side_deletes_and_the_other_changes_is_for_a_person() -> None:
    base = {"tables": [item("a", x=1), item("b", x=1)]}
    result = merged(base, {"tables": [item("b", x=1)]}, {"tables": [item("a", x=2), item("b", x=1)]})
    assert result.proposals[0].text is None
    assert "which ours deletes" in result.proposals[0].reasons[0]


def test_items_that_theirs_puts_into_another_order_are_for_a_person() -> None:
    a, b, c = item("a", x=1), item("b", x=1), item("c", x=1)
    assert proposed({"tables": [a, b, c]}, {"tables": [{**a, "x": 2}, b, c]}, {"tables": [b, a, c]}) is None
