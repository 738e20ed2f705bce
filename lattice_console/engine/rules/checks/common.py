"""What every spec says of itself: name, type, version, description, dependencies, the files that it governs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast, get_args

from lattice_console.contract.models.base import check_line
from lattice_console.contract.models.spec import SpecType
from lattice_console.engine.rules import globs
from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.checks.entries import shown
from lattice_console.engine.rules.defects import Defect

__all__ = ["KEYS", "LISTS", "NAME_LIMIT", "TYPES", "check", "dependencies_of", "name_of", "type_of", "version_of"]

KEYS: Final = frozenset({"name", "type", "version"})
"""The keys of which a plain value can decide whether these rules are kept."""

NAME_LIMIT: Final = 100
"""How many characters the name of a spec may have, and that of one it depends on."""

TYPES: Final[Sequence[SpecType]] = get_args(SpecType)

LISTS: Final[Mapping[str, SpecType]] = {"requirements": "requirements", "endpoints": "api", "tables": "database"}
"""The keys that hold lists, and the type of a spec that has one but says none."""

_VERSION_LIMIT: Final = 100
_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9._-]*")
_PART: Final = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
# The grammar of Semantic Versioning 2.0.0 (semver.org).
_SEMVER: Final = re.compile(
    rf"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){{2}}(?:-{_PART}(?:\.{_PART})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)


def name_of(data: Mapping[str, Any]) -> str | None:
    """The name that a document gives itself; None where that is none that a spec may have."""
    name = data.get("name")
    return name if isinstance(name, str) and _name_problem(name) is None else None


def type_of(data: Mapping[str, Any]) -> SpecType:
    """The type of a spec: what it says, else what its lists imply."""
    kind = data.get("type")
    if kind in TYPES:
        return cast("SpecType", kind)
    return next((implied for key, implied in LISTS.items() if key in data), "generic")


def version_of(data: Mapping[str, Any]) -> str | None:
    """The semantic version of a spec; None where it says none."""
    version = data.get("version")
    is_one = isinstance(version, str) and len(version) <= _VERSION_LIMIT and _SEMVER.fullmatch(version)
    return version if is_one else None


def dependencies_of(data: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The names of the specs that the spec of that name depends on, each once."""
    listed = data.get("depends_on")
    names = listed if isinstance(listed, list) else ()
    return tuple(dict.fromkeys(one for one in names if one != name and _name_problem(one) is None))


def check(data: Mapping[str, Any], name: str) -> Iterator[Defect]:
    """What is wrong with these in a document that is the spec of that name. Never raises."""
    yield from _name(data, name)
    if data.get("type") is not None and data["type"] not in TYPES:
        remedy = f"Choose one of {', '.join(TYPES)}."
        yield broken("type", f"The type is {shown(data['type'])}, which is none.", "/type", remedy)
    if data.get("version") is None:
        yield broken("no_version", "The spec has no version.", "", "Begin with 1.0.0.")
    elif version_of(data) is None:
        as_text = "" if isinstance(data["version"], str) else " as a text"
        remedy = f"Write MAJOR.MINOR.PATCH{as_text}, such as 1.0.0."
        yield broken("version", f"The version {shown(data['version'])} is no semantic version.", "/version", remedy)
    if not isinstance(data.get("description", ""), str):
        yield broken("description", "The description is no text.", "/description", "Write a text.")
    for key in LISTS:
        yield from _list(data, key)
    yield from _dependencies(data, name)
    yield from _allowed_files(data)


def _name(data: Mapping[str, Any], name: str) -> Iterator[Defect]:
    said = data.get("name")
    if said is None:
        yield broken("name", "The spec has no name.", "", f"Add one, such as {name!r}.")
    elif problem := _name_problem(said):
        yield broken("name", f"The name {problem}.", "/name", f"Write one such as {name!r}.")
    elif not _SLUG.fullmatch(said):
        remedy = "Use lower-case letters, digits, dots, hyphens and underscores."
        yield broken("plain_name", "The name is hard to type.", "/name", remedy)


def _list(data: Mapping[str, Any], key: str) -> Iterator[Defect]:
    items = data.get(key)
    if items is not None and not isinstance(items, list):
        yield broken(key, f"{key} is no list.", f"/{key}", "Write a list.")
        return
    allowed, words = ((str, dict), "a text or an object") if key == "requirements" else ((dict,), "an object")
    for index, item in enumerate(items or ()):
        if not isinstance(item, allowed):
            yield broken(key, f"One of {key} is not {words}.", f"/{key}/{index}", f"Write {words} for each.")
            return


def _dependencies(data: Mapping[str, Any], name: str) -> Iterator[Defect]:
    names = data.get("depends_on")
    if names is not None and not isinstance(names, list):
        yield broken("depends_on", "depends_on is no list.", "/depends_on", "Write a list of the names of specs.")
        return
    for index, one in enumerate(names or ()):
        if problem := _name_problem(one):
            message = f"The name of a spec that it depends on {problem}."
            yield broken("depends_on", message, f"/depends_on/{index}", "Name another spec, or drop it.")
        elif one == name:
            message = f"The spec {shown(name)} depends on itself."
            yield broken("depends_on", message, f"/depends_on/{index}", "Drop that dependency.")


def _allowed_files(data: Mapping[str, Any]) -> Iterator[Defect]:
    listed = data.get("allowed_files")
    if listed is not None and not isinstance(listed, list):
        remedy = "Write a list of globs, such as src/**/*."
        yield broken("allowed_files", "allowed_files is no list.", "/allowed_files", remedy)
        return
    for index, one in enumerate(listed or ()):
        where = f"/allowed_files/{index}"
        if not isinstance(one, str):
            yield broken("allowed_files", "One of allowed_files is no text.", where, "Write a glob, such as src/**/*.")
            continue
        try:
            globs.read(one)
        except globs.BadGlob as error:
            yield broken("allowed_files", f"The glob {shown(one)} {error}.", where, error.remedy)


def _name_problem(value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return "is no text, or an empty one"
    if len(value) > NAME_LIMIT:
        return f"has more than {NAME_LIMIT} characters"
    try:
        check_line(value)
    except ValueError as error:
        return str(error)
    return None
