"""Findings that a project puts up with for a time: the tracked file that says which, until when, why and for whom.

    {"suppressions": [{"rule": "openapi_default", "path": "apis/**/*.yaml", "pointer": "/paths/~1pets/get",
                       "owner": "kim", "reason": "The client needs it until 2.0.", "expires": "2027-01-31"}]}

`path` is a glob; with a `pointer`, what stands there or within it is meant, else the whole of each document. On the day
after `expires` (UTC) it means nothing any more, and is a finding itself. Findings about this file cannot be suppressed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from lattice_console.contract.models.base import check_line
from lattice_console.contract.models.spec import Finding, Suppression
from lattice_console.engine.rules import globs, syntax
from lattice_console.engine.rules.checks.catalogue import RULES, broken
from lattice_console.engine.rules.defects import Defect, placed

__all__ = ["FILE", "LIMIT", "Suppressed", "applied", "check", "read"]

FILE: Final = ".lattice/suppressions.json"
"""The document that says which findings are suppressed."""

LIMIT: Final = 1000
"""How many suppressions there may be."""

_TEXT_LIMIT: Final = 500
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Suppressed:
    """Which findings are meant, and why they are put up with."""

    rule: str
    path: globs.Glob
    pointer: str | None
    why: Suppression

    def means(self, finding: Finding) -> bool:
        """Whether that finding is meant, whatever the day is."""
        if finding.rule != self.rule or not self.path.covers(finding.path):
            return False
        return self.pointer is None or f"{finding.pointer or ''}/".startswith(f"{self.pointer}/")


def read(content: bytes | None) -> tuple[Suppressed, ...]:
    """What the file says, as far as it is right; nothing where there is none. Never raises."""
    entries = _entries(syntax.parse(FILE, content).data) if content else ()
    return tuple(found for _, entry in entries if isinstance(found := _suppressed(entry), Suppressed))


def check(content: bytes, today: date) -> tuple[Finding, ...]:
    """What is wrong with the file on that day. Never raises."""
    parsed = syntax.parse(FILE, content)
    defects = () if parsed.problem else tuple(_defects(parsed.data, today))
    return placed(FILE, content, parsed, defects)


def applied(findings: Sequence[Finding], known: Sequence[Suppressed], today: date) -> tuple[Finding, ...]:
    """The same findings, each that is suppressed on that day with why."""
    by_rule: dict[str, list[Suppressed]] = {}
    for one in known:
        if today <= one.why.expires:
            by_rule.setdefault(one.rule, []).append(one)

    def judged(finding: Finding) -> Finding:
        why = next((one.why for one in by_rule.get(finding.rule, ()) if one.means(finding)), None)
        return finding if why is None or finding.path == FILE else finding.model_copy(update={"suppressed": why})

    return tuple(map(judged, findings)) if by_rule else tuple(findings)


def _entries(data: Any) -> Sequence[tuple[int, Any]]:
    listed = data.get("suppressions") if isinstance(data, dict) else None
    return list(enumerate(listed[:LIMIT])) if isinstance(listed, list) else []


def _defects(data: Any, today: date) -> Iterator[Defect]:
    listed = data.get("suppressions") if isinstance(data, dict) else None
    if not isinstance(listed, list):
        yield broken("suppression", "It lists no suppressions.", "", 'Write {"suppressions": []}, and put them there.')
        return
    if len(listed) > LIMIT:
        message = f"It lists {len(listed):,} suppressions; the first {LIMIT:,} are read."
        yield broken("suppression", message, "/suppressions", "Mend what is suppressed.")
    for index, entry in _entries(data):
        found = _suppressed(entry)
        if isinstance(found, Defect):
            pointer = f"/suppressions/{index}{found.pointer}"
            yield broken(found.rule, found.message, pointer, found.remedy)
        elif found.why.expires < today:
            message = f"It expired on {found.why.expires}: it suppresses nothing any more."
            remedy = f"Mend what it was about, or ask {found.why.owner} to renew it; then take it out."
            yield broken("suppression_expired", message, f"/suppressions/{index}", remedy)


def _suppressed(entry: Any) -> Suppressed | Defect:
    """A suppression, or what is wrong with it, at a pointer within it."""
    if not isinstance(entry, dict):
        return broken(
            "suppression", "It is no object.", "", "Give it a rule, a path, an owner, a reason and an expiry."
        )
    missing = [key for key in ("rule", "path", "owner", "reason", "expires") if key not in entry]
    if missing:
        return broken("suppression", f"It has no {missing[0]}.", "", f"Add {' and '.join(missing)}.")
    for key in ("rule", "path", "owner", "reason", "expires", "pointer"):
        if key in entry and (wrong := _wrong(entry[key], can_be_empty=key == "pointer")):
            return broken("suppression", f"Its {key} {wrong}.", f"/{key}", f"Write another {key}.")
    if entry["rule"] not in RULES:
        return broken("suppression", f"There is no rule {entry['rule']}.", "/rule", "See docs/checks.md for all rules.")
    try:
        path = globs.read(entry["path"])
    except globs.BadGlob as error:
        return broken("suppression", f"Its path {error}.", "/path", error.remedy)
    expires = _day(entry["expires"])
    if expires is None:
        return broken("suppression", "Its expiry is no day.", "/expires", "Write a day as YYYY-MM-DD.")
    why = Suppression(owner=entry["owner"], reason=entry["reason"], expires=expires)
    return Suppressed(entry["rule"], path, entry.get("pointer"), why)


def _wrong(value: Any, *, can_be_empty: bool) -> str:
    if not isinstance(value, str) or not (value.strip() or can_be_empty):
        return "is no text that says something"
    if len(value) > _TEXT_LIMIT:
        return f"has more than {_TEXT_LIMIT} characters"
    try:
        check_line(value)
    except ValueError as error:
        return str(error)
    return ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
