"""What can be done in a random history."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from hypothesis import strategies as st

Run = TypeVar("Run", bound=Callable[[Any, st.DataObject], None])


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that can be done when it is `possible`, as often as its weight says."""

    weight: int
    possible: Callable[[Any], object]
    run: Callable[[Any, st.DataObject], None]


OPERATIONS: dict[str, Operation] = {}
"""By their names."""


def operation(weight: int, possible: Callable[[Any], object] = lambda history: True) -> Callable[[Run], Run]:
    """Let a method of a history be drawn."""

    def register(run: Run) -> Run:
        OPERATIONS[run.__name__] = Operation(weight, possible, run)
        return run

    return register
