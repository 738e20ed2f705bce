"""`lattice mutation rebase | resolve`: settling what others did meanwhile, and threads of comments."""

from collections.abc import Iterable, Sequence
from typing import get_args

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.conflict import Strategy
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.resolution import RememberedText, Resolution, ResolvedFile
from lattice_console.headless import completing, options, several, threads, views
from lattice_console.headless.commands import Command
from lattice_console.headless.exits import Exit
from lattice_console.headless.mutation_review import SEVERAL
from lattice_console.headless.output import Output
from lattice_console.headless.session import Session, connected
from lattice_console.headless.style import Role
from lattice_console.headless.table import Column
from lattice_console.text import age, count, inert

_CURRENT = "It stands on what is there now; there is nothing to rebase."


@click.command(
    "rebase",
    cls=Command,
    examples=(
        "lattice mutation rebase 12",
        "lattice mutation rebase 12 --stack --dry-run",
        "lattice mutation rebase --filter 'is:open author:me'",
    ),
    help=f"""Bring a mutation to what stands there now.

    Merges each of its changes with what others made of the document since, into a new patchset: all of it, or nothing.
    What is stacked on it is brought along. Votes stand where it still changes the same lines. Exits 12, with every
    document named, where a person has to decide.

    {SEVERAL}
    """,
)
@several.chosen
@options.writes
@connected
async def rebase(session: Session, backend: Backend, choice: several.Choice) -> int:
    """Bring a mutation to what stands there now."""
    if choice.single is not None:
        before = await backend.mutations.get(choice.single)
        after = await backend.mutations.rebase(before.id, **session.guard)
        session.output.one(after, list)
        if after.patchset == before.patchset:
            session.output.say(f"M-{after.number}: {_CURRENT} Next: {views.next_step(after)}")
        else:
            session.output.say(views.outcome("Rebased", after, _how(before, after)))
        return Exit.OK
    mutations = await several.find(session, backend, choice)

    async def act(mutation: Mutation) -> several.Fate:
        # One that stands on another of them may have been brought along with it.
        current = await backend.mutations.get(mutation.id)
        allowed = current.action("rebase")
        if current.action("update").allowed and not allowed.allowed:
            how = _CURRENT if current.patchset == mutation.patchset else "Brought along with what it stands on."
            return several.fate(current, "unchanged", how)
        if choice.dry_run:
            if not allowed.allowed:
                return several.fate(current, "refused", allowed.reason, Exit.ERROR)
            return several.fate(current, "would")
        after = await backend.mutations.rebase(current.id, **several.guard(session, current))
        return several.fate(after, "done", _how(current, after))

    fates = await several.each(mutations, act)
    return several.report(session, fates, "rebase", "Rebased", choice.dry_run)


def _how(before: Mutation, after: Mutation) -> str:
    """Which patchset it became, and what became of the votes."""
    if not before.approvals:
        votes = ""
    elif after.approvals == before.approvals:
        votes = ", its votes stand"
    else:
        votes = ", its votes are outdated: the lines around its changes are others"
    return f"patchset {after.patchset}{votes}"


@click.command(
    "resolve",
    cls=Command,
    examples=(
        "lattice mutation resolve 12 --strategy auto_merge",
        "lattice mutation resolve 12 --strategy accept_theirs --path api.yaml",
        "lattice mutation resolve 12 --strategy manual --content api.yaml=merged.yaml",
        "lattice mutation resolve 12 --strategy accept_ours --against 9",
        "lattice mutation resolve 12 --undo",
        "lattice mutation resolve 12 0199f3a2",
        "lattice mutation resolve 12 0199f3a2 --reopen",
    ),
)
@options.mutation
@click.argument("comment", metavar="[COMMENT]", required=False, shell_complete=completing.comments)
@click.option(
    "--strategy",
    type=click.Choice(get_args(Strategy)),
    help="auto_merge: what merges by itself. rebase: all of it or nothing. accept_theirs, accept_ours: one side where "
    "both meet, both elsewhere. manual: what --content says.",
)
@click.option("--path", metavar="P", shell_complete=completing.files, help="Only this document.")
@click.option(
    "--content",
    "contents",
    metavar="P[=FILE]",
    multiple=True,
    shell_complete=completing.files,
    help="With manual: what the document P is to be, from FILE (else from P itself; - reads stdin); repeatable.",
)
@click.option(
    "--against",
    metavar="ID",
    shell_complete=completing.mutations,
    help="Settle it with this mutation, and stack it on that one; else with what stands there now.",
)
@click.option("--undo", is_flag=True, help="Take back the resolution that the current patchset is.")
@click.option("--reopen", is_flag=True, help="Open the thread of COMMENT again.")
@options.writes
@connected
async def resolve(
    session: Session,
    backend: Backend,
    mutation: str,
    comment: str | None,
    strategy: Strategy | None,
    path: str | None,
    contents: tuple[str, ...],
    against: str | None,
    undo: bool,
    reopen: bool,
) -> int:
    """Settle conflicts by a strategy, or a thread.

    With --strategy, what others changed in the documents of the mutation is merged into a new patchset, and what is
    stacked on it is brought along. Exits 12 while something is open. With --undo the patchset before it stands again.

    With COMMENT, the id of a comment or how it begins, as `lattice mutation comments` shows it: its thread is settled.
    """
    if [comment is None, strategy is None, not undo].count(False) != 1:
        raise click.UsageError("Settle conflicts with --strategy S, or take that back with --undo, or name a COMMENT.")
    if strategy is None and (path is not None or contents or against is not None):
        raise click.UsageError("--path, --content and --against go with --strategy.")
    if undo:
        after = await backend.conflicts.undo(mutation, **session.guard)
        session.output.one(after, list)
        session.output.say(views.outcome("Took back the resolution of", after, f"patchset {after.patchset}"))
        return Exit.OK
    if comment is not None:
        return await _resolve_thread(session, backend, mutation, comment, reopen)
    if reopen:
        raise click.UsageError("--reopen is about the thread of a COMMENT.")
    assert strategy is not None, "one of the two is given"
    done = await backend.conflicts.resolve(
        mutation,
        strategy=strategy,
        files=[_resolved(session, one) for one in contents],
        path=path,
        against=against,
        **session.guard,
    )
    session.output.one(done, lambda: _lines(session.output, done))
    session.output.say(f"{done.message} {_next(done)}")
    if done.left and (known := await backend.conflicts.remembered(mutation, path=path, against=against)):
        session.output.say(_before(done, known, against))
    return Exit.OK if done.resolved else Exit.CONFLICT


