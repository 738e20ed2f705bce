"""Calls as data: the facet methods by name, their arguments checked, both ways between Python and JSON.

Everything here is derived from the Protocols in `backend`, so that a method is declared once.
"""

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from lattice_console.contract.backend import FACETS
from lattice_console.contract.errors import from_validation

_RESULT_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
_CONFIG = ConfigDict(extra="forbid", **_RESULT_CONFIG)


class Call:
    """One facet method: its parameters in order, and the codecs of its arguments and its result."""

    def __init__(self, name: str) -> None:
        facet, _, method = name.partition(".")
        function = getattr(FACETS[facet], method)
        hints = get_type_hints(function, include_extras=True)
        parameters = list(inspect.signature(function).parameters.values())[1:]
        self.name = name
        self.parameters = parameters
        result = hints["return"]
        is_model = isinstance(result, type) and issubclass(result, BaseModel)
        self._result: TypeAdapter[Any] = TypeAdapter(result, config=None if is_model else _RESULT_CONFIG)
        fields: dict[str, Any] = {
            parameter.name: (
                hints[parameter.name],
                ... if parameter.default is inspect.Parameter.empty else parameter.default,
            )
            for parameter in parameters
        }
        self._arguments: type[BaseModel] = create_model(name, __config__=_CONFIG, **fields)

    def bind(self, *positional: Any, **named: Any) -> dict[str, Any]:
        """The arguments by name, as Python's own rules say; raises TypeError for a wrong call."""
        names = [parameter.name for parameter in self.parameters if parameter.kind is not parameter.KEYWORD_ONLY]
        if len(positional) > len(names):
            raise TypeError(f"{self.name} takes {len(names)} positional arguments")
        placed = dict(zip(names, positional, strict=False))
        twice = placed.keys() & named.keys()
        if twice:
            raise TypeError(f"{self.name} got {', '.join(sorted(twice))} twice")
        return placed | named

    def validate(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments with defaults, checked; raises ValidationFailed naming the field."""
        try:
            checked = self._arguments.model_validate(dict(arguments))
        except ValidationError as error:
            raise from_validation(error) from None
        return {parameter.name: getattr(checked, parameter.name) for parameter in self.parameters}

    def encode(self, arguments: Mapping[str, Any]) -> bytes:
        """The arguments as JSON; raises ValidationFailed like `validate`."""
        return self._arguments.model_construct(**self.validate(arguments)).model_dump_json().encode()

    def decode(self, body: bytes) -> dict[str, Any]:
        """Arguments from JSON, checked; raises ValidationFailed."""
        try:
            checked = self._arguments.model_validate_json(body)
        except ValidationError as error:
            raise from_validation(error) from None
        return {parameter.name: getattr(checked, parameter.name) for parameter in self.parameters}

    def dump(self, result: Any) -> bytes:
        """A result as JSON, bytes as base64."""
        return bytes(self._result.dump_json(result))

    def load(self, data: bytes) -> Any:
        """A result from JSON."""
        return self._result.validate_json(data)


@cache
def call(name: str) -> Call:
    """The facet method `facet.method`; raises KeyError or AttributeError where there is none."""
    return Call(name)


@cache
def names() -> tuple[str, ...]:
    """Every facet method that is one call and one answer, as `facet.method`."""
    return tuple(
        f"{facet}.{method}"
        for facet, protocol in FACETS.items()
        for method, value in vars(protocol).items()
        if inspect.iscoroutinefunction(value) and not method.startswith("_")
    )
