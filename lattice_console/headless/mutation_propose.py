"""`lattice mutation create | update | submit`: proposing, and proposing anew."""

from collections.abc import Callable, Sequence
from typing import Any, TypedDict, TypeVar, Unpack

import click

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.headless import advice, completing, from_git, options, proposing, views
from lattice_console.headless.commands import Command
from lattice_console.headless.from_git import Proposable
from lattice_console.headless.session import Session, connected
from lattice_console.text import count

F = TypeVar("F", bound=Callable[..., Any])


class Contents(TypedDict):
    """What the options of `_contents` say."""

    labels: Sequence[str]
    files: Sequence[str]
    renames: Sequence[str]
    patch: str | None
    parents: Sequence[str]
    meta: Sequence[str]
    environment: str | None
    commit: str | None
    build_url: str | None
    pipeline_url: str | None
    version_reason: str | None
    ticket: str | None


def _contents(function: F) -> F:
    """The options that say what is to change."""
    for option in (
        click.option("--version-reason", metavar="R", help="Metadata: why a spec's version is less than is proposed."),
        click.option("--environment", metavar="E", help="Metadata: where it is deployed."),
        click.option("--commit", metavar="SHA", help="Metadata: the commit it comes from."),
        click.option("--build-url", metavar="URL", help="Metadata: the build."),
        click.option("--pipeline-url", metavar="URL", help="Metadata: the pipeline."),
        click.option("--ticket", metavar="T", help="Metadata: the ticket that asks for it, such as SEC-123."),
        click.option(
            "--meta", metavar="KEY=VALUE", multiple=True, help="Any other metadata, such as related_documentation=URL."
        ),
        click.option(
            "--parent",
            "parents",
            metavar="ID",
            multiple=True,
            shell_complete=completing.mutations,
            help="Stack it on this mutation; repeatable.",
        ),
        click.option(
            "--patch",
            metavar="FILE",
            shell_complete=completing.files,
            help="A unified diff, applied as git apply would; - reads stdin.",
        ),
        click.option(
            "--rename", "renames", metavar="OLD:NEW", multiple=True, help="A file that was renamed on disk; repeatable."
        ),
        click.option(
            "--files",
            metavar="F...",
            multiple=True,
            shell_complete=completing.files,
            help="Propose what differs on disk in these files, directories or globs, up to the next option. "
            "A file missing on disk is deleted.",
        ),
        click.option("--label", "labels", metavar="L", multiple=True, help="A label; repeatable."),
    ):
        function = option(function)
    return function


@click.command(
    "create",
    cls=Command,
    several=("--files",),
    examples=(
        'lattice mutation create --spec user-auth --title "Longer sessions" --files src/auth.py --ticket SEC-123',
        'lattice mutation create --title "Tidy the docs" --rename docs/old.md:docs/new.md',
        'git diff | lattice mutation create --title "From git" --patch - --output json | jq -r .id',
        'lattice mutation create --title "Tax per line" --files api.yaml --parent M-12 --draft',
        "lattice mutation create --from-git HEAD",
        "lattice mutation create --from-git main..fix-limits --draft",
        "lattice mutation create --spec deployment --title v1.4 --environment production --commit 1a2b3c4",
    ),
)
@click.option("--spec", metavar="S", shell_complete=completing.specs, help="The spec that it is about.")
@click.option("--title", metavar="T", help="What changes, in one line; else the commit's.")
@click.option("--description", metavar="D", help="Why; - reads stdin.")
@click.option("--type", "kind", metavar="K", default="feature", show_default=True, help="feature, security, ...")
@_contents
@click.option(
    "--from-git",
    "revision",
    metavar="REV|A..B",
    help="Propose a commit of the git repository around the project, with its title; or a stack, a mutation for each "
    "commit after A up to B along first parents. --files narrows it.",
)
@click.option("--squash", is_flag=True, help="One mutation for all of A..B.")
@click.option("--draft", is_flag=True, help="Do not ask for review yet.")
@options.writes
@connected
async def create(
    session: Session,
    backend: Backend,
    /,
    spec: str | None,
    title: str | None,
    description: str | None,
    kind: str,
    draft: bool,
    revision: str | None,
    squash: bool,
    **contents: Unpack[Contents],
) -> None:
    """Propose changes.

    They are made to the head, or to the result of the parents. Without --files, --rename, --patch and --from-git it is
    a record on a spec, such as a deployment. A commit whose files have changed here meanwhile is merged with that.
    """
    text = None if description is None else session.text(description, "--description")

    async def propose(one: Proposable, parents: Sequence[str]) -> Mutation:
        return await backend.mutations.create(
            title=one.title,
            description=one.description,
            spec=spec,
            type=kind,
            labels=contents["labels"],
            metadata={**one.metadata, **_metadata(contents)},
            changes=one.changes,
            parents=parents,
            draft=draft,
            **session.guard,
        )

    verb = "Drafted" if draft else "Proposed"
    if revision is None:
        if title is None or squash:
            raise click.UsageError("--squash is for --from-git." if squash else "Missing option '--title'.")
        changes = await _changes(session, backend, contents, contents["parents"]) or ()
        made = await propose(Proposable(title, text or "", {}, changes), contents["parents"])
    else:
        _refuse_beside_git(contents)
        above = await proposing.parents_result(backend, contents["parents"])
        wanted = await from_git.proposable(
            session, backend, revision, squash=squash, files=contents["files"], above=above
        )
        if from_git.is_stack(revision, squash):
            if (title, text) != (None, None):
                raise click.UsageError("--title and --description are for one mutation: add --squash.")
            for made in await from_git.stack(session, backend, wanted, contents["parents"], above, propose, verb):
                await advice.say(session, backend, made)
            return
        [one] = wanted
        one = one._replace(title=title or one.title, description=one.description if text is None else text)
        made = await propose(one, contents["parents"])
    session.output.one(made, lambda: [f"M-{made.number}"])
    session.output.say(views.outcome(verb, made, _size(made)))
    await advice.say(session, backend, made)


