"""From what was chosen to the mutation's next patchset, by way of the final diff."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import uuid4

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from lattice_console.cells import wrap
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Change, ChangeInput, Mutation, Operation
from lattice_console.merge.choices import History, faults
from lattice_console.screens.colouring import Colouring
from lattice_console.screens.loading import load_content
from lattice_console.screens.news import MutationChanged
from lattice_console.screens.place import Place
from lattice_console.screens.resolve_loading import Clash, Clashes
from lattice_console.screens.session import Session
from lattice_console.text import count, inert
from lattice_console.widgets.diff_document import Cover, DiffDocument
from lattice_console.widgets.diff_pane import DiffPane
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.resolve_sides import choice_words

__all__ = ["Settled", "SettledScreen", "propose"]

_MEASURE = 76

_FAULTS = 5
"""What is wrong with a document, told above the final diff."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A document with nothing open: what it is to be, and by which choices."""

    clash: Clash
    content: bytes
    history: History


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


async def propose(place: Place, clashes: Clashes, settled: Sequence[Settled]) -> None:
    """Show the final diff and, where the person wants it, make it the mutation's next patchset."""
    session, desk = place.session, place.desk
    backend = session.backend
    try:
        mutation = await backend.mutations.get(clashes.mutation.id)
        if reason := await _hindrance(mutation, clashes):
            desk.say(f"Not applied: {reason}", "warning")
            return
        with desk.working("comparing"):
            changes = await _changes(session, mutation, settled)
            files = [await asyncio.to_thread(_difference, one) for one in settled]
            covers = await asyncio.to_thread(_covers, mutation, settled)
        if not changes:
            desk.say(
                f"Not applied: nothing of M-{mutation.number} would be left, theirs was taken everywhere. "
                f"Cancel it instead (Z), or choose something else.",
                "warning",
            )
            return
        screen = SettledScreen(session, mutation, covers, [file for file in files if not file.diff.identical])
        await place.app.push_screen(screen)
        if not await screen.answer:
            return
        with desk.working(f"resolving M-{mutation.number}"):
            after = await backend.mutations.update(
                mutation.id,
                changes=changes,
                message=_message(settled),
                expected_version=mutation.version,
                idempotency_key=str(uuid4()),
            )
            await session.keeping.forget_chosen(mutation.id)
    except LatticeError as error:
        desk.say(f"Not applied: {error.message} The choices are kept.", "error")
        return
    desk.say(f"Resolved: patchset {after.patchset} of M-{after.number} stands on what is there now.")
    place.app.post_message(MutationChanged(after))
    if place.is_mounted:
        place.dismiss()


async def _hindrance(mutation: Mutation, clashes: Clashes) -> str:
    """Why a mutation cannot be given a patchset now; empty where it can."""
    allowed = mutation.action("update")
    if not allowed.allowed:
        return allowed.reason
    if mutation.patchset != clashes.mutation.patchset:
        return f"patchset {mutation.patchset} has replaced patchset {clashes.mutation.patchset}. R reads it."
    return " ".join(clashes.beyond)


async def _changes(session: Session, mutation: Mutation, settled: Sequence[Settled]) -> list[ChangeInput]:
    """All changes of the next patchset: those that were settled made anew, the others as they are."""
    anew = {one.clash.change.id: one.clash.settled(one.content) for one in settled}
    return [
        made
        for change in mutation.changes
        if (made := anew[change.id] if change.id in anew else await _as_it_is(session, change)) is not None
    ]


async def _as_it_is(session: Session, change: Change) -> ChangeInput:
    content = None
    if change.operation_type != "delete" and change.result_hash != change.base_hash:
        content = await load_content(session, change.result_hash)
    return ChangeInput(
        operation_type=change.operation_type,
        file_path=change.file_path,
        new_path=change.new_path,
        content=content,
        base_hash=change.base_hash,
    )


def _difference(settled: Settled) -> FileChange:
    clash = settled.clash
    operation: Operation = "rename" if clash.change.operation_type == "rename" else "modify"
    return FileChange.between(operation, clash.path, clash.change.new_path, clash.theirs, settled.content)


def _covers(mutation: Mutation, settled: Sequence[Settled]) -> list[Cover]:
    """What will happen, in a sentence; and what speaks against it."""
    files = count(len(settled), "file")
    said = (
        f"M-{mutation.number} {inert(mutation.title)} becomes patchset {mutation.patchsets + 1}: below is what it "
        f"changes in {files} of what stands there now. ctrl+s applies it, Esc goes back."
    )
    covers = [Cover(tuple(wrap(said, _MEASURE)), "good")]
    for one in settled:
        path = one.clash.change.result_path
        for fault in faults(path, one.content)[:_FAULTS]:
            where = f", line {fault.line}" if fault.line else ""
            covers.append(Cover(tuple(wrap(f"{inert(path)}{where}: {inert(fault.reason)}.", _MEASURE)), "bad"))
    return covers


def _message(settled: Sequence[Settled]) -> str:
    """What was done, for the patchset's record: each document with how its conflicts were settled."""
    told = []
    for one in settled:
        words = Counter(choice_words(choice) for choice in one.history.choices)
        how = ", ".join(f"{name} in {number}" for name, number in words.items()) or "merged without conflict"
        told.append(f"{one.clash.path} on {one.clash.infos['theirs'].name}: {how}.")
    return "\n".join(["Resolved what met:", *told])
