"""`lattice db`: bringing a database to this program's tables, looking through it, and copying a project elsewhere."""

from pathlib import Path

from lattice_console import config, servers
from lattice_console.contract.errors import Conflict, NotFound, SystemFailure, ValidationFailed
from lattice_console.contract.models.base import Model
from lattice_console.engine.features.context import utc_now
from lattice_console.engine.features.log import strays, verify_chain
from lattice_console.engine.ports import Tables
from lattice_console.engine.stores import copying
from lattice_console.engine.stores.databases import Transaction, WholeDatabase, whole
from lattice_console.engine.stores.migrate import HEAD

_FINDINGS = 20


class Upgraded(Model):
    """What an upgrade did: revisions of the tables, `found` None for a new database; the copy that was made before."""

    found: str | None
    now: str
    backup: str | None


class Checked(Model):
    """What a look through a database found; `problems` are sentences."""

    ok: bool
    revision: str
    projects: int
    audit_rows: int
    problems: tuple[str, ...]


class Copied(Model):
    """A project that was copied, with the rows of each table and the newest hash of its audit log."""

    id: str
    name: str
    rows: dict[str, int]
    audit_head: str


def place(url: str | None, start: Path, option: str) -> Path | str:
    """The database at a URL, or the one that the settings say; raises ValidationFailed without the URL."""
    if url is None:
        found = config.at_root(config.find_root(start)).servers.database
    else:
        try:
            found = servers.database(url, start)
        except ValueError as error:
            raise ValidationFailed("VAL_SETTING", f"{option} is not usable: {error}.", field=option) from None
    if found is None:
        raise ValidationFailed(
            "VAL_SETTING",
            f"{option} names a database in memory, or none is set here. Name one: sqlite:///FILE or "
            "postgresql://USER:PASSWORD@HOST/NAME.",
            field=option,
        )
    return found


async def upgrade(database: Path | str) -> Upgraded:
    """Bring the tables to this program's; raises SystemFailure."""
    found, backup = await whole(database).upgrade()
    return Upgraded(found=found, now=HEAD, backup=str(backup) if backup else None)


async def check(database: Path | str) -> Checked:
    """Look through everything that can be proved: storage, audit chains, numbers of events, hashes of blobs."""
    there = whole(database)
    problems = await there.problems()
    try:
        projects, rows, broken = await _walk(there)
    except SystemFailure as error:
        if not (problems and error.code == "SYS_DATABASE_CORRUPT"):
            raise
        # What else there is cannot be read any more.
        return Checked(ok=False, revision="", projects=0, audit_rows=0, problems=tuple(problems[:_FINDINGS]))
    problems += broken
    return Checked(
        ok=not problems, revision=HEAD, projects=projects, audit_rows=rows, problems=tuple(problems[:_FINDINGS])
    )


async def _walk(there: WholeDatabase) -> tuple[int, int, list[str]]:
    """The numbers of projects and of audit rows, and what of them does not hold."""
    async with there.transaction(write=False) as transaction:
        found = await copying.projects(transaction)
        scopes = [None, *found]

        def walk(_: object, tables: Tables) -> tuple[int, list[str]]:
            walked = [verify_chain(tables.audit, scope) for scope in scopes]
            told = [
                f"{problem} ({scope})" if scope else problem
                for scope, (_, _, here) in zip(scopes, walked, strict=True)
                for problem in here
            ]
            return sum(rows for rows, _, _ in walked), told + strays(tables.audit)

        rows, broken = await transaction.run(walk)
        gaps = [(scope, await copying.missing_events(transaction, scope)) for scope in found]
        damaged = await copying.damaged_blobs(transaction)
    problems = [f"audit: {problem}" for problem in broken]
    problems += [f"events: {gap} ({scope})" for scope, gap in gaps if gap]
    problems += [f"the blob {hash} does not hold what its hash says" for hash in damaged]
    return len(found), rows, problems


async def copy(
    source: Path | str, target: Path | str, *, project: str | None, actor: str, progress: copying.Progress
) -> Copied:
    """Copy a project, by id or name, or the only one that the source has: all of it, verified, or nothing.

    The source stays as it is. The target is made where there is none. Raises Conflict (`CF_PROJECT_EXISTS`,
    `CF_PERSON`, `CF_COPY`), NotFound (`NF_PROJECT`), ValidationFailed (`VAL_PROJECT`) and SystemFailure.
    """
    if source == target:
        raise ValidationFailed("VAL_COPY", "--from and --to are one database: there is nothing to copy.", field="to")
    async with whole(source).transaction(write=False) as read:
        id, name = _meant(await copying.projects(read), project)
        await _chain(read, id, "source")
        await whole(target).upgrade()
        async with whole(target).transaction(write=True) as write:
            rows = await copying.copy(read, write, id, progress)
            head = await _chain(write, id, "target")
            entry = {
                "at": utc_now().isoformat(timespec="microseconds").removesuffix("+00:00") + "Z",
                "actor": actor,
                "action": "project.copied",
                "subject": id,
                "data": {"name": name, "audit_head": head},
            }
            await write.run(lambda _, tables: tables.audit.append(None, [entry]))
    return Copied(id=id, name=name, rows=rows, audit_head=head)


def _meant(found: dict[str, str], wanted: str | None) -> tuple[str, str]:
    meant = [(id, name) for id, name in found.items() if wanted is None or wanted in (id, name)]
    if len(meant) == 1:
        return meant[0]
    if not meant:
        raise NotFound("NF_PROJECT", f"The source holds no project {wanted}." if wanted else "The source is empty.")
    named = ", ".join(f"{name} ({id})" for id, name in meant[:5])
    raise ValidationFailed(
        "VAL_PROJECT", f"The source holds {len(meant)} such projects. Name one by its id: {named}.", field="project"
    )


async def _chain(transaction: Transaction, project_id: str, side: str) -> str:
    """The newest hash of the project's chain; raises Conflict where the chain does not hold."""
    _, head, problems = await transaction.run(lambda _, tables: verify_chain(tables.audit, project_id))
    if problems:
        raise Conflict(
            "CF_COPY",
            f"The audit log of the {side} does not hold: {problems[0]}. Nothing was copied; see lattice db check.",
        )
    return head