def _refuse_beside_git(contents: Contents) -> None:
    beside = {"--patch": contents["patch"], "--rename": contents["renames"], "--commit": contents["commit"]}
    for name, value in beside.items():
        if value:
            raise click.UsageError(f"--from-git says what {name} would; take one of them.")


@click.command(
    "update",
    cls=Command,
    several=("--files",),
    examples=(
        "lattice mutation update 12 --files src/auth.py",
        'lattice mutation update 12 --title "Raise the session limit to 48 h" --label security',
        'git diff | lattice mutation update 12 --patch - --message "As reviewed"',
        "lattice mutation update 12 --no-parents",
    ),
)
@options.mutation
@click.option("--title", metavar="T", help="A new title.")
@click.option("--description", metavar="D", help="A new description; - reads stdin.")
@_contents
@click.option("--no-parents", is_flag=True, help="Stack it on nothing any more.")
@click.option("--message", metavar="M", default="", help="What the new patchset does differently; - reads stdin.")
@options.writes
@connected
async def update(
    session: Session,
    backend: Backend,
    /,
    mutation: str,
    title: str | None,
    description: str | None,
    no_parents: bool,
    message: str,
    **contents: Unpack[Contents],
) -> None:
    """Change a mutation, or propose it anew.

    Changes what is given; name ID first. Files, a patch or parents make a new patchset, which outdates votes. The
    new patchset replaces the old one whole: name every file that it is to change. --label replaces the labels;
    metadata is merged key by key.
    """
    parents = contents["parents"]
    if parents and no_parents:
        raise click.UsageError("Take --parent or --no-parents.")
    before = await backend.mutations.get(mutation)
    stacked = parents or ([] if no_parents else [parent.id for parent in before.parents])
    after = await backend.mutations.update(
        before.id,
        title=title,
        description=None if description is None else session.text(description, "--description"),
        labels=contents["labels"] or None,
        metadata=_metadata(contents) or None,
        changes=await _changes(session, backend, contents, stacked),
        parents=stacked if parents or no_parents else None,
        message=session.text(message, "--message"),
        **session.guard,
    )
    session.output.one(after, list)
    anew = after.patchset != before.patchset
    session.output.say(views.outcome("Updated", after, f"patchset {after.patchset}, {_size(after)}" if anew else ""))
    await advice.say(session, backend, after, before.patchset + 1)


@click.command("submit", cls=Command, examples=("lattice mutation submit 12",))
@options.mutation
@options.writes
@connected
async def submit(session: Session, backend: Backend, mutation: str) -> None:
    """Hand a draft in for review."""
    before = await backend.mutations.get(mutation)
    after = await backend.mutations.submit(before.id, **session.guard)
    session.output.one(after, list)
    session.output.say(views.outcome("Submitted", after))
    await advice.say(session, backend, after, before.patchset)


async def _changes(
    session: Session, backend: Backend, contents: Contents, parents: Sequence[str]
) -> list[ChangeInput] | None:
    """The changes that the options ask for; None where none of them was given."""
    files, renames, patch = contents["files"], contents["renames"], contents["patch"]
    if not files and not renames and patch is None:
        return None
    return await proposing.changes(session, backend, files=files, renames=renames, patch=patch, parents=parents)


def _metadata(contents: Contents) -> dict[str, Any]:
    links = {
        "environment": contents["environment"],
        "commit": contents["commit"],
        "build_url": contents["build_url"],
        "pipeline_url": contents["pipeline_url"],
        "version_reason": contents["version_reason"],
        "ticket_id": contents["ticket"],
    }
    found: dict[str, Any] = {key: value for key, value in links.items() if value is not None}
    for pair in contents["meta"]:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise ValidationFailed("VAL_METADATA", f"--meta {pair}: write it as KEY=VALUE.", field="metadata")
        found[key] = value
    return found


def _size(mutation: Mutation) -> str:
    return count(len(mutation.changes), "file") if mutation.changes else "a record without files"
