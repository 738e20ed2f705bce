"""The one diff and the one merge: pure functions on bytes, which know no project and no file."""

from lattice_console.merge.merging import (
    Conflict,
    MergeResult,
    Proposal,
    Range,
    Rejection,
    RepeatedKey,
    Unmergeable,
    three_way,
)

__all__ = ["Conflict", "MergeResult", "Proposal", "Range", "Rejection", "RepeatedKey", "Unmergeable", "three_way"]
