"""The versions of specs: what changes ask of them, and writing what is proposed."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lattice_console.contract.models.advice import SpecVersion
from lattice_console.engine.features import stored
from lattice_console.engine.features.context import Context
from lattice_console.engine.records import ChangeRecord
from lattice_console.engine.rules.versioning.comparing import compare, version_of
from lattice_console.engine.rules.versioning.stating import restated

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
    alone = [one for one in versions(ctx, changes) if one.short and one.states == one.now and one.proposed]
    hashes = {one.result_path: one.result_hash for one in changes if one.result_hash}
    contents = stored.blobs(ctx, (hash for one in alone if (hash := hashes.get(one.path))))
    found, told = {}, []
    for one in alone:
        content = restated(one.path, contents[hashes[one.path] or ""], one.proposed or "")
        if content is not None:
            found[one.path] = content
            told.append(f"{one.spec} states {one.proposed}: {one.reasons[0].message if one.reasons else ''}")
    return Written(found, "; ".join(told)) if found else None


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
