"""What stands between a mutation and the head, or between two mutations, as findings in words.

Whether something does is for `resolution` to say, which also settles it. *ours* is the mutation that is asked about,
*theirs* the other mutation or the head, everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from lattice_console.contract.models.conflict import (
    ConflictPlace,
    ConflictType,
    Lines,
    Remedy,
    Severity,
    Suggestion,
)
from lattice_console.contract.models.mutation import Operation
from lattice_console.engine.rules.resolution import Open, Outcome
from lattice_console.merge.merging import MergeResult, Range


class Edit(NamedTuple):
    """A change of a mutation, with the hashes of the bytes before and after it."""

    operation: Operation
    path: str
    new_path: str | None
    base: str | None
    result: str | None


class Standing(NamedTuple):
    """What a change meets: where that stands and the hash of its bytes, None where it is gone.

    `by` names it in a sentence, `revision` and `mutation` are its numbers where it is one.
    """

    path: str | None
    hash: str | None
    by: str
    revision: int | None = None
    mutation: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A conflict as it is found; `remedies` can be acted on, `base`, `ours` and `theirs` are hashes.

    `about` is what it is known by among those of its type, where that is not its document alone.
    """

    type: ConflictType
    severity: Severity
    path: str
    description: str
    files: tuple[str, ...]
    remedies: tuple[Remedy, ...]
    standing: Standing
    places: tuple[ConflictPlace, ...] = ()
    base: str | None = None
    ours: str | None = None
    about: str = ""

    @property
    def pointer(self) -> str | None:
        """The pointer of the first place that has one."""
        return next((place.pointer for place in self.places if place.pointer is not None), None)


def with_head(edit: Edit, now: Standing, outcome: Outcome, *, barred: bool) -> Finding:
    """What is to be said of a change whose document is no longer what it was made on, or whose path is `barred`."""
    collides = barred or edit.operation == "create"
    is_open = isinstance(outcome, Open)
    target = edit.new_path or edit.path
    said = outcome.why if isinstance(outcome, Open) else outcome.how
    merge = outcome.merge if isinstance(outcome, Open) else None
    breaks = merge is not None and merge.rejected is not None and merge.rejected.reason == "invalid"
    return Finding(
        type="file_collision" if collides else "schema_incompatibility" if breaks else "concurrent_modification",
        severity="error" if is_open else "warning",
        path=target if collides else edit.path,
        description=f"{target if collides else edit.path}: {said} (against {now.by}).",
        files=tuple(dict.fromkeys(path for path in (edit.path, target, now.path) if path is not None)),
        remedies=_remedies(edit, collides=collides, breaks=breaks) if is_open else ("rebase",),
        standing=now,
        places=places(merge),
        base=edit.base,
        ours=edit.result,
    )


def with_other(found: Finding) -> Finding:
    """The same, where what is met is what another mutation would make."""
    if found.severity == "warning":
        return replace(found, remedies=("wait_for_the_other",))
    return replace(found, remedies=(found.remedies[0], "wait_for_the_other", *found.remedies[1:]))


def _remedies(edit: Edit, *, collides: bool, breaks: bool) -> tuple[Remedy, ...]:
    if breaks:
        return ("match_the_schema", "update_the_schema", "write_a_schema_migration", "merge_by_hand")
    if collides:
        return ("choose_another_path", "merge_by_hand", "drop_the_change")
    if edit.operation == "delete":
        return ("modify_instead", "merge_by_hand", "drop_the_change")
    return ("merge_by_hand", "drop_the_change")


def places(merge: MergeResult | None) -> tuple[ConflictPlace, ...]:
    """Where a merge needs a decision."""
    return tuple(
        ConflictPlace(
            pointer=one.pointer,
            base=_lines(one.base_lines),
            ours=_lines(one.our_lines),
            theirs=_lines(one.their_lines),
        )
        for one in (merge.conflicts if merge else ())
    )


def _lines(found: Range) -> Lines:
    return Lines(first=found.first, lines=found.lines)


_SENTENCES: dict[Remedy, str] = {
    "merge_by_hand": "Merge the two by hand, into a new patchset.",
    "wait_for_the_other": "Wait until the other one is executed or withdrawn, then bring this one up to date.",
    "rebase": "Rebase this one on what stands there now.",
    "choose_another_path": "Choose another path in a new patchset.",
    "drop_the_change": "Leave this file out of the mutation.",
    "remove_the_dependency": "Remove the dependency first.",
    "update_the_dependents": "Update what depends on it along with this one.",
    "modify_instead": "Modify the document instead of deleting it.",
    "update_the_schema": "Update the schema so that it allows the result.",
    "match_the_schema": "Change the document so that it fits the schema.",
    "write_a_schema_migration": "Write a migration from the old schema to the new one.",
}


def suggestions(remedies: Sequence[Remedy]) -> tuple[Suggestion, ...]:
    """What can be done, each with what to do."""
    return tuple(Suggestion(action=one, sentence=_SENTENCES[one]) for one in remedies)
