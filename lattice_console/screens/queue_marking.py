"""Marking mutations of the queue, and acting on all that are marked."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from lattice_console.screens.news import Decided
from lattice_console.screens.queue_feed import Found
from lattice_console.screens.queue_place import QueuePlace
from lattice_console.screens.verbs import VERBS
from lattice_console.text import count
from lattice_console.widgets.queue_list import QueueList
from lattice_console.widgets.queue_marks import MARK_LIMIT

__all__ = ["MarkingPlace"]


class MarkingPlace(QueuePlace):
    """With marks, every act is for what is marked; without, for the row under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("asterisk", "mark_all", "Mark all that match", key_display="*", id="queue.mark_all"),
        Binding("escape", "unmark", "Drop range, then marks", id="queue.unmark"),
    ]

    def marking_hints(self) -> Sequence[tuple[str, str]]:
        """The keys that matter while something is marked."""
        if not (self.listed.marks or self.listed.in_range):
            return ()
        return (
            ("act.approve", "approve marked"),
            ("act.request_changes", "request changes"),
            ("act.execute", "execute"),
            ("queue.unmark", "unmark"),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "unmark":
            return bool(self.listed.marks or self.listed.in_range)
        return super().check_action(action, parameters)

    def action_act(self, action: str) -> None:
        """Do `action` to all that is marked, else to the mutation under the cursor."""
        if not self.may_write():
            return
        rows = self.listed.take_range()
        if rows is not None:
            self.feed.find(rows, action)
        elif self.listed.marks:
            self._act_on_marked(action)
        elif under_way := [one for one in self.app.workers if one.group == "acts" and not one.is_finished]:
            # The row is about to change, or to make room for one that nobody has looked at.
            what = under_way[0].name or "what was begun before"
            self.desk.say(f"{VERBS[action].refused}: {what} is still under way.", "warning")
        else:
            super().action_act(action)

    def action_mark_all(self) -> None:
        """Mark all that match, as far as that goes."""
        if self.session.connected:
            self.feed.find()

    def action_unmark(self) -> None:
        """Leave the range; where there is none, take all marks off."""
        if self.listed.in_range:
            self.listed.leave_range()
        else:
            self.listed.unmark(self.listed.marks)

    @on(QueueList.RangeTaken)
    def _find_range(self, message: QueueList.RangeTaken) -> None:
        self.feed.find(message.rows)

    @on(Found)
    def _found(self, message: Found) -> None:
        self.listed.mark(message.ids)
        if message.total > MARK_LIMIT:
            self.desk.say(
                f"Marked {len(message.ids):,} of {count(message.total, 'mutation')}: no more can be at once. "
                "A narrower filter (/) leaves fewer.",
                "warning",
            )
        if message.act:
            self._act_on_marked(message.act)

    def _act_on_marked(self, action: str) -> None:
        from lattice_console.screens.bulk import act_on_all

        act_on_all(self, action, self.listed.marks, rest="What was not done stays marked.")

    @on(Decided)
    def _decided(self, message: Decided) -> None:
        self.listed.unmark((message.id,))

    @on(QueueList.Marked)
    def _marked(self, message: QueueList.Marked) -> None:
        if message.refused:
            self.desk.say(f"Not all were marked: {MARK_LIMIT:,} can be at once. Esc takes all marks off.", "warning")
        self.refresh_bindings()
        self.refresh_chrome()
