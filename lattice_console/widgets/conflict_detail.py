"""The pane beside the conflicts: one of them in full, and what can be done about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from textual.content import Content

from lattice_console.cells import cells, fit, wrap
from lattice_console.contract.models.conflict import Conflict, ConflictPlace, Lines, Remedy
from lattice_console.text import inert, pointed
from lattice_console.widgets.conflict_list import named, severity_sign
from lattice_console.widgets.item_list import Item, ItemList
from lattice_console.widgets.pieces import MUTED, ROLE_STYLES, paragraph
from lattice_console.widgets.signs import Look

__all__ = ["ConflictDetail", "Step", "steps"]

_PLACES = 20
"""Places that are listed; the screen where they are settled has them all."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done about a conflict: a remedy, or to open the mutation `number`."""

    # To compare it with another one takes long where the two meet in many places.
    conflict: Conflict = field(compare=False)
    act: Remedy | Literal["open"]
    number: int
    sentence: str


def steps(conflict: Conflict, titles: Mapping[int, str]) -> list[Step]:
    """What can be done, in the order of their numbers: what is suggested, and every mutation to look at."""
    numbers = [conflict.mutation, *conflict.conflicting_mutations]
    if conflict.revision_mutation is not None:
        numbers.append(conflict.revision_mutation)
    suggested = [
        Step(conflict, one.action, conflict.mutation, inert(one.sentence)) for one in conflict.resolution_suggestions
    ]
    return suggested + [Step(conflict, "open", number, f"Open {named(number, titles)}") for number in numbers]


class ConflictDetail(ItemList):
    """What is the matter, what can be done about it, by its number, and where the two meet."""

    def show(self, conflict: Conflict | None, titles: Mapping[int, str]) -> None:
        """Show a conflict, or nothing; the cursor is on the first thing that can be done."""
        if conflict is None:
            self.fill(lambda width: ())
            return
        another = not isinstance(self.value, Step) or self.value.conflict.id != conflict.id
        self.fill(lambda width: list(_items(conflict, titles, width - 1, self._look)))
        if another:
            self._scroll_so(0)
            self.move_to(next((row for row in range(self.total) if self.step_at(row)), 0))

    @property
    def step(self) -> Step | None:
        """What can be done under the cursor."""
        return self.step_at(self.cursor)

    def step_at(self, row: int) -> Step | None:
        """What a row stands for."""
        value = self._items[self._rows[row][0]].value if row < len(self._rows) else None
        return value if isinstance(value, Step) else None


def _items(conflict: Conflict, titles: Mapping[int, str], width: int, look: Look) -> Iterable[Item]:
    sign, role = severity_sign(conflict, look)
    by_itself = "worth a look" if conflict.type == "dependency_violation" else "merges by itself"
    words = "for a person" if conflict.severity == "error" else by_itself
    kind = conflict.type.replace("_", " ").capitalize()
    yield Item(
        (
            Content.assemble((f" {sign} ", ROLE_STYLES[role]), (kind, "bold"), (f" {look.signs.dot} {words}", MUTED)),
            *paragraph(conflict.description, width, 3),
        ),
        title=True,
    )
    yield Item((Content(""),), title=True)
    for at, step in enumerate(steps(conflict, titles), 1):
        first, *rest = wrap(step.sentence, max(8, width - 5))
        head = Content.assemble((f" {at}", "bold $accent"), f"  {first}")
        yield Item((head, *(Content(f"    {line}") for line in rest)), step)
    others = [path for path in conflict.affected_files if path != conflict.path]
    if others:
        yield Item((Content(""), Content.assemble((" Other files", "bold"))), title=True)
        yield from (Item(tuple(paragraph(path, width, 3)), title=True) for path in others)
    if conflict.places:
        yield Item((Content(""), *_places(conflict.places, width, look)), title=True)


def _places(places: Sequence[ConflictPlace], width: int, look: Look) -> list[Content]:
    """A table of where the sides meet, by the lines of each."""
    shown = places[:_PLACES]
    columns = [[_lines(one.base) for one in shown], [_lines(one.ours) for one in shown]]
    columns.append([_lines(one.theirs) for one in shown])
    names = ("base", "ours", "theirs")
    sizes = [max(map(cells, [name, *column])) for name, column in zip(names, columns, strict=True)]
    room = max(8, width - sum(sizes) - 2 * len(sizes) - 4)
    head = "  ".join(fit(name, size, right=True) for name, size in zip(names, sizes, strict=True))
    lines = [Content.assemble((" " + fit("Where", room + 2), "bold"), (f"  {head}", MUTED))]
    for at, one in enumerate(shown):
        where = pointed(one.pointer, look.signs.crumb) if one.pointer else "lines"
        row = "  ".join(fit(column[at], size, right=True) for column, size in zip(columns, sizes, strict=True))
        lines.append(Content.assemble(f"   {fit(where, room, look.signs.ellipsis)}", (f"  {row}", MUTED)))
    if len(places) > _PLACES:
        lines.append(Content.assemble((f"   and {len(places) - _PLACES} more", MUTED)))
    return lines


def _lines(lines: Lines) -> str:
    """`3-5`, `3`, or `before 3` where there are none."""
    if lines.lines == 0:
        return f"before {lines.first}"
    return str(lines.first) if lines.lines == 1 else f"{lines.first}-{lines.first + lines.lines - 1}"
