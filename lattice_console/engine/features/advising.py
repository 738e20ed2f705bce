"""What a mutation makes of the versions of specs, and what its author may want to do better."""

from collections.abc import Iterable, Sequence

from lattice_console.contract.models.advice import Advice, Remark, SpecVersion
from lattice_console.engine.features import stored, views
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import reads
from lattice_console.engine.records import ChangeRecord, MutationRecord
from lattice_console.engine.rules.versioning.comparing import compare, version_of

REASON = "version_reason"
"""The key of a mutation's metadata that says why its versions are less than is proposed."""


@reads("mutations.advice", may_lag=True)
def advice(ctx: Context, *, mutation: str) -> Advice:
    record = views.find(ctx, mutation)
    found = versions(ctx, stored.of(ctx, record).changes)
    return Advice(versions=found, remarks=tuple(_of_versions(record, found)))


def _of_versions(record: MutationRecord, found: Sequence[SpecVersion]) -> Iterable[Remark]:
    if record.metadata.get(REASON):
        return
    for one in (one for one in found if one.short):
        states = f"states {one.states}" if one.states else "states no version"
        why = f": {one.reasons[0].message}" if one.reasons else ""
        message = (
            f"{one.spec} {states}, and {one.proposed} is proposed{why}. "
            f"State {one.proposed} in {one.path}, or say why not: --version-reason R"
        )
        yield Remark(rule="version", message=message)


def versions(ctx: Context, changes: Sequence[ChangeRecord]) -> tuple[SpecVersion, ...]:
    """What changes ask of the versions of the specs among them."""
    keys = [(one.path, one.new_path, one.base_hash, one.result_hash) for one in changes]
    known = {key: ctx.around.versions.get(key) for key in keys}
    unknown = [key for key, found in known.items() if found is None]
    contents = stored.blobs(ctx, (hash for *_, base, result in unknown for hash in (base, result) if hash))
    for path, new_path, base, result in unknown:
        one = compare(path, contents[base] if base else None, contents[result] if result else None, new_path)
        known[path, new_path, base, result] = found = (one,) if one else ()
        ctx.around.versions.put((path, new_path, base, result), found)
    return tuple(one for key in keys for one in known[key] or ())


def stated(ctx: Context, documents: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str | None]:
    """The versions that documents of those paths and hashes state as specs."""
    known = {key: ctx.around.stated.get(key) for key in documents}
    unknown = [key for key, found in known.items() if found is None]
    contents = stored.blobs(ctx, (hash for _, hash in unknown))
    for path, hash in unknown:
        known[path, hash] = found = (version_of(path, contents[hash]),)
        ctx.around.stated.put((path, hash), found)
    return {key: found[0] for key, found in known.items() if found is not None}
