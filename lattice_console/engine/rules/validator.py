"""jsonschema's validators, run on untrusted schemas and untrusted documents.

References are resolved within the schema and the published meta-schemas; nothing is ever fetched. Patterns are searched
by `patterns`, not by `re`. Whatever a schema makes the validator do is paid for from a budget, so that neither a schema
nor its document can keep the program busy: every keyword pays for itself, for the members that it looks at, and for
the values that it compares or writes into messages.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, cast

import attrs
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema._utils import find_evaluated_property_keys_by_schema
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import specification_with

from lattice_console.contract.models.base import replace_controls
from lattice_console.engine.rules.defects import Defect
from lattice_console.engine.rules.patterns import (
    PROGRAM_LIMIT,
    Pattern,
    PatternError,
    UnsupportedPattern,
    compile_pattern,
)
from lattice_console.engine.rules.yaml_events import escaped

__all__ = ["BUDGET", "DEFECT_LIMIT", "TooMuch", "Violations", "check", "validate"]

BUDGET: Final = 500_000
"""What checking one document may cost, in units of one or two microseconds."""

DEFECT_LIMIT: Final = 50
"""How many defects are told of one schema, and of one document."""

_MESSAGE_LIMIT = 300
_SHOWN_LIMIT = 80
# How many keywords may stand inside of one another: what the interpreter's stack has room for, wherever we are called.
_NESTING_LIMIT = 200
# How many nodes or characters are compared, or written into a message, for one unit.
_NODES_PER_UNIT = 8

_Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]

_COMPARING = frozenset({"const", "enum", "uniqueItems"})
_SCOPED = frozenset({"$dynamicRef", "$recursiveRef"})
_REFERRING = _SCOPED | {"$ref"}
# What following a reference costs, and, for each node, a look through a schema for its anchors and inner identifiers.
_REFERENCE_UNITS = 8
_UNITS_PER_NODE = 8
# A pattern of plain characters, which `re` searches as fast as any.
_PLAIN_PATTERN = re.compile(r"\^?(?:[^\\^$.|?*+()\[\]{}]|\\[^A-Za-z0-9])*\$?")


class _Exhausted(Exception):
    """The budget is spent."""


class _TooDeep(Exception):
    """Keywords stand inside of one another too often."""


class _Run:
    """One validation: the units that are left, what values weigh, and the patterns that it has compiled."""

    __slots__ = ("_depth", "_left", "_patterns", "_scope_units", "_weights")

    def __init__(self, scope_units: int) -> None:
        self._left = BUDGET
        self._depth = 0
        self._weights: dict[int, int] = {}
        self._patterns: dict[str, Pattern] = {}
        # What it costs to follow a reference through the scopes that led to it.
        self._scope_units = scope_units

    def spend(self, units: int) -> None:
        self._left -= units
        if self._left < 0:
            raise _Exhausted

    def weigh(self, value: Any) -> int:
        """The nodes and characters of a value; containers are known again, for they outlive the run."""
        if isinstance(value, str):
            return 1 + len(value)
        if not isinstance(value, dict | list):
            return 1
        known = self._weights.get(id(value))
        if known is None:
            if isinstance(value, dict):
                known = 1 + sum(map(len, value)) + sum(map(self.weigh, value.values()))
            else:
                known = 1 + sum(map(self.weigh, value))
            self._weights[id(value)] = known
        return known

    def pattern(self, text: str) -> Pattern:
        """The compiled pattern, paid for once whether or not it is remembered from another run."""
        compiled = self._patterns.get(text)
        if compiled is None:
            self.spend(1 + len(text))
            try:
                compiled = compile_pattern(text)
            except PatternError:
                self.spend(PROGRAM_LIMIT)
                raise
            self.spend(compiled.size)
            self._patterns[text] = compiled
        return compiled

    def finds(self, pattern: str, text: str) -> bool:
        """Whether a pattern of the schema matches in `text`; one that is not supported lets everything pass."""
        try:
            return self.pattern(pattern).search(text, self.spend)
        except UnsupportedPattern:
            return True

    def paying(self, name: str, keyword: _Keyword) -> _Keyword:
        """A keyword that pays before it works, and for the messages that it writes."""

        def paid(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
            units = 1 + _length(value) + _length(instance)
            if name in _REFERRING:
                units += _REFERENCE_UNITS + (self._scope_units if name in _SCOPED else 0)
            elif name in _COMPARING and isinstance(instance, dict | list):
                units += self._written(value, instance)
            self.spend(units)
            if self._depth == _NESTING_LIMIT:
                raise _TooDeep
            self._depth += 1
            try:
                for error in keyword(validator, value, instance, schema) or ():
                    if not error.schema_path:
                        # This keyword's own, which quotes what it was given.
                        self.spend(self._written(value, instance))
                    yield error
            finally:
                self._depth -= 1

        return paid

    def _written(self, value: Any, instance: Any) -> int:
        return (self.weigh(value) + self.weigh(instance)) // _NODES_PER_UNIT


_SIMPLER: Final = "Make the schema simpler, and hold in it all that it refers to."
_REMEDIES: Final = {
    "schema": "Mend the value, or the schema.",
    "schema_definition": "Write what its dialect of JSON Schema allows.",
}
"""How to mend what breaks a rule."""


def check(schema: Any) -> list[Defect]:
    """What is wrong with a schema by its dialect's meta-schema; rule `schema_definition`."""
    run = _Run(scope_units=0)
    dialect = _dialect(schema)
    formats = FormatChecker(formats=())

    @formats.checks("regex", raises=PatternError)
    def is_regex(value: object) -> bool:
        if isinstance(value, str):
            run.pattern(value)
        return True

    def errors() -> Iterator[ValidationError]:
        guarded = _guarded(dialect, run)(dialect.META_SCHEMA, registry=Registry(), format_checker=formats)
        yield from guarded.iter_errors(schema)

    return _defects(errors(), "schema_definition")


