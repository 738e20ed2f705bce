"""What completion asks of a project: names, at once, without an engine."""

from collections.abc import Iterable
from typing import Protocol

MOST = 200
"""Candidates that are offered at once; more letters narrow them."""

Named = tuple[str, str]
"""A word to complete to, and what it is."""


class Glance(Protocol):
    """A quick look at a project for its actor; empty for who is no member."""

    def mutations(self, prefix: str, limit: int) -> Iterable[Named]:
        """Numbers that begin so (digits) with title and status, those that have not ended first, newest first."""
        ...

    def specs(self) -> Iterable[Named]:
        """Specs with their types, by name."""
        ...

    def people(self) -> Iterable[Named]:
        """Handles with names, by handle."""
        ...

    def comments(self, number: int) -> Iterable[Named]:
        """Ids of a mutation's comments with how they begin, newest first."""
        ...
