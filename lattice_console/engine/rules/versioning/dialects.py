"""Our own dialects of specs: `api` by its endpoints, `database` by its tables, `requirements`, and keys of any other.

Keys that every spec has, and that a rule asks for nothing, change a patch.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from lattice_console.contract.models.advice import VersionStep
from lattice_console.engine.rules import syntax
from lattice_console.engine.rules.versioning.differences import (
    Difference,
    Item,
    amount,
    inner,
    mapping,
    matched,
    named,
    text,
)
from lattice_console.engine.rules.versioning.following import follow
from lattice_console.engine.rules.versioning.schemas import Schemas, Toward

__all__ = ["api", "database", "generic", "requirements"]

_COMMON: Final = frozenset(
    {
        *("name", "version", "type", "description", "allowed_files", "depends_on", "examples", "test_cases"),
        *("validation", "schema", "schema_definition", "requirements", "endpoints", "tables"),
    }
)
"""Keys that have rules of their own, or never ask for more than a patch."""

_SIZED: Final = re.compile(r"(.*?)\(([0-9]{1,9})\)(.*)", re.DOTALL)


def api(before: Any, after: Any) -> Iterator[Difference]:
    """Endpoints by method and path, with what is sent to them and received from them."""
    old, new = Item("", before), Item("", after)
    for name, was, now in matched(*(named(inner(item, "endpoints"), _endpoint) for item in (old, new))):
        if was and now:
            yield from _endpoints(was, now, name)
        else:
            yield from _come_or_gone(was, now, f"endpoint {name}")
    for key in ("authentication", "authorization"):
        yield from _guard(inner(old, "security"), inner(new, "security"), key, "the interface")
    yield from _common(old, new)


def _endpoint(value: Mapping[str, Any]) -> str | None:
    path, method = value.get("path"), value.get("method", "GET")
    return f"{method.upper()} {path}" if isinstance(path, str) and isinstance(method, str) else None


def _endpoints(before: Item, after: Item, name: str) -> Iterator[Difference]:
    for key in ("authentication", "authorization"):
        yield from _guard(before, after, key, name)
    requests = [inner(inner(item, "request"), "schema") for item in (before, after)]
    yield from _fields(requests[0], requests[1], "sent", f"the request of {name}")
    answers = [inner(item, "response") for item in (before, after)]
    yield from _fields(inner(answers[0], "schema"), inner(answers[1], "schema"), "received", f"the answer of {name}")
    codes = [_plain(inner(item, "status_codes")) for item in answers]
    for code in sorted(codes[0] - codes[1]):
        yield Difference("major", f"{answers[0].pointer}/status_codes", f"removed answer {code} of {name}")
    for code in sorted(codes[1] - codes[0]):
        yield Difference("minor", f"{answers[1].pointer}/status_codes", f"added answer {code} of {name}")


def _guard(before: Item, after: Item, key: str, where: str) -> Iterator[Difference]:
    """Who may call."""
    was, now = (mapping(item.value).get(key) for item in (before, after))
    if was != now:
        opened = now in (None, False, "none", "optional")
        said = f"changed {key} of {where} from {text(was or 'none')} to {text(now or 'none')}"
        yield Difference("minor" if opened else "major", f"{after.pointer}/{key}", said)


def _fields(before: Item, after: Item, toward: Toward, where: str) -> Iterator[Difference]:
    """A request's or an answer's schema: fields by name, each saying itself whether it is required."""
    schemas = Schemas(_itself, _itself)
    for one in schemas.compare(_as_schema(before), _as_schema(after), toward, where):
        item = before if one.message.startswith("removed") else after
        yield one._replace(pointer=item.pointer + _as_written(one.pointer.removeprefix(item.pointer)))


def _as_written(pointer: str) -> str:
    """Where in the dialect stands what stands there in the schema that it is."""
    first, *inner = pointer.removesuffix("/required").split("/properties/")
    way, _, last = "/schema/".join(inner).rpartition("/")
    known = {keyword: key for key, keyword in _KEYWORDS.items()}
    return f"{first}/{way}/{known[last]}" if last in known and way else f"{first}/{'/schema/'.join(inner)}".rstrip("/")


def _itself(item: Item) -> Item:
    return item


_KEYWORDS: Final = {"min_length": "minLength", "max_length": "maxLength", "min": "minimum", "max": "maximum"}


def _as_schema(item: Item) -> Item:
    """The fields of the dialect as the schema that they are."""
    fields = mapping(item.value)
    properties = {key: _field(value) for key, value in fields.items()}
    required = [key for key, value in fields.items() if mapping(value).get("required") is True]
    return Item(item.pointer, {"properties": properties, "required": required})


def _field(value: Any) -> Any:
    if isinstance(value, str):
        return {"type": value}
    found = {_KEYWORDS.get(key, key): one for key, one in mapping(value).items() if key not in ("required", "schema")}
    below = mapping(mapping(value).get("schema"))
    return {**found, **_as_schema(Item("", below)).value} if below else found


def database(before: Any, after: Any) -> Iterator[Difference]:
    """Tables by name, their columns, indexes and constraints, for whom reads and writes rows."""
    old, new = Item("", before), Item("", after)
    for name, was, now in matched(*(named(inner(item, "tables"), _name) for item in (old, new))):
        if was and now:
            yield from _table(was, now, name)
        else:
            yield from _come_or_gone(was, now, f"table {name}")
    yield from _common(old, new)


def _table(before: Item, after: Item, table: str) -> Iterator[Difference]:
    for name, old, new in matched(*(named(inner(item, "columns"), _name) for item in (before, after))):
        where = f"column {table}.{name}"
        if old and new:
            yield from _column(old, new, where)
        elif new and _must_be_given(new.value):
            yield Difference("major", new.pointer, f"added {where}, which every new row must give")
        else:
            yield from _come_or_gone(old, new, where)
    for name, old, new in matched(*(named(inner(item, "indexes"), _name) for item in (before, after))):
        unique = [mapping(item.value if item else None).get("unique") is True for item in (old, new)]
        columns = [mapping(item.value if item else None).get("columns") for item in (old, new)]
        where = f"{'unique ' * any(unique)}index {name} of {table}"
        if unique[1] and (not unique[0] or columns[0] != columns[1]):
            yield Difference("major", new.pointer if new else "", f"{'changed' if old else 'added'} {where}")
        elif old is None or new is None:
            item = new or old
            yield Difference("minor", item.pointer if item else "", f"{'added' if new else 'removed'} {where}")
    for name, old, new in matched(*(named(inner(item, "constraints"), _name) for item in (before, after))):
        where = f"constraint {name} of {table}"
        if old is not None and new is None:
            yield Difference("minor", old.pointer, f"removed {where}")
        elif new is not None and (old is None or old.value != new.value):
            yield Difference("major", new.pointer, f"{'changed' if old else 'added'} {where}")


def _column(before: Item, after: Item, where: str) -> Iterator[Difference]:
    old, new = mapping(before.value), mapping(after.value)
    if old.get("type") != new.get("type"):
        wider = _is_wider(old.get("type"), new.get("type"))
        said = f"changed the type of {where} from {text(old.get('type'))} to {text(new.get('type'))}"
        yield Difference("minor" if wider else "major", f"{after.pointer}/type", said)
    for key in ("not_null", "unique", "primary_key"):
        had, has = old.get(key) is True, new.get(key) is True
        if had != has:
            step: VersionStep = "major" if has or key == "primary_key" else "minor"
            yield Difference(
                step, f"{after.pointer}/{key}", f"{where} is {'' if has else 'no longer '}{_words(key)} now"
            )
    if "default" in old and _must_be_given(new) and not _must_be_given(old):
        yield Difference("major", after.pointer, f"removed the default of {where}, which every new row must give now")
    for key in ("check", "references", "foreign_key"):
        if old.get(key) != new.get(key):
            word = "added" if key not in old else "changed" if key in new else "removed"
            yield Difference(
                "minor" if word == "removed" else "major", f"{after.pointer}/{key}", f"{word} {_words(key)} of {where}"
            )


def _words(key: str) -> str:
    return key.replace("_", " ")


def _must_be_given(column: Any) -> bool:
    known = mapping(column)
    return known.get("not_null") is True and "default" not in known


def _is_wider(before: Any, after: Any) -> bool:
    """Whether a type is the same but for a larger size: `VARCHAR(50)` and `VARCHAR(255)`."""
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    old, new = _SIZED.fullmatch(before.lower()), _SIZED.fullmatch(after.lower())
    if old is None or new is None:
        return False
    return (old[1], old[3]) == (new[1], new[3]) and int(old[2]) <= int(new[2])


def requirements(before: Any, after: Any) -> Iterator[Difference]:
    """What is required, by its words; and what is required of safety, speed, watching and documents."""
    yield from _common(Item("", before), Item("", after))


def generic(before: Any, after: Any) -> Iterator[Difference]:
    """Keys, however deep: one that goes breaks, as does another kind of value; a new one is new."""
    old, new = Item("", before), Item("", after)
    yield from _common(old, new)
    pending = [(old, new)]
    while pending:
        was, now = pending.pop()
        keys = [
            {key: inner(item, key) for key in item.value if item.pointer or key not in _COMMON} for item in (was, now)
        ]
        for _, one, other in matched(*keys):
            if one is None or other is None:
                item = other or one
                yield from _come_or_gone(one, other, f"key {_path(item.pointer)}" if item else "")
            elif _kind(one.value) != _kind(other.value):
                yield Difference("major", other.pointer, f"changed the kind of key {_path(other.pointer)}")
            elif isinstance(one.value, dict):
                pending.append((one, other))


def _path(pointer: str) -> str:
    return pointer[1:].replace("/", ".").replace("~1", "/").replace("~0", "~")


def _kind(value: Any) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def _common(before: Item, after: Item) -> Iterator[Difference]:
    """What a spec of any type may have: its name, requirements, and a schema of its own."""
    was, now = (mapping(item.value).get("name") for item in (before, after))
    if was != now and isinstance(was, str):
        yield Difference("major", "/name", f"renamed the spec from {text(was)} to {text(now)}")
    for _, old, new in matched(*(_requirements(inner(item, "requirements")) for item in (before, after))):
        if old and new:
            yield from _tests(old, new)
        else:
            yield from _come_or_gone(old, new, _requirement(new or old))
    for key, identity in _LISTED.items():
        for name, old, new in matched(*(named(inner(item, key), _joined(identity)) for item in (before, after))):
            if old is None or new is None:
                yield from _come_or_gone(old, new, f"{_words(key).removesuffix('s')}: {text(name)}")
    was, now = _schema(before), _schema(after)
    if was is not None and now is not None:
        schemas = Schemas(partial(follow, was), partial(follow, now))
        yield from schemas.compare(was, now, "sent", "the schema")


_LISTED: Final = {
    "security_requirements": ("description",),
    "performance_requirements": ("endpoint", "method"),
    "monitoring_requirements": ("metric",),
    "documentation_requirements": ("type",),
}
"""Lists of requirements of their own kinds, and the keys that name one."""


def _requirements(item: Item) -> dict[str, Item]:
    """Requirements by their words, as far as these tell them apart: case, spaces and a full stop do not."""
    found: dict[str, Item] = {}
    for index, value in enumerate(item.value if isinstance(item.value, list) else ()):
        said = _words_of(value)
        if said is not None:
            found.setdefault(" ".join(said.casefold().split()).rstrip("."), Item(f"{item.pointer}/{index}", value))
    return found


def _words_of(requirement: Any) -> str | None:
    known = mapping(requirement)
    said = requirement if isinstance(requirement, str) else known.get("id", known.get("description"))
    return said if isinstance(said, str) else None


def _requirement(item: Item | None) -> str:
    return f"requirement: {text(_words_of(item.value if item else None))}"


def _tests(before: Item, after: Item) -> Iterator[Difference]:
    """How a requirement is tested."""
    old, new = (mapping(mapping(item.value).get("validation")) for item in (before, after))
    if old == new:
        return
    where = _requirement(after)
    if not old or not new:
        yield Difference("minor", after.pointer, f"{'removed' if old else 'added'} the test of {where}")
        return
    had, has = amount(old.get("min")), amount(new.get("min"))
    same = {**old, "min": None} == {**new, "min": None}
    eased = same and had is not None and has is not None and has < had
    yield Difference("minor" if eased else "major", f"{after.pointer}/validation", f"changed the test of {where}")


def _schema(item: Item) -> Item | None:
    """A spec's own schema, which may be written as a text; pointers within it begin there."""
    key = "schema_definition" if "schema_definition" in mapping(item.value) else "schema"
    schema = inner(item, key).value
    if isinstance(schema, str):
        schema = syntax.parse("schema.json", schema.encode()).data
    return Item("", schema) if isinstance(schema, dict) else None


def _come_or_gone(before: Item | None, after: Item | None, what: str) -> Iterator[Difference]:
    if before is not None:
        yield Difference("major", before.pointer, f"removed {what}")
    elif after is not None:
        yield Difference("minor", after.pointer, f"added {what}")


def _name(value: Mapping[str, Any]) -> str | None:
    name = value.get("name")
    return name if isinstance(name, str) else None


def _joined(keys: tuple[str, ...]) -> Callable[[Mapping[str, Any]], str | None]:
    def name(value: Mapping[str, Any]) -> str | None:
        words = [value[key] for key in keys if isinstance(value.get(key), str)]
        return " ".join(words) or None

    return name


def _plain(item: Item) -> set[str]:
    return {str(one) for one in item.value if isinstance(one, str | int)} if isinstance(item.value, list) else set()
