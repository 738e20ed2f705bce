"""Choosing what the queue shows: a view, a filter within it, an order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.query import Sort
from lattice_console.profile.views import BUILT_IN
from lattice_console.screens.filtering import close_filter, open_filter
from lattice_console.screens.queue_choice import Query, QueueChoice
from lattice_console.screens.queue_place import QueuePlace
from lattice_console.screens.session import Session
from lattice_console.text import inert
from lattice_console.widgets.filter_bar import FilterBar
from lattice_console.widgets.filter_completion import Known, doubt
from lattice_console.widgets.queue_columns import STACKED, turned
from lattice_console.widgets.queue_list import QueueList
from lattice_console.widgets.queue_views import QueueViews

__all__ = ["ChoosingPlace"]

_DIGITS = "123456789"

_ORDERS = {
    "stack": "Stacks, the newest first",
    "number": "Number",
    "title": "Title",
    "status": "Status",
    "spec": "Spec",
    "author": "Author",
    "age": "Age",
    "votes": "Votes",
    "comments": "Comments",
    "updated": "Last change",
}


class ChoosingPlace(QueuePlace):
    """Has the line of views, and the bar in which a filter is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="queue.filter"),
        Binding("backspace", "drop_filter", "Drop the filter", key_display="Backspace", id="queue.drop_filter"),
        Binding("tab", "turn_view(1)", "Next view", id="queue.next_view"),
        Binding("shift+tab", "turn_view(-1)", "Previous view", id="queue.previous_view"),
        *(Binding(digit, f"view({at})", "View by its number", id="queue.view") for at, digit in enumerate(_DIGITS)),
        Binding("V", "save_view", "Save as a view", id="queue.save_view"),
        Binding("D", "remove_view", "Remove the view", id="queue.remove_view"),
        Binding("O", "order", "Order by …", id="queue.order"),
        Binding("comma", "reverse", "Reverse the order", key_display=",", id="queue.reverse"),
    ]

    @dataclass
    class ViewsChanged(Message):
        """A view was saved or removed; `said` tells of it."""

        said: str

    @dataclass
    class ValuesKnown(Message):
        """Values that a filter can name."""

        known: Known

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.choice = QueueChoice(session)
        self.counts: Mapping[str, int] = {}
        self._values: Known = {}

    def ask(self, query: Query, *, keep: bool = True) -> None:
        """Show something else; with `keep`, take down that it was chosen."""
        if not self.session.connected:
            return
        self.choice.query = query
        self.show_views()
        self.feed.views = self.choice.views
        self.feed.ask(query)
        self.feed.recount()
        if keep:
            self.start("keep", self._keep)

    async def _keep(self) -> None:
        try:
            await self.choice.keep()
        except LatticeError as error:
            self.desk.say(error.message, "error")

    def show_views(self) -> None:
        """Bring the line of views up to date."""
        views, line = self.choice.views, self.query_one(QueueViews)
        line.names = tuple(view.name for view in views)
        line.current = self.choice.at
        line.counts = {at: self.counts[view.slug] for at, view in enumerate(views) if view.slug in self.counts}
        line.filter = self.choice.query.typed
        self.tell_narrowed()

    def tell_narrowed(self) -> None:
        """Say at the list's foot that it is not the view as such, which a restart does not change, and what undoes it.

        The filter itself stands beside the views, the order at the head of its column.
        """
        query = self.choice.query
        keys = {command.id: command.keys[0] for command in self.commands()}
        told = [f"filtered: {keys.get('queue.drop_filter', ':')} drops the filter"] if query.typed else []
        if query.sort != (query.view.sort or STACKED):
            name = _ORDERS[query.sort.removeprefix("-")].lower()
            told.append(f"by {name}: {keys.get('queue.order', ':')} orders anew")
        self.listed.narrowed = "   ".join(told)

    # -- the filter

    def action_filter(self) -> None:
        """Type a filter."""
        bar = self.query_one(FilterBar)
        bar.known = {**self._values, **self._in_sight()}
        open_filter(self, bar, self.choice.query.typed)

    def doubt(self) -> str:
        """A sentence about a name in the filter that nobody has; empty where there is none."""
        found = doubt(self.choice.query.typed, self._values)
        return f"{found[1]}\n" if found else ""

    def _in_sight(self) -> Known:
        """Values that the rows at hand have; `author` and `spec` where they could not be asked."""
        rows = list(self.listed.window)
        return {
            "author": [*self._values.get("author", ("me",)), *(row.author.handle for row in rows)],
            "spec": [*self._values.get("spec", ()), *(row.spec_id for row in rows if row.spec_id)],
            "label": sorted({label for row in rows for label in row.labels}),
            "type": sorted({row.type for row in rows}),
            "stack": [str(number) for number in dict.fromkeys(row.stack for row in rows if row.level)],
        }

    async def learn_values(self) -> None:
        """Ask what filters can name besides the language's own words."""
        backend = self.session.backend
        try:
            members, specs = await backend.team.list(), await backend.specs.list()
        except LatticeError:
            # Completion then knows what is in sight.
            return
        people = ["me", *(member.user.handle for member in members)]
        self.post_message(self.ValuesKnown({"author": people, "spec": [spec.name for spec in specs]}))

    @on(ValuesKnown)
    def _values_known(self, message: ValuesKnown) -> None:
        self._values = message.known

    def action_drop_filter(self) -> None:
        """Show the view without the typed filter."""
        if self.choice.query.typed:
            self.ask(replace(self.choice.query, typed=""))
        else:
            self.desk.say("There is no filter to drop: Tab and the digits choose another view.")

    @on(QueueViews.FilterChosen)
    def _filter_clicked(self) -> None:
        self.action_filter()

    @on(FilterBar.Applied)
    def _applied(self, message: FilterBar.Applied) -> None:
        self._close_filter()
        self.ask(replace(self.choice.query, typed=message.text))

    @on(FilterBar.Left)
    def _close_filter(self) -> None:
        close_filter(self, self.query_one(FilterBar), self.listed)

    # -- views

    def action_turn_view(self, by: int) -> None:
        """Show the next view, or the previous one."""
        self.action_view((self.choice.at + by) % len(self.choice.views))

    def action_view(self, at: int) -> None:
        """Show a view by its place, from 0."""
        views = self.choice.views
        if at < len(views):
            self.ask(self.choice.query.within(views[at]))
        else:
            self.desk.say(f"There are {len(views)} views, and none has the number {at + 1}. V saves one.")

    @on(QueueViews.Chosen)
    def _view_clicked(self, message: QueueViews.Chosen) -> None:
        self.action_view(message.index)

    def action_save_view(self) -> None:
        """Save what is shown under a name."""
        query = self.choice.query
        if query.typed or query.sort != (query.view.sort or STACKED):
            from lattice_console.screens.view_dialog import ViewDialog

            self.app.push_screen(ViewDialog(query), self._save)
        else:
            self.desk.say("There is nothing to save yet: / types a filter, O chooses an order, then V saves both.")

    def _save(self, name: str | None) -> None:
        if name:
            self.desk.hold(self.start("views", self._do_save, name))

    async def _do_save(self, name: str) -> None:
        try:
            view = await self.choice.save(name)
        except LatticeError as error:
            self.desk.say(f"Not saved: {error.message}", "error")
        else:
            self.post_message(self.ViewsChanged(f"Saved the view {inert(view.name)}. lattice queue --view {view.slug}"))

    def action_remove_view(self) -> None:
        """Remove the view that is shown."""
        view = self.choice.query.view
        if view in BUILT_IN:
            self.desk.say(f"Not removed: the view {view.name} is built in. Views that you saved (V) can be.", "warning")
            return
        sentence = f"Remove the view {inert(view.name)} ({inert(view.filter)}): its mutations stay as they are."
        from lattice_console.screens.dialog import ConfirmDialog

        self.app.push_screen(ConfirmDialog(sentence, "remove"), self._remove)

    def _remove(self, sure: bool | None) -> None:
        if sure:
            self.desk.hold(self.start("views", self._do_remove))

    async def _do_remove(self) -> None:
        try:
            view = await self.choice.remove()
        except LatticeError as error:
            self.desk.say(f"Not removed: {error.message}", "error")
        else:
            self.post_message(self.ViewsChanged(f"Removed the view {inert(view.name)}."))

    @on(ViewsChanged)
    def _views_changed(self, message: ViewsChanged) -> None:
        self.ask(self.choice.query)
        self.desk.say(message.said)

    # -- the order

    def action_order(self) -> None:
        """Choose the column that the list is ordered by."""
        now = self.choice.query.sort.removeprefix("-")
        from lattice_console.screens.picker import Choice, PickDialog

        choices = [Choice(name, column, "now" if column == now else "") for column, name in _ORDERS.items()]
        at = list(_ORDERS).index(now)
        self.app.push_screen(PickDialog("Order by what?", choices, at=at), self._order)

    def _order(self, column: str | None) -> None:
        if column == STACKED:
            self._sort(STACKED)
        elif column is not None:
            self._sort(turned(self.choice.query.sort, column))

    def action_reverse(self) -> None:
        """Turn the order round."""
        sort = self.choice.query.sort
        if sort == STACKED:
            self.desk.say("Stacks have one order, the newest first. O orders by a column, which can be reversed.")
        else:
            column = sort.removeprefix("-")
            first = turned(STACKED, column)
            self._sort(first if sort != first else turned(first, column))

    @on(QueueList.ColumnChosen)
    def _column_clicked(self, message: QueueList.ColumnChosen) -> None:
        self._sort(turned(self.choice.query.sort, message.column))

    def _sort(self, sort: Sort) -> None:
        self.ask(replace(self.choice.query, sort=sort))
