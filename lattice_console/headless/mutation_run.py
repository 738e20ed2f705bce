"""`lattice mutation execute | retry | rollback | finish-rollback`: the head, and the folder with it."""

from collections.abc import Iterable, Sequence

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import DryRun, Execution, FilePreview, Mutation
from lattice_console.headless import options, several, views
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.mutation_review import SEVERAL
from lattice_console.headless.output import Output
from lattice_console.headless.session import Guard, Session, connected
from lattice_console.headless.table import Column
from lattice_console.text import count, inert
from lattice_console.workspace import SyncReport, touched

_PREVIEW: Sequence[Column[FilePreview]] = (
    Column("OPERATION", lambda row: row.operation_type),
    Column("FILE", lambda row: row.file_path + (f" -> {row.new_path}" if row.new_path else "")),
    Column("BEFORE", lambda row: (row.before or "-")[:12]),
    Column("AFTER", lambda row: (row.after or "-")[:12]),
    Column("", lambda row: row.error or "", role=lambda row: "bad"),
)


@click.command(
    "execute",
    cls=Command,
    examples=(
        "lattice mutation execute 12",
        "lattice mutation execute 12 --dry-run",
        "lattice mutation execute 12 --output json | jq -r .status",
        "lattice mutation execute 12 --stack",
        "lattice mutation execute --view ready --dry-run",
    ),
    help=f"""Apply an approved mutation.

    Changes the head, and brings this folder up to it. Exits 11 when requirements block it (all are listed), 12 when
    the head has moved on, 20 when a file that it touches was changed in this folder, 13 when applying failed. In none
    of these was anything applied.

    {SEVERAL} What another one stands on comes first.
    """,
)
@several.chosen
@options.writes
@connected
async def execute(session: Session, backend: Backend, choice: several.Choice) -> int:
    """Apply an approved mutation."""
    if choice.single is not None:
        return await _execute(session, backend, choice.single)
    mutations = await several.find(session, backend, choice)
    if choice.dry_run:
        if len(mutations) == 1 and choice.mutations:
            return await _dry_run(session, backend, mutations[0].id)
        fates = await _would_execute(session, backend, mutations)
    else:

        async def act(mutation: Mutation) -> several.Fate:
            return await carry_out(session, backend, mutation, several.guard(session, mutation))

        fates = await several.each(mutations, act)
    return several.report(session, fates, "execute", "Executed", choice.dry_run)


async def _execute(session: Session, backend: Backend, mutation: str) -> int:
    found = await backend.mutations.get(mutation)
    execution, report = await _carried_out(session, backend, found, session.guard)
    session.output.one(execution, list)
    if execution.status == "failed":
        session.output.say(
            f"M-{found.number} failed, nothing was applied: {_errors(execution)} "
            f"Next: lattice mutation retry M-{found.number}"
        )
        return Exit.FAILED
    session.output.say(
        f"Executed M-{found.number}: {_followed(report)} Next: lattice mutation history M-{found.number}"
    )
    return Exit.OK


async def carry_out(session: Session, backend: Backend, mutation: Mutation, guard: Guard) -> several.Fate:
    """Execute one of several mutations."""
    execution, _ = await _carried_out(session, backend, mutation, guard)
    after = await backend.mutations.get(mutation.id)
    if execution.status == "failed":
        return several.fate(after, "failed", f"Nothing was applied: {_errors(execution)}", Exit.FAILED)
    return several.fate(after, "done")


async def _carried_out(
    session: Session, backend: Backend, mutation: Mutation, guard: Guard
) -> tuple[Execution, SyncReport | None]:
    """Execute a mutation, and bring the folder up, where there is one."""
    if session.has_folder:
        return await session.checkout.execute(backend, mutation, **guard)
    return await backend.executions.execute(mutation.id, **guard), None


async def _dry_run(session: Session, backend: Backend, mutation: str) -> int:
    preview = await backend.executions.dry_run(mutation)
    session.output.one(preview, lambda: _preview_lines(session.output, preview))
    held = ""
    if session.has_folder:
        held = await session.checkout.hindrance(backend, await backend.mutations.get(mutation))
    if held:
        session.output.say(f"It would not execute from here: {inert(held)}")
        return Exit.DRIFT if preview.would_execute else Exit.BLOCKED
    if preview.would_execute:
        session.output.say(f"Nothing was changed. Next: lattice mutation execute M-{preview.number}")
    return Exit.OK if preview.would_execute else Exit.BLOCKED


