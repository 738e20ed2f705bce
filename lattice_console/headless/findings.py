"""What checks found: as a table, as JSON, as reports for other tools, and what a script learns from it."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.document import CheckedDocument
from lattice_console.contract.models.spec import Finding
from lattice_console.headless import junit, sarif
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import Session
from lattice_console.headless.style import Role
from lattice_console.headless.table import Column
from lattice_console.text import count

__all__ = ["COLUMNS", "reports", "tell"]

F = TypeVar("F", bound=Callable[..., Any])

_ROLES: dict[str, Role] = {"error": "bad", "warning": "warning", "suppressed": "muted"}

COLUMNS: Sequence[Column[Finding]] = (
    Column("WHERE", lambda row: f"{row.path}:{row.line}" if row.line else row.path),
    Column("SEVERITY", lambda row: _severity(row), role=lambda row: _ROLES[_severity(row)]),
    Column("RULE", lambda row: row.rule),
    Column("MESSAGE", lambda row: f"{row.pointer}: {row.message}" if row.pointer else row.message),
    Column("REMEDY", lambda row: row.suppressed.said if row.suppressed is not None else row.remedy),
)


def reports(function: F) -> F:
    """`--output table|json|ndjson|junit|sarif`, and `--junit FILE`, which the command gets as `junit_file`."""
    function = click.option(
        "--junit",
        "junit_file",
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Also write JUnit XML to this file, such as test-results.xml.",
    )(function)
    return click.option(
        "-o",
        "--output",
        type=click.Choice(["table", "json", "ndjson", "junit", "sarif"]),
        default="table",
        help="table for people; json, ndjson for scripts; junit: XML of tests; sarif: SARIF 2.1.0 for code scanning.",
        expose_value=False,
        is_eager=True,
        callback=_remember_shape,
    )(function)


def _remember_shape(ctx: click.Context, param: click.Parameter, value: str) -> None:
    session = ctx.find_object(Session)
    if session is not None:
        session.output.shape = value  # type: ignore[assignment] # click.Choice lets only the shapes through


def tell(
    session: Session, documents: Sequence[CheckedDocument], *, strict: bool, junit_file: Path | None, nothing: str
) -> Exit:
    """Print what was found in the shape that was asked for; with `strict` warnings count as errors do.

    `nothing` is the narration where nothing was found. What is suppressed is told and does not count.
    """
    output = session.output
    findings = [finding for document in documents for finding in document.findings]
    if junit_file is not None:
        _write(session.start / junit_file, junit.report(documents, strict=strict))
    if output.shape == "junit":
        output.raw(junit.report(documents, strict=strict))
    elif output.shape == "sarif":
        output.raw(sarif.report(findings))
    else:
        facts = {"total": len(findings), "documents": len(documents), **_numbers(findings)}
        output.many(findings, COLUMNS, empty=nothing, facts=facts)
    if findings and output.shape in ("table", "junit", "sarif"):
        output.say(_summary(findings, len(documents)))
    return Exit.FINDINGS if any(junit.counts(finding, strict=strict) for finding in findings) else Exit.OK


def _summary(findings: Sequence[Finding], documents: int) -> str:
    numbers = _numbers(findings)
    told = [count(numbers[f"{kind}s"], kind) for kind in ("error", "warning") if numbers[f"{kind}s"]]
    if numbers["suppressed"]:
        told.append(f"{numbers['suppressed']} suppressed")
    wrong = len({finding.path for finding in findings})
    return f"{', '.join(told)} in {wrong} of {count(documents, 'document')}."


def _numbers(findings: Iterable[Finding]) -> dict[str, int]:
    said = [_severity(finding) for finding in findings]
    return {name: said.count(of) for name, of in (("errors", "error"), ("warnings", "warning"), ("suppressed",) * 2)}


def _severity(finding: Finding) -> str:
    return "suppressed" if finding.suppressed is not None else finding.severity


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise ValidationFailed("VAL_FILE", f"{file} cannot be written: {error.strerror}.", field="junit") from None
