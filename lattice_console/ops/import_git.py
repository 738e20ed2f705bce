"""`lattice import-git`: a git history becomes mutations."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lattice_console.contract.backend import Backend
from lattice_console.ops import git_commits
from lattice_console.ops.git_history import History, Selection

Progress = Callable[[int, int, str], None]
"""Told how many commits are done, of how many, and the title of the one at hand."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import; `refused` are the paths that cannot be documents here, each with why."""

    commits: int
    imported: int
    executed: int
    pending: int
    skipped: int
    baseline: int
    refused: tuple[tuple[str, str], ...]


async def import_git(
    backend: Backend,
    repository: Path,
    *,
    range: str | None = None,
    selection: Selection | None = None,
    leave_pending: int = 0,
    progress: Progress = lambda done, total, title: None,
) -> ImportReport:
    """Bring a history in along first parents, oldest commit first, the last `leave_pending` mutations unexecuted.

    Each commit is one transaction under its own key, so that an import that was cut off goes on where it stopped, and
    one that is repeated does nothing. The start of a `range` comes in as a baseline.
    """
    with git_commits.readable(repository):
        history = History.open(repository, range, selection or Selection())
        baseline = history.baseline()
        if baseline and history.start is not None:
            await backend.documents.track(baseline, idempotency_key=f"import-git {history.start.id}")
        steps = [(commit, step) for commit, step in history.steps() if not step.is_empty]
        executed = max(0, len(steps) - leave_pending)
        for position, (commit, step) in enumerate(steps):
            sent = history.imported(commit, step)
            progress(position, len(steps), sent.title)
            await backend.mutations.import_commit(sent, execute=position < executed)
    progress(len(steps), len(steps), "")
    return ImportReport(
        commits=len(history.commits),
        imported=len(steps),
        executed=executed,
        pending=len(steps) - executed,
        skipped=len(history.commits) - len(steps),
        baseline=len(baseline),
        refused=tuple(sorted(history.refused.items())),
    )
