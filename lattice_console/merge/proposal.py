"""What the structured layer says of a conflict."""

from dataclasses import dataclass

__all__ = ["Proposal"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could stand in the place of a conflict, and what it brings to ours; without a `text`, why only a person can
    tell.
    """

    text: bytes | None
    reasons: tuple[str, ...]
