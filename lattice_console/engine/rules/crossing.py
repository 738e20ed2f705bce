"""What is wrong with a document that only others can tell: its name, what it depends on and what it refers to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from lattice_console.contract.models.spec import Finding
from lattice_console.engine.rules import references, specs, syntax
from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.checks.entries import shown
from lattice_console.engine.rules.defects import Defect, placed
from lattice_console.engine.rules.dependencies import Need

__all__ = ["Around", "check"]

_NAMED: Final = 5
"""So many specs of a circle are named."""


@dataclass(frozen=True, slots=True)
class Around:
    """What others say of a document: which of its needs are `missing`, and which paths have a spec of its `name`.

    `circle` are the names of specs that depend on one another, of which it is one.
    """

    name: str = ""
    missing: frozenset[Need] = frozenset()
    twins: Sequence[str] = ()
    circle: Sequence[str] = ()


def check(path: str, content: bytes, around: Around) -> tuple[Finding, ...]:
    """What others say is wrong with a document, where it stands in that. Never raises."""
    parsed = syntax.parse(path, content)
    return placed(path, content, parsed, list(islice(_defects(path, parsed.data, around), specs.DEFECT_LIMIT)))


def _defects(path: str, data: Any, around: Around) -> Iterator[Defect]:
    said = data if isinstance(data, dict) else {}
    if around.twins:
        more = f" and {len(around.twins) - 1} more" if len(around.twins) > 1 else ""
        is_said = said.get("name") == around.name
        message = f"The name {shown(around.name)} is also that of {shown(around.twins[0])}{more}."
        remedy = "Rename one of them, so that others can depend on it by its name."
        yield broken("name_twice" if is_said else "file_name_twice", message, "/name" if is_said else "", remedy)
    listed = said.get("depends_on")
    for index, wanted in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(wanted, str):
            yield from _dependency(wanted, f"/depends_on/{index}", around)
    for pointer, reference in references.places(path, data):
        if Need("refers", *reference) in around.missing:
            target = f"{reference.path}#{reference.pointer}" if reference.pointer else reference.path
            message = f"It refers to {shown(target)}, which is not there."
            yield broken("broken_reference", message, pointer, "Mend the reference, or add what it refers to.")


def _dependency(wanted: str, pointer: str, around: Around) -> Iterator[Defect]:
    if Need("declares", wanted) in around.missing:
        message = f"It depends on {shown(wanted)}, which is no spec here."
        yield broken("depends_on", message, pointer, f"Add the spec {shown(wanted)}, or drop the dependency.")
    elif wanted != around.name and wanted in around.circle:
        more = f" and {len(around.circle) - _NAMED} more" if len(around.circle) > _NAMED else ""
        message = f"It depends on what depends on it: {', '.join(map(shown, around.circle[:_NAMED]))}{more}."
        remedy = "Drop one of these dependencies; what several need can be a spec of its own."
        yield broken("circle", message, pointer, remedy)
