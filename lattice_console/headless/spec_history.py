"""`lattice spec history`: the revisions of a spec's document, and what each changed."""

from collections.abc import Sequence

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.comparison import Pair, State
from lattice_console.contract.errors import NotFound
from lattice_console.contract.models.document import Revision, SpecRevision
from lattice_console.headless import completing, options, patches
from lattice_console.headless.commands import Command
from lattice_console.headless.session import Session, connected
from lattice_console.headless.table import Column
from lattice_console.text import age, inert

_PAGE = 1000

_REVISIONS: Sequence[Column[SpecRevision]] = (
    Column("REVISION", lambda row: str(row.number), right=True),
    Column("VERSION", lambda row: row.version or ""),
    Column("AGE", lambda row: age(row.created_at), right=True),
    Column("ACTOR", lambda row: row.actor.handle),
    Column("OPERATION", lambda row: row.operation),
    Column("MUTATION", lambda row: f"M-{row.mutation}" if row.mutation is not None else ""),
    Column("PATH", lambda row: row.path or "", gives=True),
)


@click.command(
    "history",
    cls=Command,
    examples=("lattice spec history user-auth", "lattice spec history user-auth --patch --word --limit 1"),
)
@click.argument("name", shell_complete=completing.specs)
@click.option("--patch", is_flag=True, help="With what each revision changed.")
@click.option("--word", is_flag=True, help="The same by words: [-old-]{+new+}, or coloured.")
@click.option("--limit", type=click.IntRange(min=1), default=30, show_default=True, help="At most so many.")
@options.output
@connected
async def history(session: Session, backend: Backend, name: str, patch: bool, word: bool, limit: int) -> None:
    """Show who changed a spec, when and how.

    The revisions of its document, newest first, each with the version that it states and the mutation that made it.
    """
    output = session.output
    patch = patch or word
    if patch and output.shape != "table":
        raise click.UsageError("A patch has one form. Leave --patch and --word out for --output json.")
    spec = await backend.specs.get(name)
    if spec.document_id is None:
        raise NotFound("NF_DOCUMENT", f"{name} has no document: there are no revisions of it.")
    # One more than is shown: what the oldest one changed is seen beside it.
    found = await _revisions(backend, name, limit + patch)
    shown = found[:limit]
    if not patch:
        output.many(shown, _REVISIONS, empty="", facts={"total": len(shown)})
        return
    for at, revision in enumerate(shown):
        by = f" by M-{revision.mutation}" if revision.mutation is not None else ""
        head = f"revision {revision.number}{by}  {inert(revision.actor.handle)}  {age(revision.created_at)}"
        output.lines(["", output.palette.paint("strong", head)][0 if at else 1 :])
        before = found[at + 1] if at + 1 < len(found) else None
        pair = Pair(_state(before or revision, exists=before is not None), _state(revision))
        await patches.show(output, [await patches.load(backend, pair)], word=word)


def _state(revision: Revision, *, exists: bool = True) -> State:
    return State(revision.path or "", revision.hash if exists else None)


async def _revisions(backend: Backend, name: str, limit: int) -> list[SpecRevision]:
    found: list[SpecRevision] = []
    cursor: str | None = None
    while len(found) < limit:
        page = await backend.specs.history(name, cursor=cursor, limit=min(_PAGE, limit - len(found)))
        found.extend(page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    return found
