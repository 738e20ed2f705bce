"""What is done about a conflict from where it is shown: settle it by hand, rebase, or look at the mutations."""

from uuid import uuid4

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Mutation
from lattice_console.screens.mutation import MutationScreen
from lattice_console.screens.news import MutationChanged
from lattice_console.screens.place import Place
from lattice_console.screens.resolve_opening import open_resolve
from lattice_console.text import inert
from lattice_console.widgets.conflict_detail import Step

__all__ = ["ConflictActing"]


class ConflictActing(Place):
    """Takes steps; each opens what it is about, does it, or says how it is done."""

    def take(self, step: Step) -> None:
        """Do what a step says."""
        if self.session.connected:
            self.desk.expect(self.app.run_worker(self._take(step), group="conflict", exit_on_error=False))

    async def _take(self, step: Step) -> None:
        try:
            mutation = await self.session.backend.mutations.get(f"M-{step.number}")
            if step.act == "open":
                self.app.push_screen(MutationScreen(self.session, mutation))
            elif step.act == "merge_by_hand" and not step.conflict.conflicting_mutations:
                await open_resolve(self, mutation)
            elif step.act == "rebase":
                await self._rebase(mutation)
            else:
                self.desk.say(f"{step.sentence} {_how(step)}".strip())
        except LatticeError as error:
            self.desk.say(error.message, "error")

    async def _rebase(self, mutation: Mutation) -> None:
        """Bring a mutation to what stands there now, once the person has agreed."""
        name = f"M-{mutation.number}"
        update = mutation.action("update")
        if not update.allowed:
            self.desk.say(f"Not rebased: {update.reason}", "warning")
            return
        if not self.may_write():
            return
        from lattice_console.screens.dialog import ConfirmDialog

        sentence = (
            f"Rebase {name} {inert(mutation.title)} on what stands there now, as patchset {mutation.patchset + 1}: "
            "every change is merged, or none."
        )
        if not await self.app.push_screen_wait(ConfirmDialog(sentence, "rebase")):
            return
        try:
            with self.desk.working(f"rebasing {name}"):
                after = await self.session.backend.mutations.rebase(
                    mutation.id, expected_version=mutation.version, idempotency_key=str(uuid4())
                )
        except LatticeError as error:
            self.desk.say(f"Not rebased: {error.message}", "error")
            return
        self.desk.say(f"Rebased {name}: this is patchset {after.patchset} now.")
        self.app.post_message(MutationChanged(after))


def _how(step: Step) -> str:
    """What follows the sentence of a remedy that no key of the console does."""
    others = " and ".join(f"M-{number}" for number in step.conflict.conflicting_mutations)
    if step.act == "wait_for_the_other":
        return "Nothing is to be done until then: what becomes of it is shown here by itself."
    if step.act == "merge_by_hand":
        command = f"lattice mutation resolve M-{step.number} --strategy rebase --against {others}"
        return f"That is for the one that is executed second (M opens it then), or stack it now: {command}"
    return f"It takes a new patchset: lattice mutation update M-{step.number} --help says how."
