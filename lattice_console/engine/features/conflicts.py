"""Conflicts: reading what is known of them."""

from collections.abc import Sequence

from lattice_console.contract.models.conflict import Conflict, ConflictFilter, ConflictPlace, ConflictReport
from lattice_console.contract.models.page import Page
from lattice_console.engine.features import paging, views
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import reads
from lattice_console.engine.records import ConflictRecord, Window
from lattice_console.engine.rules import conflicts as rules


@reads("conflicts.of", may_lag=True)
def of(ctx: Context, *, mutation: str) -> ConflictReport:
    record = views.find(ctx, mutation)
    found = ctx.tables.conflicts.of(ctx.project.id, [record.number])[record.number]
    listed = sorted(found, key=lambda one: (one.severity, one.path, one.other, one.id))
    return ConflictReport(
        mutation_id=record.id,
        number=record.number,
        conflicts=_models(listed),
        has_conflicts=bool(listed),
        conflict_count=len(listed),
        errors=record.conflicts,
    )


@reads("conflicts.list", may_lag=True)
def listing(ctx: Context, *, filter: ConflictFilter, cursor: str | None, limit: int) -> Page[Conflict]:
    number = views.find(ctx, filter.mutation).number if filter.mutation is not None else None
    window = Window(paging.key(cursor, "conflicts", str, int, str), "next", 0, limit + 1)
    found, total = ctx.tables.conflicts.page(ctx.project.id, filter, number, window)
    listed, more = paging.trim(found, limit, "next")
    last = listed[-1] if listed else None
    return Page(
        items=_models(listed),
        next_cursor=paging.cursor("conflicts", last.path, last.number, last.id) if last and more else None,
        has_more=more,
        total=total,
    )


def _models(records: Sequence[ConflictRecord]) -> tuple[Conflict, ...]:
    return tuple(_model(record) for record in records)


def _model(record: ConflictRecord) -> Conflict:
    facts = record.facts
    return Conflict(
        id=record.id,
        type=record.type,
        severity=record.severity,
        mutation=record.number,
        path=record.path,
        pointer=facts["pointer"],
        description=facts["description"],
        affected_files=tuple(facts["files"]),
        conflicting_mutations=(record.other,) if record.other else (),
        revision=facts["revision"],
        revision_mutation=facts["by"],
        resolution_suggestions=rules.suggestions(facts["remedies"]),
        places=tuple(ConflictPlace.model_validate(place) for place in facts["places"]),
        base=facts["base"],
        ours=facts["ours"],
        theirs=facts["theirs"],
    )
