"""The validity gate: what git merges without a conflict, and is still no sound document.

A clean merge of JSON or YAML, or of Markdown with front matter, has to parse and to repeat no key, as far as its sides
did; and to satisfy whatever rule the caller brings. Real documents, merged cleanly by lines, repeat a key in about one
of two hundred merges: both sides added it, in different places.

Reading is bounded by the limits of `merge.reading`, and needs no deadline: of 60 hostile documents of 10 MB none kept
libyaml or json for more than 2 s on one core of 2026. A clean merge is read once; a rejected one, with what there is to
decide instead, took 9 s at the worst, and a document of 100 KB takes a hundredth of that.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

# It brings a YAML reader, which the console's first frame does not wait for.
if TYPE_CHECKING:
    from lattice_console.merge.keys import Repeated
    from lattice_console.merge.reading import Unreadable

__all__ = ["Gate", "Rejection", "RepeatedKey", "Valid"]

Valid = Callable[[bytes], Sequence[str]]
"""Says what is wrong with a document, such as violations of a schema: nothing, or a sentence for each."""

_TOLD: Final = 3
"""How many of several keys or violations a message names."""

_INDEX: Final = re.compile(r"/\d+(?=/)")


class RepeatedKey(NamedTuple):
    """A key that stands more than once in one mapping: its JSON pointer, and all its lines, from 1.

    Also an anchor that stands more than once in a document: `&` and its name.
    """

    pointer: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a clean merge by lines, whose text is `content`, is not taken.

    `unreadable`: it does not parse, although both sides do, or nobody can tell within the limits; `line` says where, if
    that is known. `repeated_key`: it repeats `keys` more often than any side. `invalid`: it has `violations`, of what
    the caller asks of a document, which no side has. Lines are those of `content`.
    """

    reason: Literal["unreadable", "repeated_key", "invalid"]
    message: str
    content: bytes
    line: int | None = None
    keys: tuple[RepeatedKey, ...] = ()
    violations: tuple[str, ...] = ()


class Gate:
    """Judges merges of three sides by what these themselves are."""

    def __init__(self, base: bytes, ours: bytes, theirs: bytes, path: str | None, valid: Valid | None) -> None:
        self._sides = base, ours, theirs
        self._path = path
        self._valid = valid

    def rejection(self, merged: bytes) -> Rejection | None:
        """Why a clean merge is not to be taken; None for one that is sound, or as sound as its sides are."""
        from lattice_console.merge.reading import BeyondLimits, Unreadable
        from lattice_console.merge.values import replaced_values

        base, ours, theirs = self._sides
        if replaced_values(self._path, base, theirs) is None and replaced_values(self._path, base, ours) is None:
            read = self._read(merged)
            if isinstance(read, Unreadable):
                if isinstance(read, BeyondLimits) or all(isinstance(side, dict) for side in self._read_sides):
                    return _unreadable(merged, read)
                # It was broken before it was merged, and what nobody can read has nothing to be judged by.
                return None
            if keys := self._new_keys(read or {}):
                return _repeated(merged, keys)
        if violations := self._new_violations(merged):
            return _invalid(merged, violations)
        return None

    def _read(self, content: bytes) -> "Repeated | Unreadable | None":
        from lattice_console.merge.keys import repeated_in
        from lattice_console.merge.reading import Unreadable

        try:
            return repeated_in(self._path, content)
        except Unreadable as error:
            return error

    @cached_property
    def _read_sides(self) -> "tuple[Repeated | Unreadable | None, ...]":
        """What both sides repeat; what the base alone does, neither of them has kept."""
        _, ours, theirs = self._sides
        return self._read(ours), self._read(theirs)

    def _new_keys(self, merged: "Repeated") -> list[RepeatedKey]:
        """The keys that stand more often in the merge than in any side that can be read."""
        if not merged:
            return []
        before = Counter[str]()
        for side in self._read_sides:
            if isinstance(side, dict):
                before |= _surplus(side)
        worse = _surplus(merged) - before
        return [RepeatedKey(key, tuple(lines)) for key, lines in merged.items() if _anywhere(key) in worse]

    def _new_violations(self, merged: bytes) -> list[str]:
        """What is wrong with the merge, and with none of the sides."""
        if self._valid is None or not (found := self._valid(merged)):
            return []
        before = {violation for side in self._sides for violation in self._valid(side)}
        return [violation for violation in found if violation not in before]


def _surplus(repeated: "Repeated") -> Counter[str]:
    """How often keys stand where they should not; an item of a list may have moved, so that any item counts."""
    surplus = Counter[str]()
    for pointer, lines in repeated.items():
        surplus[_anywhere(pointer)] += len(lines) - 1
    return surplus


def _anywhere(pointer: str) -> str:
    return _INDEX.sub("/*", pointer)


def _unreadable(merged: bytes, read: "Unreadable") -> Rejection:
    at = f" (line {read.line})" if read.line else ""
    return Rejection("unreadable", f"merged line by line, it cannot be read{at}: {read.reason}", merged, line=read.line)


def _repeated(merged: bytes, keys: Sequence[RepeatedKey]) -> Rejection:
    told = [f"{key.pointer} in lines {', '.join(f'{line:,}' for line in key.lines)}" for key in keys]
    what = "an anchor" if all(key.pointer.startswith("&") for key in keys) else "a key"
    return Rejection("repeated_key", f"merged line by line, it repeats {what}: {_some(told)}", merged, keys=tuple(keys))


def _invalid(merged: bytes, violations: Sequence[str]) -> Rejection:
    message = f"merged line by line, it breaks a rule that each side keeps: {_some(violations)}"
    return Rejection("invalid", message, merged, violations=tuple(violations))


def _some(told: Sequence[str]) -> str:
    more = f"; and {len(told) - _TOLD:,} more" if len(told) > _TOLD else ""
    return "; ".join(told[:_TOLD]) + more
