"""What a change does to dependencies: what it takes away, what it newly needs, and the cycles that come of it.

*ours* is the mutation that is asked about, *theirs* the other mutation, as everywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from lattice_console.contract.models.conflict import Remedy, Severity
from lattice_console.engine.rules.conflicts import Edit, Finding, Standing
from lattice_console.engine.rules.graph import Edge

_NAMED = 3
"""So many are named in a sentence; the files of all are in the finding."""


class Link(NamedTuple):
    """The document at `path` is or holds `source`, which depends on `target`, another spec by its name."""

    path: str
    source: str
    target: str

    @property
    def edge(self) -> Edge:
        """The link without the document that declares it."""
        return self.source, self.target


class Claim(NamedTuple):
    """The document at `path` is the spec of that name."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """What one document says of dependencies, where it stands: the spec that it is, if it is one, and its needs."""

    path: str
    name: str | None = None
    needs: frozenset[str] = frozenset()

    @property
    def links(self) -> frozenset[Link]:
        """What it declares."""
        return frozenset(Link(self.path, self.name, need) for need in self.needs if self.name is not None)

    @property
    def claims(self) -> frozenset[Claim]:
        """What it is."""
        return frozenset() if self.name is None else frozenset({Claim(self.path, self.name)})


_NOTHING = Said("")


@dataclass(frozen=True)
class Shift:
    """What a change makes of what its document says, None where there is no document before or after it."""

    edit: Edit
    before: Said | None
    after: Said | None

    @cached_property
    def lost(self) -> frozenset[Link | Claim]:
        """What no longer holds after it."""
        return _facts(self.before) - _facts(self.after)

    @cached_property
    def won(self) -> frozenset[Link | Claim]:
        """What holds only after it."""
        return _facts(self.after) - _facts(self.before)

    @property
    def gone(self) -> str | None:
        """The name of the spec that its document was, and is no longer."""
        before, after = self.before or _NOTHING, self.after or _NOTHING
        return before.name if before.name != after.name else None

    @property
    def needs(self) -> list[str]:
        """What its document newly depends on, wherever it stands."""
        before, after = self.before or _NOTHING, self.after or _NOTHING
        return sorted(after.needs - before.needs)


def _facts(said: Said | None) -> frozenset[Link | Claim]:
    return said.links | said.claims if said else frozenset()


def new_edges(shifts: Iterable[Shift]) -> dict[Edge, Shift]:
    """The edges of the graph that changes add, each with the change, in their order; a document may just move."""
    lost = {fact.edge for shift in shifts for fact in shift.lost if isinstance(fact, Link)}
    won = {fact.edge: shift for shift in shifts for fact in shift.won if isinstance(fact, Link)}
    return {edge: won[edge] for edge in sorted(won.keys() - lost)}


def changed_edges(shifts: Iterable[Shift]) -> set[Edge]:
    """The edges of the graph that changes add or take away."""
    lost = {fact.edge for shift in shifts for fact in shift.lost if isinstance(fact, Link)}
    won = {fact.edge for shift in shifts for fact in shift.won if isinstance(fact, Link)}
    return lost ^ won


def changed_names(shifts: Iterable[Shift]) -> set[str]:
    """The names of specs that begin or cease to be some document."""
    lost = {fact for shift in shifts for fact in shift.lost if isinstance(fact, Claim)}
    won = {fact for shift in shifts for fact in shift.won if isinstance(fact, Claim)}
    return {claim.name for claim in lost} ^ {claim.name for claim in won}


# --- What is found


def takes_away(shift: Shift, needing: Sequence[Link]) -> Finding:
    """A change takes a spec away that others depend on."""
    still = "still depends on it" if len({link.source for link in needing}) == 1 else "still depend on it"
    return _finding(
        shift,
        "error",
        f"{_taking(shift)}, and {_sources(needing)} {still}.",
        ("remove_the_dependency", "update_the_dependents", *_instead(shift), "drop_the_change"),
        [link.path for link in needing],
    )


def needs_what_is_not_there(shift: Shift, names: Sequence[str]) -> Finding:
    """A change lets its document depend on what is no spec."""
    what = "is no spec here yet" if len(names) == 1 else "are no specs here yet"
    return _finding(
        shift,
        "warning",
        f"this one makes it depend on {_listed(names)}, which {what}.",
        ("remove_the_dependency",),
        about=f"{shift.edit.path} needs",
    )


def closes(shift: Shift, way: Sequence[str], paths: Iterable[str]) -> Finding:
    """A change adds an edge that leads back to where it began; the way is all around, its ends the same."""
    return _finding(
        shift,
        "error",
        f"this one closes a circle of dependencies: {_round(way)}.",
        ("remove_the_dependency", "drop_the_change"),
        paths,
        about=f"{shift.edit.path} needs {way[1]}",
    )


def one_takes_what_the_other_needs(
    taker: Shift, its_number: int, needer: Shift, number: int
) -> tuple[Finding, Finding]:
    """What a mutation takes away, which another one newly needs; as the taker has it, and as the needer."""
    name = taker.gone or ""
    source = _node(needer)
    first = _finding(
        taker,
        "error",
        f"{_taking(taker)}, and M-{number} makes {source} depend on it.",
        ("wait_for_the_other", *_instead(taker), "drop_the_change"),
        [needer.edit.path],
        by=number,
    )
    second = _finding(
        needer,
        "error",
        f"this one makes it depend on {name}, which M-{its_number} {_verb(taker)}.",
        ("remove_the_dependency", "wait_for_the_other", "drop_the_change"),
        [taker.edit.path],
        by=its_number,
    )
    return _alike(first, second, name)


def close_together(
    ours: tuple[Shift, int, Edge], theirs: tuple[Shift, int, Edge], way: Sequence[str], paths: Sequence[str]
) -> tuple[Finding, Finding]:
    """Edges of two mutations that lead back to where they began only together, as each of them has it.

    The way is all around, and each of them tells it from its own edge.
    """
    first, second = (
        _finding(
            shift,
            "error",
            f"this one and M-{met} together close a circle of dependencies: {_round(_begun(way, edge[0]))}.",
            ("remove_the_dependency", "wait_for_the_other", "drop_the_change"),
            paths,
            by=met,
        )
        for (shift, _, edge), (_, met, _) in ((ours, theirs), (theirs, ours))
    )
    return _alike(first, second, "circle")


def _alike(first: Finding, second: Finding, what: str) -> tuple[Finding, Finding]:
    """Both sides of one finding, which is known by the documents of both."""
    about = f"{' '.join(sorted((first.path, second.path)))} {what}"
    return replace(first, about=about), replace(second, about=about)


def _finding(
    shift: Shift,
    severity: Severity,
    said: str,
    remedies: tuple[Remedy, ...],
    others: Iterable[str] = (),
    *,
    about: str = "",
    by: int | None = None,
) -> Finding:
    edit = shift.edit
    return Finding(
        type="dependency_violation",
        severity=severity,
        path=edit.path,
        description=f"{edit.path}: {said}",
        files=tuple(dict.fromkeys(path for path in (edit.path, edit.new_path, *sorted(others)) if path is not None)),
        remedies=remedies,
        standing=Standing(None, None, f"M-{by}" if by else "what stands there"),
        base=edit.base,
        ours=edit.result,
        about=about,
    )


def _node(shift: Shift) -> str:
    said = shift.after
    return said.name if said is not None and said.name is not None else shift.edit.path


def _taking(shift: Shift) -> str:
    """What a change does to the spec that its document was."""
    if shift.after is None:
        return f"this one deletes the spec {shift.gone}"
    if shift.after.name is not None:
        return f"this one renames the spec {shift.gone} to {shift.after.name}"
    return f"this one makes it no longer the spec {shift.gone}"


def _verb(shift: Shift) -> str:
    if shift.after is None:
        return "deletes"
    return f"renames to {shift.after.name}" if shift.after.name is not None else "makes no longer a spec"


def _instead(shift: Shift) -> tuple[Remedy, ...]:
    return ("modify_instead",) if shift.after is None else ()


def _sources(links: Sequence[Link]) -> str:
    places = {link.source: link.path for link in sorted(links, reverse=True)}
    return _listed([f"{source} ({places[source]})" for source in sorted(places)])


def _listed(words: Sequence[str]) -> str:
    shown, left = list(words[:_NAMED]), len(words) - _NAMED
    if left > 0:
        shown.append(f"{left} more")
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]


def _begun(way: Sequence[str], name: str) -> Sequence[str]:
    """The same way around, from that name."""
    at = way.index(name)
    return (*way[at:], *way[1 : at + 1])


def _round(way: Sequence[str]) -> str:
    """The way all around; the middle of a long one is left out."""
    shown = way if len(way) <= 3 * _NAMED else (*way[: 2 * _NAMED], f"({len(way) - 3 * _NAMED} more)", *way[-_NAMED:])
    return " -> ".join(shown)
