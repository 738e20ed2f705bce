"""A place with a mutation under the cursor: the keys that act on it, the questions they ask, what is said after."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from lattice_console.contract.errors import LatticeError, RuleBroken
from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.contract.models.requirement import Requirement
from lattice_console.profile.drafts import Draft
from lattice_console.screens.foreseeing import foresee, held_back, standing_on
from lattice_console.screens.loading import load_changes, load_dry_run
from lattice_console.screens.news import MutationChanged
from lattice_console.screens.offered import offered
from lattice_console.screens.place import Command
from lattice_console.screens.review_sending import Review, drafts_of, send_alone, send_with
from lattice_console.screens.taking_back import TakingBack
from lattice_console.screens.undoing import Drop, VoteChange, Votes, my_vote
from lattice_console.screens.verbs import ASKED, VERBS, Outcome, Verb, outcome
from lattice_console.text import count, inert

__all__ = ["ActingPlace"]


class ActingPlace(TakingBack):
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
        Binding("equals_sign", "act('rebase')", "Rebase", id="act.rebase"),
        Binding("M", "resolve", "Resolve conflicts", id="act.resolve"),
        Binding("S", "act('submit')", "Submit the draft", id="act.submit"),
        Binding("o", "act('reopen')", "Reopen", id="act.reopen"),
        Binding("Z", "act('cancel')", "Cancel the mutation", id="act.cancel"),
        Binding("B", "act('finish_rollback')", "Finish a failed rollback", id="act.finish_rollback"),
        Binding("ctrl+s", "send", "Send drafts, no verdict", id="act.send"),
        Binding("u", "undo", "Undo the verdict", id="act.undo"),
        Binding("U", "redo", "Redo", id="act.redo"),
        Binding("y", "copy_id", "Copy number or selection", id="act.copy_id"),
        Binding("Y", "copy_link", "Copy its command", id="act.copy_link"),
    ]

    def meant(self) -> MutationSummary | None:
        """The mutation that keys act on, where something can be done to it; else says that there is none."""
        seen = self.subject()
        if seen is None or not self.session.connected:
            self.desk.say("There is no mutation under the cursor to do that to.")
            return None
        return seen

    def neighbour(self, id: str, by: int) -> MutationSummary | None:
        """The mutation that comes `by` places after one in the list of this place, which follows; None at its ends."""
        return None

    def acts(self, row: MutationSummary) -> Sequence[tuple[str, str]]:
        """The keys that matter for a mutation, what is the person's to do first; three at most."""
        return offered(row, self.session.actor)[:3]

    def action_act(self, action: str) -> None:
        """Do `action` to the mutation under the cursor, or say why not."""
        seen = self.meant()
        if seen is not None and self.may_write():
            # On the app, so that leaving this place stops nothing half-way.
            verb = VERBS[action]
            name = f"{verb.running} M-{seen.number}"
            worker = self.app.run_worker(self._act(verb, seen), name=name, group="acts", exit_on_error=False)
            if self._asks(verb, seen.id):
                self.desk.expect(worker)

    def action_dry_run(self) -> None:
        """Show what executing would do now."""
        seen = self.meant()
        if seen is not None:
            self.desk.expect(self.app.run_worker(self._dry_run(seen), group="dry run", exit_on_error=False))

    def action_resolve(self) -> None:
        """Settle what others changed beneath the mutation, or say that nobody did."""
        seen = self.meant()
        if seen is not None:
            from lattice_console.screens.resolve_opening import open_resolve

            self.desk.expect(self.app.run_worker(open_resolve(self, seen), group="resolve", exit_on_error=False))

    def action_request_review(self) -> None:
        """Ask somebody to review the mutation."""
        seen = self.meant()
        if seen is not None and self.may_write():
            from lattice_console.screens.requesting import request_review

            self.desk.expect(self.app.run_worker(request_review(self, seen), group="acts", exit_on_error=False))

    def action_copy_id(self) -> None:
        """Put the mutation's number on the terminal's clipboard, or what is selected."""
        text, what = self.selected_text()
        if text:
            self.desk.copy(text, what)
        elif (seen := self.meant()) is not None:
            self.desk.copy(f"M-{seen.number}", f"M-{seen.number}")

    def selected_text(self) -> tuple[str, str]:
        """What is selected here, and its name; nothing where nothing is."""
        return "", ""

    def action_copy_link(self) -> None:
        """Put the command on the clipboard that opens the mutation anywhere in the project."""
        seen = self.meant()
        if seen is not None:
            command = f"lattice mutation show M-{seen.number}"
            self.desk.copy(command, command)

    def further(self) -> list[Command]:
        given = [VERBS[name] for name in ASKED.values()]
        return [
            Command("Request a review", (), "act.request_review", self, "request_review"),
            *(Command(verb.name, (), f"act.{verb.action}", self, f"act('{verb.action}')") for verb in given),
        ]

    # -- acts

    async def _act(self, verb: Verb, seen: MutationSummary) -> None:
        backend = self.session.backend
        try:
            mutation = await self._allowed(verb, seen)
            if mutation is None:
                return
            drafts = await drafts_of(self.session, mutation) if verb.vote else ()
            review = await self._ask(verb, mutation, drafts)
            if review is None:
                return
            if verb.ask != "nothing" or drafts:
                # Time has passed while the dialog was open.
                mutation = await self._allowed(verb, seen)
                if mutation is None:
                    return
            result = await self._do_as_asked(verb, mutation, review)
            if result is None:
                return
            after = result if isinstance(result, Mutation) else await backend.mutations.get(seen.id)
        except LatticeError as error:
            refused = "" if error.message.startswith(verb.refused) else f"{verb.refused}: "
            self.desk.say(f"{refused}{error.message}", "error")
            return
        self.session.keeping.keep_unsent(seen.id, verb.action, "")
        self._remember(verb, mutation, after, review.text)
        message, good = outcome(verb, after, result, len(review.drafts))
        self.desk.say(message, "information" if good else "error")
        self.app.post_message(MutationChanged(after))

    async def _do_as_asked(self, verb: Verb, mutation: Mutation, review: Review) -> Outcome | None:
        """Do an act; what the policy asks for besides, the person is asked for. None where they leave."""
        while True:
            try:
                with self.desk.working(f"{verb.running} M-{mutation.number}"):
                    return await self._do(verb, mutation, review)
            except RuleBroken as error:
                if error.code not in ASKED or verb.fact:
                    raise
                giving = VERBS[ASKED[error.code]]
                problem = inert(str(error.details.get("problem", error.message)))
                question = giving.question(mutation, (), "", self.session.look)
                text = await self._ask_text(giving, mutation, f"{verb.refused} yet: {problem} {question}")
                if text is None:
                    return None
                await giving.do(self.session, mutation, text)
                mutation = await self.session.backend.mutations.get(mutation.id)
                self.session.keeping.keep_unsent(mutation.id, giving.action, "")

    async def _do(self, verb: Verb, mutation: Mutation, review: Review) -> Outcome:
        if verb.vote is not None and review.drafts:
            return await send_with(self.session, mutation, verb.vote, review.text, review.drafts)
        return await verb.do(self.session, mutation, review.text)

    async def _allowed(self, verb: Verb, seen: MutationSummary) -> Mutation | None:
        """The mutation as it is now, if the act is allowed on what the person saw; else the reason is said."""
        mutation = await self.session.backend.mutations.get(seen.id)
        action = verb.permission(mutation)
        if not action.allowed:
            self.desk.say(f"{verb.refused}: {_reasons(action.reason, mutation, verb)}", "warning")
        elif verb.binds and mutation.patchset != seen.patchset:
            self.desk.say(
                f"{verb.refused}: patchset {mutation.patchset} has replaced patchset {seen.patchset}, which you saw. "
                f"Look at it (R), then decide again.",
                "warning",
            )
        elif held := await held_back(self.session, verb.action, mutation):
            self.desk.say(f"{verb.refused}: {held}", "warning")
        else:
            return mutation
        self.app.post_message(MutationChanged(mutation))
        return None

    def _asks(self, verb: Verb, mutation_id: str) -> bool:
        """Whether there is a dialog before an act."""
        keeping = self.session.keeping
        waiting = verb.vote and (keeping.drafts(mutation_id) or keeping.unsent(mutation_id, verb.action))
        return verb.ask != "nothing" or bool(waiting)

    async def _ask(self, verb: Verb, mutation: Mutation, drafts: Sequence[Draft]) -> Review | None:
        """What goes with an act: drafts and a text, where it takes them; None where the person leaves."""
        # A dialog is loaded when it is needed, here and below: no queue waits for it.
        from lattice_console.screens.dialog import ConfirmDialog

        children = (await standing_on(self.session.backend.mutations, verb, (mutation,))).get(mutation.id, ())
        ahead = f" {foresee(verb, mutation, '', children)}" if children else ""
        if drafts or (verb.vote and verb.ask == "nothing" and self.session.keeping.unsent(mutation.id, verb.action)):

            def about(comments: int) -> str:
                return verb.about(mutation, comments) + ahead

            return await self._review(about, verb.name.lower(), mutation, drafts, verb)
        if verb.ask == "nothing":
            return Review((), "")
        session = self.session
        files = await load_changes(session, mutation.changes) if verb.counts_files else ()
        place = session.project.name if session.project else ""
        sentence = verb.question(mutation, files, place, session.look) + ahead
        if verb.ask == "confirm":
            sure = await self.app.push_screen_wait(ConfirmDialog(sentence, verb.name.lower()))
            return Review((), "") if sure else None
        text = await self._ask_text(verb, mutation, sentence)
        return None if text is None else Review((), text)

    async def _ask_text(self, verb: Verb, mutation: Mutation, sentence: str) -> str | None:
        """The text that goes with an act; it begins with what was typed before, or what is so now."""
        from lattice_console.screens.dialog import ReasonDialog

        keeping = self.session.keeping
        return await self.app.push_screen_wait(
            ReasonDialog(
                sentence,
                verb.key or verb.name.lower(),
                fate=verb.fate,
                required=verb.required,
                text=keeping.unsent(mutation.id, verb.action) or verb.known(mutation),
                keep=lambda text: keeping.keep_unsent(mutation.id, verb.action, text),
            )
        )

    async def _review(
        self,
        sentence: Callable[[int], str],
        name: str,
        mutation: Mutation,
        drafts: Sequence[Draft],
        verb: Verb | None,
    ) -> Review | None:
        """Show what would be sent; returns what the person chose of it. `sentence` says it for so many drafts."""
        from lattice_console.screens.review_dialog import ReviewDialog

        keeping = self.session.keeping
        action = verb.action if verb else ""
        comments = await self.session.backend.reviews.comments(mutation.id)

        def keep(text: str) -> None:
            keeping.keep_unsent(mutation.id, action, text)

        async def restore(step: Drop) -> None:
            await step.restore()
            self.session.undoing.forget(step)
            self.desk.say("The draft is back.")
            self.drafts_changed()

        return await self.app.push_screen_wait(
            ReviewDialog(
                sentence,
                name,
                self.session.look,
                drafts,
                [one for one in comments if one.open and not one.is_reply],
                voting=verb is not None,
                required=verb.required if verb else "",
                text=keeping.unsent(mutation.id, action) if verb else "",
                keep=keep,
                drop=self.drop,
                restore=restore,
            )
        )

    async def drop(self, draft: Draft) -> Drop:
        """Forget a draft; u brings it back. Raises LatticeError."""
        keeping = self.session.keeping

        async def restore() -> None:
            await keeping.save(draft)

        async def remove() -> None:
            await keeping.remove(draft.id)

        await keeping.settled()
        await remove()
        step = Drop("The draft", draft.mutation_id, restore, remove)
        self.session.undoing.push(step)
        self.desk.say("Dropped the draft. u brings it back.")
        self.drafts_changed()
        return step

    def _remember(self, verb: Verb, before: Mutation, after: Mutation, text: str) -> None:
        """Take note of a vote, so that it can be taken back."""
        me = self.session.actor.user if self.session.actor else None
        if me is None or (verb.vote is None and verb.action != "withdraw"):
            return
        old, old_text = my_vote(before, me.id)
        change = VoteChange(after.id, after.number, after.patchset, old, verb.vote, old_text, text)
        self.session.undoing.push(Votes(me.id, [change]))

    # -- drafts without a verdict

    def action_send(self) -> None:
        """Send the drafts as comments, without a verdict."""
        seen = self.meant()
        if seen is not None and self.may_write():
            name = f"sending the drafts on M-{seen.number}"
            self.desk.expect(self.app.run_worker(self._send(seen), name=name, group="acts", exit_on_error=False))

    async def _send(self, seen: MutationSummary) -> None:
        session, name = self.session, f"M-{seen.number}"
        try:
            mutation = await session.backend.mutations.get(seen.id)
            drafts = await drafts_of(session, mutation)
            if not drafts:
                self.desk.say(f"There are no drafts on {name}. c on a line begins one.")
                return

            def sentence(number: int) -> str:
                return f"Send {count(number, 'comment')} on {name}, without a verdict."

            review = await self._review(sentence, "send", mutation, drafts, None)
            if review is None:
                return
            with self.desk.working(f"sending to {name}"):
                await send_alone(session, mutation, review.drafts)
                after = await session.backend.mutations.get(seen.id)
        except LatticeError as error:
            self.desk.say(f"Not everything was sent: {error.message} What was not is kept.", "error")
            self.drafts_changed()
            return
        self.desk.say(f"Sent {count(len(review.drafts), 'comment')} on {name}.")
        self.app.post_message(MutationChanged(after))

    # -- a dry run

    async def _dry_run(self, seen: MutationSummary) -> None:
        try:
            with self.desk.working(f"dry run of M-{seen.number}"):
                run = await self.session.backend.executions.dry_run(seen.id)
                files = await load_dry_run(self.session, run)
                mutation = await self.session.backend.mutations.get(seen.id)
                held = await held_back(self.session, "execute", mutation)
        except LatticeError as error:
            self.desk.say(f"No dry run: {error.message}", "error")
            return
        from lattice_console.screens.dry_run import DryRunScreen

        self.app.push_screen(DryRunScreen(self.session, run, files, seen.title, held))


def _reasons(reason: str, mutation: Mutation, verb: Verb) -> str:
    """Why not: the action's own reason, and every blocker that it does not name."""
    if verb.action != "execute":
        return reason
    missing = [one for one in mutation.blockers if one.reason.rstrip(".").lower() not in reason.lower()]
    return " ".join([reason, *(_sentence(one) for one in missing)]).strip()


def _sentence(requirement: Requirement) -> str:
    text = f"{requirement.name.replace('_', ' ')}: {requirement.reason}" if requirement.reason else requirement.name
    return text if text.endswith(".") else f"{text}."
