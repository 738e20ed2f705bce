"""From what was chosen to the mutation's next patchset, by way of the final diff."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar
from uuid import uuid4

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from lattice_console.cells import wrap
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.resolution import Resolution, ResolvedFile
from lattice_console.merge.choices import History
from lattice_console.screens.colouring import Colouring
from lattice_console.screens.news import MutationChanged
from lattice_console.screens.place import Place
from lattice_console.screens.resolve_checking import check
from lattice_console.screens.resolve_loading import Clash, Clashes
from lattice_console.screens.session import Session
from lattice_console.screens.undoing import Resolved
from lattice_console.text import count, inert
from lattice_console.widgets.diff_document import Cover, DiffDocument
from lattice_console.widgets.diff_pane import DiffPane
from lattice_console.widgets.file_change import FileChange

__all__ = ["Settled", "SettledScreen", "propose"]

_MEASURE = 76

_FAULTS = 5
"""What is wrong with a document, told above the final diff."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A document with nothing open: where and what it is to be (None: no file), and by which choices.

    `placed` where somebody chose the place.
    """

    clash: Clash
    path: str
    content: bytes | None
    history: History
    placed: bool

    @property
    def chosen(self) -> bool:
        """Whether a person had anything to decide."""
        return self.history.conflicts > 0


class SettledScreen(Colouring):
    """The final diff: what the mutation would change of what stands there now. ctrl+s applies it, Esc goes back."""

    CSS_PATH = "resolve.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "apply", "Apply", id="settled.apply"),
        Binding("escape,q", "leave", "Back to the conflicts", id="settled.back"),
    ]

    def __init__(
        self, session: Session, mutation: Mutation, covers: Sequence[Cover], files: Sequence[FileChange]
    ) -> None:
        super().__init__(session)
        self._mutation = mutation
        self._covers = covers
        self._files = files
        self.answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        """Whether it is to be applied."""

    def compose_place(self) -> ComposeResult:
        yield DiffPane(self.session.look)

    def on_mount(self) -> None:
        super().on_mount()
        pane = self.query_one(DiffPane)
        pane.focus()
        pane.view.show(DiffDocument(self._files, self._covers))

    def crumbs(self) -> tuple[str, ...]:
        return (f"M-{self._mutation.number}", "Resolve", "Final diff")

    def hints(self) -> Sequence[tuple[str, str]]:
        return (
            ("settled.apply", f"make patchset {self._mutation.patchsets + 1}"),
            ("settled.back", "back"),
            ("diff.next_hunk", "next hunk"),
        )

    def action_apply(self) -> None:
        """Make the patchset."""
        self._end(True)

    def action_leave(self) -> None:
        """Go back to the conflicts."""
        self._end(False)

    def on_unmount(self) -> None:
        if not self.answer.done():
            self.answer.set_result(False)

    def _end(self, apply: bool) -> None:
        if not self.answer.done():
            self.answer.set_result(apply)
        self.dismiss()


async def propose(place: Place, clashes: Clashes, settled: Sequence[Settled]) -> bool:
    """Show the final diff and, where the person wants it, make it the mutation's next patchset.

    Returns whether nothing is left to resolve.
    """
    session, desk = place.session, place.desk
    backend = session.backend
    try:
        mutation = await backend.mutations.get(clashes.mutation.id)
        if reason := _hindrance(mutation, clashes):
            desk.say(f"Not applied: {reason}", "warning")
            return False
        with desk.working("comparing"):
            files = [await asyncio.to_thread(_difference, one) for one in settled]
            covers = _covers(mutation, settled, clashes.against)
            for one in settled:
                covers += await _warnings(session, one)
        shown = [file for file in files if file is not None]
        if not shown and len(settled) == len(mutation.changes):
            desk.say(
                f"Not applied: nothing of M-{mutation.number} would be left, theirs was taken everywhere. Cancel it "
                "instead (Z), or choose something else.",
                "warning",
            )
            return False
        screen = SettledScreen(session, mutation, covers, shown)
        await place.app.push_screen(screen)
        if not await screen.answer:
            return False
        with desk.working(f"resolving M-{mutation.number}"):
            chosen = [_made(one) for one in settled if one.chosen]
            resolve = partial(_resolve, chosen, clashes.against)
            done = await resolve(backend, mutation)
            after = await backend.mutations.get(mutation.id)
            if after.patchset != mutation.patchset:
                session.undoing.push(Resolved(after.id, after.number, after.patchset, resolve))
            if done.resolved:
                await session.keeping.forget_chosen(mutation.id)
    except LatticeError as error:
        desk.say(f"Not applied: {error.message} The choices are kept.", "error")
        return False
    desk.say(_told(done), "information" if done.resolved else "warning")
    place.app.post_message(MutationChanged(after))
    return done.resolved


def _made(one: Settled) -> ResolvedFile:
    new_path = one.path if one.placed and one.content is not None else None
    return ResolvedFile(path=one.clash.path, content=one.content, new_path=new_path)


async def _resolve(
    files: Sequence[ResolvedFile], against: Mutation | None, backend: Backend, mutation: Mutation
) -> Resolution:
    return await backend.conflicts.resolve(
        mutation.id,
        # Where nobody had to choose anything, the patchset stays its author's.
        strategy="manual" if files else "rebase",
        files=files,
        against=against.id if against else None,
        expected_version=mutation.version,
        idempotency_key=str(uuid4()),
    )


def _told(done: Resolution) -> str:
    """What came of it, what is left, and what of the stack could not follow."""
    left = [f"{inert(one.path)}: {inert(one.why)}." for one in done.left]
    if left:
        left.append(
            f"lattice mutation resolve M-{done.number} --strategy accept_ours (or accept_theirs) takes one side."
        )
    behind = [f"M-{one.number} could not follow: {one.why}." for one in done.carried if one.patchset is None]
    undo = ["u takes it back."] if done.settled else []
    return " ".join([done.message, *left, *behind, *undo])


def _hindrance(mutation: Mutation, clashes: Clashes) -> str:
    """Why a mutation cannot be given a patchset now; empty where it can."""
    allowed = mutation.action("update")
    if not allowed.allowed:
        return allowed.reason
    if mutation.patchset != clashes.mutation.patchset:
        return f"patchset {mutation.patchset} has replaced patchset {clashes.mutation.patchset}. R reads it."
    return ""


def _difference(settled: Settled) -> FileChange | None:
    """What a document becomes, seen from what stands there now; None where it stays that."""
    standing, theirs, content = settled.clash.standing, settled.clash.theirs, settled.content
    if standing is None or (settled.clash.change.operation_type == "create" and settled.path != standing.path):
        return FileChange.between("create", settled.path, None, None, content) if content is not None else None
    if content is None:
        return FileChange.between("delete", standing.path, None, theirs, None)
    renamed = settled.path if settled.path != standing.path else None
    if content == theirs and renamed is None:
        return None
    return FileChange.between("rename" if renamed else "modify", standing.path, renamed, theirs, content)


def _covers(mutation: Mutation, settled: Sequence[Settled], against: Mutation | None) -> list[Cover]:
    """What will happen, in a sentence."""
    files = count(len(settled), "file")
    stacked = f", stacked on M-{against.number}, which is executed first" if against else ""
    there = f"what M-{against.number} makes of it" if against else "what stands there now"
    said = (
        f"M-{mutation.number} {inert(mutation.title)} becomes patchset {mutation.patchsets + 1}{stacked}: below is "
        f"what it changes in {files} of {there}. ctrl+s applies it, Esc goes back."
    )
    return [Cover(tuple(wrap(said, _MEASURE)), "good")]


async def _warnings(session: Session, settled: Settled) -> list[Cover]:
    """What speaks against a document, in sentences."""
    if settled.content is None:
        return []
    covers: list[Cover] = []
    for fault in (await check(session, settled.path, settled.content)).faults[:_FAULTS]:
        where = f", line {fault.line}" if fault.line else ""
        told = f"{inert(settled.path)}{where}: {inert(fault.reason.rstrip('.'))}."
        covers.append(Cover(tuple(wrap(told, _MEASURE)), "bad"))
    return covers
