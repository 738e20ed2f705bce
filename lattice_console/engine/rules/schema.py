"""JSON Schema on untrusted schemas and untrusted documents.

The validator is `jsonschema`'s, Draft 2020-12 unless the schema names another dialect. References are resolved within
the schema and the published meta-schemas; nothing is ever fetched. Everything that a schema makes the validator do is
paid for from a budget, so that neither a schema nor its document can keep the program busy; one that costs more is
refused with a defect.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import attrs
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from lattice_console.contract.models.base import replace_controls
from lattice_console.contract.models.spec import Severity
from lattice_console.engine.rules.yaml_events import escaped

__all__ = ["BUDGET", "DEFECT_LIMIT", "Defect", "check", "validate"]

BUDGET: Final = 500_000
"""What checking one document may cost, in steps: about one for each rule applied and each item that it looks at."""

DEFECT_LIMIT: Final = 50
"""How many violations are told of one document."""

_MESSAGE_LIMIT = 300

_Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong at a JSON pointer of a document: which rule, and a sentence that says what and how to mend it."""

    rule: str
    message: str
    pointer: str
    severity: Severity = "error"


class _Exhausted(Exception):
    """The budget is spent."""


class _Budget:
    """The steps that are left."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = BUDGET

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise _Exhausted


def check(schema: dict[str, Any]) -> list[Defect]:
    """What is wrong with a schema by its dialect's own meta-schema; rule `schema_definition`."""
    dialect = _dialect(schema)
    return _violations(dialect, dialect.META_SCHEMA, schema, "schema_definition")


def validate(schema: dict[str, Any], document: Any) -> list[Defect]:
    """Where a document violates a schema that `check` found right; rule `schema`."""
    return _violations(_dialect(schema), schema, document, "schema")


def _dialect(schema: dict[str, Any]) -> type[Validator]:
    named = isinstance(schema.get("$schema"), str)
    return validator_for(schema, default=Draft202012Validator) if named else Draft202012Validator


def _violations(dialect: type[Validator], schema: Any, document: Any, rule: str) -> list[Defect]:
    guarded = _guarded(dialect, _Budget())
    defects: list[Defect] = []
    try:
        for error in guarded(schema, registry=Registry()).iter_errors(document):
            pointer = "".join(f"/{escaped(str(part))}" for part in error.absolute_path)
            defects.append(Defect(rule, _message(error), pointer))
            if len(defects) == DEFECT_LIMIT:
                break
    except _Exhausted:
        message = "Checking it against its schema takes more steps than are allowed; make the schema simpler."
        defects.append(Defect(rule, message, ""))
    except Unresolvable as error:
        message = f"The schema refers to {_shown(str(error.ref))}, which it does not hold; nothing is fetched."
        defects.append(Defect(rule, message, ""))
    except RecursionError:
        defects.append(Defect(rule, "The schema refers to itself without end.", ""))
    return defects


def _guarded(dialect: type[Validator], budget: _Budget) -> Any:
    """The dialect with every keyword paying from `budget`, and without those that run patterns of the schema."""
    keywords = {
        name: _paying(keyword, budget)
        for name, keyword in dialect.VALIDATORS.items()
        if name not in ("pattern", "patternProperties")
    }
    guarded: Any = extend(dialect, {**keywords, "pattern": _nothing, "patternProperties": _nothing})  # type: ignore[no-untyped-call]  # the stubs leave it untyped
    # The library's own would leave for an unguarded class where a subschema names its dialect.
    guarded.evolve = attrs.evolve
    return guarded


def _nothing(*_: Any) -> None:
    return None


def _paying(keyword: _Keyword, budget: _Budget) -> _Keyword:
    def paid(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        budget.spend(1 + _length(value) + _length(instance))
        yield from keyword(validator, value, instance, schema) or ()

    return paid


def _length(value: Any) -> int:
    return len(value) if isinstance(value, dict | list) else 0


def _message(error: ValidationError) -> str:
    text = replace_controls(error.message[: _MESSAGE_LIMIT + 1], lines=False)
    return f"{text}." if len(text) <= _MESSAGE_LIMIT else f"{text[:_MESSAGE_LIMIT]}..."


def _shown(text: str) -> str:
    written = json.dumps(text)
    return written if len(written) <= 80 else f"{written[:77]}..."
