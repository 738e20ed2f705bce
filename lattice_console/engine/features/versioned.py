"""The versions of specs: what changes ask of them, and writing what is proposed."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from lattice_console.contract.models.advice import SpecVersion
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.engine.features import policy as policies
from lattice_console.engine.features import proposals, stored, views
from lattice_console.engine.features.context import Context
from lattice_console.engine.records import ChangeRecord, ParentRecord
from lattice_console.engine.rules import hashes
from lattice_console.engine.rules.versioning.comparing import compare, version_of
from lattice_console.engine.rules.versioning.stating import restating

REASON = "version_reason"
"""The key of a mutation's metadata that says why its versions are less than is proposed."""


def shortfall(one: SpecVersion) -> str:
    """What a spec's version lacks, without a full stop."""
    states = f"states {one.states}" if one.states else "states no version"
    why = f": {one.reasons[0].message}" if one.reasons else ""
    return f"{one.spec} {states}, and {one.proposed} is proposed{why}"


class Written(NamedTuple):
    """Documents with the versions that are proposed, by path, and a sentence that says so."""

    contents: dict[str, bytes]
    message: str


def written(ctx: Context, changes: Sequence[ChangeRecord]) -> Written | None:
    """The results of changes with the proposed versions in the place of those that their author left alone."""
    found, told = {}, []
    for change in changes:
        for one in versions(ctx, [change]):
            if change.result_hash and one.proposed and one.short and one.states == one.now:
                content = _restated(ctx, change, one, change.result_hash, one.proposed)
                if content is not None:
                    found[one.path] = content
                    told.append(f"{one.spec} states {one.proposed}: {one.reasons[0].message if one.reasons else ''}")
    return Written(found, "; ".join(told)) if found else None


def _restated(ctx: Context, change: ChangeRecord, one: SpecVersion, hash: str, version: str) -> bytes | None:
    """The result of a change with a version in the place of its own; what that asks for is known then, too."""
    content, known = stored.blobs(ctx, [hash])[hash], ctx.around.splices.get((one.path, hash, version))
    if known is None:
        known = (restating(one.path, content, version),)
        ctx.around.splices.put((one.path, hash, version), known)
    [splice] = known
    if splice is None:
        return None
    after = splice.done(content)
    key = (change.path, change.new_path, change.base_hash, hashes.digest(after))
    ctx.around.versions.put(key, (one.model_copy(update={"states": version, "short": False}),))
    return after


def foresee_new(ctx: Context, *, changes: Sequence[ChangeInput], parents: Sequence[str], **_: Any) -> None:
    """Find out what proposing those changes has to know of versions, and what is wrong with the large: it is kept."""
    if changes and (_are_asked_for(ctx) or proposals.are_large(changes)):
        _foresee(ctx, changes, proposals.resolve_parents(ctx, parents))


def foresee_changed(
    ctx: Context, *, mutation: str, changes: Sequence[ChangeInput] | None, parents: Sequence[str] | None, **_: Any
) -> None:
    """The same of a mutation that is to become those changes."""
    if changes and (_are_asked_for(ctx) or proposals.are_large(changes)):
        record = views.find(ctx, mutation)
        above = [parent.mutation_id for parent in stored.of(ctx, record).parents] if parents is None else parents
        _foresee(ctx, changes, proposals.resolve_parents(ctx, above, record))


def foresee_submitted(ctx: Context, *, mutation: str, **_: Any) -> None:
    """The same of a draft that is handed in."""
    if _are_asked_for(ctx):
        written(ctx, stored.of(ctx, views.find(ctx, mutation)).changes)


def _are_asked_for(ctx: Context) -> bool:
    policy = policies.in_force(ctx).versions
    return policy.auto_version or policy.comment_required


def _foresee(ctx: Context, changes: Sequence[ChangeInput], parents: list[ParentRecord]) -> None:
    proposal = proposals.resolve(ctx, changes, parents)
    ctx.memo.update((("blob", hash), content) for hash, content in proposal.blobs.items())
    if _are_asked_for(ctx):
        written(ctx, proposal.changes)


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
