"""What a mutation makes of the versions of specs, and what its author is advised of."""

from typing import Literal

from lattice_console.contract.models.base import Model

VersionStep = Literal["major", "minor", "patch"]
"""Which number of a version moves (Semantic Versioning 2.0.0): major for what breaks, minor for what is new."""


class VersionReason(Model):
    """One difference between two versions of a spec, at a JSON pointer, and the step that it asks for."""

    step: VersionStep
    pointer: str
    message: str


class SpecVersion(Model):
    """The version of a spec that a mutation changes: `now`, what its result `states`, and what is `proposed`.

    `now` is None for a new spec, `states` for one that goes; `proposed` is None where there is nothing to count from.
    `step` is the largest that the `reasons` ask for, None where the spec says what it said; the largest come first, and
    `further` counts those that are left out. `short` says whether the result states less than is proposed.
    """

    spec: str
    path: str
    now: str | None
    states: str | None
    proposed: str | None
    step: VersionStep | None
    short: bool
    reasons: tuple[VersionReason, ...]
    further: int = 0


class Remark(Model):
    """A piece of advice: which rule gives it, and a sentence. It never holds a mutation back."""

    rule: str
    message: str


class Advice(Model):
    """What a mutation's current patchset makes of versions, and what its author may want to do better."""

    versions: tuple[SpecVersion, ...]
    remarks: tuple[Remark, ...]
