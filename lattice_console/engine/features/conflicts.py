"""Conflicts: reading what is known of them."""

from lattice_console.contract.models.conflict import Conflict, ConflictFilter, ConflictReport
from lattice_console.contract.models.page import Page
from lattice_console.engine.features import paging, views
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import reads
from lattice_console.engine.records import Window


@reads("conflicts.of", may_lag=True)
def of(ctx: Context, *, mutation: str) -> ConflictReport:
    record = views.find(ctx, mutation)
    found = ctx.tables.conflicts.of(ctx.project.id, [record.number])[record.number]
    listed = sorted(found, key=lambda one: (one.severity, one.path, one.other, one.id))
    return ConflictReport(
        mutation_id=record.id,
        number=record.number,
        conflicts=tuple(map(views.conflict, listed)),
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
        items=tuple(map(views.conflict, listed)),
        next_cursor=paging.cursor("conflicts", last.path, last.number, last.id) if last and more else None,
        has_more=more,
        total=total,
    )
