"""How the head came to be, step by step."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from lattice_console.contract.models.document import HeadEntry, HeadStep, StepMutation
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import reads
from lattice_console.engine.records import MutationRecord, StepRecord, UserRecord


@reads("documents.steps", may_lag=True)
def steps(ctx: Context, *, after: int, limit: int) -> tuple[HeadStep, ...]:
    records = ctx.tables.documents.steps(ctx.project.id, after, after + limit)
    mutations = ctx.tables.mutations.many({one.mutation_id for one in records if one.mutation_id})
    authors = {mutation.author_id for mutation in mutations.values()}
    people = ctx.tables.people.get(authors.union(record.actor_id for record in records))
    ctx.persons(people)
    return tuple(
        _step(ctx, list(one), mutations, people) for _, one in groupby(records, lambda record: record.sequence)
    )


def _step(
    ctx: Context, records: Sequence[StepRecord], mutations: dict[str, MutationRecord], people: dict[str, UserRecord]
) -> HeadStep:
    first = records[0]
    mutation = mutations[first.mutation_id] if first.mutation_id else None
    back = mutation is not None and first.operation == "rollback"
    return HeadStep(
        sequence=first.sequence,
        operation="baseline" if mutation is None else "rollback" if back else "execution",
        actor=ctx.person(first.actor_id),
        actor_email=people[first.actor_id].email,
        at=first.created_at,
        mutation=_mutation(ctx, mutation, people[mutation.author_id]) if mutation else None,
        reason=_reason(ctx, mutation) if mutation and back else "",
        entries=tuple(_entries(records)),
    )


def _entries(records: Sequence[StepRecord]) -> Iterator[HeadEntry]:
    """Every path that was left or taken, as it is afterwards: what one document left another may have taken."""
    paths: dict[str, str | None] = dict.fromkeys((one.left for one in records if one.left is not None), None)
    paths |= {one.path: one.hash for one in records if one.path is not None}
    for path in sorted(paths):
        yield HeadEntry(path=path, hash=paths[path])


def _mutation(ctx: Context, record: MutationRecord, author: UserRecord) -> StepMutation:
    return StepMutation(
        number=record.number,
        title=record.title,
        description=record.description,
        metadata=dict(record.metadata),
        author=ctx.person(author.id),
        author_email=author.email,
        created_at=record.created_at,
    )


def _reason(ctx: Context, record: MutationRecord) -> str:
    """Why it was rolled back, which happens once."""
    for event in ctx.tables.events.of_subject(ctx.project.id, record.id):
        if event.name == "mutation.rolled_back":
            return str(event.data.get("reason", ""))
    return ""
