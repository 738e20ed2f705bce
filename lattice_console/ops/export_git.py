"""`lattice export-git`: what was executed becomes a git history."""

from dataclasses import dataclass
from pathlib import Path

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import HeadEntry, HeadStep
from lattice_console.contract.models.people import Person
from lattice_console.ops.git_branch import Branch, writing
from lattice_console.ops.git_history import Selection
from lattice_console.ops.git_signature import Signature
from lattice_console.ops.import_git import Progress
from lattice_console.text import count

_PAGE = 100


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What came of an export: the commits that the branch holds now, and how many of them were not on it before.

    `refused` are the paths that git cannot hold, each with why.
    """

    commits: int
    new: int
    skipped: int
    refused: tuple[tuple[str, str], ...]


async def export_git(
    backend: Backend,
    repository: Path,
    *,
    branch: str = "main",
    selection: Selection | None = None,
    progress: Progress = lambda done, total, title: None,
) -> ExportReport:
    """Write every step of the head, baselines and rollbacks too, as a commit of `branch`; `Branch` says what it raises.

    The author is whom the mutation's metadata name, as those of imports do, else its own; the committer is who took
    the step. The same steps give the same commits: done again, it adds what is new.
    """
    selection = selection or Selection()
    total = (await backend.projects.get()).sequence
    target = Branch.open(repository, branch)
    commits = skipped = done = 0
    while steps := await backend.documents.steps(after=done, limit=_PAGE):
        for step in steps:
            message = _message(step)
            progress(done, total, message.partition("\n")[0])
            with writing(repository):
                entries = [entry for entry in step.entries if selection.takes(entry.path)]
                await _fetch(backend, target, entries)
                added = target.commit(entries, message, _author(step), _committer(step))
            commits, skipped = commits + added, skipped + (not added)
            done = step.sequence
    with writing(repository):
        new = target.finish() if commits else 0
    return ExportReport(commits, new, skipped, tuple(sorted(target.refused.items())))


async def _fetch(backend: Backend, target: Branch, entries: list[HeadEntry]) -> None:
    for entry in entries:
        if entry.hash is not None and target.lacks(entry.hash):
            target.put(entry.hash, await backend.documents.content(entry.hash))


def _message(step: HeadStep) -> str:
    mutation = step.mutation
    if mutation is None:
        title, text = f"Track {count(len(step.entries), 'file')}", ""
    elif step.operation == "rollback":
        title, text = f"Roll back M-{mutation.number}: {mutation.title}", step.reason
    else:
        title, text = mutation.title, mutation.description
    return f"{title}\n\n{text}\n" if text else f"{title}\n"


def _author(step: HeadStep) -> Signature:
    mutation = step.mutation
    if mutation is None or step.operation == "rollback":
        return _committer(step)
    told = Signature.read(mutation.metadata.get("author"), mutation.metadata.get("authored_at"))
    return told or Signature(_name(mutation.author), mutation.author_email or "", mutation.created_at)


def _committer(step: HeadStep) -> Signature:
    told = None
    if step.mutation is not None and step.operation == "execution":
        metadata = step.mutation.metadata
        told = Signature.read(metadata.get("committer"), metadata.get("committed_at"))
    return told or Signature(_name(step.actor), step.actor_email or "", step.at)


def _name(person: Person) -> str:
    return person.name or person.handle
