"""Where an OpenAPI document is not of the form that its version is published with, in words."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.defects import Defect
from lattice_console.engine.rules.openapi.document import Place, mapping
from lattice_console.engine.rules.openapi.published import published
from lattice_console.engine.rules.openapi.telling import TYPES, listed, pointer, quoted, shown

# jsonschema takes a tenth of a second to import, and most documents are valid.
if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

__all__ = ["LIMIT", "defects"]

LIMIT: Final = 500
"""How many violations are told of one document."""

_FORBIDDING: Final = frozenset({"additionalProperties", "unevaluatedProperties"})
_DISCRIMINATING: Final = frozenset({"in", "type", "scheme", "flow"})


class _Leaf(NamedTuple):
    """One violation that is no choice among others: the keys that lead to it, and what it is."""

    place: Place
    error: "ValidationError"


def defects(data: dict[str, Any], version: str, *, schemas: bool) -> Iterator[Defect]:
    """Where a document has not the form of a version, each once; from 3.1 on, of its `schemas` only if that is asked.

    Where nothing of what is allowed fits, it is held to what was meant, as far as that can be seen.
    """
    form = published(version, schemas=schemas)
    if form.is_valid(data):
        return
    from lattice_console.engine.rules.validator import TooMuch, Violations

    violations = Violations(form.registry)
    leaves: list[_Leaf] = []
    for part in form.invalid_parts(data):
        try:
            for error in violations.of(part.schema, part.value):
                leaves += _leaves(error, part.place)
                if len(leaves) >= LIMIT:
                    break
        except TooMuch as error:
            yield broken("openapi", str(error), pointer(part.place), "Mend what is told, and make it simpler.")
            break
        if len(leaves) >= LIMIT:
            break
    wrong = sorted(leaf.place for leaf in leaves)
    yield from dict.fromkeys(_told(leaf) for leaf in leaves[:LIMIT] if not _is_consequence(leaf, wrong))


def _leaves(error: "ValidationError", before: Place) -> list[_Leaf]:
    branches = _branches(error)
    if not branches or _missing(branches):
        return [_Leaf((*before, *map(str, error.absolute_path)), error)]
    depth = len(before) + len(error.absolute_path)
    found: list[list[_Leaf]] = []
    for branch in branches:
        leaves: list[_Leaf] = []
        for inner in branch:
            leaves += _leaves(inner, before)
        found.append(leaves)
    return min(found, key=lambda leaves: _distance(depth, leaves))


def _branches(error: "ValidationError") -> list[list["ValidationError"]]:
    """What speaks against each of several alternatives, where none fits."""
    found: dict[object, list[ValidationError]] = {}
    for inner in error.context or () if error.validator in ("anyOf", "oneOf") else ():
        found.setdefault(inner.schema_path[0], []).append(inner)
    return list(found.values())


def _missing(branches: Iterable[list["ValidationError"]]) -> list[str]:
    """The keys of which one is missing, where that is all that the alternatives ask for."""
    keys = []
    for branch in branches:
        for error in branch:
            if error.validator != "required" or len(branch) > 1 or (key := _required(error)) == "$ref":
                return []
            keys.append(key)
    return keys


def _required(error: "ValidationError") -> str:
    """The key that is missing."""
    # Each is an error of its own, which says only in its message which it is.
    wanted: Any = error.validator_value
    return str(next(key for key in wanted if error.message.startswith(repr(key))))


def _distance(depth: int, leaves: list[_Leaf]) -> tuple[bool, int, int]:
    """How far something is from an alternative: whether it says to be another, how early it differs, how often."""
    differs = any(_names_another(leaf, depth) for leaf in leaves)
    return differs, -max((len(leaf.place) for leaf in leaves), default=0), len(leaves)


def _names_another(leaf: _Leaf, depth: int) -> bool:
    error = leaf.error
    if error.validator == "required":
        return len(leaf.place) == depth and _required(error) == "$ref"
    return error.validator in ("enum", "const") and len(leaf.place) == depth + 1 and leaf.place[-1] in _DISCRIMINATING


def _is_consequence(leaf: _Leaf, wrong: list[Place]) -> bool:
    """Whether a key is only not allowed because what stands there is wrong: that is told, and no more is meant."""
    if leaf.error.validator != "unevaluatedProperties":
        return False
    following = bisect_right(wrong, leaf.place)
    return following < len(wrong) and wrong[following][: len(leaf.place)] == leaf.place


def _told(leaf: _Leaf) -> Defect:
    error, value = leaf.error, leaf.error.instance
    asked: Any = error.validator_value
    match error.validator:
        case "additionalProperties" | "unevaluatedProperties":
            message = f"The key {quoted(leaf.place[-1])} is not allowed here."
            remedy = "Mend its spelling, or leave it out; a key of your own begins with x-."
        case "required":
            key = quoted(_required(error))
            message, remedy = f"It has no {key}.", f"Add {key}."
        case "anyOf" | "oneOf" if error.context:
            message = f"It has no {listed([quoted(key) for key in _missing(_branches(error))], 'or')}."
            remedy = "Add one of them."
        case "oneOf" | "not":
            message, remedy = _excluding(error), "Keep one of them."
        case _ if "propertyNames" in error.schema_path:
            message = f"The key {quoted(str(value))} has not the form of a name."
            remedy = "Name it by letters, digits, dots, hyphens and underscores."
        case "type":
            types = asked if isinstance(asked, list) else [asked]
            message, remedy = f"It is {shown(value)}.", f"It must be {listed([TYPES[name] for name in types], 'or')}."
        case "enum":
            wanted = listed([shown(option) for option in asked], "or")
            message, remedy = f"It is {shown(value)}.", f"It must be {wanted}."
        case "const":
            message, remedy = f"It is {shown(value)}.", f"It must be {shown(asked)}."
        case "pattern":
            message, remedy = f"It is {shown(value)}.", f"It must match {asked}."
        case "minItems" | "minProperties":
            message, remedy = "It has too little in it.", "Add what it is to hold, or leave it out."
        case "maxItems" | "maxProperties":
            message, remedy = "It has too much in it.", f"It may have {asked}."
        case "uniqueItems":
            message, remedy = "It has the same item twice.", "Keep one of them."
        case _:
            message, remedy = f"It is {shown(value)}.", f"It must keep to {error.validator} {asked}."
    return broken("openapi", message, pointer(leaf.place), remedy)


def _excluding(error: "ValidationError") -> str:
    """What is there at once; only one of it may be."""
    schema: Any = error.validator_value
    names = schema.get("required") if isinstance(schema, dict) else None
    if not names and error.validator == "oneOf":
        names = [key for one in schema for key in one.get("required", ()) if key in mapping(error.instance)]
    return (
        f"It has {listed(list(map(quoted, names)), 'and')}, which exclude one another." if names else "It is ambiguous."
    )
