"""The policy in force: read from the head, kept by its version."""

from lattice_console.contract.models.project import Policy
from lattice_console.engine.features.context import Context
from lattice_console.engine.rules import policy as rules


def in_force(ctx: Context) -> Policy:
    """The policy that the project's head says now."""
    version = ctx.project.policy_version
    key = ("policy", version, ctx.project.version)
    if key not in ctx.memo:
        sources, found = _read(ctx, version)
        ctx.memo[key] = Policy(
            version=version,
            sources=sources,
            review=found.review,
            authors_may_approve=ctx.members == 1,
            proposals=found.proposals,
            versions=found.versions,
            errors=found.errors,
        )
    policy: Policy = ctx.memo[key]
    return policy


def version_of_head(ctx: Context) -> str:
    """The version of the policy that stands in the head as this transaction sees it."""
    return rules.version(_entries(ctx).items())


def _entries(ctx: Context) -> dict[str, str]:
    found = {}
    for place in rules.PLACES:
        for record in ctx.tables.documents.starting_with(ctx.project.id, place):
            if rules.is_policy(record.path):
                found[record.path] = record.hash
    return found


def _read(ctx: Context, version: str) -> tuple[tuple[str, ...], rules.PolicyReading]:
    known = ctx.around.policies.get(version)
    if known is None:
        entries = _entries(ctx)
        contents = ctx.tables.documents.blobs(entries.values())
        known = tuple(sorted(entries)), rules.read({path: contents[hash] for path, hash in entries.items()})
        ctx.around.policies[version] = known
    return known
