"""Names that are near to one that nobody has: for what was mistyped."""

from collections.abc import Collection, Iterable

__all__ = ["edits", "known_are"]

_LONG = 100
"""Characters of a name that are compared."""

_SEVERAL = 6


def edits(one: str, other: str) -> int:
    """Characters to insert, delete or replace until both are the same (Wagner and Fischer)."""
    row = list(range(len(other) + 1))
    for at, char in enumerate(one, 1):
        above = row
        row = [at]
        for column, against in enumerate(other, 1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (char != against)))
    return row[-1]


def known_are(name: str, known: Iterable[str]) -> str:
    """`known are ana, raj`: some of the names there are, the nearest first; empty where there is none."""
    names: Collection[str] = {*known}
    wanted = name.casefold()[:_LONG]
    near = sorted(names, key=lambda one: (edits(wanted, one.casefold()[:_LONG]), one))
    more = f" and {len(near) - _SEVERAL} more" if len(near) > _SEVERAL else ""
    return f"known are {', '.join(near[:_SEVERAL])}{more}" if near else ""
