"""What is done about a conflict from where it is shown: settle it by hand, rebase, or look at the mutations."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Mutation
from lattice_console.screens.mutation import MutationScreen
from lattice_console.screens.news import MutationChanged
from lattice_console.screens.resolve_opening import open_resolve
from lattice_console.screens.taking_back import TakingBack
from lattice_console.screens.verbs import VERBS, outcome
from lattice_console.widgets.conflict_detail import Step

__all__ = ["ConflictActing"]


class ConflictActing(TakingBack):
    """Takes steps; each opens what it is about, does it, or says how it is done."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "undo", "Undo what was settled last", id="act.undo"),
        Binding("U", "redo", "Redo", id="act.redo"),
    ]

    def take(self, step: Step) -> None:
        """Do what a step says."""
        if self.session.connected:
            self.desk.expect(self.app.run_worker(self._take(step), group="conflict", exit_on_error=False))

    async def _take(self, step: Step) -> None:
        try:
            mutation = await self.session.backend.mutations.get(f"M-{step.number}")
            if step.act == "open":
                self.app.push_screen(MutationScreen(self.session, mutation))
            elif step.act == "merge_by_hand":
                await open_resolve(self, mutation, next(iter(step.conflict.conflicting_mutations), None))
            elif step.act == "rebase":
                await self._rebase(mutation)
            else:
                self.desk.say(_how(step))
        except LatticeError as error:
            self.desk.say(error.message, "error")

    async def _rebase(self, mutation: Mutation) -> None:
        """Bring a mutation to what stands there now, once the person has agreed; raises LatticeError."""
        verb = VERBS["rebase"]
        action = mutation.action(verb.action)
        if not action.allowed:
            self.desk.say(f"{verb.refused}: {action.reason}", "warning")
            return
        if not self.may_write():
            return
        from lattice_console.screens.dialog import ConfirmDialog

        sentence = verb.question(mutation, (), "", self.session.look)
        if not await self.app.push_screen_wait(ConfirmDialog(sentence, verb.name.lower())):
            return
        with self.desk.working(f"{verb.running} M-{mutation.number}"):
            result = await verb.do(self.session, mutation, "")
            after = await self.session.backend.mutations.get(mutation.id)
        message, good = outcome(verb, after, result)
        self.desk.say(message, "information" if good else "error")
        self.app.post_message(MutationChanged(after))


def _how(step: Step) -> str:
    """How what no key of the console does is done."""
    if step.act == "wait_for_the_other":
        return "Nothing is to be done until then: what becomes of it is shown here."
    return f"It takes a new patchset: lattice mutation update M-{step.number} --help says how."
