"""The keys of the place where the person is, made from its bindings, and what the signs mean."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from lattice_console.screens.place import Command
from lattice_console.widgets.bottom_line import BottomLine
from lattice_console.widgets.legend import legend
from lattice_console.widgets.signs import Look

__all__ = ["HelpScreen"]

_ACTS, _MOVE, _HERE, _EVERYWHERE = "The mutation under the cursor", "Move", "Here", "Everywhere"

_HEADINGS = {"act": _ACTS, "list": _MOVE, "diff": _MOVE, "overview": _MOVE, "go": _EVERYWHERE, "app": _EVERYWHERE}
"""By the first word of a binding's id; the rest belongs to the place."""

_TURNS = (
    ("next", "previous"),
    ("right", "left"),
    ("down", "up"),
    ("top", "end"),
    ("unfold", "fold"),
    ("new_", "old_"),
    ("undo", "redo"),
)
"""What turns the id of an action into that of its opposite: the two share a line."""

_TWINS = {
    "act.approve": "act.suggest",
    "act.dry_run": "act.execute",
    "act.rebase": "act.resolve",
    "act.request_changes": "act.reject",
    "go.activity": "go.home",
    "go.queue": "go.conflicts",
    "mutation.diff": "mutation.overview",
    "queue.filter": "queue.drop_filter",
    "queue.order": "queue.reverse",
    "queue.save_view": "queue.remove_view",
    "review.edit": "review.drop",
}
"""Actions that share a line with another one, so that all of them fit a small terminal."""

_COLUMN = 40
"""Cells that a column of keys with their names needs."""

_KEYS = 9
"""Cells for keys, before their names; more where names are short enough."""


class HelpScreen(ModalScreen[None]):
    """Columns of keys with what they do, as many as there is room for; instead of them, the signs."""

    CSS_PATH = "help.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q", "leave", "Close", id="help.close"),
        Binding("tab", "turn", "Keys or signs", id="help.turn"),
    ]

    def __init__(self, commands: Sequence[Command], look: Look) -> None:
        super().__init__()
        self._commands = commands
        self._look = look

    def compose(self) -> ComposeResult:
        with Vertical(id="sheet"):
            with VerticalScroll():
                count = max(1, self.app.size.width // _COLUMN)
                keys = _columns(_lines(_paired(self._commands)), count)
                for id, columns in ("keys", keys), ("signs", _stacked(legend(self._look.signs), count)):
                    with Horizontal(id=id):
                        for column in columns:
                            yield Static(Content("\n").join(column), markup=False)
            line = BottomLine()
            line.help_key = ""
            yield line

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self._hint()

    def on_resize(self) -> None:
        # All of the screen, save the rule above and the line of keys below.
        self.query_one(VerticalScroll).styles.max_height = self.size.height - 2

    def action_turn(self) -> None:
        """Show what the signs mean, or the keys again."""
        self.toggle_class("-signs")
        self.query_one(VerticalScroll).scroll_home(animate=False)
        self._hint()

    def _hint(self) -> None:
        other = "keys" if self.has_class("-signs") else "what the signs mean"
        self.query_one(BottomLine).hints = (("Esc", "close"), ("Tab", other), (":", "all of these by name"))

    def action_leave(self) -> None:
        """Close the help."""
        self.dismiss()


def _paired(commands: Sequence[Command]) -> list[tuple[str, str, str]]:
    """Heading, keys and name of each action, those with an opposite together with it."""
    by_id = {command.id: command for command in commands}
    opposites: dict[str, Command] = {}
    for id in by_id:
        turned = (id.replace(one, other) for one, other in _TURNS if one in id)
        opposites.update((id, by_id[other]) for other in turned if other in by_id)
    opposites |= {id: by_id[other] for id, other in _TWINS.items() if id in by_id and other in by_id}
    second = {command.id for command in opposites.values()}
    found = []
    for command in commands:
        if command.id in second:
            continue
        heading, opposite = _HEADINGS.get(command.id.partition(".")[0], _HERE), opposites.get(command.id)
        if opposite is None:
            found.append((heading, " ".join(command.keys[:2]), command.name))
        else:
            said = [*command.name.lower().split(), "the"]
            # Places have names.
            name = opposite.name if command.id.startswith("go.") else opposite.name.lower()
            other = " ".join(word for word in name.split() if word.lower() not in said)
            found.append((heading, f"{command.keys[0]} {opposite.keys[0]}", f"{command.name}, {other}"))
    return found


def _lines(actions: Sequence[tuple[str, str, str]]) -> list[Content]:
    lines: list[Content] = []
    for heading in (_ACTS, _MOVE, _HERE, _EVERYWHERE):
        of_it = [(keys, name) for one, keys, name in actions if one == heading]
        if of_it and lines:
            lines.append(Content(""))
        if of_it:
            lines.append(Content.assemble((heading, "bold")))
        wide = max([_KEYS, *(len(keys) for keys, _ in of_it)])
        if any(wide + 2 + len(name) > _COLUMN - 2 for _, name in of_it):
            wide = _KEYS
        lines += [Content.assemble((f"{keys:>{wide}}  ", "bold $accent"), name) for keys, name in of_it]
    return lines


def _columns(lines: Sequence[Content], count: int) -> list[list[Content]]:
    """The lines in at most `count` columns of about one length."""
    height = -(-len(lines) // count)
    while len(columns := _filled(lines, height)) > count:
        height += 1
    return columns


def _filled(lines: Sequence[Content], height: int) -> list[list[Content]]:
    """The lines in columns up to `height` long; none begins with a blank line or ends with a heading."""
    columns: list[list[Content]] = []
    rest = list(lines)
    while rest:
        while rest and not rest[0].plain:
            rest.pop(0)
        end = height
        while 1 < end < len(rest) and not rest[end - 1].plain.startswith(" "):
            end -= 1
        columns.append(rest[:end])
        rest = rest[end:]
    return columns


def _stacked(groups: Sequence[Sequence[Content]], count: int) -> list[list[Content]]:
    """The groups in at most `count` columns, as many in each, a blank line between them."""
    each = -(-len(groups) // min(count, len(groups)))
    return [
        [line for group in groups[at : at + each] for line in (Content(""), *group)][1:]
        for at in range(0, len(groups), each)
    ]
