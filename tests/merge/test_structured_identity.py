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
