"""What a mutation makes of the versions of specs, and what its author may want to do better."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from lattice_console.contract.models.advice import Advice, Remark, SpecVersion
from lattice_console.engine.features import depending, policing, stored, versioned, views
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import reads
from lattice_console.engine.records import ChangeRecord, MutationRecord
from lattice_console.engine.rules import allowed_files, atomicity, life, secrets
from lattice_console.engine.rules import policy as rules
from lattice_console.engine.rules.globs import Glob


@reads("mutations.advice", may_lag=True)
def advice(ctx: Context, *, mutation: str) -> Advice:
    record = views.find(ctx, mutation)
    changes = stored.of(ctx, record).changes
    found = versioned.versions(ctx, changes)
    several = _of_several(ctx, record, changes)
    of_policy = (*_of_ticket(ctx, record), *_of_versions(record, found))
    return Advice(versions=found, remarks=(*of_policy, *_of_secrets(ctx, changes), *several))


def _of_ticket(ctx: Context, record: MutationRecord) -> Iterable[Remark]:
    if record.status in life.OPEN and (problem := policing.ticket_problem(ctx, record)):
        yield Remark(rule="ticket", message=f"{problem} {rules.TICKET_ADVICE}")


def _of_versions(record: MutationRecord, found: Sequence[SpecVersion]) -> Iterable[Remark]:
    if record.metadata.get(versioned.REASON):
        return
    for one in (one for one in found if one.short):
        advice = f"State it in {one.path}, or say why not: --version-reason R (metadata {versioned.REASON})."
        yield Remark(rule="version", message=f"{versioned.shortfall(one)}. {advice}")


def _of_secrets(ctx: Context, changes: Sequence[ChangeRecord]) -> Iterable[Remark]:
    contents = stored.blobs(ctx, (one.result_hash for one in changes if one.result_hash))
    for one in changes:
        for found in secrets.check(one.result_path, contents[one.result_hash]) if one.result_hash else ():
            where = f"{found.path}:{found.line}" if found.line else found.path
            yield Remark(rule="secret", message=f"{where}: {found.said}")


def _of_several(ctx: Context, record: MutationRecord, changes: Sequence[ChangeRecord]) -> Iterable[Remark]:
    """What is several changes under one title."""
    places = {one.result_path if one.result_hash else one.path: one.result_hash or one.base_hash for one in changes}
    said = {path: one for path, hash in places.items() if (one := depending.said(ctx, path, hash)) is not None}
    specs = {path: one.name for path, one in said.items() if one.name is not None}
    at = {name: path for path, name in specs.items()}
    related = [(path, at.get(need.other, need.other)) for path, one in said.items() for need in one.needs]
    contents = stored.blobs(ctx, [hash for path, hash in places.items() if path in specs and hash])
    for path in specs:
        globs = allowed_files.read(path, contents[places[path] or ""])
        related += [(path, other) for other in _covered(places, globs)]
    # All that the mutation's spec governs is one subject.
    own = _covered(places, policing.allowed(ctx, record.spec_name))
    related += pairwise(own)
    advised = atomicity.advise(places.keys(), specs, related)
    return [Remark(rule="atomicity", message=advised)] if advised else []


def _covered(paths: Iterable[str], globs: Sequence[Glob] | None) -> list[str]:
    return [path for path in paths if any(glob.covers(path) for glob in globs or ())]
