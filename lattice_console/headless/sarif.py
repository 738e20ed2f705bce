"""Findings as SARIF 2.1.0 (OASIS): the form that code scanning reads."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from lattice_console.contract.models.spec import Finding
from lattice_console.version import __version__

__all__ = ["report"]

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def report(findings: Sequence[Finding]) -> bytes:
    """The log of one run: its rules, and a result for each finding, what is suppressed included."""
    rules = list(dict.fromkeys(finding.rule for finding in findings))
    driver = {
        "name": "lattice",
        "version": __version__,
        "rules": [{"id": rule} for rule in rules],
    }
    numbers = {rule: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, numbers[finding.rule]) for finding in findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2).encode() + b"\n"


def _result(finding: Finding, number: int) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.path)}}
    if finding.line:
        place["region"] = {"startLine": finding.line}
    location: dict[str, Any] = {"physicalLocation": place}
    if finding.pointer:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.pointer}]
    said = "\n".join((finding.rule, finding.path, finding.pointer or "", finding.message))
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": finding.severity,
        "message": {"text": finding.said},
        "locations": [location],
        # The same as long as it says the same of the same place, whichever line that stands on.
        "partialFingerprints": {"lattice/v1": hashlib.sha256(said.encode()).hexdigest()},
    }
    if why := finding.suppressed:
        justification = f"{why.reason} ({why.owner}, until {why.expires})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result
