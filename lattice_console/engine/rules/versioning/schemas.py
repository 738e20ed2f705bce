"""Schemas: JSON Schema, as documents have it for themselves and as OpenAPI has it.

A schema is compared for whom it binds. Of what is *sent* to an interface, asking for more breaks; of what is *received*
from it, promising less does. One that stands alone binds what is held against it, as if that were sent.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal

from lattice_console.contract.models.advice import VersionStep
from lattice_console.engine.rules.versioning.differences import (
    Difference,
    Item,
    amount,
    inner,
    mapping,
    matched,
    named,
    text,
)

__all__ = ["Schemas", "Toward"]

Toward = Literal["sent", "received"]

Follow = Callable[[Item], Item | None]
"""What a value with a `$ref` refers to; None where that cannot be seen. Any other value is itself."""

_LEAST: Final = ("minimum", "minLength", "minItems", "minProperties")
_MOST: Final = ("maximum", "maxLength", "maxItems", "maxProperties")
_BINDING: Final = (
    *("pattern", "format", "multipleOf", "const", "uniqueItems", "exclusiveMinimum", "exclusiveMaximum", "not", "if"),
    *("then", "else", "contains", "propertyNames", "dependentRequired", "dependentSchemas", "dependencies"),
)
"""Keywords that ask for something; changed, they ask for something else."""

_CHOICES: Final = {"allOf": "part", "oneOf": "alternative", "anyOf": "alternative"}


class Schemas:
    """Compares the schemas of two documents: each pair that is referred to once, however often it is met."""

    def __init__(self, before: Follow, after: Follow) -> None:
        self._before, self._after = before, after
        self._met: set[tuple[str, str, Toward]] = set()
        self._reached: set[str] = set()

    def compare(self, before: Item, after: Item, toward: Toward, where: str) -> Iterator[Difference]:
        """What differs between two schemas, and in all that they refer to; `where` names them in messages."""
        pending = [(before, after, where)]
        while pending:
            old, new, place = pending.pop()
            refers = _reference(old), _reference(new)
            if refers != (None, None):
                was, now = self._before(old), self._after(new)
                if was is None or now is None:
                    if refers[0] != refers[1]:
                        yield Difference("major", new.pointer, f"changed what {place} refers to")
                    continue
                old, new = was, now
                key = (old.pointer, new.pointer, toward)
                if key in self._met:
                    continue
                self._met.add(key)
                self._reached.add(new.pointer)
                place = f"schema {str(refers[1]).rpartition('/')[2]}" if refers[0] == refers[1] else place
            yield from _own(old, new, toward, place)
            pending.extend(_below(old, new, place))

    def met(self, pointer: str) -> bool:
        """Whether the schema that stands there now was referred to, and so compared already."""
        return pointer in self._reached


def _reference(item: Item) -> str | None:
    found = mapping(item.value).get("$ref")
    return found if isinstance(found, str) else None


def _below(before: Item, after: Item, place: str) -> Iterator[tuple[Item, Item, str]]:
    """The schemas within two schemas that both have."""
    for name, old, new in matched(_properties(before), _properties(after)):
        if old and new:
            yield old, new, f"{place}.{name}"
    for key, words in (("items", "items of"), ("additionalProperties", "other properties of")):
        old, new = inner(before, key), inner(after, key)
        if isinstance(old.value, dict) and isinstance(new.value, dict):
            yield old, new, f"{words} {place}"
    for key in _CHOICES:
        for _, old, new in matched(_choices(inner(before, key)), _choices(inner(after, key))):
            if old and new:
                yield old, new, place


def _own(before: Item, after: Item, toward: Toward, place: str) -> Iterator[Difference]:
    """What two schemas ask for themselves."""
    yield from _kinds(before, after, toward, place)
    yield from _members(before, after, toward, place)
    yield from _amounts(before, after, toward, place)
    yield from _bindings(before, after, toward, place)
    for key, word in _CHOICES.items():
        joins = key == "allOf"
        for name, old, new in matched(_choices(inner(before, key)), _choices(inner(after, key))):
            if old is None and new is not None:
                yield Difference(_step(toward, tighter=joins), new.pointer, f"added {word} {name} of {place}")
            elif old is not None and new is None:
                yield Difference(_step(toward, tighter=not joins), old.pointer, f"removed {word} {name} of {place}")
    if mapping(after.value).get("deprecated") is True and mapping(before.value).get("deprecated") is not True:
        yield Difference("minor", f"{after.pointer}/deprecated", f"deprecated {place}")


def _step(toward: Toward, *, tighter: bool) -> VersionStep:
    return "major" if tighter == (toward == "sent") else "minor"


def _kinds(before: Item, after: Item, toward: Toward, place: str) -> Iterator[Difference]:
    """Types and enumerations: sets of what is taken, None for everything."""
    old, new = _types(before.value), _types(after.value)
    if old != new:
        said = f"changed the type of {place} from {_listed(old)} to {_listed(new)}"
        yield Difference(_set_step(_whole(old), _whole(new), toward), f"{after.pointer}/type", said)
    old, new = _enumeration(before.value), _enumeration(after.value)
    if old == new:
        return
    if old is None or new is None:
        said = f"{'limited' if old is None else 'no longer limits'} {place} to some values"
    else:
        told = [f"{word} {_listed(some)}" for word, some in (("removed", old - new), ("added", new - old)) if some]
        said = f"{' and '.join(told)} among the values of {place}"
    yield Difference(_set_step(old, new, toward), f"{after.pointer}/enum", said)


def _set_step(old: set[str] | None, new: set[str] | None, toward: Toward) -> VersionStep:
    if old == new:
        return "patch"
    narrower = new is not None and (old is None or new <= old)
    wider = old is not None and (new is None or new >= old)
    return _step(toward, tighter=narrower) if narrower or wider else "major"


def _types(schema: Any) -> set[str] | None:
    found = mapping(schema).get("type")
    listed = found if isinstance(found, list) else [found]
    types = {one for one in listed if isinstance(one, str)}
    if not types and isinstance(mapping(schema).get("properties"), dict):
        # Whoever lists properties means an object.
        types = {"object"}
    if types and mapping(schema).get("nullable") is True:
        types.add("null")
    return types or None


def _whole(types: set[str] | None) -> set[str] | None:
    """Types with those that are among others: every integer is a number."""
    return types | {"integer"} if types and "number" in types else types


def _enumeration(schema: Any) -> set[str] | None:
    values = mapping(schema).get("enum")
    return {json.dumps(value, sort_keys=True) for value in values} if isinstance(values, list) else None


def _listed(values: set[str] | None) -> str:
    if not values:
        return "anything"
    more = f" and {len(values) - 5} more" if len(values) > 5 else ""
    return ", ".join(text(one) for one in sorted(values)[:5]) + more


def _members(before: Item, after: Item, toward: Toward, place: str) -> Iterator[Difference]:
    """Properties, and which of them have to be there."""
    old, new = _properties(before), _properties(after)
    had, has = _required(before.value), _required(after.value)
    for name, was, now in matched(old, new):
        if was is not None and now is None:
            yield Difference("major", was.pointer, f"removed property {name} of {place}")
        elif was is None and now is not None:
            step = _step(toward, tighter=True) if name in has else "minor"
            said = "required property" if name in has else "property"
            yield Difference(step, now.pointer, f"added {said} {name} of {place}")
    for name in sorted(had ^ has):
        if (name in old) == (name in new):
            said = f"property {name} of {place} is {'required' if name in has else 'optional'} now"
            yield Difference(_step(toward, tighter=name in has), f"{after.pointer}/required", said)
    closed = [mapping(item.value).get("additionalProperties") is False for item in (before, after)]
    if closed[0] != closed[1]:
        said = f"{place} {'refuses' if closed[1] else 'takes'} other properties now"
        yield Difference(_step(toward, tighter=closed[1]), f"{after.pointer}/additionalProperties", said)


def _amounts(before: Item, after: Item, toward: Toward, place: str) -> Iterator[Difference]:
    for key in (*_LEAST, *_MOST):
        was, now = (amount(mapping(item.value).get(key)) for item in (before, after))
        if was != now:
            tighter = now is not None and (was is None or (now > was) == (key in _LEAST))
            said = f"changed {key} of {place} from {_shown(was)} to {_shown(now)}"
            yield Difference(_step(toward, tighter=tighter), f"{after.pointer}/{key}", said)


def _bindings(before: Item, after: Item, toward: Toward, place: str) -> Iterator[Difference]:
    old, new = mapping(before.value), mapping(after.value)
    for key in (*_BINDING, "items"):
        if key in old and key in new:
            # Schemas of items are compared by themselves.
            is_schema = key == "items" and isinstance(old[key], dict) and isinstance(new[key], dict)
            if old[key] != new[key] and not is_schema:
                yield Difference("major", f"{after.pointer}/{key}", f"changed {key} of {place}")
        elif key in old or key in new:
            said = f"added {key} to {place}" if key in new else f"removed {key} of {place}"
            yield Difference(_step(toward, tighter=key in new), f"{after.pointer}/{key}", said)


def _shown(value: float | None) -> str:
    return "none" if value is None else text(value)


def _required(schema: Any) -> set[str]:
    found = mapping(schema).get("required")
    return {one for one in found if isinstance(one, str)} if isinstance(found, list) else set()


def _properties(item: Item) -> dict[str, Item]:
    found = inner(item, "properties")
    return named(found, _nameless) if isinstance(found.value, dict) else {}


def _nameless(_: object) -> None:
    """Properties are a mapping; nothing in a list of them has a name."""


def _choices(item: Item) -> dict[str, Item]:
    """The schemas of a list: by what they refer to or are called, else by their place."""
    found: dict[str, Item] = {}
    for index, schema in enumerate(item.value if isinstance(item.value, list) else ()):
        known = mapping(schema)
        called = next((known[key] for key in ("$ref", "title") if isinstance(known.get(key), str)), str(index + 1))
        found.setdefault(called.rpartition("/")[2], Item(f"{item.pointer}/{index}", schema))
    return found
