"""From one mutation to the next: along the list that it was opened from, and up and down its stack."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.mutation import MutationSummary
from lattice_console.screens.acting import ActingPlace
from lattice_console.screens.bulk_run import foreseen
from lattice_console.screens.news import ManyMeant
from lattice_console.screens.picker import Choice, PickDialog
from lattice_console.screens.reviewing import ReviewPlace
from lattice_console.screens.verbs import VERBS
from lattice_console.text import count, inert

__all__ = ["Turning"]

_FOR_STACKS = ("approve", "execute")
"""What is done with a whole stack."""

_EXECUTED = ("completed", "rolled_back", "rollback_failed")


class Turning(ReviewPlace):
    """Keys that go to another mutation, in place of this one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("J", "next(1)", "Next in the list", id="review.next"),
        Binding("K", "next(-1)", "Previous", id="review.previous"),
        Binding("O", "whole_stack", "Decide on the stack", id="review.stack"),
        Binding("left_parenthesis", "below", "To its parent", key_display="(", id="review.parent"),
        Binding("right_parenthesis", "above", "To what stands on it", key_display=")", id="review.child"),
    ]

    def turn_to(self, row: MutationSummary) -> None:
        """Show another mutation."""

    def action_next(self, by: int) -> None:
        """Go on to the next mutation of the list, or back."""
        below = self.app.screen_stack[-2] if len(self.app.screen_stack) > 1 else None
        row = below.neighbour(self.row.id, by) if isinstance(below, ActingPlace) else None
        if row is None:
            self.desk.say("This is the last one of the list." if by > 0 else "This is the first one of the list.")
        else:
            self.turn_to(row)

    def action_below(self) -> None:
        """Go to the mutation that this one stands on."""
        if self.mutation is not None:
            self._choose([parent.number for parent in self.mutation.parents], "It stands on no other mutation.")

    def action_above(self) -> None:
        """Go to the mutation that stands on this one."""
        if self.mutation is not None:
            self._choose(list(self.mutation.children), "No other mutation stands on it.")

    def action_whole_stack(self) -> None:
        """Act on every mutation of the stack, with one summary."""
        # What was executed of it is shown with it, and decided.
        stack = [row for row in (self.model.stack if self.model else ()) if row.status not in _EXECUTED]
        if len(stack) < 2:
            self.desk.say("It stands in no stack: nothing that waits is below it or on it.")
            return
        work = self._decide_on([row.id for row in stack])
        self.desk.expect(self.app.run_worker(work, group="going", exclusive=True, exit_on_error=False))

    async def _decide_on(self, ids: Sequence[str]) -> None:
        """Ask what is to be done with a stack, of what can be done to any of it: first what can be to most of it."""
        session = self.session
        try:
            mutations = [await session.backend.mutations.get(id) for id in ids]
            plans = [await foreseen(session, VERBS[act], mutations) for act in _FOR_STACKS]
        except LatticeError as error:
            self.desk.say(error.message, "error")
            return
        choices, refused = [], []
        for act, items in zip(_FOR_STACKS, plans, strict=True):
            planned = sum(item.state == "planned" for item in items)
            if planned:
                some = "" if planned == len(items) else f"{planned:,} of "
                name = f"{VERBS[act].name} the stack: {some}{count(len(items), 'mutation')}"
                choices.append((planned, Choice(name, act)))
            else:
                refused.append(f"{VERBS[act].refused}: M-{items[0].mutation.number}: {items[0].why}")
        if not choices:
            self.desk.say("\n".join(["Nothing can be done with the stack as a whole.", *refused]), "warning")
            return
        choices.sort(key=lambda choice: -choice[0])
        question = PickDialog("What becomes of the stack?", [choice for _, choice in choices])
        action = await self.app.push_screen_wait(question)
        if action is not None:
            self.app.post_message(ManyMeant(action, tuple(ids)))

    def _choose(self, numbers: list[int], none: str) -> None:
        if not numbers:
            self.desk.say(none)
        else:
            work = self._go(numbers)
            worker = self.app.run_worker(work, group="going", exclusive=True, exit_on_error=False)
            if len(numbers) > 1:
                self.desk.expect(worker)
            else:
                self.desk.hold(worker)

    async def _go(self, numbers: list[int]) -> None:
        number: int | None = numbers[0]
        if len(numbers) > 1:
            known = {row.number: inert(row.title) for row in (self.model.stack if self.model else ())}
            choices = [Choice(known.get(one, ""), one, f"M-{one}") for one in numbers]
            number = await self.app.push_screen_wait(PickDialog("Which of them?", choices))
        if number is not None:
            await self.go_to_number(number)

    async def go_to_number(self, number: int) -> None:
        """Show the mutation of that number."""
        try:
            self.turn_to(await self.session.backend.mutations.get(f"M-{number}"))
        except LatticeError as error:
            self.desk.say(error.message, "error")
