"""From what was sent to a patchset: every change resolved to the bytes before and after it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from lattice_console.contract.errors import Conflict, NotFound, RuleBroken, ValidationFailed
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.contract.models.spec import Finding
from lattice_console.contract.paths import check_path
from lattice_console.engine.features import stored, suppressing, views
from lattice_console.engine.features.context import Context, new_id
from lattice_console.engine.features.tree import Entry, Tree
from lattice_console.engine.records import ChangeRecord, MutationRecord, ParentRecord, PatchsetRecord
from lattice_console.engine.rules import hashes, specs, suppressions
from lattice_console.engine.rules import policy as policy_rules
from lattice_console.merge import patch as patches
from lattice_console.merge.diff import hunk_digest

LARGE = 10_000
"""Bytes from which on it takes milliseconds to find out what is wrong with a document: not in a transaction then."""


@dataclass(slots=True)
class Proposal:
    """A patchset about to be: its changes, the bytes they bring, and what the documents' checks say."""

    changes: list[ChangeRecord] = field(default_factory=list)
    parents: list[ParentRecord] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)

    @property
    def hash(self) -> str:
        """The patchset's hash."""
        return hashes.patchset_hash(
            [(one.operation, one.path, one.new_path, one.base_hash, one.result_hash) for one in self.changes],
            [(parent.mutation_id, parent.patchset_hash) for parent in self.parents],
        )

    @property
    def diff_hash(self) -> str:
        """The hash of what it changes, the same for a clean rebase."""
        return hashes.diff_hash(
            (one.operation, one.path, one.new_path, digest)
            for one, digest in zip(self.changes, self.digests, strict=True)
        )


def resolve_parents(ctx: Context, references: Sequence[str], child: MutationRecord | None = None) -> list[ParentRecord]:
    """The parents that are named; raises RuleBroken for a mutation stacked on itself or on one that has ended."""
    found = {record.id: record for record in (views.find(ctx, reference) for reference in references)}
    if child is not None and child.id in _with_ancestors(ctx, list(found.values())):
        raise RuleBroken("BR_CIRCLE", "A mutation cannot be stacked on itself, not even through others.")
    current = stored.current(ctx, list(found.values()))
    for record in found.values():
        if record.status in ("rejected", "expired", "cancelled", "rolled_back", "rollback_failed"):
            advice = f" Reopen it, or update M-{child.number} without it." if child is not None else ""
            status = record.status.replace("_", " ")
            raise RuleBroken("BR_PARENT", f"M-{record.number} is {status}; nothing can be stacked on it.{advice}")
    return [ParentRecord(mutation_id, current[mutation_id].patchset.hash) for mutation_id in found]


def _with_ancestors(ctx: Context, records: Sequence[MutationRecord]) -> set[str]:
    """The ids of the mutations, of what they are stacked on, and so on; whatever their status, which can change."""
    found: set[str] = set()
    while records:
        found.update(record.id for record in records)
        parents = {parent.mutation_id for one in stored.current(ctx, records).values() for parent in one.parents}
        records = list(ctx.tables.mutations.many(parents - found).values())
    return found


def resolve(
    ctx: Context, inputs: Sequence[ChangeInput], parents: list[ParentRecord], tree: Tree | None = None
) -> Proposal:
    """Resolve changes against the head, or the parents' result, or `tree` where it is known.

    Raises ValidationFailed, RuleBroken or Conflict (`CF_STALE_BASE`) naming the path; then nothing was stored.
    """
    proposal = Proposal(parents=parents)
    tree = tree or Tree(ctx, [parent.mutation_id for parent in parents])
    _check_shape(ctx, inputs)
    found = tree.at_all(change.file_path for change in inputs)
    bases = stored.blobs(ctx, {entry.hash for entry in found.values()})
    for change in sorted(inputs, key=lambda change: change.file_path):
        _resolve_one(ctx, proposal, change, found.get(change.file_path), bases)
    freed = [one.path for one in proposal.changes if one.operation in ("delete", "rename")]
    targets = [one.result_path for one in proposal.changes if one.operation in ("create", "rename")]
    for path, why in tree.blocking(targets, freed).items():
        raise RuleBroken("BR_PATH_TAKEN", f"{path} cannot be created: {why}.", path=path)
    return proposal


def _check_shape(ctx: Context, inputs: Sequence[ChangeInput]) -> None:
    limit = ctx.around.limits.document
    seen: set[str] = set()
    for change in inputs:
        check_path(change.file_path, field="file_path")
        if change.new_path is not None:
            check_path(change.new_path, field="new_path")
        if change.file_path in seen:
            raise ValidationFailed("VAL_CHANGES", f"{change.file_path} is changed twice.", field="changes")
        seen.add(change.file_path)
        size = max(len(change.content or b""), len(change.diff or b""))
        if size > limit:
            raise ValidationFailed(
                "VAL_SIZE", f"{change.file_path} has {size:,} bytes; the limit is {limit:,}.", field="content"
            )
        problem = _misfit(change)
        if problem:
            raise ValidationFailed("VAL_CHANGES", f"{change.file_path}: {problem}.", field="changes")


def _misfit(change: ChangeInput) -> str:
    has_bytes = change.content is not None or change.diff is not None
    if change.content is not None and change.diff is not None:
        return "give its content or a diff, not both"
    if change.operation_type == "rename":
        return "" if change.new_path and change.new_path != change.file_path else "a rename needs another new_path"
    if change.new_path is not None:
        return f"a {change.operation_type} has no new_path"
    if change.operation_type == "delete":
        return "a delete takes no content" if change.content is not None else ""
    return "" if has_bytes else f"a {change.operation_type} needs content or a diff"