def validate(schema: Any, document: Any) -> list[Defect]:
    """Where a document violates a schema that `check` found right; rule `schema`."""
    shape = _Shape(schema)
    if shape.mixes_patterns:
        message = (
            "It is not checked against its schema, which has both unevaluatedProperties and patternProperties with "
            "patterns of more than plain characters."
        )
        return [Defect("schema_unchecked", message, "", "warning", "Write one of the two otherwise.")]
    dialect, look_units = _dialect(schema), shape.nodes * _UNITS_PER_NODE
    run = _Run(scope_units=look_units)

    def errors() -> Iterator[ValidationError]:
        registry: Registry[Any] = Registry()
        if shape.needs_look:
            # Once, so that the library finds at once what it would look for at every reference.
            run.spend(look_units)
            resource = specification_with(dialect.META_SCHEMA["$schema"]).create_resource(schema)
            registry = registry.with_resource(resource.id() or "", resource).crawl()
        yield from _guarded(dialect, run)(schema, registry=registry).iter_errors(document)

    return _defects(errors(), "schema")


class TooMuch(Exception):
    """What is wrong cannot be told within the bounds; the message says why, as a sentence."""


class Violations:
    """Where documents violate a schema that is trusted: one of ours, or one that is published.

    All that is asked for is paid from one budget.
    """

    def __init__(self, registry: Registry[Any]) -> None:
        self._registry = registry
        self._run = _Run(scope_units=_REFERENCE_UNITS)
        self._guarded: dict[type[Validator], Any] = {}

    def of(self, schema: Any, document: Any) -> Iterator[ValidationError]:
        """The violations in the library's own form; a key that is not allowed is one by itself, at its own place.

        Raises:
            TooMuch: the budget is spent, or the document nests too deep.
        """
        dialect = _dialect(schema)
        if dialect not in self._guarded:
            own = {"unevaluatedProperties": _unevaluated_properties}
            self._guarded[dialect] = _guarded(dialect, self._run, own)
        try:
            yield from self._guarded[dialect](schema, registry=self._registry).iter_errors(document)
        except _Exhausted:
            raise TooMuch("Finding out what is wrong takes more steps than are allowed.") from None
        except (_TooDeep, RecursionError):
            raise TooMuch("It nests too deep to find out what is wrong.") from None


