"""Edits that put plain values in the place of others, and do nothing else: all around them reads as it did before."""

import re
from functools import lru_cache
from typing import Final

from lattice_console.merge._libgit2 import changed_ranges
from lattice_console.merge.lines import LineIndex
from lattice_console.merge.reading import is_markdown, syntax_of

__all__ = ["replaced_values"]

_YAML: Final = re.compile(
    rb"(?P<before> *+(?:- ++)*+(?P<key>[A-Za-z0-9_$][A-Za-z0-9_$./-]*+): )[A-Za-z0-9](?:[A-Za-z0-9_./ -]*[A-Za-z0-9_])?"
    rb"(?P<end>\r?\n)"
)
"""A line of YAML with a key and a value in plain words: of nothing that would begin, end or name anything.

Wherever it stands, in a mapping, in a text of several lines or in brackets, what comes after it is read as it would be
behind other such words.
"""

_JSON: Final = re.compile(
    rb'(?P<before>[ \t]*+"(?P<key>[A-Za-z0-9_$./ -]++)"[ \t]*+:[ \t]*+)'
    rb'(?:"[A-Za-z0-9_$.:/ -]*+"|-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,15})?|true|false|null)(?P<end>,?[ \t]*\r?\n)'
)
"""A line of JSON with a key and a value that is no object and no list, and needs no backslash."""


@lru_cache(4)
def replaced_values(path: str | None, before: bytes, after: bytes) -> frozenset[str] | None:
    """The keys of JSON or YAML whose plain values an edit replaces, line by line, if that is all that it does; or None.

    What merges with such an edit, by its lines, is as sound as it is without it.
    """
    line = _JSON if syntax_of(path) == "json" else _YAML
    if syntax_of(path) is None and not is_markdown(path):
        return None
    old, new = LineIndex(before), LineIndex(after)
    keys: set[str] = set()
    for first, removed, first_new, added in changed_ranges(before, after, indent_heuristic=False):
        if removed != added:
            return None
        for at in range(removed):
            was = line.fullmatch(old.span(first - 1 + at, first + at))
            now = line.fullmatch(new.span(first_new - 1 + at, first_new + at))
            if not was or not now or was["before"] != now["before"] or was["end"] != now["end"]:
                return None
            keys.add(was["key"].decode())
    return frozenset(keys)
