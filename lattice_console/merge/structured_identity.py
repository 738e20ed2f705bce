"""By what an item of a list is told from the others, so that it is the same item wherever it stands."""

from collections.abc import Sequence
from typing import Final

from lattice_console.merge.structured_tree import Node, Numbers

__all__ = ["DECLARATION", "identities"]

DECLARATION: Final = "x-identity"
"""The key that says it, beside the list in its mapping: the fields of an item (one, or a list of them); or a mapping
that says it for each of several lists."""

_REFERENCE: Final = "$ref"

_FIELDS: Final = {
    "parameters": ("name", "in"),
    "servers": ("url",),
    "tags": ("name",),
    "tables": ("name",),
    "columns": ("name",),
}
"""What tells the items apart of lists with these names, in descriptions of interfaces and of databases."""


def identities(
    name: str, parents: Sequence[Node | None], lists: Sequence[Node], numbers: Numbers
) -> list[list[int]] | None:
    """A number for each item of one list in several sides, equal for what is the same item.

    `name` is the list's key in its `parents`, the mappings that it is in. None where nothing tells the items apart: no
    field is known, an item lacks one, or two items of a side have the same.
    """
    declared = {_declared(name, parent, numbers) for parent in parents if parent}
    if len(declared) > 1:
        return None
    fields = next(iter(declared), None) or _FIELDS.get(name)
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


def _declared(name: str, parent: Node, numbers: Numbers) -> tuple[str, ...] | None:
    said = _field(parent, DECLARATION)
    if said and said.kind == "mapping":
        said = _field(said, name)
    if said is None:
        return None
    texts = [numbers.text(each.data) for each in ([entry.value for entry in said.entries] or [said])]
    return tuple(text for text in texts if text is not None) or None


def _field(node: Node, name: str) -> Node | None:
    return next((entry.value for entry in node.entries if entry.name == name), None) if node.kind == "mapping" else None


def _identity(item: Node, fields: Sequence[str], numbers: Numbers) -> int | None:
    reference = _field(item, _REFERENCE)
    values = [reference] if reference else [_field(item, field) for field in fields]
    if not all(value and value.kind == "scalar" for value in values):
        return None
    return numbers.of(("identity", bool(reference), *(value.data for value in values if value)))
