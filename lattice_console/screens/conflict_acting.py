"""What is done about a conflict from where it is shown, suggestion by suggestion."""

from typing import ClassVar

from textual.binding import Binding, BindingType

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Mutation
from lattice_console.screens.conflict_mending import edit_along, leave_out
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
            await self._do(step, mutation)
        except LatticeError as error:
            self.desk.say(error.message, "error")

    async def _do(self, step: Step, mutation: Mutation) -> None:
        conflict = step.conflict
        match step.act:
            case "open":
                self.app.push_screen(MutationScreen(self.session, mutation))
            case "merge_by_hand" | "choose_another_path" | "match_the_schema" | "update_the_schema":
                other = next(iter(conflict.conflicting_mutations), None)
                await open_resolve(self, mutation, other, at=conflict.path)
            case "rebase":
                await self._rebase(mutation)
            case "drop_the_change":
                await leave_out(self, mutation, conflict.path)
            case "modify_instead":
                await edit_along(self, mutation, conflict, others=False)
            case "remove_the_dependency" | "update_the_dependents":
                by_others = any(one.action == "update_the_dependents" for one in conflict.resolution_suggestions)
                await edit_along(self, mutation, conflict, others=by_others)
            case "wait_for_the_other":
                self.desk.say("Nothing is to be done until then: what becomes of it is shown here.")
            case "write_a_schema_migration":
                how = f"lattice mutation update M-{step.number} --files FILE"
                self.desk.say(f"It is a document of its own, in a new patchset: {how} adds it.")

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
