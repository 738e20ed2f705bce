"""Version numbers after Semantic Versioning 2.0.0 (semver.org): their order, and the next one."""

import re
from typing import Final, NamedTuple

from lattice_console.contract.models.advice import VersionStep

__all__ = ["FIRST", "Number", "read"]

FIRST: Final = "1.0.0"
"""The version that a spec begins with."""

_LIMIT: Final = 100
_VERSION: Final = re.compile(
    r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?"
)


class Number(NamedTuple):
    """A version: three numbers, and the identifiers of a pre-release; what stands behind a plus does not count."""

    major: int
    minor: int
    patch: int
    pre: tuple[str, ...] = ()

    def __str__(self) -> str:
        pre = f"-{'.'.join(self.pre)}" if self.pre else ""
        return f"{self.major}.{self.minor}.{self.patch}{pre}"

    @property
    def rank(self) -> tuple[object, ...]:
        """What versions are ordered by (section 11 of the standard)."""
        identifiers = tuple((0, int(one), "") if one.isdigit() else (1, 0, one) for one in self.pre)
        return (self.major, self.minor, self.patch, not self.pre, identifiers)

    def next(self, step: VersionStep) -> "Number":
        """The version after this one by a step.

        Below 1.0.0, where anything may change, what breaks moves the minor number, and all else the patch. Of a
        pre-release, which may change in any way, the last number moves.
        """
        if self.pre:
            *first, last = self.pre
            pre = (*first, str(int(last) + 1)) if last.isdigit() else (*self.pre, "1")
            return self._replace(pre=pre)
        if self.major == 0:
            step = "minor" if step == "major" else "patch"
        if step == "major":
            return Number(self.major + 1, 0, 0)
        if step == "minor":
            return Number(self.major, self.minor + 1, 0)
        return Number(self.major, self.minor, self.patch + 1)


def read(version: str | None) -> Number | None:
    """A version as a number; None for what is none."""
    match = _VERSION.fullmatch(version) if version is not None and len(version) <= _LIMIT else None
    if match is None:
        return None
    major, minor, patch, pre = match.groups()
    return Number(int(major), int(minor), int(patch), tuple(pre.split(".")) if pre else ())
