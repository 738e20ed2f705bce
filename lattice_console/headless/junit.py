"""Findings as JUnit XML: each document is a test, which fails where something counts against it."""

from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree

from lattice_console.contract.models.document import CheckedDocument
from lattice_console.contract.models.spec import Finding
from lattice_console.text import count, inert

__all__ = ["counts", "report"]

_NO_CHARACTERS: Final = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}
"""What no XML 1.0 may hold, and is no control character."""


def counts(finding: Finding, *, strict: bool) -> bool:
    """Whether a finding makes a check fail: an error, or with `strict` a warning, that is not suppressed."""
    return finding.suppressed is None and (strict or finding.severity == "error")


def report(documents: Sequence[CheckedDocument], *, strict: bool) -> bytes:
    """The XML, in UTF-8. What does not count is output of its test; a test of which all is suppressed is skipped."""
    cases = [_case(document, strict=strict) for document in documents]
    failed, skipped = (sum(case.find(kind) is not None for case in cases) for kind in ("failure", "skipped"))
    numbers = {"tests": str(len(cases)), "failures": str(failed), "errors": "0"}
    suite = ElementTree.Element("testsuite", {"name": "lattice validate", **numbers, "skipped": str(skipped)})
    suite.extend(cases)
    whole = ElementTree.Element("testsuites", {"name": "lattice", **numbers})
    whole.append(suite)
    ElementTree.indent(whole)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(ElementTree.tostring(whole, encoding="utf-8")) + b"\n"


def _case(document: CheckedDocument, *, strict: bool) -> ElementTree.Element:
    case = ElementTree.Element("testcase", name=_text(document.path), classname="lattice")
    counted = [finding for finding in document.findings if counts(finding, strict=strict)]
    others = [finding for finding in document.findings if not counts(finding, strict=strict)]
    if counted:
        told = ElementTree.SubElement(case, "failure", message=count(len(counted), "finding"), type=counted[0].rule)
        told.text = _lines(counted)
    elif others and all(finding.suppressed for finding in others):
        ElementTree.SubElement(case, "skipped", message=f"{len(others)} suppressed")
    if others:
        ElementTree.SubElement(case, "system-out").text = _lines(others)
    return case


def _lines(findings: Sequence[Finding]) -> str:
    return "\n".join(map(_line, findings))


def _line(finding: Finding) -> str:
    where = f"{finding.path}:{finding.line}" if finding.line else finding.path
    told = f"{where}: {finding.severity} ({finding.rule}): {finding.said}"
    return _text(told if finding.suppressed is None else f"{told} {finding.suppressed.said}")


def _text(text: str) -> str:
    return inert(text).translate(_NO_CHARACTERS)
