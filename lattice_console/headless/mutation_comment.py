"""`lattice mutation review | comment | comments | resolve | apply-suggestion`: what people say about a mutation."""

import re
from typing import cast

import click
from pydantic import ValidationError

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError, from_validation
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.review import Anchor, Comment, Side
from lattice_console.headless import comment_file, completing, options, threads, views
from lattice_console.headless.commands import Command
from lattice_console.headless.mutation_review import VOTED
from lattice_console.headless.session import Session, connected
from lattice_console.text import count

_VOTES = ("approve", "approve-with-suggestions", "request-changes", "reject")
_SPAN = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


@click.command(
    "review",
    cls=Command,
    examples=(
        "lattice mutation review 12 --comments notes.json --vote request-changes",
        'lattice mutation review 12 --comments - --vote approve --comment "Fine." < notes.ndjson',
        "lattice mutation review 12 --comments notes.json",
    ),
    help=f"""Send a review at once: comments, and the vote with them.

    {comment_file.FORM}

    With --vote all of it is recorded, or nothing. Without, the comments are made one by one; after a failure run it
    again: what was made on this patchset already is not made twice. An error names the comment that it is about.
    """,
)
@options.mutation
@click.option(
    "--comments",
    "source",
    metavar="FILE",
    required=True,
    shell_complete=completing.files,
    help="The comments; - reads stdin.",
)
@click.option("--vote", metavar="V", type=click.Choice(_VOTES), help=f"{', '.join(_VOTES)}.")
@click.option("--comment", metavar="TEXT", default="", help="A comment on the whole, with the vote; - reads stdin.")
@options.patchset
@options.writes
@connected
async def review(
    session: Session,
    backend: Backend,
    /,
    mutation: str,
    source: str,
    vote: str | None,
    comment: str,
    patchset: int | None,
) -> None:
    """Send a review at once."""
    if comment and vote is None:
        raise click.UsageError("--comment goes with a vote. Take --vote, or put the text among the comments.")
    entries = comment_file.read(session, source)
    if vote is None:
        await _one_by_one(session, backend, mutation, entries, patchset)
        return
    cast_vote = cast(Vote, vote.replace("-", "_"))
    try:
        after = await backend.reviews.vote(
            mutation,
            vote=cast_vote,
            comment=session.text(comment, "--comment"),
            comments=entries.comments,
            patchset=patchset,
            **session.guard,
        )
    except LatticeError as error:
        entry = error.details.get("entry")
        if isinstance(entry, int):
            entries.blame(error, entry)
        raise
    session.output.one(after, list)
    session.output.say(views.outcome(VOTED[cast_vote], after, f"with {count(len(entries.comments), 'comment')}"))


async def _one_by_one(
    session: Session, backend: Backend, mutation: str, entries: comment_file.Entries, patchset: int | None
) -> None:
    found = await backend.mutations.get(mutation)
    number = patchset or found.patchset
    keys = entries.keys(found.id, number)
    if own := session.guard["idempotency_key"]:
        keys = [f"{own}/{at}" for at in range(1, len(keys) + 1)]
    before = {one.id for one in await backend.reviews.comments(found.id)}
    made: list[Comment] = []
    for at, (new, key) in enumerate(zip(entries.comments, keys, strict=True)):
        try:
            made.append(
                await backend.reviews.comment(
                    found.id,
                    text=new.text,
                    anchor=new.anchor,
                    reply_to=new.reply_to,
                    suggestion=new.suggestion,
                    patchset=number,
                    expected_version=session.guard["expected_version"],
                    idempotency_key=key,
                )
            )
        except LatticeError as error:
            entries.blame(error, at)
            if made:
                session.output.say(f"{count(len(made), 'comment')} before it stand; mend it and run the same again.")
            raise
    new_ones = [one for one in made if one.id not in before]
    session.output.listed(made, list, empty="", facts={"total": len(made), "new": len(new_ones)})
    already = f"; {len(made) - len(new_ones):,} were there already" if len(made) > len(new_ones) else ""
    session.output.say(
        f"Made {count(len(new_ones), 'comment')} on M-{found.number}{already}. "
        f"Next: lattice mutation comments M-{found.number}"
    )


