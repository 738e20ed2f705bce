"""Which findings the project puts up with, as its head says."""

from collections.abc import Sequence

from lattice_console.contract.models.spec import Finding
from lattice_console.engine.features.context import Context
from lattice_console.engine.rules import suppressions as rules


def known(ctx: Context) -> tuple[rules.Suppressed, ...]:
    """The suppressions of the head, whether they are in force or not."""
    document = ctx.tables.documents.at_paths(ctx.project.id, [rules.FILE]).get(rules.FILE)
    return rules.read(ctx.tables.documents.blobs([document.hash])[document.hash]) if document else ()


def applied(ctx: Context, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same findings, each that is suppressed today with why."""
    return rules.applied(findings, known(ctx), ctx.now.date()) if findings else ()