def _unevaluated_properties(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if value is not False or not isinstance(instance, dict):
        return
    evaluated = set(find_evaluated_property_keys_by_schema(validator, instance, schema))
    for key in instance:
        if key not in evaluated:
            yield ValidationError(f"The key {key!r} is not allowed here", path=(key,))


def _dialect(schema: Any) -> type[Validator]:
    named = isinstance(schema.get("$schema"), str)
    return validator_for(schema, default=Draft202012Validator) if named else Draft202012Validator


class _Shape:
    """What a schema holds that makes the library's own work dear, or unsafe.

    `nodes` is its size; it `needs_look` if a reference goes elsewhere than down from the root; it `mixes_patterns` if
    the library would search with `re` what is no plain text.
    """

    def __init__(self, schema: Any) -> None:
        self.nodes = 0
        self.needs_look = False
        patterned = unevaluated = False
        pending = [schema]
        while pending:
            value = pending.pop()
            self.nodes += 1
            if isinstance(value, list):
                pending += value
            elif isinstance(value, dict):
                pending += value.values()
                inner = value is not schema and any(isinstance(value.get(key), str) for key in ("$id", "id"))
                references = [value[key] for key in _REFERRING if isinstance(value.get(key), str)]
                self.needs_look |= inner or not all(one == "#" or one.startswith("#/") for one in references)
                unevaluated |= "unevaluatedProperties" in value
                patterns = value.get("patternProperties")
                patterned |= isinstance(patterns, dict) and not all(map(_PLAIN_PATTERN.fullmatch, patterns))
        self.mixes_patterns = patterned and unevaluated


def _guarded(dialect: type[Validator], run: _Run, more: Mapping[str, _Keyword] = MappingProxyType({})) -> Any:
    """The dialect with every keyword paying, and without those that would search patterns with `re`."""

    def pattern(_: Any, value: str, instance: Any, __: Any) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not run.finds(value, instance):
            yield ValidationError(f"{instance!r} does not match {value!r}")

    def pattern_properties(validator: Any, value: Any, instance: Any, _: Any) -> Iterator[ValidationError]:
        for pattern, subschema in value.items() if isinstance(instance, dict) else ():
            for key, member in instance.items():
                if run.finds(pattern, key):
                    yield from validator.descend(member, subschema, path=key, schema_path=pattern)

    def additional_properties(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        declared, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        for key, member in instance.items() if isinstance(instance, dict) else ():
            if key in declared or any(run.finds(pattern, key) for pattern in patterns):
                continue
            if value is False:
                yield ValidationError(f"The key {key!r} is not allowed here", path=(key,))
            else:
                yield from validator.descend(member, value, path=key)

    own: dict[str, _Keyword] = {
        "additionalProperties": additional_properties,
        "pattern": pattern,
        "patternProperties": pattern_properties,
        "uniqueItems": _unique_items,
        **more,
    }
    stock = cast("Mapping[str, _Keyword]", dialect.VALIDATORS)
    keywords = {name: run.paying(name, own.get(name, keyword)) for name, keyword in stock.items()}
    guarded: Any = extend(dialect, keywords)  # type: ignore[no-untyped-call]  # the stubs leave it untyped
    # The library's own would leave for an unguarded class where a subschema names its dialect.
    guarded.evolve = attrs.evolve
    return guarded


def _unique_items(_: Any, value: Any, instance: Any, __: Any) -> Iterator[ValidationError]:
    """In linear time; the library compares every pair of what cannot be sorted."""
    if value and isinstance(instance, list) and len(set(map(_frozen, instance))) < len(instance):
        yield ValidationError(f"{instance!r} has non-unique elements")


def _frozen(value: Any) -> Any:
    """A value that can be hashed; equal where JSON Schema finds the values equal (1 is 1.0 and not true)."""
    if isinstance(value, dict):
        return frozenset((key, _frozen(member)) for key, member in value.items())
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return (bool, value) if isinstance(value, bool) else value


def _length(value: Any) -> int:
    return len(value) if isinstance(value, dict | list) else 0


def _defects(errors: Iterator[ValidationError], rule: str) -> list[Defect]:
    # By themselves: a meta-schema tells some things once for each of its parts.
    defects: dict[Defect, None] = {}

    def tell(message: str) -> None:
        defects[Defect(rule, message, "", remedy=_SIMPLER)] = None

    try:
        for error in errors:
            defects[_defect(error, rule)] = None
            if len(defects) == DEFECT_LIMIT:
                break
    except _Exhausted:
        tell("Checking takes more steps than are allowed.")
    except Unresolvable as error:
        tell(f"The schema refers to {_shown(str(error.ref))}, which it does not hold; nothing is fetched.")
    except (_TooDeep, RecursionError):
        tell("The schema refers to itself without end, or nests too deep to be checked.")
    except Exception as error:
        # A reference may lead the library to a value that is no schema, on which it fails in any way.
        tell(f"The schema cannot be applied: {_shown(f'{type(error).__name__}: {error}')}.")
    return list(defects)


def _defect(error: ValidationError, rule: str) -> Defect:
    """Of several alternatives that all fail, the nearest tells what is wrong."""
    told = best_match([error]) or error
    pointer = "".join(f"/{escaped(str(part))}" for part in told.absolute_path)
    if isinstance(told.cause, PatternError):
        message = f"The pattern {_shown(told.instance)} {told.cause}."
        if not isinstance(told.cause, UnsupportedPattern):
            return Defect(rule, message, pointer, remedy="Write a regular expression of JSON Schema.")
        remedy = "Write it without backreferences and lookbehind, and smaller."
        return Defect("schema_unchecked", f"{message} It lets everything pass.", pointer, "warning", remedy)
    if len(told.message) <= _MESSAGE_LIMIT:
        return Defect(rule, f"{replace_controls(told.message, lines=False)}.", pointer, remedy=_REMEDIES[rule])
    value = _shown(told.validator_value)
    message = f"{_shown(told.instance)} does not satisfy {told.validator}: {value}."
    return Defect(rule, message, pointer, remedy=_REMEDIES[rule])


def _shown(value: Any) -> str:
    written = json.dumps(value)
    return written if len(written) <= _SHOWN_LIMIT else f"{written[: _SHOWN_LIMIT - 3]}..."
