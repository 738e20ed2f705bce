"""`${NAME}` in a value of a configuration file: what stands for a variable of the environment."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

__all__ = ["replaced", "variables"]

_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def variables(text: str) -> Iterator[str]:
    """The names that stand in a text."""
    return (match[1] for match in _VARIABLE.finditer(text))


def replaced(value: Any, variable: Callable[[str], str]) -> Any:
    """A value as JSON has it, in each text of which what a name stands for takes its place; keys stay as they are."""
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: variable(match[1]), value)
    if isinstance(value, list):
        return [replaced(one, variable) for one in value]
    return {key: replaced(one, variable) for key, one in value.items()} if isinstance(value, dict) else value
