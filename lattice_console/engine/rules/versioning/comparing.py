"""The version that a change of a spec asks for, and why: each type of spec by rules of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lattice_console.contract.models.advice import SpecVersion, VersionReason, VersionStep
from lattice_console.contract.models.base import replace_controls
from lattice_console.contract.models.spec import SpecType
from lattice_console.engine.rules import specs, syntax
from lattice_console.engine.rules.versioning import dialects, numbers, openapi
from lattice_console.engine.rules.versioning.differences import Difference, Item, changed_pointers
from lattice_console.engine.rules.versioning.following import follow
from lattice_console.engine.rules.versioning.schemas import Schemas

__all__ = ["REASONS", "compare", "falls_short", "version_of"]

REASONS: Final = 50
"""How many reasons are told of one spec."""

_MESSAGE: Final = 300
_ORDER: Final[Mapping[VersionStep, int]] = {"major": 0, "minor": 1, "patch": 2}
_BY_TYPE: Final = {
    "api": dialects.api,
    "database": dialects.database,
    "requirements": dialects.requirements,
    "generic": dialects.generic,
}


@dataclass(frozen=True, slots=True)
class _Side:
    """What a document says as a spec."""

    name: str
    type: SpecType
    version: str | None
    data: Any
    content: bytes
    standard: str


def version_of(path: str, content: bytes) -> str | None:
    """The version that a document states as a spec; None where it states none. Never raises."""
    found = _read(path, content)
    return found.version if found else None


def compare(path: str, before: bytes | None, after: bytes | None, new_path: str | None = None) -> SpecVersion | None:
    """What a change of a document asks of its version; None where it is no spec, before or after. Never raises."""
    old = _read(path, before) if before is not None else None
    new = _read(new_path or path, after) if after is not None else None
    if old is None and new is None:
        return None
    reasons = _told(_reasons(old, new))
    now, states = (side.version if side else None for side in (old, new))
    step = reasons[0].step if reasons else None
    proposed = _proposed(now, states, step, begins=old is None) if new else None
    return SpecVersion(
        spec=new.name if new else old.name if old else "",
        path=(new_path or path) if new else path,
        now=now,
        states=states,
        proposed=proposed,
        step=step,
        short=new is not None and falls_short(states, proposed),
        reasons=tuple(reasons[:REASONS]),
        further=max(0, len(reasons) - REASONS),
    )


def falls_short(states: str | None, proposed: str | None) -> bool:
    """Whether a version is less than is proposed, where something is."""
    wanted, stated = numbers.read(proposed), numbers.read(states)
    return wanted is not None and (stated is None or stated.rank < wanted.rank)


def _proposed(now: str | None, states: str | None, step: VersionStep | None, *, begins: bool) -> str | None:
    """The next version; of a spec that is new the one that it states, or the first."""
    if begins:
        return states if numbers.read(states) else numbers.FIRST
    number = numbers.read(now)
    if number is None or step is None:
        return now if number else None
    return str(number.next(step))


def _read(path: str, content: bytes) -> _Side | None:
    parsed = syntax.parse(path, content)
    reading = specs.meaning(path, content, parsed)
    if reading is None:
        return None
    data = parsed.data if isinstance(parsed.data, dict) else {}
    standard = "OpenAPI" if specs.is_openapi(data) else "JSON Schema" if reading.schema is data else ""
    return _Side(reading.name, reading.type, reading.version, data, content, standard)


def _reasons(old: _Side | None, new: _Side | None) -> Iterator[Difference]:
    if old is None or new is None:
        yield Difference("major", "", "removed the spec") if new is None else Difference("minor", "", "added the spec")
        return
    if (old.type, old.standard) != (new.type, new.standard):
        said = f"changed the type of the spec from {old.standard or old.type} to {new.standard or new.type}"
        yield Difference("major", "/type", said)
        return
    found = False
    for difference in _by_rules(old, new):
        found = found or difference.step != "patch"
        yield difference
    if not found:
        yield from _rest(old, new)


def _by_rules(old: _Side, new: _Side) -> Iterator[Difference]:
    if new.standard == "OpenAPI":
        return openapi.differences(old.data, new.data)
    if new.standard:
        before, after = Item("", old.data), Item("", new.data)
        schemas = Schemas(lambda item: follow(before, item), lambda item: follow(after, item))
        return schemas.compare(before, after, "sent", "the schema")
    return _BY_TYPE[new.type](old.data, new.data)


def _rest(old: _Side, new: _Side) -> Iterator[Difference]:
    """What no rule asks for: descriptions, examples, and the like; and the text below front matter."""
    stating = "/info/version" if new.standard == "OpenAPI" else "/version"
    pointers = [one for one in changed_pointers(old.data, new.data) if one != stating]
    if pointers:
        more = f" and {len(pointers) - 3:,} more" if len(pointers) > 3 else ""
        yield Difference("patch", pointers[0], f"changed {', '.join(pointers[:3])}{more}")
    elif old.data == new.data and old.content != new.content and new.content[:3] == b"---" == old.content[:3]:
        yield Difference("patch", "", "changed the text")


def _told(differences: Iterator[Difference]) -> list[VersionReason]:
    """Each difference once, those that ask for most first; what is said twice of a place counts as the larger."""
    found: dict[tuple[str, str], Difference] = {}
    for one in differences:
        known = found.setdefault((one.pointer, one.message), one)
        if _ORDER[one.step] < _ORDER[known.step]:
            found[one.pointer, one.message] = one
    ordered = sorted(found.values(), key=lambda one: (_ORDER[one.step], one.pointer))
    return [VersionReason(step=one.step, pointer=one.pointer, message=_line(one.message)) for one in ordered]


def _line(message: str) -> str:
    words = replace_controls(" ".join(message.split()), lines=False)
    return words if len(words) <= _MESSAGE else f"{words[: _MESSAGE - 3]}..."
