"""Executing and rolling back, killed at any moment: after the next start everything is all-old or all-new."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.mutation import Mutation
from lattice_console.engine.stores.connection import Begin
from lattice_console.engine.stores.sqlite import SqliteStore
from lattice_console.workspace.files import Folder, digest
from tests.fault import forks
from tests.fault.project import START, Project, changes, result

WINDOWS = ("claim to commit", "commit to first file", "between files", "rollback")
LEASE = 0.3
"""Seconds after which the claim of a process that was killed is given back."""
MINE = b"# Edited here and never proposed\n"

# For each window, the mark that begins it and the one that ends it.
MARKS = {
    "claim to commit": ("wrote 1", "wrote 2"),
    "commit to first file": ("wrote 2", "file"),
    "between files": ("file", "end"),
    "rollback": ("opened", "end"),
}


@dataclass
class Tally:
    """Kills by the window that they met, as the database and the folder told afterwards."""

    kills: Counter[str] = field(default_factory=Counter)
    lasts: dict[str, list[float]] = field(default_factory=lambda: {window: [] for window in WINDOWS})

    def learn(self, window: str, ending: forks.Ending) -> None:
        """Take note of how long a window lasted where nothing was killed."""
        at = dict(reversed(ending.marks))
        begin, end = MARKS[window]
        self.lasts[window].append(at[end] - at[begin])

    def wait(self, window: str) -> float:
        """A random moment within a window, in seconds after the mark that begins it."""
        return random.uniform(0, sorted(self.lasts[window])[len(self.lasts[window]) // 2])

    def table(self) -> str:
        """The kills per window, for people."""
        total = sum(self.kills.values())
        rows = [f"{window:<24} {count:>5}  {count / total:>6.1%}" for window, count in sorted(self.kills.items())]
        return "\n".join(["", f"{'window':<24} kills   share", *rows, f"{'all':<24} {total:>5}"])

    def is_enough(self, kills: int) -> bool:
        """Whether there were that many, and a tenth of them in each window."""
        total = sum(self.kills.values())
        return total >= kills and all(self.kills[window] >= total / 10 for window in WINDOWS)

    def rarest(self) -> str:
        """The window of an execution that was met least."""
        return min(WINDOWS[:3], key=lambda window: self.kills[window])


class Trial:
    """One mutation after another, executed and rolled back, and killed in each of the two."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.tally = Tally()
        self.number = 0

    def learn(self) -> None:
        """Execute and roll back without a kill, to see how long it takes."""
        for _ in range(3):
            mutation = self.project.run(self.propose)
            ending = self.attempt(self.execute(mutation))
            for window in WINDOWS[:3]:
                self.tally.learn(window, ending)
            self.tally.learn("rollback", self.attempt(self.roll_back(mutation)))
            self.check(mutation, executed=False)

    def kill_one(self) -> None:
        """Kill an execution, finish it where the kill undid it; kill its rollback, finish that; look each time."""
        mutation = self.project.run(self.propose)
        window = self.tally.rarest()
        if self.attempt(self.execute(mutation), window).killed:
            self.tally.kills[self.met(mutation)] += 1
        if not self.look_after(mutation, executed=True):
            self.attempt(self.execute(mutation))
            assert self.look_after(mutation, executed=True)
        if self.attempt(self.roll_back(mutation), "rollback").killed:
            self.tally.kills[self.met(mutation, rolling_back=True)] += 1
        if self.look_after(mutation, executed=True):
            self.attempt(self.roll_back(mutation))
            assert not self.look_after(mutation, executed=True)

    async def propose(self, backend: Backend) -> Mutation:
        self.number += 1
        mutation = await backend.mutations.create(title=f"Change {self.number}", changes=changes(self.number))
        return await backend.reviews.vote(mutation.id, vote="approve")

    def execute(self, mutation: Mutation) -> Callable[[Backend], Awaitable[Any]]:
        return lambda backend: self.project.checkout.execute(backend, mutation)

    def roll_back(self, mutation: Mutation) -> Callable[[Backend], Awaitable[Any]]:
        return lambda backend: self.project.checkout.rollback(backend, mutation, "the trial goes on")

    def attempt(self, what: Callable[[Backend], Awaitable[Any]], window: str = "") -> forks.Ending:
        """Do it in a child, killed at a random moment of the window ("": not at all)."""

        def work(marks: forks.Marks) -> None:
            _leave_marks(marks)

            async def marked(backend: Backend) -> None:
                marks.leave("opened")
                await what(backend)

            self.project.run(marked)

        if not window:
            return forks.run(work)
        return forks.run(work, kill_after=self.tally.wait(window), kill_at=MARKS[window][0])

    def met(self, mutation: Mutation, *, rolling_back: bool = False) -> str:
        """Where the kill met the work, from what it left."""

        async def look(backend: Backend) -> str:
            return (await backend.mutations.get(mutation.id)).status

        status = self.project.run(look)
        if status != ("rolled_back" if rolling_back else "completed"):
            return {"in_progress": "claim to commit", "completed": "rollback"}.get(status, "before the claim")
        disk = self.project.files
        if rolling_back:
            done = disk == START | {"mine.md": MINE} and self.project.left_overs == []
            return "after the last file" if done else "rollback"
        if disk == START | {"mine.md": MINE}:
            return "commit to first file"
        done = disk == result(self.number) | {"mine.md": MINE} and self.project.left_overs == []
        return "after the last file" if done else "between files"

    def look_after(self, mutation: Mutation, *, executed: bool) -> bool:
        """Start anew, as the next process would, and see that all is old or all is new; returns which."""

        async def start(backend: Backend) -> None:
            if (await backend.mutations.get(mutation.id)).status == "in_progress":
                await asyncio.sleep(LEASE * 1.1)
            await backend.executions.recover()
            await self.project.checkout.sync(backend)

        self.project.run(start)
        return self.check(mutation, executed=executed)

    def check(self, mutation: Mutation, *, executed: bool) -> bool:
        """Head, status, snapshot, audit chain, events and folder agree; returns whether all of them are new."""

        async def look(backend: Backend) -> bool:
            now = await backend.mutations.get(mutation.id)
            head = {entry.path: entry.hash for entry in (await backend.documents.head()).entries}
            new = now.status == "completed"
            assert executed or not new
            expected = result(self.number) if new else START
            documents = {path: hash for path, hash in head.items() if not path.startswith(".lattice/")}
            assert documents == {path: digest(content) for path, content in expected.items()}
            assert self.project.files == expected | {"mine.md": MINE}
            executions = await backend.executions.list(mutation.id)
            # The snapshot belongs to what was applied: there is one, or nothing was.
            assert [one.rollback_available for one in executions if one.status == "completed"] == [True] * new
            assert now.status in ("approved", "completed", "rolled_back")
            report = await backend.audit.verify()
            assert report.ok, report.problems
            events = await backend.events.since(max(0, await backend.events.last() - 400))
            assert [event.seq for event in events] == list(range(events[0].seq, events[-1].seq + 1))
            statuses = await self.project.checkout.status(backend)
            assert [(status.path, status.state) for status in statuses] == [("mine.md", "modified")]
            return new

        new = self.project.run(look)
        assert self.project.left_overs == []
        return new


