"""A document that is being settled: its merge, what is chosen, where it is to be, and what comes of that."""

from dataclasses import dataclass, replace

from lattice_console.merge.choices import Choice, Choices, History, Written, carried, result
from lattice_console.screens.resolve_loading import Clash
from lattice_console.widgets.resolve_layout import ResolveLayout

__all__ = ["OpenFile", "Where", "begun", "where_of"]


@dataclass(frozen=True, slots=True)
class Where:
    """Where a document can be: at our path, at theirs (None: neither is free to be taken), or at another one.

    `why` says why somebody has to choose; it is empty where the merge has a place for it.
    """

    ours: str | None
    theirs: str | None
    why: str = ""


def where_of(clash: Clash) -> Where | None:
    """Whether it can be chosen where a document is to be; None where there is one place for it."""
    change, there = clash.change, clash.standing
    if clash.barred:
        return Where(None, there.path if there else None, clash.barred)
    if there is not None and change.new_path is not None and there.path not in (change.file_path, change.new_path):
        return Where(change.new_path, there.path, f"both rename it, to {change.new_path} and to {there.path}")
    if there is not None and change.operation_type == "create":
        return Where(None, there.path)
    return None


@dataclass(slots=True)
class OpenFile:
    """The choice of a place, where there is one, is the last of the history, behind those for the conflicts."""

    clash: Clash
    layout: ResolveLayout
    history: History
    where: Where | None

    @property
    def choices(self) -> Choices:
        """What is chosen for the conflicts."""
        return self.history.choices[: len(self.layout.conflicts)]

    @property
    def place(self) -> Choice | None:
        """What is chosen of the places; None where nothing is, or nothing can be."""
        return self.history.choices[-1] if self.where is not None else None

    @property
    def path(self) -> str:
        """Where the document would be."""
        place, where = self.place, self.where
        if isinstance(place, Written):
            return place.content.decode()
        chosen = where.ours if where and place == "ours" else where.theirs if where and place == "theirs" else None
        return chosen or self.layout.sides.path

    @property
    def beside(self) -> bool:
        """Whether it is created beside what stands at its path, so that the two do not meet."""
        return self.clash.change.operation_type == "create" and isinstance(self.place, Written)

    @property
    def place_open(self) -> bool:
        """Whether it has to be chosen yet where the document is to be."""
        asked = self.where is not None and bool(self.where.why)
        return asked and self.place is None and self.content is not None

    @property
    def open(self) -> int:
        """How many choices it waits for."""
        conflicts = 0 if self.beside else self.choices.count(None)
        return conflicts + self.place_open

    @property
    def content(self) -> bytes | None:
        """The result of what is chosen; None where that is no file."""
        if self.beside:
            return self.clash.ours
        if self.layout.sides.gone and self.choices[0] in self.layout.sides.gone:
            return None
        return result(self.layout.sides.merge, self.choices)

    def put(self, place: Choice) -> History:
        """What is chosen, with that place for the document."""
        return self.history.choose((self.history.conflicts - 1, place))


def begun(clash: Clash, layout: ResolveLayout, kept: History | None, before: OpenFile | None) -> OpenFile:
    """A document with what was `kept` of its choices, or what fits of the choices from `before` others changed it."""
    where, conflicts = where_of(clash), len(layout.conflicts)
    size = conflicts + (where is not None)
    if kept is not None and kept.conflicts == size:
        history = kept
    elif before is None:
        history = History(size)
    else:
        fitting = carried(before.layout.sides.merge, before.choices, layout.sides.merge)
        history = replace(fitting, conflicts=size)
        if where == before.where and before.place is not None:
            history = history.choose((conflicts, before.place))
    layout.choose(history.choices[:conflicts])
    return OpenFile(clash, layout, history, where)