async def _resolve_thread(session: Session, backend: Backend, mutation: str, comment: str, reopen: bool) -> int:
    first = await backend.reviews.resolve(mutation, thread=comment, resolved=not reopen, **session.guard)
    session.output.one(first, list)
    session.output.say(
        f"{'Opened' if reopen else 'Resolved'} the thread at {threads.where(first.place or first.anchor)}. "
        f"Next: lattice mutation comments {mutation} --open"
    )
    return Exit.OK


def _resolved(session: Session, typed: str) -> ResolvedFile:
    """`PATH=FILE`, or `PATH` for the file at that path."""
    path, _, source = typed.partition("=")
    return ResolvedFile(path=path, content=session.content(source or path, "--content"))


def _lines(output: Output, done: Resolution) -> Iterable[str]:
    rows: Sequence[tuple[str, str, str]] = [
        *(("settled", one.path, one.how) for one in done.settled),
        *(("open", one.path, one.why) for one in done.left),
        *(("carried", f"M-{one.number}", f"patchset {one.patchset}") for one in done.carried if one.patchset),
        *(("behind", f"M-{one.number}", one.why) for one in done.carried if not one.patchset),
    ]
    for what, name, said in rows:
        role: Role = "bad" if what in ("open", "behind") else "good"
        yield f"{output.palette.paint(role, f'{what:<7}')}  {inert(name)}  {inert(said)}"


def _next(done: Resolution) -> str:
    name = f"M-{done.number}"
    if not done.resolved:
        return f"Next: lattice mutation resolve {name} --strategy accept_theirs|accept_ours|manual"
    return f"Next: lattice mutation diff {name}" if done.settled else f"Next: lattice mutation status {name}"


def _before(done: Resolution, known: Sequence[RememberedText], against: str | None) -> str:
    """That some of what is open was settled before, by whom, and how that is read."""
    places = len({(one.path, one.index) for one in known})
    them = dict.fromkeys(f"by {one.actor.handle} in M-{one.number}" for one in known)
    narrowed = f" --against {against}" if against is not None else ""
    return (
        f"{count(places, 'place')} of what is open {'was' if places == 1 else 'were'} settled before "
        f"{inert(', '.join(them))}: lattice mutation remembered M-{done.number}{narrowed}"
    )


_REMEMBERED: Sequence[Column[RememberedText]] = (
    Column("FILE", lambda row: row.path),
    Column("PLACE", lambda row: row.pointer or f"conflict {row.index + 1}"),
    Column("FROM", lambda row: f"M-{row.number} patchset {row.patchset}"),
    Column("BY", lambda row: row.actor.handle),
    Column("AGE", lambda row: age(row.at), right=True),
    Column("TEXT", lambda row: row.content.decode(errors="replace").strip() or "(nothing)", gives=True),
    Column("", lambda row: row.problem, role=lambda row: "bad", gives=True),
)


@click.command(
    "remembered",
    cls=Command,
    examples=("lattice mutation remembered 12", "lattice mutation remembered 12 --path api.yaml --output json"),
)
@options.mutation
@click.option("--path", metavar="P", shell_complete=completing.files, help="Only in this document.")
@click.option("--against", metavar="ID", shell_complete=completing.mutations, help="Where it meets this mutation, too.")
@options.output
@connected
async def remembered(session: Session, backend: Backend, mutation: str, path: str | None, against: str | None) -> None:
    """Show how its conflicts were settled before.

    Where the same two sides met over the same base, in this mutation or another: the text that somebody took there, who
    and when, and what is wrong with it now, if anything. Nothing is applied; take it with --strategy manual.
    """
    found = await backend.conflicts.remembered(mutation, path=path, against=against)
    session.output.listed(
        found,
        lambda: session.output.table(found, _REMEMBERED),
        empty="Nothing of what is open was settled before.",
        facts={"total": len(found)},
    )
