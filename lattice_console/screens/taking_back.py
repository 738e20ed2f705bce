"""A place where what was done can be taken back, and done again; it asks first where that is not in sight."""

from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import Mutation, MutationSummary
from lattice_console.screens.news import MutationChanged
from lattice_console.screens.place import Place
from lattice_console.screens.undoing import Done, Resolved, Step, VoteChange, Votes, my_vote
from lattice_console.text import inert

__all__ = ["TakingBack"]


class TakingBack(Place):
    """Subclasses say in `subject` which mutation is meant, as the person saw it, and in `in_sight` which are seen."""

    def subject(self) -> MutationSummary | None:
        """The mutation that keys act on, as it is shown."""
        return None

    @property
    def undone_of(self) -> str | None:
        """The mutation, by id or number, of which something older is taken back where nothing was done here."""
        seen = self.subject()
        return seen.id if seen is not None else None

    def in_sight(self, id: str) -> bool:
        """Whether a mutation is what this place shows, so that nobody wonders at what becomes of it."""
        seen = self.subject()
        return seen is not None and seen.id == id

    def drafts_changed(self) -> None:
        """The drafts of this machine are others now."""

    def action_undo(self) -> None:
        """Take back what was done last, or the vote on the mutation under the cursor."""
        self.undo()

    def undo(self, known: Collection[str] = ()) -> None:
        """Take back what was done last; mutations that are `known` by their ids, the person has just been told of."""
        if self.session.connected and self.may_write():
            last = self.session.undoing.last
            # Where nothing was done here, it may ask about what is older.
            asks = bool(self._away(last, known)) or last is None
            self._carry_out(self._undo(self.undone_of, known), "undoing", asks)

    def action_redo(self) -> None:
        """Do again what was taken back last."""
        if self.session.connected and self.may_write():
            self._carry_out(self._redo(), "redoing", bool(self._away(self.session.undoing.next)))

    def _carry_out(self, work: Coroutine[None, None, None], name: str, asks: bool) -> None:
        worker = self.app.run_worker(work, name=name, group="acts", exit_on_error=False)
        if asks:
            self.desk.expect(worker)

    async def _undo(self, older: str | None, known: Collection[str]) -> None:
        undoing, actor = self.session.undoing, self.session.actor
        try:
            if undoing.last is None and older is not None and actor is not None and actor.user is not None:
                # The console was started anew: the vote that stands is what was done last.
                mutation = await self.session.backend.mutations.get(older)
                vote, text = my_vote(mutation, actor.user.id)
                if vote is not None:
                    change = VoteChange(mutation.id, mutation.number, mutation.patchset, None, vote, "", text)
                    undoing.push(Votes(actor.user.id, [change]))
                elif await self.open_again(mutation, ""):
                    return
            if await self._is_sure("Undo", undoing.last, known):
                await self._turn(undoing.undo, "There is nothing to undo.")
        except LatticeError as error:
            self.desk.say(error.message, "warning")

    async def _redo(self) -> None:
        undoing = self.session.undoing
        try:
            if await self._is_sure("Redo", undoing.next):
                await self._turn(undoing.redo, "There is nothing to redo.")
        except LatticeError as error:
            self.desk.say(error.message, "warning")

    async def open_again(self, mutation: Mutation, said: str) -> bool:
        """Take back the resolution that the newest patchset is, once the person agrees; whether it is one.

        `said` begins the question. Raises LatticeError.
        """
        newest = await self.session.backend.mutations.patchset(mutation.id, mutation.patchset)
        done = newest.resolves
        if done is None or not mutation.action("update").allowed:
            return False
        from lattice_console.screens.dialog import ConfirmDialog

        against = f" with M-{done.against}" if done.against is not None else ""
        sentence = (
            f"{said}Undo the resolution of M-{mutation.number} ({done.strategy.replace('_', ' ')}{against}, by "
            f"{inert(newest.author.handle)}, {self.session.look.age(newest.created_at)}): patchset {done.replaced} "
            f"stands again, and its conflicts with it."
        )
        if await self.app.push_screen_wait(ConfirmDialog(sentence, "undo the resolution")) and self.may_write():
            self.session.undoing.push(Resolved(mutation.id, mutation.number, mutation.patchset))
            await self._turn(self.session.undoing.undo, "")
        return True

    def _away(self, step: Step | None, known: Collection[str] = ()) -> Sequence[str]:
        """The ids of the mutations on which others see a step, and which are neither known nor in sight here."""
        return [id for id in step.mutations if id not in known and not self.in_sight(id)] if step is not None else ()

    async def _is_sure(self, verb: str, step: Step | None, known: Collection[str] = ()) -> bool:
        """Ask, where not all that a step concerns is in sight. Raises LatticeError."""
        away = self._away(step, known)
        if step is None or not away:
            return True
        from lattice_console.screens.dialog import ConfirmDialog

        first = await self.session.backend.mutations.get(away[0])
        title = inert(first.title)
        if len(step.mutations) == 1:
            sentence = f"{verb} {step.what} {title}, which is not in sight here."
        else:
            more = f" and {len(away) - 1:,} more" if len(away) > 1 else ""
            sentence = f"{verb} {step.what}. Not in sight here: M-{first.number} {title}{more}."
        sure = await self.app.push_screen_wait(ConfirmDialog(sentence, verb.lower()))
        return bool(sure)

    async def _turn(self, turn: Callable[[Backend], Awaitable[Done | None]], nothing: str) -> None:
        done = await turn(self.session.backend)
        if done is None:
            self.desk.say(nothing)
            return
        self.desk.say(done.said, "information" if done.good else "warning")
        await self._take_back_texts(done.votes)
        self.drafts_changed()
        for mutation in done.mutations:
            self.app.post_message(MutationChanged(mutation))

    async def _take_back_texts(self, votes: Sequence[VoteChange]) -> None:
        """Keep the texts of votes that are gone, as if they had been typed and not sent."""
        keeping = self.session.keeping
        await keeping.settled()
        for one in votes:
            if one.before is not None:
                keeping.unsaid(one.mutation_id, one.before, one.before_text)
            if one.after is not None:
                keeping.said(one.mutation_id, one.after, one.after_text)