def _leave_marks(marks: forks.Marks) -> None:
    """In the child alone: note each transaction that is written, and the first file that is replaced or removed."""
    transact, place, remove = SqliteStore._transact, Folder.place, Folder.remove
    written = 0
    touched = False

    def marked_transact(self: SqliteStore, begin: Begin, work: Callable[..., Any]) -> Any:
        nonlocal written
        answer = transact(self, begin, work)
        if begin != "BEGIN":
            written += 1
            marks.leave(f"wrote {written}")
        return answer

    def first(real: Callable[..., Any]) -> Callable[..., Any]:
        def marked(folder: Folder, path: str, *rest: Any) -> Any:
            nonlocal touched
            answer = real(folder, path, *rest)
            if not touched and path not in ("checkout.json", "checkout.journal"):
                touched = True
                marks.leave("file")
            return answer

        return marked

    SqliteStore._transact = marked_transact  # type: ignore[method-assign]  # in a child that ends soon
    Folder.place = first(place)  # type: ignore[method-assign]  # in a child that ends soon
    Folder.remove = first(remove)  # type: ignore[method-assign]  # in a child that ends soon


def _run(folder: Path, kills: int) -> Tally:
    project = Project.make(folder / "project", START, lease=LEASE)
    (project.root / "mine.md").write_bytes(MINE)
    trial = Trial(project)
    trial.learn()
    for _ in range(kills * 3):
        if trial.tally.is_enough(kills):
            return trial.tally
        trial.kill_one()
    pytest.fail(f"too few kills met what they were meant for:{trial.tally.table()}")


# The parent is warm, so that each kill costs no start of an interpreter; it has no thread at work when it forks.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_twenty_kills_leave_all_old_or_all_new(tmp_path: Path) -> None:
    _run(tmp_path, 20)


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_three_hundred_kills_leave_all_old_or_all_new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally = _run(tmp_path, 300)
    with capsys.disabled():
        print(tally.table())  # noqa: T201 - the figures are what this run is for
