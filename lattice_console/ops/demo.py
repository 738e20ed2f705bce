"""The demonstration project of `lattice demo`: a team's backlog, played through the Backend as if over weeks."""

import asyncio
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from lattice_console import config
from lattice_console.backends import local
from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.contract.models.review import Anchor, NewComment
from lattice_console.engine.engine import Engine
from lattice_console.engine.features.context import Limits, Surroundings
from lattice_console.engine.ports import Result, Tables
from lattice_console.engine.stores.sqlite import SqliteStore
from lattice_console.merge.diff import unified
from lattice_console.ops.demo_story import Remark, Step, Told, ToldChange, documents, edited, lines_of, story
from lattice_console.ops.init import init
from lattice_console.workspace.checkout import Checkout

Between = TypeVar("Between")

NAME = "billing-specs"
OWNER = "kim"
"""Whom the demonstration is shown to."""

_TEAM = (
    ("ana", "Ana Ruiz", "admin"),
    ("raj", "Raj Patel", "developer"),
    ("mei", "Mei Lin", "reviewer"),
    ("agent-7", "Agent 7", "developer"),
    ("agent-12", "Agent 12", "developer"),
    ("nora", "Nora Berg", "viewer"),
)
_BEGINNING = timedelta(days=35)
_TICK = timedelta(milliseconds=30)

EDITED = "docs/glossary.md"
"""The file that differs on disk from the head, as if somebody had just worked on it."""
_EDIT = b"- **Proration**: charging for the part of a period that was used.\n"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A project that was built: its folder, and the numbers and ids that the story's mutations and remarks got."""

    root: Path
    numbers: dict[str, int]
    comments: dict[str, str]


@dataclass
class _Clock:
    """The engine's clock while the story is played: it stands where it is put, and moves a little with each look."""

    at: datetime

    def __call__(self) -> datetime:
        self.at += _TICK
        return self.at


class _Unhurried(SqliteStore):
    """A store where others do write between the two steps of an execution, as on a busy day they would."""

    async def write_both(
        self,
        first: Callable[[Tables], Between],
        then: Callable[[Tables, Between], Result],
        *,
        project: str | None = None,
    ) -> Result:
        between = await self.write(first, project=project)
        return await self.write(lambda tables: then(tables, between), project=project)


async def build(folder: Path | None = None, *, now: datetime | None = None) -> Demonstration:
    """Build the project in `folder`, new or empty, or else in a new temporary one; it ends at `now`.

    Raises ValidationFailed for a folder that holds something, and where the environment names another database.
    """
    root = _room(folder)
    settings = config.at_root(root, actor=OWNER)
    database = settings.state / "lattice.db"
    if settings.root is None or settings.servers.database != database:
        variable = "DATABASE_URL" if settings.root else "LATTICE_PROJECT_ID"
        raise ValidationFailed(
            f"VAL_{variable}",
            f"The demonstration has a project and a database of its own: unset {variable}, then run it again.",
            field=variable,
        )
    now = now or datetime.now(UTC)
    clock = _Clock(now - _BEGINNING)
    engine = Engine(await _Unhurried.open(database), Surroundings(limits=Limits(), now=clock))
    try:
        return await _build(root, engine, clock, now)
    finally:
        await engine.close()


