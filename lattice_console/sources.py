"""Where a setting can stand, the most telling place first, and how it is read.

`${NAME}` in a value of a file is replaced from the environment. What is secret is not repeated in an error, and does
not count where it stands itself in `.lattice/config.json`, which goes into the team's git.
"""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.variables import replaced, variables
from lattice_console.json_file import Unusable, read_object

SECRET = {
    "database.url": "DATABASE_URL",
    "database.replica_url": "DATABASE_REPLICA_URL",
    "redis.url": "LATTICE_REDIS_URL",
    "neo4j.url": "LATTICE_NEO4J_URL",
    "neo4j.password": "LATTICE_NEO4J_PASSWORD",
}
"""What never stands itself in `.lattice/config.json`, with the variable of the environment that it may stand in."""

_DAY = 86_400
"""Seconds."""

Value = TypeVar("Value")
Number = TypeVar("Number", int, float)


class Sources:
    """The environment, then the files `local`, `tracked` and `profile`, as far as there are such."""

    def __init__(self, environ: Mapping[str, str], *, local: Path | None, tracked: Path | None, profile: Path) -> None:
        self.environ = environ
        self._files: dict[Path, dict[str, Any]] = {}
        self._tracked = tracked
        self._places = [place for place in (local, tracked, profile) if place]

    def find(
        self,
        variables: str | tuple[str, ...],
        key: str,
        read: Callable[[Any], Any],
        otherwise: Any,
    ) -> Any:
        """The first value given, read; `key` is a dotted path in the files.

        Raises ValidationFailed for a bad value, and for a secret that stands in the tracked file alone.
        """
        for variable in (variables,) if isinstance(variables, str) else variables:
            if self.environ.get(variable):
                return _read(self.environ[variable], read, variable, "the environment")
        for place in self._places:
            value = self._value(place, key)
            if value is None:
                continue
            if self._is_exposed(place, key):
                raise ValidationFailed("VAL_SETTING", self._exposed(key), field=key, source=str(place))
            return _read(value, read, key, str(place), self._written(place, key))
        return otherwise

    def remarks(self) -> tuple[str, ...]:
        """What is better changed: secrets that lie where everybody reads them."""
        if self._tracked is None:
            return ()
        return tuple(self._exposed(key) for key in SECRET if self._is_exposed(self._tracked, key))

    def _is_exposed(self, place: Path, key: str) -> bool:
        value = self._written(place, key)
        return key in SECRET and place == self._tracked and value is not None and not any(variables(str(value)))

    def _exposed(self, key: str) -> str:
        return (
            f"{key} in {self._tracked}: it is a secret, and that file goes into the team's git. Move it to "
            f"{self._places[0]} or {SECRET[key]}, and change the password if it had one."
        )

    def _value(self, place: Path, key: str) -> Any:
        """What a file says, with variables replaced; None where it says nothing."""

        def variable(name: str) -> str:
            found = self.environ.get(name)
            if found is None:
                raise ValidationFailed(
                    "VAL_SETTING",
                    f"{key} in {place}: ${{{name}}} stands there, and the environment has no {name}.",
                    field=key,
                    source=str(place),
                )
            return found

        return replaced(self._written(place, key), variable)

    def _written(self, place: Path, key: str) -> Any:
        value: Any = self._content(place)
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def _content(self, place: Path) -> dict[str, Any]:
        if place not in self._files:
            try:
                self._files[place] = read_object(place) or {}
            except Unusable as problem:
                raise ValidationFailed(
                    "VAL_SETTING", f"{place} {problem}. Mend or remove it.", source=str(place)
                ) from None
        return self._files[place]


def _read(value: Any, read: Callable[[Any], Value], name: str, source: str, written: Any = None) -> Value:
    """A value, read. What an error says of one that was `written` otherwise is how that was: it may be a secret."""
    try:
        return read(value)
    except (TypeError, ValueError) as error:
        told = str(error) if written in (None, value) else str(error).replace(repr(value), repr(written))
        if written not in (None, value) and str(value) in told.replace(repr(written), ""):
            told = f"what {written!r} stands for is not allowed"
        raise ValidationFailed("VAL_SETTING", f"{name} in {source}: {told}.", field=name, source=source) from None


def positive(kind: type[Number]) -> Callable[[Any], Number]:
    """Reads a number above 0, as `text` and the others do: ValueError for what is none."""

    def read(value: Any) -> Number:
        try:
            number = kind(value)
        except (ValueError, OverflowError):
            number = kind(0)
        if not 0 < number < math.inf:
            raise ValueError(f"{value!r} is not a number above 0")
        return number

    return read


def seconds(value: Any) -> float:
    """Reads a time above 0, of a day at most."""
    number = positive(float)(value)
    if number > _DAY:
        raise ValueError(f"{value!r} is more than a day, {_DAY:,} seconds")
    return number


def whole(least: int) -> Callable[[Any], int]:
    """Reads a whole number that is not below `least`."""

    def read(value: Any) -> int:
        text = str(value)
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise ValueError(f"{value!r} is not a whole number from {least} on")
        return int(text)

    return read


def text(value: Any) -> str:
    """What is a text already."""
    # Not repeated: it may be a secret.
    if not isinstance(value, str):
        raise ValueError("it is not a text")
    return value


def boolean(value: Any) -> bool:
    """What says yes or no in one of the usual words."""
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    said = str(value).lower()
    if said not in known:
        raise ValueError(f"{value!r} is neither true nor false")
    return known[said]


def one_of(allowed: tuple[str, ...]) -> Callable[[Any], str]:
    """Reads one of some words."""

    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
        return str(value)

    return read
