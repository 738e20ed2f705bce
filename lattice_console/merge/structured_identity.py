"""By what an item of a list is told from the others, so that it is the same item wherever it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from lattice_console.merge import structured_json
from lattice_console.merge.reading import Unreadable
from lattice_console.merge.structured_tree import Node, Numbers

__all__ = ["DECLARATION", "Where", "identities"]

DECLARATION: Final = "x-identity"
"""The key that says it: the fields of an item (one, or a list of them). It stands in the schema of the list, if the
document is a spec with a schema, or beside the list in its mapping; or there as a mapping, for each of several lists.
"""

_REFERENCE: Final = "$ref"

_SCHEMAS: Final = ("schema_definition", "schema")
"""The keys of a spec under which its schema stands, the first one also as JSON in a text."""

_HOPS: Final = 10
"""How many references of a schema are followed one to another."""

_FIELDS: Final = {
    "parameters": ("name", "in"),
    "servers": ("url",),
    "tags": ("name",),
    "endpoints": ("method", "path"),
    "tables": ("name",),
    "columns": ("name",),
    "indexes": ("name",),
    "constraints": ("name",),
}
"""What tells the items apart of lists with these names, in descriptions of interfaces and of databases."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where nodes of several sides stand: under the key `name` of the mappings `parents`, or as an item of lists; and
    where these stand. What stands nowhere is a whole document.
    """

    above: "Where | None" = None
    name: str | None = None
    parents: tuple[Node, ...] = ()

    def under(self, name: str, parents: Sequence[Node | None]) -> Self:
        """Where the values of a key stand, in mappings that stand here."""
        return type(self)(self, name, tuple(node for node in parents if node))

    def item(self) -> Self:
        """Where the items of a list stand that stands here."""
        return type(self)(self)

    def way(self) -> "list[Where]":
        """All that is on the way from the document to here."""
        found: list[Where] = []
        place: Where | None = self
        while place and place.above:
            found.append(place)
            place = place.above
        return found[::-1]


def identities(where: Where, lists: Sequence[Node], numbers: Numbers) -> list[list[int]] | None:
    """A number for each item of one list in several sides, equal for what is the same item.

    None where nothing tells the items apart: no field is known, the sides do not declare the same, an item lacks a
    field, or two items of a side have the same.
    """
    declared = {_declared(where.name, parent, numbers) for parent in where.parents}
    if declared <= {None}:
        declared = _declared_by_schema(where.way(), numbers)
    if len(declared) > 1:
        return None
    fields = next(iter(declared), None) or _FIELDS.get(where.name or "")
    if not fields:
        return None
    found = []
    for node in lists:
        own = [_identity(entry.value, fields, numbers) for entry in node.entries]
        known = [number for number in own if number is not None]
        if len(set(known)) < len(own):
            return None
        found.append(known)
    return found


def _declared(name: str | None, parent: Node, numbers: Numbers) -> tuple[str, ...] | None:
    said = _field(parent, DECLARATION)
    if said and said.kind == "mapping":
        said = _field(said, name or "")
    return _fields(said, numbers)


def _fields(said: Node | None, numbers: Numbers) -> tuple[str, ...] | None:
    if said is None:
        return None
    texts = [numbers.text(each.data) for each in ([entry.value for entry in said.entries] or [said])]
    return tuple(text for text in texts if text is not None) or None


def _declared_by_schema(way: Sequence[Where], numbers: Numbers) -> set[tuple[str, ...] | None]:
    """What the schema of each side says of the list at the end of a way."""
    found: set[tuple[str, ...] | None] = set()
    for document in way[0].parents if way else ():
        if schema := _schema(document, numbers):
            said: Node | None = schema
            for place in way:
                said = _described(said, place.name, schema, numbers)
            found.add(_fields(_field(said, DECLARATION), numbers))
    return found


def _schema(document: Node, numbers: Numbers) -> Node | None:
    """The schema of a spec, if it has one that can be read."""
    said = next((found for key in _SCHEMAS if (found := _field(document, key))), None)
    if said is None or said.kind == "mapping":
        return said
    text = numbers.text(said.data) or ""
    if DECLARATION not in text:
        return None
    try:
        return structured_json.read(text, numbers).top.value
    except Unreadable:
        return None


def _described(schema: Node | None, name: str | None, root: Node, numbers: Numbers) -> Node | None:
    """What a schema says of the values of a key, or of the items of a list; without references."""
    said = _field(_field(schema, "properties"), name) if name is not None else None
    said = said or _field(schema, "items" if name is None else "additionalProperties")
    for _ in range(_HOPS):
        reference = _field(said, _REFERENCE)
        if reference is None:
            return said
        said = root
        for token in (numbers.text(reference.data) or "").removeprefix("#").split("/")[1:]:
            said = _field(said, token.replace("~1", "/").replace("~0", "~"))
    return None


def _field(node: Node | None, name: str) -> Node | None:
    if node is None or node.kind != "mapping":
        return None
    return next((entry.value for entry in node.entries if entry.name == name), None)


def _identity(item: Node, fields: Sequence[str], numbers: Numbers) -> int | None:
    reference = _field(item, _REFERENCE)
    values = [reference] if reference else [_field(item, field) for field in fields]
    if not all(value and value.kind == "scalar" for value in values):
        return None
    return numbers.of(("identity", bool(reference), *(value.data for value in values if value)))