def _room(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="lattice-demo-")).resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValidationFailed(
            "VAL_FOLDER", f"{folder} is not empty. Name a new folder, or none for a temporary one.", field="folder"
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


async def _build(root: Path, engine: Engine, clock: _Clock, now: datetime) -> Demonstration:
    async def connect(settings: Settings) -> Backend:
        return local.bind(engine, actor=settings.actor, project=settings.project_id, closes=False)

    project = await init(root, name=NAME, type="javascript", actor=OWNER, connect=connect)
    people = [OWNER, *(handle for handle, _, _ in _TEAM)]
    players = {handle: local.bind(engine, actor=handle, project=project.id, closes=False) for handle in people}
    kim = players[OWNER]
    for handle, name, role in _TEAM:
        await kim.team.add(user=handle, role=role, name=name, email=f"{handle}@billing.example")
    await kim.documents.track(documents())
    play = _Play(players)
    for age, told, step in _in_order(story()):
        clock.at = max(clock.at, now - age)
        await (play.propose(told) if step is None else play.do(told, step))
    await Checkout(root).sync(kim)
    edited_file = root / EDITED
    edited_file.write_bytes(edited_file.read_bytes() + _EDIT)
    # So that a plain `lattice` in this folder acts as the owner, whoever is at the machine.
    (root / config.FOLDER / "local.json").write_text(json.dumps({"actor": OWNER}) + "\n", encoding="utf-8")
    return Demonstration(root, play.numbers, play.comments)


def _in_order(told: Sequence[Told]) -> list[tuple[timedelta, Told, Step | None]]:
    """What happened, oldest first: each mutation's proposal (None) and the steps that followed, among the others'."""
    happened: list[tuple[timedelta, Told, Step | None]] = []
    for one in told:
        happened.append((one.age, one, None))
        happened.extend((step.age, one, step) for step in one.then)
    return sorted(happened, key=lambda moment: moment[0], reverse=True)


@dataclass
class _Play:
    """The story being played; `numbers` are those that the mutations got, `comments` the ids of remarks."""

    players: dict[str, Backend]
    numbers: dict[str, int] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)

    def _name(self, key: str) -> str:
        return f"M-{self.numbers[key]}"

    async def propose(self, told: Told) -> None:
        backend = self.players[told.author]
        parents = [self._name(key) for key in told.parents]
        made = await backend.mutations.create(
            title=told.title,
            description=told.description,
            spec=told.spec,
            type=told.type,
            labels=told.labels,
            metadata=told.metadata,
            changes=[await _change(backend, change, parents) for change in told.changes],
            parents=parents,
            draft=told.draft,
        )
        self.numbers[told.key] = made.number

    async def do(self, told: Told, step: Step) -> None:
        backend, name = self.players[step.by], self._name(told.key)
        match step.does:
            case "comment":
                for remark in step.remarks or (Remark(text=step.text),):
                    new = await self._comment(backend, name, remark)
                    made = await backend.reviews.comment(
                        name, text=new.text, anchor=new.anchor, reply_to=new.reply_to, suggestion=new.suggestion
                    )
                    self._note(remark, made.id)
            case "resolve":
                for key in step.threads:
                    await backend.reviews.resolve(name, thread=self.comments[key])
            case "apply":
                taken = [self.comments[key] for key in step.threads]
                await backend.reviews.apply_suggestions(name, comments=taken, message=step.text)
            case "withdraw":
                await backend.reviews.withdraw(name)
            case "update":
                parents = [self._name(key) for key in told.parents]
                changes = [await _change(backend, change, parents) for change in step.changes]
                await backend.mutations.update(name, changes=changes, message=step.text)
            case "cancel":
                await backend.mutations.cancel(name, reason=step.text)
            case "reopen":
                await backend.mutations.reopen(name, reason=step.text)
            case "execute":
                executions = [backend.executions.execute(name)]
                if step.beside:
                    other = self.players[step.beside.by].executions
                    executions.append(other.execute(self._name(step.beside.key)))
                await asyncio.gather(*executions)
            case "rollback":
                await backend.executions.rollback(name, reason=step.text)
            case vote:
                comments = [await self._comment(backend, name, remark) for remark in step.remarks]
                await backend.reviews.vote(name, vote=vote, comment=step.text, comments=comments)
                if step.remarks:
                    ids = {one.text: one.id for one in await backend.reviews.comments(name)}
                    for remark in step.remarks:
                        self._note(remark, ids[remark.text])

    def _note(self, remark: Remark, id: str) -> None:
        if remark.key:
            self.comments[remark.key] = id

    async def _comment(self, backend: Backend, name: str, remark: Remark) -> NewComment:
        anchor = None
        if remark.file is not None:
            anchor = Anchor(file_path=remark.file)
            if remark.at:
                changes = (await backend.mutations.get(name)).changes
                (result,) = [one.result_hash for one in changes if one.result_path == remark.file and one.result_hash]
                first, last = lines_of(await backend.documents.content(result), remark)
                anchor = Anchor(file_path=remark.file, line=first, end_line=last if last > first else None)
        reply_to = self.comments[remark.to] if remark.to else None
        return NewComment(text=remark.text, anchor=anchor, reply_to=reply_to, suggestion=remark.suggestion)


async def _change(backend: Backend, told: ToldChange, parents: Sequence[str]) -> ChangeInput:
    """What is proposed, made against the parents' result, else the head."""
    content = told.content.encode() if told.content is not None else None
    diff = None
    if told.edit:
        before = await backend.documents.content(await _base(backend, told.path, parents))
        content = edited(before, told.edit)
        if told.as_diff:
            diff = unified(before, content, old_path=told.path, new_path=told.path)
            content = None
    return ChangeInput(operation_type=told.operation, file_path=told.path, new_path=told.to, content=content, diff=diff)


async def _base(backend: Backend, path: str, parents: Sequence[str]) -> str:
    """The hash of what stands at a path for a mutation on those parents."""
    for parent in parents:
        below = await backend.mutations.get(parent)
        for change in below.changes:
            if change.result_path == path and change.result_hash:
                return change.result_hash
    return (await backend.documents.get(path)).hash