def _resolve_one(
    ctx: Context, proposal: Proposal, change: ChangeInput, entry: Entry | None, bases: dict[str, bytes]
) -> None:
    limit = ctx.around.limits.document
    creates = change.operation_type == "create"
    if creates and entry is not None:
        raise RuleBroken("BR_PATH_TAKEN", f"{change.file_path} exists already; propose a modify.", path=entry.path)
    if not creates and entry is None:
        raise NotFound("NF_DOCUMENT", f"{change.file_path} is not tracked, so there is nothing to change.")
    if entry is not None and change.base_hash not in (None, entry.hash):
        raise Conflict(
            "CF_STALE_BASE",
            f"{change.file_path} is no longer what this change was made against. Make it anew on what is there now.",
            path=change.file_path,
            base=change.base_hash,
            current=entry.hash,
        )
    before = bases[entry.hash] if entry else None
    after = _content(change, before)
    if after is not None and len(after) > limit:
        raise ValidationFailed(
            "VAL_SIZE", f"{change.file_path} would have {len(after):,} bytes; the limit is {limit:,}."
        )
    if change.operation_type == "modify" and after == before:
        raise ValidationFailed("VAL_CHANGES", f"{change.file_path}: the change changes nothing.", field="changes")
    result_hash = None
    if after is not None:
        result_hash = hashes.digest(after)
        proposal.blobs[result_hash] = after
        proposal.findings.extend(check(ctx, change.new_path or change.file_path, after, before, change.file_path))
    proposal.changes.append(
        ChangeRecord(
            id=new_id(),
            operation=change.operation_type,
            path=change.file_path,
            new_path=change.new_path,
            document_id=entry.document_id if entry else None,
            base_hash=entry.hash if entry else None,
            result_hash=result_hash,
        )
    )
    proposal.digests.append(hunk_digest(before, after))


def keep(ctx: Context, proposal: Proposal, changes: Sequence[ChangeRecord]) -> None:
    """Add stored changes to a proposal as they are, on the bases that they were made on, wherever these are now."""
    contents = stored.blobs(ctx, {hash for one in changes for hash in (one.base_hash, one.result_hash) if hash})
    for change in changes:
        before, after = (contents[hash] if hash else None for hash in (change.base_hash, change.result_hash))
        if after is not None:
            proposal.findings.extend(check(ctx, change.result_path, after, before, change.path))
        proposal.changes.append(change._replace(id=new_id()))
        proposal.digests.append(hunk_digest(before, after))


def are_large(changes: Sequence[ChangeInput]) -> bool:
    """Whether it may take long to find out what is wrong with what some changes come to: it is kept."""
    # What a diff comes to may be large, too.
    return any(one.diff is not None or len(one.content or b"") >= LARGE for one in changes)


def check(ctx: Context, path: str, after: bytes, before: bytes | None, before_path: str | None = None) -> list[Finding]:
    """What is wrong with a document of a patchset, `before` being what it makes it of and `before_path` its place."""
    told = policy_rules.read({path: after}).errors if policy_rules.is_policy(path) else ()
    wrong = [
        Finding(path=path, rule="policy", severity="error", message=error.removeprefix(f"{path}: ")) for error in told
    ]
    if path == suppressions.FILE:
        wrong += [finding for finding in suppressions.check(after, date.min) if finding.severity == "error"]

    def errors(path: str, content: bytes) -> tuple[Finding, ...]:
        key = (path, hashes.digest(content))
        known = ctx.around.errors.get(key)
        if known is None:
            known = specs.errors(path, content)
            ctx.around.errors.put(key, known)
        return known

    return [*specs.check(path, after, before, before_path, errors=errors), *wrong]


def _content(change: ChangeInput, before: bytes | None) -> bytes | None:
    if change.diff is None:
        unchanged = before if change.operation_type == "rename" else None
        return change.content if change.content is not None else unchanged
    try:
        files = patches.parse(change.diff)
        if len(files) != 1:
            raise ValidationFailed(
                "VAL_DIFF", f"{change.file_path}: its diff is about {len(files)} files, not about one.", field="diff"
            )
        after = patches.apply(before, files[0])
    except patches.PatchError as error:
        raise ValidationFailed(
            "VAL_DIFF", f"The diff of {change.file_path} does not apply: {error}", field="diff", path=change.file_path
        ) from None
    if (after is None) != (change.operation_type == "delete"):
        raise ValidationFailed(
            "VAL_DIFF", f"{change.file_path}: its diff does not fit a {change.operation_type}.", field="diff"
        )
    return after


def store(
    ctx: Context, proposal: Proposal, mutation_id: str, number: int, *, author_id: str, message: str
) -> PatchsetRecord:
    """Write a proposal as a patchset of the mutation."""
    record = PatchsetRecord(
        id=new_id(),
        mutation_id=mutation_id,
        number=number,
        hash=proposal.hash,
        diff_hash=proposal.diff_hash,
        author_id=author_id,
        message=message,
        findings=[finding.model_dump(mode="json") for finding in suppressing.applied(ctx, proposal.findings)],
        created_at=ctx.now,
    )
    ctx.tables.documents.put_blobs(proposal.blobs)
    ctx.memo.update((("blob", hash), content) for hash, content in proposal.blobs.items())
    ctx.tables.mutations.add_patchset(ctx.project.id, record, proposal.changes, proposal.parents)
    stored.added(ctx, record, proposal.changes, proposal.parents)
    return record
