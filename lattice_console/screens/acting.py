"""A place with a mutation under the cursor: the keys that act on it, the questions they ask, what is said after."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Mutation, MutationSummary, Status
from lattice_console.contract.models.requirement import Requirement
from lattice_console.screens.dialog import ConfirmDialog, ReasonDialog
from lattice_console.screens.dry_run import DryRunScreen
from lattice_console.screens.loading import load_changes, load_dry_run
from lattice_console.screens.news import MutationChanged
from lattice_console.screens.place import Place
from lattice_console.screens.verbs import VERBS, Verb, outcome

__all__ = ["ActingPlace"]

_HINTS: dict[Status, tuple[tuple[str, str], ...]] = {
    "draft": (("act.submit", "submit"), ("act.comment", "comment")),
    "pending": (("act.approve", "approve"), ("act.request_changes", "request changes"), ("act.comment", "comment")),
    "approved": (("act.execute", "execute"), ("act.dry_run", "dry run"), ("act.comment", "comment")),
    "needs_manual_resolution": (("act.comment", "comment"),),
    "in_progress": (),
    "failed": (("act.retry", "retry"), ("act.comment", "comment")),
    "completed": (("act.rollback", "roll back"), ("act.comment", "comment")),
    "rolled_back": (("act.comment", "comment"),),
    "rollback_failed": (("act.comment", "comment"),),
    "rejected": (("act.reopen", "reopen"), ("act.comment", "comment")),
    "expired": (("act.reopen", "reopen"), ("act.comment", "comment")),
    "cancelled": (("act.reopen", "reopen"), ("act.comment", "comment")),
}


class ActingPlace(Place):
    """Subclasses say in `subject` which mutation is meant, as the person saw it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "act('approve')", "Approve", id="act.approve"),
        Binding("A", "act('approve_with_suggestions')", "Approve with suggestions", id="act.suggest"),
        Binding("x", "act('request_changes')", "Request changes", id="act.request_changes"),
        Binding("X", "act('reject')", "Reject", id="act.reject"),
        Binding("w", "act('withdraw')", "Withdraw my vote", id="act.withdraw"),
        Binding("c", "act('comment')", "Comment", id="act.comment"),
        Binding("d", "dry_run", "Dry run", id="act.dry_run"),
        Binding("e", "act('execute')", "Execute", id="act.execute"),
        Binding("b", "act('rollback')", "Roll back", id="act.rollback"),
        Binding("t", "act('retry')", "Retry", id="act.retry"),
        Binding("S", "act('submit')", "Submit the draft", id="act.submit"),
        Binding("o", "act('reopen')", "Reopen", id="act.reopen"),
        Binding("Z", "act('cancel')", "Cancel the mutation", id="act.cancel"),
        Binding("B", "act('finish_rollback')", "Finish a failed rollback", id="act.finish_rollback"),
        Binding("y", "copy_id", "Copy its number", id="act.copy_id"),
    ]

    def subject(self) -> MutationSummary | None:
        """The mutation that keys act on, as it is shown."""
        return None

    def acts(self, status: Status) -> Sequence[tuple[str, str]]:
        """The keys that matter for a mutation in that status, the usual one first."""
        return _HINTS[status]

    def action_act(self, action: str) -> None:
        """Do `action` to the mutation under the cursor, or say why not."""
        seen = self.subject()
        if seen is not None and self.session.connected:
            # On the app, so that leaving this place stops nothing half-way.
            self.app.run_worker(self._act(VERBS[action], seen), group="acts", exit_on_error=False)

    def action_dry_run(self) -> None:
        """Show what executing would do now."""
        seen = self.subject()
        if seen is not None and self.session.connected:
            self.app.run_worker(self._dry_run(seen), group="dry run", exit_on_error=False)

    def action_copy_id(self) -> None:
        """Put the mutation's number on the terminal's clipboard."""
        seen = self.subject()
        if seen is not None:
            self.app.copy_to_clipboard(f"M-{seen.number}")
            self.desk.say(f"Copied M-{seen.number}.")

    async def _act(self, verb: Verb, seen: MutationSummary) -> None:
        session, backend = self.session, self.session.backend
        draft = (seen.id, verb.action)
        try:
            mutation = await self._allowed(verb, seen)
            if mutation is None:
                return
            text = await self._ask(verb, mutation, draft)
            if text is None:
                return
            if verb.ask != "nothing":
                # Time has passed while the dialog was open.
                mutation = await self._allowed(verb, seen)
                if mutation is None:
                    return
            with self.desk.working(f"{verb.running} M-{mutation.number}"):
                result = await verb.do(session, mutation, text)
                after = result if isinstance(result, Mutation) else await backend.mutations.get(seen.id)
        except LatticeError as error:
            refused = "" if error.message.startswith(verb.refused) else f"{verb.refused}: "
            self.desk.say(f"{refused}{error.message}", "error")
            return
        session.drafts.pop(draft, None)
        message, good = outcome(verb, after, result)
        self.desk.say(message, "information" if good else "error")
        self.app.post_message(MutationChanged(after))

    async def _allowed(self, verb: Verb, seen: MutationSummary) -> Mutation | None:
        """The mutation as it is now, if the act is allowed on what the person saw; else the reason is said."""
        mutation = await self.session.backend.mutations.get(seen.id)
        action = mutation.action(verb.action)
        if not action.allowed:
            self.desk.say(f"{verb.refused}: {_reasons(action.reason, mutation, verb)}", "warning")
        elif verb.binds and mutation.patchset != seen.patchset:
            self.desk.say(
                f"{verb.refused}: patchset {mutation.patchset} has replaced patchset {seen.patchset}, which you saw. "
                f"Look at it (R), then decide again.",
                "warning",
            )
        else:
            return mutation
        self.app.post_message(MutationChanged(mutation))
        return None

    async def _ask(self, verb: Verb, mutation: Mutation, draft: tuple[str, str]) -> str | None:
        """The text that goes with an act, empty where it takes none; None where the person leaves."""
        if verb.ask == "nothing":
            return ""
        session = self.session
        files = await load_changes(session, mutation.changes) if verb.counts_files else ()
        place = session.project.name if session.project else ""
        sentence = verb.question(mutation, files, place, session.look)
        if verb.ask == "confirm":
            return "" if await self.app.push_screen_wait(ConfirmDialog(sentence, verb.name.lower())) else None

        def keep(text: str) -> None:
            if text.strip():
                session.drafts[draft] = text
            else:
                session.drafts.pop(draft, None)

        return await self.app.push_screen_wait(
            ReasonDialog(
                sentence, verb.name.lower(), required=verb.required, text=session.drafts.get(draft, ""), keep=keep
            )
        )

    async def _dry_run(self, seen: MutationSummary) -> None:
        try:
            with self.desk.working(f"dry run of M-{seen.number}"):
                run = await self.session.backend.executions.dry_run(seen.id)
                files = await load_dry_run(self.session, run)
        except LatticeError as error:
            self.desk.say(f"No dry run: {error.message}", "error")
            return
        self.app.push_screen(DryRunScreen(self.session, run, files, seen.title))


def _reasons(reason: str, mutation: Mutation, verb: Verb) -> str:
    """Why not: the action's own reason, and every blocker that it does not name."""
    if verb.action != "execute":
        return reason
    missing = [one for one in mutation.blockers if one.reason.rstrip(".").lower() not in reason.lower()]
    return " ".join([reason, *(_sentence(one) for one in missing)]).strip()


def _sentence(requirement: Requirement) -> str:
    text = f"{requirement.name.replace('_', ' ')}: {requirement.reason}" if requirement.reason else requirement.name
    return text if text.endswith(".") else f"{text}."
