"""The policy in force: what the documents that hold it say, and the version they make together.

A policy that cannot be read, in whole or in part, must approve nothing: every defect is a text, and no key falls
back to a default because its value is wrong.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import eq
from typing import Any, Final, NamedTuple

from lattice_console.contract.models.project import ProposalPolicy, ReviewPolicy, VersionPolicy, Vote
from lattice_console.contract.variables import variables
from lattice_console.engine.rules import hashes, syntax
from lattice_console.engine.rules.patterns import PatternError, compile_pattern

__all__ = [
    "CODE_REVIEW",
    "COLLABORATION",
    "MOST_REVIEWERS",
    "PLACES",
    "TICKET",
    "TICKET_ADVICE",
    "PolicyReading",
    "is_policy",
    "read",
    "ticket_problem",
    "version",
]

CODE_REVIEW = ".lattice/workflows/code-review.json"
"""The document with `review_requirements`."""

COLLABORATION = ".lattice/collaboration/spec-collaboration.json"
"""The document with `version_control`."""

MOST_REVIEWERS = 50
"""The most reviewers that a policy may ask for. The least is 1: none would approve whatever is submitted."""

_CONFIG = ".lattice/config.json"
_FOLDERS = (".lattice/workflows/", ".lattice/team/")
_APPROVALS: tuple[Vote, ...] = ("approve", "approve_with_suggestions")

TICKET = "ticket_id"
"""The key of a mutation's metadata that names its ticket."""

TICKET_ADVICE = f"Name one with --ticket T (metadata {TICKET})."
"""What to do about a ticket that is missing or wrong."""

_TICKET_LIMIT = 200
"""How many characters of a ticket a pattern is held against."""

PLACES: Final = (_CONFIG, COLLABORATION, *_FOLDERS)
"""The documents, and the folders of such, that are the policy."""


class PolicyReading(NamedTuple):
    """What the documents of a policy say together; with `errors` the rest are defaults."""

    review: ReviewPolicy = ReviewPolicy()
    proposals: ProposalPolicy = ProposalPolicy()
    versions: VersionPolicy = VersionPolicy()
    errors: tuple[str, ...] = ()


def is_policy(path: str) -> bool:
    """Whether a document is part of the policy: configuration, workflows, the team's files, and how specs are kept."""
    return path in (_CONFIG, COLLABORATION) or path.startswith(_FOLDERS)


def version(entries: Iterable[tuple[str, str]]) -> str:
    """The policy's version: SHA-256, in hex, over canonical JSON of its documents' sorted (path, content hash)."""
    return hashes.digest(hashes.canonical(sorted(entries)).encode())


def ticket_problem(wanted: ProposalPolicy, ticket: Any) -> str | None:
    """What is wrong with a mutation's ticket, as a sentence; None where nothing is."""
    if not wanted.require_ticket:
        return None
    pattern = wanted.ticket_pattern
    if not isinstance(ticket, str) or not ticket.strip():
        form = f" of the form {pattern}" if pattern else ""
        return f"A mutation needs a ticket{form} here, and this one names none."
    if pattern is None or (len(ticket) <= _TICKET_LIMIT and _whole(pattern, ticket)):
        return None
    return f"The ticket {_shown(ticket)} does not fit {pattern}."


def _whole(pattern: str, text: str) -> bool:
    """Whether a pattern fits a text from its beginning to its end; in time that is linear, so nothing is counted."""
    return compile_pattern(f"^(?:{pattern})$").search(text, lambda _: None)


