"""What is wrong with a document, and where in its file that stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from lattice_console.contract.models.spec import Finding, Severity
from lattice_console.engine.rules import syntax
from lattice_console.engine.rules.syntax import Parsed

__all__ = ["Defect", "placed"]


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong at a JSON pointer of a document: which rule, what, and how to mend it, each a sentence."""

    rule: str
    message: str
    pointer: str
    severity: Severity = "error"
    remedy: str = ""


def placed(path: str, content: bytes, parsed: Parsed, defects: Sequence[Defect]) -> tuple[Finding, ...]:
    """The defects of the document at a path, each with the line that its pointer leads to, where there is one."""
    spans = syntax.spans(parsed.kind, content, {one.pointer for one in defects}) if defects else {}
    return tuple(
        Finding(
            path=path,
            rule=one.rule,
            severity=one.severity,
            message=one.message,
            pointer=one.pointer,
            line=spans[one.pointer][0] if one.pointer in spans else None,
            remedy=one.remedy,
        )
        for one in defects
    )
