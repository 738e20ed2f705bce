"""What the policy asks of a mutation that is handed in: files, a ticket, versions. A draft is nobody's business yet."""

from collections.abc import Sequence

from lattice_console.contract.errors import RuleBroken
from lattice_console.engine.features import policy, stored, versioned
from lattice_console.engine.features.context import Context
from lattice_console.engine.records import MutationRecord
from lattice_console.engine.rules import allowed_files
from lattice_console.engine.rules import policy as rules
from lattice_console.engine.rules.globs import Glob


def check(ctx: Context, record: MutationRecord) -> None:
    """Ask, once all else is done, whether the policy lets a mutation be as it is then.

    What it refuses raises RuleBroken: `BR_POLICY_TICKET`, `BR_POLICY_FILES`, `BR_POLICY_VERSION`. Where metadata would
    do, the details say as `problem` what is wrong, without how a command would mend it.
    """
    if record.status != "draft":
        ctx.at_last.append(lambda: _check(ctx, record))


def _check(ctx: Context, record: MutationRecord) -> None:
    found = policy.in_force(ctx)
    if found.proposals.require_ticket or found.versions.comment_required:
        # Hooks may have added to it.
        record = ctx.tables.mutations.by_id(ctx.project.id, record.id) or record
    if problem := ticket_problem(ctx, record):
        raise RuleBroken(
            "BR_POLICY_TICKET",
            f"{problem} {rules.TICKET_ADVICE}",
            problem=problem,
            pattern=found.proposals.ticket_pattern,
        )
    _check_files(ctx, record)
    if found.versions.comment_required and not record.metadata.get(versioned.REASON):
        _check_versions(ctx, record)


def ticket_problem(ctx: Context, record: MutationRecord) -> str | None:
    """What is wrong with a mutation's ticket by the policy in force, as a sentence; None where nothing is."""
    return rules.ticket_problem(policy.in_force(ctx).proposals, record.metadata.get(rules.TICKET))


def _check_files(ctx: Context, record: MutationRecord) -> None:
    globs = allowed(ctx, record.spec_name)
    if globs is None:
        return
    own = _place(ctx, record.spec_name)
    changes = [one for one in stored.of(ctx, record).changes if one.path != own]
    refused = allowed_files.outside([path for one in changes for path in (one.path, one.result_path)], globs)
    if refused:
        listed = ", ".join(glob.text for glob in globs) or "none"
        more = f" and {len(refused) - 3:,} more" if len(refused) > 3 else ""
        raise RuleBroken(
            "BR_POLICY_FILES",
            f"{record.spec_name} does not allow to change {', '.join(refused[:3])}{more}; its allowed_files are "
            f"{listed}. Propose what is outside of them by itself, or change allowed_files first.",
            spec=record.spec_name,
            paths=refused[:100],
            allowed_files=[glob.text for glob in globs],
        )


def _check_versions(ctx: Context, record: MutationRecord) -> None:
    short = [one for one in versioned.versions(ctx, stored.of(ctx, record).changes) if one.short]
    if short:
        problem = f"{'; '.join(map(versioned.shortfall, short[:3]))}."
        raise RuleBroken(
            "BR_POLICY_VERSION",
            f"{problem} State what is proposed, or say why not: --version-reason R (metadata {versioned.REASON}).",
            problem=problem,
            specs=[one.spec for one in short],
        )


def allowed(ctx: Context, spec: str | None) -> Sequence[Glob] | None:
    """The globs of the `allowed_files` that a spec of the head has; None where nothing is said of files."""
    path = _place(ctx, spec)
    entry = stored.at_paths(ctx, [path]).get(path) if path is not None else None
    if entry is None:
        return None
    return allowed_files.read(entry.path, stored.blobs(ctx, [entry.hash])[entry.hash])


def _place(ctx: Context, spec: str | None) -> str | None:
    """Where the document of a spec of the head stands."""
    record = ctx.tables.specs.by_name(ctx.project.id, spec) if spec is not None else None
    if record is None or record.document_id is None:
        return None
    found = ctx.tables.documents.in_head(ctx.project.id, [record.document_id]).get(record.document_id)
    return found.path if found else None
