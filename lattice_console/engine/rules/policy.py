"""The policy in force: what the documents that hold it say, and the version they make together.

A policy that cannot be read, in whole or in part, must approve nothing: every defect is a text, and no key falls
back to a default because its value is wrong.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from lattice_console.contract.models.project import ReviewPolicy, Vote
from lattice_console.engine.rules import hashes, syntax

__all__ = ["CODE_REVIEW", "MOST_REVIEWERS", "is_policy", "read", "version"]

CODE_REVIEW = ".lattice/workflows/code-review.json"
"""The document with `review_requirements`."""

MOST_REVIEWERS = 50
"""The most reviewers that a policy may ask for. The least is 1: none would approve whatever is submitted."""

_CONFIG = ".lattice/config.json"
_FOLDERS = (".lattice/workflows/", ".lattice/team/")
_APPROVALS: tuple[Vote, ...] = ("approve", "approve_with_suggestions")


def is_policy(path: str) -> bool:
    """Whether a document is part of the policy: the configuration, the workflows and the team's files."""
    return path == _CONFIG or path.startswith(_FOLDERS)


def version(entries: Iterable[tuple[str, str]]) -> str:
    """The policy's version: SHA-256, in hex, over canonical JSON of its documents' sorted (path, content hash)."""
    return hashes.digest(hashes.canonical(sorted(entries)).encode())


def read(documents: Mapping[str, bytes]) -> tuple[ReviewPolicy, tuple[str, ...]]:
    """What the policy's documents (path to bytes) ask of a review, and what is wrong with them.

    Documents that are no policy are not looked at; keys that nothing reads yet are accepted. With errors the policy is
    the default one and must not be used to approve anything. Errors name the file, the key and what is allowed.
    """
    errors: list[str] = []
    review = ReviewPolicy()
    for path in sorted(filter(is_policy, documents)):
        parsed = syntax.parse(path, documents[path])
        if parsed.problem:
            where = f", line {parsed.problem.line}" if parsed.problem.line else ""
            errors.append(f"{path}{where}: {parsed.problem.message}")
        elif parsed.kind in ("json", "yaml") and not isinstance(parsed.data, dict):
            errors.append(f"{path}: is {_shown(parsed.data)}; it must be an object of keys and values.")
        elif path == CODE_REVIEW:
            review = _review_requirements(parsed.data, errors)
    return (ReviewPolicy() if errors else review), tuple(errors)


def _review_requirements(document: Mapping[str, Any], errors: list[str]) -> ReviewPolicy:
    found = len(errors)
    wanted = document.get("review_requirements", {})
    if not isinstance(wanted, dict):
        errors.append(f"{CODE_REVIEW}: review_requirements is {_shown(wanted)}; it must be an object.")
        return ReviewPolicy()

    def take(key: str, allowed: str, *, valid: bool) -> None:
        if not valid:
            errors.append(f"{CODE_REVIEW}: review_requirements.{key} is {_shown(wanted[key])}; it must be {allowed}.")

    defaults = ReviewPolicy()
    reviewers = wanted.get("min_reviewers", defaults.min_reviewers)
    take(
        "min_reviewers",
        f"a whole number from 1 to {MOST_REVIEWERS}",
        valid=type(reviewers) is int and 1 <= reviewers <= MOST_REVIEWERS,
    )
    comments = wanted.get("require_comments", defaults.require_comments)
    take("require_comments", "true or false", valid=isinstance(comments, bool))
    types = wanted.get("approval_types", list(defaults.approval_types))
    take(
        "approval_types",
        f"a list of one or more of {', '.join(_APPROVALS)}",
        valid=isinstance(types, list) and bool(types) and all(one in _APPROVALS for one in types),
    )
    if len(errors) > found:
        return defaults
    return ReviewPolicy(min_reviewers=reviewers, require_comments=comments, approval_types=tuple(dict.fromkeys(types)))


def _shown(value: Any) -> str:
    """A value as an error shows it: JSON on one line of ASCII, cut where it is long."""
    written = json.dumps(value)
    return written if len(written) <= 60 else f"{written[:57]}..."
