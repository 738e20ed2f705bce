"""What the rest of a project says of documents of the head: names that others have, needs that nothing meets."""

from collections.abc import Mapping, Sequence

from lattice_console.engine.features.context import Context
from lattice_console.engine.features.land import Land
from lattice_console.engine.records import HeadRecord
from lattice_console.engine.rules import syntax
from lattice_console.engine.rules.circles import cycles
from lattice_console.engine.rules.crossing import Around
from lattice_console.engine.rules.dependencies import Fact, Need


def around(ctx: Context, documents: Sequence[HeadRecord]) -> Mapping[str, Around]:
    """By path, what others say of those documents of which something is wrong."""
    here = Land(ctx)
    said: dict[str, list[Fact]] = {}
    for fact in here.by(one.path for one in documents if syntax.kind_of(one.path) != "other"):
        said.setdefault(fact.path, []).append(fact)
    needs = {path: {Need(one.kind, one.other, one.pointer) for one in facts} for path, facts in said.items()}
    wanted = {need for found in needs.values() for need in found if need.kind != "is"}
    missing = here.missing(wanted)
    names = {fact.path: fact.other for facts in said.values() for fact in facts if fact.kind == "is"}
    twins = _twins(here, names)
    circles = _circles(ctx) if any(need.kind == "declares" for need in wanted) else {}
    found = {}
    for path, its in needs.items():
        name = names.get(path, "")
        one = Around(name, frozenset(its & missing), twins.get(path, ()), circles.get(name, ()))
        if one != Around(name):
            found[path] = one
    return found


def _twins(here: Land, names: Mapping[str, str]) -> dict[str, list[str]]:
    """The paths of other documents that are specs of the same name, by path."""
    holders: dict[str, list[str]] = {}
    for fact in here.about(set(names.values())):
        if fact.kind == "is":
            holders.setdefault(fact.other, []).append(fact.path)
    return {path: sorted({*holders[name]} - {path}) for path, name in names.items() if len(holders.get(name, ())) > 1}


def _circles(ctx: Context) -> dict[str, tuple[str, ...]]:
    """The specs that declare to depend on one another, all of a circle by the name of each."""
    declared = {record.name: record.depends_on for record in ctx.tables.specs.all(ctx.project.id)}
    return {name: circle for circle in cycles(declared) for name in circle}
