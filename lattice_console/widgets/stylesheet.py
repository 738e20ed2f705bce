"""A stylesheet that parses each of its sources once for each theme, however often a screen brings another source."""

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

__all__ = ["KeptStylesheet"]

_ROOM = 1024
"""Parsed sources to keep; Textual keeps 64, and where there are more each one evicts the next."""

Parsed = LRUCache[tuple[object, ...], list[RuleSet]]


class KeptStylesheet(Stylesheet):
    """Textual's own forgets what it parsed whenever a screen is first shown, and parses the whole for 70 ms or more."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._kept: dict[frozenset[tuple[str, str]], Parsed] = {}
        self._parse_cache = self._parsed_with(variables or {})

    def set_variables(self, variables: dict[str, str]) -> None:
        if variables == self._variables:
            return
        # It clears what it finds; what was parsed with the variables of before is wanted again with them.
        self._parse_cache = LRUCache(1)
        super().set_variables(variables)
        self._parse_cache = self._parsed_with(variables)

    def reparse(self) -> None:
        # The rules that are in force stay so until all sources are parsed, errors or not.
        self.parse()

    def prepared(self, variables: dict[str, str]) -> None:
        """Parse the sources with other variables, for `set_variables` to find. May run in a thread."""
        ahead = KeptStylesheet(variables=variables)
        ahead._parse_cache = self._parsed_with(variables)
        ahead.source = self.source.copy()
        ahead.parse()

    def _parsed_with(self, variables: dict[str, str]) -> Parsed:
        return self._kept.setdefault(frozenset(variables.items()), LRUCache(_ROOM))
