"""What a change does to dependencies: what it takes away, what it newly needs, and the cycles that come of it.

*ours* is the mutation that is asked about, *theirs* the other mutation, as everywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

from lattice_console.contract.models.conflict import Remedy, Severity
from lattice_console.engine.rules import references, specs, syntax
from lattice_console.engine.rules.conflicts import Edit, Finding, Standing

_NAMED = 3
"""So many are named in a sentence; the files of all are in the finding."""

Kind = Literal["is", "declares", "refers"]


class Fact(NamedTuple):
    """The document at `path` is the spec `other`, declares to depend on the spec `other`, or refers to a file.

    That file's path is `other`, and `pointer` the JSON pointer there, empty for the file as a whole.
    """

    kind: Kind
    path: str
    other: str
    pointer: str = ""


class Need(NamedTuple):
    """What a document depends on: a spec by its name, or a file by its path with a JSON pointer."""

    kind: Kind
    other: str
    pointer: str = ""

    @property
    def node(self) -> str:
        """What is needed, as `spec_node` and `file_node` have it."""
        return file_node(self.other) if self.kind == "refers" else spec_node(self.other)


@dataclass(frozen=True, slots=True)
class Said:
    """What one document says, where it stands: the spec that it is, if it is one, and what it needs."""

    path: str
    name: str | None = None
    needs: frozenset[Need] = frozenset()

    @property
    def facts(self) -> frozenset[Fact]:
        """The same, told of its path."""
        claims = [Fact("is", self.path, self.name)] if self.name is not None else []
        return frozenset([*claims, *(Fact(need.kind, self.path, need.other, need.pointer) for need in self.needs)])


def read(path: str, content: bytes) -> Said:
    """Read what a document says. Never raises."""
    parsed = syntax.parse(path, content)
    name, depends_on = specs.identity(path, content, parsed) or (None, ())
    needs = [Need("declares", one) for one in depends_on]
    needs += [Need("refers", *one) for one in references.read(path, parsed.data)]
    return Said(path, name, frozenset(needs))


_NOTHING = Said("")


@dataclass(frozen=True)
class Shift:
    """What a change makes of what its document says, None where there is no document before or after it.

    Where both are one object, all that anybody may refer to is there as before.
    """

    edit: Edit
    before: Said | None
    after: Said | None

    @property
    def loses(self) -> str | None:
        """The path where something may be gone that others refer to."""
        return self.before.path if self.before is not None and self.before is not self.after else None

    @cached_property
    def lost(self) -> frozenset[Fact]:
        """What no longer holds after it."""
        return (self.before or _NOTHING).facts - (self.after or _NOTHING).facts

    @cached_property
    def won(self) -> frozenset[Fact]:
        """What holds only after it."""
        return (self.after or _NOTHING).facts - (self.before or _NOTHING).facts

    @property
    def gone(self) -> str | None:
        """The name of the spec that its document was, and is no longer."""
        before, after = self.before or _NOTHING, self.after or _NOTHING
        return before.name if before.name != after.name else None

    @cached_property
    def needs(self) -> list[Need]:
        """What its document newly depends on, wherever it stands."""
        before, after = self.before or _NOTHING, self.after or _NOTHING
        return sorted(after.needs - before.needs)

    @property
    def turns(self) -> bool:
        """Whether the document stands elsewhere afterwards, or is another spec: others come to it by other ways."""
        before, after = self.before or _NOTHING, self.after or _NOTHING
        return (before.path, before.name) != (after.path, after.name)

    @cached_property
    def steps(self) -> list[Need]:
        """What ways around may lead over that were not there before: the new needs, or all where it `turns`."""
        return sorted(self.after.needs) if self.after is not None and self.turns else self.needs

    @property
    def aliases(self) -> set[str]:
        """All that the document goes by in the graph, before and after."""
        known = [one for one in (self.before, self.after) if one is not None]
        return {one.path for one in known} | {one.name for one in known if one.name is not None}


def spec_node(name: str) -> str:
    """A spec as a stop on a way."""
    return f"spec {name}"


def file_node(path: str) -> str:
    """A document as a stop on a way."""
    return f"file {path}"


def files_on(way: Iterable[str]) -> list[str]:
    """The paths of the documents on a way."""
    return [path for kind, _, path in (stop.partition(" ") for stop in way) if kind == "file"]


# --- What is found


def takes_away(shift: Shift, name: str | None, needing: Sequence[tuple[str, Fact]]) -> Finding:
    """A change takes away what others need: the spec of that `name`, or of its file what they refer to.

    Those come with what they are called.
    """
    called = sorted({called for called, _ in needing})
    does = "depend" if name is not None else "refer"
    still = f"still {does}{'s' if len(called) == 1 else ''}"
    what = f"on {name}" if name is not None else f"to {_what(shift, needing)}"
    return _finding(
        shift,
        "error",
        f"{_taking(shift, name)}, and {_listed(called)} {still} {what}.",
        ("remove_the_dependency", "update_the_dependents", *_instead(shift), "drop_the_change"),
        [fact.path for _, fact in needing],
        about=f"{shift.edit.path} {'takes' if name is None else 'is'}",
    )


def needs_what_is_not_there(shift: Shift, needs: Sequence[Need]) -> list[Finding]:
    """A change lets its document depend on what is no spec, or refer to what is not there."""
    found = []
    names = [need.other for need in needs if need.kind == "declares"]
    if names:
        what = "is no spec here yet" if len(names) == 1 else "are no specs here yet"
        said = f"this one makes it depend on {_listed(names)}, which {what}."
        found.append(_finding(shift, "warning", said, ("remove_the_dependency",), about=f"{shift.edit.path} needs"))
    places = [need for need in needs if need.kind == "refers"]
    if places:
        what = "is not there" if len(places) == 1 else "are not there"
        said = f"this one makes it refer to {_listed([_place(need) for need in places])}, which {what}."
        remedies: tuple[Remedy, ...] = ("remove_the_dependency", "drop_the_change")
        files = [need.other for need in places]
        found.append(_finding(shift, "error", said, remedies, files, about=f"{shift.edit.path} refers"))
    return found


def closes(shift: Shift, way: Sequence[str], called: Sequence[str], *, declared: bool) -> Finding:
    """A change leads back to where it began; the way is all around, with what its documents are `called`.

    That is for a person where a dependency is `declared` on it; files may well refer to each other all around.
    """
    paths = files_on(way)
    return _finding(
        shift,
        _severity(declared),
        f"this one closes a circle of {_links(declared)}: {_round(called)}.",
        ("remove_the_dependency", "drop_the_change"),
        paths,
        about=f"{shift.edit.path} circle {paths[1] if len(paths) > 1 else ''}",
    )


def one_takes_what_the_other_needs(
    taker: Shift, its_number: int, needer: Shift, number: int, needs: Sequence[Need], called: str
) -> tuple[Finding, Finding]:
    """What a mutation takes away, which another one newly needs; as the taker has it, and as the needer.

    The document of the needer is `called` so.
    """
    name = next((need.other for need in needs if need.kind == "declares"), None)
    makes = f"depend on {name}" if name else f"refer to {_listed([_place(need) for need in needs])}"
    first = _finding(
        taker,
        "error",
        f"{_taking(taker, name)}, and M-{number} makes {called} {makes}.",
        ("wait_for_the_other", *_instead(taker), "drop_the_change"),
        [needer.edit.path],
        by=number,
    )
    second = _finding(
        needer,
        "error",
        f"this one makes it {makes}, which M-{its_number} {_verb(taker, name)}.",
        ("remove_the_dependency", "wait_for_the_other", "drop_the_change"),
        [taker.edit.path],
        by=its_number,
    )
    return _alike(first, second, name or "file")


def close_together(
    ours: tuple[Shift, int], theirs: tuple[Shift, int], way: Sequence[str], called: Sequence[str], *, declared: bool
) -> tuple[Finding, Finding]:
    """Two mutations lead back to where they began only together, as each of them has it.

    The way is all around, with what its documents are `called`; each of them tells it from its own document.
    """
    paths, severity = files_on(way), _severity(declared)
    remedies: tuple[Remedy, ...] = ("remove_the_dependency", "wait_for_the_other", "drop_the_change")

    def told(shift: Shift, met: int) -> Finding:
        around = _round(_begun(shift, paths, called))
        said = f"this one and M-{met} together close a circle of {_links(declared)}: {around}."
        return _finding(shift, severity, said, remedies, paths, by=met)

    first, second = told(ours[0], theirs[1]), told(theirs[0], ours[1])
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


def _taking(shift: Shift, name: str | None) -> str:
    """What a change does to the spec that its document was, or to the file."""
    if shift.after is None:
        return f"this one deletes {f'the spec {name}' if name else 'it'}"
    if name is not None:
        new = shift.after.name
        return f"this one renames the spec {name} to {new}" if new else f"this one makes it no longer the spec {name}"
    if shift.before is not None and shift.before.path != shift.after.path:
        return f"this one moves it to {shift.after.path}"
    return "this one takes something out of it"


def _verb(shift: Shift, name: str | None) -> str:
    if shift.after is None:
        return "deletes"
    if name is not None:
        return f"renames to {shift.after.name}" if shift.after.name else "makes no longer a spec"
    return f"moves to {shift.after.path}" if _moves(shift) else "takes away"


def _moves(shift: Shift) -> bool:
    return shift.before is not None and shift.after is not None and shift.before.path != shift.after.path


def _what(shift: Shift, needing: Sequence[tuple[str, Fact]]) -> str:
    """What others refer to of a file that is gone, or of one that has it no longer."""
    if shift.after is None or _moves(shift):
        return shift.before.path if shift.before else shift.edit.path
    return _listed([f"#{pointer}" for pointer in sorted({fact.pointer for _, fact in needing if fact.pointer})])


def _place(need: Need) -> str:
    return f"{need.other}#{need.pointer}" if need.pointer else need.other


def _instead(shift: Shift) -> tuple[Remedy, ...]:
    return ("modify_instead",) if shift.after is None else ()


def _severity(declared: bool) -> Severity:
    return "error" if declared else "warning"


def _links(declared: bool) -> str:
    return "dependencies" if declared else "references"


def _listed(words: Sequence[str]) -> str:
    shown, left = list(words[:_NAMED]), len(words) - _NAMED
    if left > 0:
        shown.append(f"{left} more")
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def _begun(shift: Shift, paths: Sequence[str], called: Sequence[str]) -> Sequence[str]:
    """The same way around, from the document of a change."""
    at = paths.index(shift.after.path) if shift.after is not None else 0
    return (*called[at:], *called[1 : at + 1])


def _round(called: Sequence[str]) -> str:
    """The way all around; the middle of a long one is left out."""
    most = 3 * _NAMED
    left = len(called) - most
    shown = called if left <= 0 else (*called[: 2 * _NAMED], f"({left} more)", *called[-_NAMED:])
    return " -> ".join(shown)
