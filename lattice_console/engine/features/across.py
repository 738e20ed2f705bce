"""What is wrong with documents of the head that only others can tell."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from lattice_console.contract.models.spec import Finding
from lattice_console.engine.features.context import Context
from lattice_console.engine.records import HeadRecord


def findings(ctx: Context, documents: Sequence[HeadRecord]) -> Mapping[str, Sequence[Finding]]:
    """By path, the specs among them that depend on others which are not there."""
    by_id = {document.document_id: document for document in documents}
    records = [record for record in ctx.tables.specs.all(ctx.project.id) if record.document_id in by_id]
    names = ctx.tables.specs.named(ctx.project.id, (wanted for record in records for wanted in record.depends_on))
    found = defaultdict[str, list[Finding]](list)
    for record in records:
        path = by_id[record.document_id or ""].path
        found[path] += [
            Finding(
                path=path,
                rule="depends_on",
                severity="error",
                pointer="/depends_on",
                message=f"It depends on {wanted}, which is no spec here.",
                remedy=f"Add the spec {wanted}, or drop the dependency.",
            )
            for wanted in record.depends_on
            if wanted not in names
        ]
    return found


def missing(ctx: Context, documents: Sequence[HeadRecord]) -> Mapping[str, frozenset[str]]:
    """By path, the files that they refer to by `$ref` and that are not there."""
    by_id = {document.document_id: document for document in documents}
    references = ctx.tables.references.of(ctx.project.id, by_id)
    there = ctx.tables.documents.at_paths(ctx.project.id, {reference.path for reference in references})
    found = defaultdict[str, set[str]](set)
    for reference in references:
        if reference.path not in there:
            found[by_id[reference.document_id].path].add(reference.path)
    return {path: frozenset(files) for path, files in found.items()}
