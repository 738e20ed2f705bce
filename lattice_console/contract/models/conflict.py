"""Conflicts: what stands between a mutation and the head, or between two mutations."""

from typing import Literal

from lattice_console.contract.models.base import Hash, Model, Reference

ConflictType = Literal["concurrent_modification", "dependency_violation", "schema_incompatibility", "file_collision"]
Severity = Literal["error", "warning"]
"""An `error` is for a person to decide; a `warning` merges by itself, and its description says what would become.

A warning about dependencies tells of what may well be meant so.
"""

Remedy = Literal[
    "merge_by_hand",
    "wait_for_the_other",
    "rebase",
    "choose_another_path",
    "drop_the_change",
    "remove_the_dependency",
    "update_the_dependents",
    "modify_instead",
    "update_the_schema",
    "match_the_schema",
    "write_a_schema_migration",
]

Strategy = Literal["manual", "auto_merge", "rebase", "accept_theirs", "accept_ours"]
"""How conflicts are settled: *ours* is the mutation that is resolved, *theirs* what stands there, or the other one."""


class Lines(Model):
    """Neighbouring lines: the first one, from 1, and how many; without lines, the line before which they would be."""

    first: int
    lines: int


class ConflictPlace(Model):
    """Where two sides meet in a document, in the texts of all three; `pointer` is the JSON pointer, where known."""

    pointer: str | None
    base: Lines
    ours: Lines
    theirs: Lines


class Suggestion(Model):
    """Something that can be done about a conflict: a name to act by, and a sentence that says what to do."""

    action: Remedy
    sentence: str


class Conflict(Model):
    """One finding about one document. *ours* is the mutation of that number, *theirs* the other mutation or the head.

    `id` stays the same as long as the two meet in that document in that way; both mutations have it under one id.
    `conflicting_mutations` are the numbers of the others; empty where it is the head, whose `revision` then is the one
    that stands in the way and `revision_mutation` the mutation that made it, if there are such. `base`, `ours` and
    `theirs` are the hashes of the three contents, None where there is no such file; what was made on another base is
    brought to the present one before the two are compared. `places` lists where they meet, in the document's order:
    the places that a person must decide in an error, none where a merge by lines has nothing to say.
    """

    id: str
    type: ConflictType
    severity: Severity
    mutation: int
    path: str
    pointer: str | None
    description: str
    affected_files: tuple[str, ...]
    conflicting_mutations: tuple[int, ...]
    revision: int | None
    revision_mutation: int | None
    resolution_suggestions: tuple[Suggestion, ...]
    places: tuple[ConflictPlace, ...]
    base: Hash | None
    ours: Hash | None
    theirs: Hash | None


class ConflictReport(Model):
    """The conflicts of one mutation, errors first; `errors` of them are for a person."""

    mutation_id: str
    number: int
    conflicts: tuple[Conflict, ...]
    has_conflicts: bool
    conflict_count: int
    errors: int


class ConflictFilter(Model):
    """What a list of conflicts is narrowed to: every given field must hold.

    `path` is a part of the document's path, in any case; `mutation` (its id or number) must be one of the sides, and
    is *ours* in what is listed.
    """

    path: Reference = ""
    type: ConflictType | None = None
    severity: Severity | None = None
    mutation: Reference | None = None


ALL_CONFLICTS = ConflictFilter()
"""Narrows nothing."""