def read(documents: Mapping[str, bytes]) -> PolicyReading:
    """What the policy's documents (path to bytes) ask, and what is wrong with them.

    Documents that are no policy are not looked at; keys that nothing reads yet are accepted. With errors the policy is
    the default one and must not be used to approve anything. Errors name the file, the key and what is allowed.
    """
    errors: list[str] = []
    found = {}
    for path in sorted(filter(is_policy, documents)):
        parsed = syntax.parse(path, documents[path])
        if parsed.problem:
            where = f", line {parsed.problem.line}" if parsed.problem.line else ""
            errors.append(f"{path}{where}: {parsed.problem.message}")
        elif parsed.kind in ("json", "yaml") and not isinstance(parsed.data, dict):
            errors.append(f"{path}: is {_shown(parsed.data)}; it must be an object of keys and values.")
        else:
            found[path] = parsed.data
    reading = PolicyReading(
        _review_requirements(_Keys(found, CODE_REVIEW, "review_requirements", errors)),
        _proposals(_Keys(found, _CONFIG, "workflows", errors)),
        _versions(_Keys(found, COLLABORATION, "version_control", errors)),
    )
    return PolicyReading(errors=tuple(errors)) if errors else reading


class _Keys:
    """An object under a key of one of the documents; what is wrong in it is told as an error."""

    def __init__(self, documents: Mapping[str, Any], path: str, key: str, errors: list[str]) -> None:
        self._place, self._errors = f"{path}: {key}", errors
        document = documents.get(path)
        found = document.get(key, {}) if isinstance(document, dict) else {}
        if not isinstance(found, dict):
            errors.append(f"{self._place} is {_shown(found)}; it must be an object.")
        self._found: dict[str, Any] = found if isinstance(found, dict) else {}

    def take(self, key: str, otherwise: Any, allowed: str, valid: Callable[[Any], bool]) -> Any:
        """The value of a key, or what holds where there is none, or a wrong one."""
        value = self._found.get(key, otherwise)
        if key in self._found and not valid(value):
            self._errors.append(f"{self._place}.{key} is {_shown(value)}; it must be {allowed}.")
            return otherwise
        return value

    def flag(self, key: str) -> bool:
        """What is true or false, and false where nothing says."""
        return bool(self.take(key, False, "true or false", lambda value: isinstance(value, bool)))


def _review_requirements(keys: _Keys) -> ReviewPolicy:
    defaults = ReviewPolicy()
    reviewers = keys.take(
        "min_reviewers",
        defaults.min_reviewers,
        f"a whole number from 1 to {MOST_REVIEWERS}",
        lambda value: type(value) is int and 1 <= value <= MOST_REVIEWERS,
    )
    comments = keys.flag("require_comments")
    types = keys.take(
        "approval_types",
        list(defaults.approval_types),
        f"a list of one or more of {', '.join(_APPROVALS)}",
        lambda value: isinstance(value, list) and bool(value) and all(one in _APPROVALS for one in value),
    )
    return ReviewPolicy(min_reviewers=reviewers, require_comments=comments, approval_types=tuple(dict.fromkeys(types)))


def _proposals(keys: _Keys) -> ProposalPolicy:
    pattern = keys.take("ticket_pattern", None, "a regular expression, such as [A-Z]+-[0-9]+", _is_pattern)
    return ProposalPolicy(require_ticket=keys.flag("require_ticket"), ticket_pattern=pattern)


def _is_pattern(value: Any) -> bool:
    try:
        # A policy is the same on every machine: nothing of it comes from the environment.
        return isinstance(value, str) and not any(variables(value)) and bool(compile_pattern(f"^(?:{value})$"))
    except PatternError:
        return False


def _versions(keys: _Keys) -> VersionPolicy:
    for key, meant in (
        ("major_version_threshold", "breaking_changes"),
        ("minor_version_threshold", "new_requirements"),
    ):
        keys.take(key, meant, f'"{meant}"', partial(eq, meant))
    return VersionPolicy(auto_version=keys.flag("auto_version"), comment_required=keys.flag("comment_required"))


def _shown(value: Any) -> str:
    """A value as an error shows it: JSON on one line of ASCII, cut where it is long."""
    written = json.dumps(value)
    return written if len(written) <= 60 else f"{written[:57]}..."