async def _would_execute(session: Session, backend: Backend, mutations: Sequence[Mutation]) -> list[several.Fate]:
    """What would come of each, where those that would execute have executed before those on top of them."""
    before: set[int] = set()

    async def act(mutation: Mutation) -> several.Fate:
        preview = await backend.executions.dry_run(mutation.id)
        waits = [parent.number for parent in mutation.parents if parent.status != "completed"]
        held = [
            blocker
            for blocker in preview.blockers
            if not (blocker.name == "parents_executed" and before.issuperset(waits))
        ]
        if held:
            reasons = " ".join(f"{views.words(one.name)}: {one.reason}" for one in held)
            return several.fate(mutation, "refused", reasons, Exit.BLOCKED)
        if session.has_folder and (drifted := await session.checkout.drift(backend, touched(mutation))):
            return several.fate(mutation, "refused", f"Changed in this folder: {', '.join(drifted)}.", Exit.DRIFT)
        before.add(mutation.number)
        after = f"after {', '.join(f'M-{number}' for number in waits)}" if waits else ""
        return several.fate(mutation, "would", after)

    return await several.each(mutations, act)


@click.command("retry", cls=Command, examples=("lattice mutation retry 12",))
@options.mutation
@options.writes
@connected
async def retry(session: Session, backend: Backend, mutation: str) -> None:
    """Take up a failed mutation again.

    It goes back to approved or pending, as its requirements say.
    """
    after = await backend.executions.retry(mutation, **session.guard)
    session.output.one(after, list)
    session.output.say(views.outcome("Took up again", after))


@click.command(
    "rollback", cls=Command, examples=('lattice mutation rollback 12 --reason "Clients broke on the new limit."',)
)
@options.mutation
@options.reason(required=True)
@options.writes
@connected
async def rollback(session: Session, backend: Backend, mutation: str, reason: str) -> int:
    """Undo a completed mutation.

    Restores what it changed, in the head and in this folder. Refused where a later execution touched the same
    documents, and where this folder drifts on them (exit 20).
    """
    found = await backend.mutations.get(mutation)
    text = session.text(reason, "--reason")
    report: SyncReport | None = None
    if session.has_folder:
        execution, report = await session.checkout.rollback(backend, found, text, **session.guard)
    else:
        execution = await backend.executions.rollback(found.id, reason=text, **session.guard)
    session.output.one(execution, list)
    if execution.status == "rollback_failed":
        session.output.say(
            f"M-{found.number} could not be rolled back: {_errors(execution)} When it is settled by hand: "
            f"lattice mutation finish-rollback M-{found.number} --reason R"
        )
        return Exit.FAILED
    session.output.say(
        f"Rolled back M-{found.number}: {_followed(report)} Next: lattice mutation history M-{found.number}"
    )
    return Exit.OK


@click.command(
    "finish-rollback",
    cls=Command,
    examples=('lattice mutation finish-rollback 12 --reason "Restored from the backup of Monday."',),
)
@options.mutation
@options.reason(required=True)
@options.writes
@connected
async def finish_rollback(session: Session, backend: Backend, mutation: str, reason: str) -> None:
    """Settle a failed rollback by hand.

    States that what the rollback could not restore has been seen to.
    """
    execution = await backend.executions.finish_rollback(
        mutation, reason=session.text(reason, "--reason"), **session.guard
    )
    session.output.one(execution, list)
    session.output.say(f"The rollback of {mutation} is finished. Next: lattice mutation history {mutation}")


def _preview_lines(output: Output, preview: DryRun) -> Iterable[str]:
    verdict = "would execute" if preview.would_execute else "would not execute"
    yield f"M-{preview.number}  {output.palette.paint('good' if preview.would_execute else 'bad', verdict)}"
    if preview.files:
        yield from output.table(preview.files, _PREVIEW)
    if preview.blockers:
        yield ""
        yield from views.requirement_lines(output, preview.blockers)


def _errors(execution: Execution) -> str:
    return " ".join(error.error for error in execution.errors) or "no reason was recorded."


def _followed(report: SyncReport | None) -> str:
    if report is None:
        return "the head has moved on; there is no folder here to follow."
    done = [
        f"{count(len(paths), 'file')} {what}"
        for what, paths in (("written", report.written), ("removed", report.removed), ("drifted", report.drifted))
        if paths
    ]
    told = f" ({', '.join(done)})" if done else ""
    return f"the head is at {report.sequence}, and this folder with it{told}."