@click.command(
    "comment",
    cls=Command,
    examples=(
        'lattice mutation comment 12 "Does the refresh token follow?"',
        'lattice mutation comment 12 --file api.yaml --line 12-14 -m "Why three?"',
        "lattice mutation comment 12 --file api.yaml --pointer /info/title --suggestion - < title.txt",
        'lattice mutation comment 12 --reply-to 0199f3a2 -m "It does."',
        "lattice mutation comment 12 - < notes.md",
    ),
)
@options.mutation
@click.argument("said", metavar="[TEXT]", required=False)
@click.option("-m", "--text", metavar="TEXT", help="What you have to say, in place of the argument; - reads stdin.")
@click.option(
    "--file", metavar="F", shell_complete=completing.files, help="About this file, which the mutation changes."
)
@click.option("--line", metavar="N[-M]", help="About a line of it, or several; from 1.")
@click.option("--pointer", metavar="P", help="About the value at a JSON pointer of it, such as /info/title.")
@click.option(
    "--side", type=click.Choice(["new", "old"]), default="new", show_default=True, help="old: before the change."
)
@click.option(
    "--reply-to", metavar="C", shell_complete=completing.comments, help="Join the thread of this comment (its id)."
)
@click.option(
    "--suggestion",
    metavar="FILE",
    shell_complete=completing.files,
    help="What the lines should become, from a file; - reads stdin. The author applies it with apply-suggestion.",
)
@click.option("--patchset", metavar="N", type=click.IntRange(min=1), help="Lines of this patchset, not the newest.")
@options.writes
@connected
async def comment(
    session: Session,
    backend: Backend,
    /,
    mutation: str,
    said: str | None,
    text: str | None,
    file: str | None,
    line: str | None,
    pointer: str | None,
    side: Side,
    reply_to: str | None,
    suggestion: str | None,
    patchset: int | None,
) -> None:
    """Comment on a mutation, or on lines, values or files of it.

    TEXT is one argument; - reads stdin. What is about a file begins a thread, which stays open until it is resolved.
    """
    if said is not None and text is not None:
        raise click.UsageError("Give the text once: as the argument, or with --text.")
    told = said if said is not None else text
    if told is None and suggestion is None:
        raise click.UsageError("Say something: TEXT, or --suggestion FILE.")
    made = await backend.reviews.comment(
        mutation,
        text=session.text(told or "", "the comment"),
        anchor=_anchor(file, line, pointer, side),
        reply_to=reply_to,
        suggestion=None if suggestion is None else session.file(suggestion, "--suggestion"),
        patchset=patchset,
        **session.guard,
    )
    session.output.one(made, list)
    about = f" at {threads.where(made.place)}" if made.place else ""
    what = "Replied on" if made.is_reply else "Suggested on" if suggestion is not None else "Commented on"
    session.output.say(f"{what} {mutation}{about}. Next: lattice mutation comments {mutation}")


def _anchor(file: str | None, line: str | None, pointer: str | None, side: Side) -> Anchor | None:
    if file is None:
        if line is not None or pointer is not None or side != "new":
            raise click.UsageError("--line, --pointer and --side are about a file; name it with --file.")
        return None
    first = last = None
    if line is not None:
        if pointer is not None:
            raise click.UsageError("Take --line or --pointer.")
        match = _SPAN.fullmatch(line)
        if match is None:
            raise click.UsageError(f"--line {line}: write it as 12 or 12-14.")
        first, last = int(match[1]), int(match[2]) if match[2] else None
    try:
        return Anchor(file_path=file, side=side, line=first, end_line=last, pointer=pointer)
    except ValidationError as error:
        raise from_validation(error) from None


@click.command(
    "comments",
    cls=Command,
    examples=(
        "lattice mutation comments 12",
        "lattice mutation comments 12 --open",
        "lattice mutation comments 12 --output json | jq -r '.items[] | select(.suggestion) | .id'",
    ),
)
@options.mutation
@click.option(
    "--patchset", metavar="N", type=click.IntRange(min=1), help="With their places on this patchset, not the newest."
)
@click.option("--open", "open_", is_flag=True, help="Only threads that are not resolved.")
@options.output
@connected
async def comments(session: Session, backend: Backend, mutation: str, patchset: int | None, open_: bool) -> None:
    """Show what was said about a mutation, thread by thread.

    Each with its place, which follows its lines from patchset to patchset; `gone` where they are no longer there.
    Suggestions are the lines with +. The id at the end of a line names a comment to other commands.
    """
    known = await backend.reviews.comments(mutation, patchset=patchset)
    shown = threads.gather(known, open=open_)
    rows = [one for thread in shown for one in thread]
    session.output.listed(
        rows,
        lambda: threads.lines(session.output, shown, known),
        empty="No thread is open." if open_ else "Nobody has said anything yet.",
        facts={"total": len(rows), "threads": len(shown)},
    )


@click.command(
    "apply-suggestion",
    cls=Command,
    examples=(
        "lattice mutation apply-suggestion 12 0199f3a2",
        'lattice mutation apply-suggestion 12 0199f3a2 0199f3b7 --message "As Mei says"',
    ),
)
@options.mutation
@click.argument("suggestions", metavar="COMMENT...", nargs=-1, required=True, shell_complete=completing.comments)
@click.option("--message", metavar="M", default="", help="What the new patchset does differently; - reads stdin.")
@options.writes
@connected
async def apply_suggestion(
    session: Session, backend: Backend, mutation: str, suggestions: tuple[str, ...], message: str
) -> None:
    """Take suggestions over: one new patchset with all of them.

    Their threads are resolved. Refused where the lines have changed since, and where two of them overlap.
    """
    after: Mutation = await backend.reviews.apply_suggestions(
        mutation, comments=suggestions, message=session.text(message, "--message"), **session.guard
    )
    session.output.one(after, list)
    done = "Applied a suggestion to" if len(suggestions) == 1 else f"Applied {len(suggestions)} suggestions to"
    session.output.say(views.outcome(done, after, f"patchset {after.patchset}"))
