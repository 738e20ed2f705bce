"""Which documents are specs, and what they say: name, type, version, schema, dependencies, and what is wrong.

A spec is a JSON or YAML document, or Markdown with front matter, that
- lies under `.lattice/specs/`, or
- is a mapping with a text `name` and a `type` of ours, `requirements`, `endpoints`, `tables` or `depends_on`, or
- is an OpenAPI or Swagger document (`openapi` or `swagger`, and `info`).

An OpenAPI document is named by its file, because titles change and are shared; only where the file is named as any
such file is (`openapi.yaml`) by its title. It, and a JSON Schema under `.lattice/specs/`, are held to no key of ours.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast, get_args

from lattice_console.contract.models.base import TEXT_LIMIT, check_line, replace_controls
from lattice_console.contract.models.spec import Finding, Severity, SpecType
from lattice_console.engine.rules import checks, inherited, syntax
from lattice_console.engine.rules import schema as schemas
from lattice_console.engine.rules.defects import Defect
from lattice_console.engine.rules.syntax import Parsed
from lattice_console.merge.values import replaced_values

__all__ = [
    "FOLDER",
    "SpecReading",
    "check",
    "identity",
    "is_openapi",
    "keeps_identity",
    "meaning",
    "own_schema",
    "read",
]

FOLDER = ".lattice/specs/"
"""Where every document that can be read is a spec."""

NAME_LIMIT = 100
"""How many characters the name of a spec may have, and that of one it depends on."""

DEFECT_LIMIT = 500
"""How many findings a document has at most."""

_TYPES: tuple[SpecType, ...] = get_args(SpecType)
_MARKS = ("requirements", "endpoints", "tables", "depends_on")
# The keys that hold lists, and the type of a spec that has one but says none.
_LISTS: dict[str, SpecType] = {"requirements": "requirements", "endpoints": "api", "tables": "database"}
_NAMING = frozenset({"$ref", "$schema", "name", "openapi", "swagger", "title", "type"})
"""The keys of which a plain value can decide what a spec is called, whether a document is one, or what it refers to."""

_BEGIN = "Begin with its name and version."
_BEGIN_FRONT = "Begin the file with its name and version between two lines `---`."

_COMMON_STEMS = frozenset({"api", "index", "openapi", "spec", "swagger"})
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]*")
_NO_SLUG = re.compile(r"[^a-z0-9._-]+")
_SEMVER = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?")
_VERSION_LIMIT = 100


@dataclass(frozen=True, slots=True)
class SpecReading:
    """What a spec's document says. `schema` is the JSON Schema of its other keys, `requirements` their number."""

    name: str
    type: SpecType
    version: str | None
    description: str
    schema: dict[str, Any] | None
    depends_on: tuple[str, ...]
    requirements: int
    findings: tuple[Finding, ...]


def read(path: str, content: bytes, parsed: Parsed | None = None) -> SpecReading | None:
    """What a document says as a spec; None for a document that is none. `parsed` is what it says, where that is known.

    Under `.lattice/specs/` a document that cannot be read is a spec with that finding. Never raises.
    """
    return _reading(path, content, parsed or syntax.parse(path, content))


def identity(path: str, content: bytes, parsed: Parsed) -> tuple[str, tuple[str, ...]] | None:
    """What a document is called as a spec and depends on; None for a document that is none. Never raises."""
    reading = _reading(path, content, parsed, least=None)
    return (reading.name, reading.depends_on) if reading else None


def meaning(path: str, content: bytes, parsed: Parsed) -> SpecReading | None:
    """What a document says as a spec, without what is wrong with it; None for a document that is none. Never raises."""
    return _reading(path, content, parsed, least=None)


def is_openapi(data: Any) -> bool:
    """Whether what a document says is OpenAPI or Swagger."""
    return isinstance(data, dict) and _is_openapi(data)


def keeps_identity(path: str, before: bytes, after: bytes) -> bool:
    """Whether an edit changes nothing of that, nor of what refers or is referred to, as far as can be seen unread."""
    replaced = replaced_values(path, before, after)
    return replaced is not None and not replaced & _NAMING


def check(path: str, content: bytes, base: bytes | None, base_path: str | None = None) -> tuple[Finding, ...]:
    """The errors of one document: a document must be readable, a spec must keep the rules of its type.

    `base` is what it was made against, if anything, and `base_path` where that stands; what was wrong with it already
    is `inherited`. Nothing to read is no error that a document could inherit. Never raises.
    """
    found = _errors(path, content)
    if not found or not base or not base.strip():
        return found
    return inherited.marked(found, _errors(base_path or path, base))


def _errors(path: str, content: bytes) -> tuple[Finding, ...]:
    parsed = syntax.parse(path, content)
    # Where a warning stands is not asked, which would cost another reading of the document.
    reading = _reading(path, content, parsed, least="error")
    if reading is None:
        return (parsed.problem,) if parsed.problem else ()
    return tuple(finding for finding in reading.findings if finding.severity == "error")


def _reading(path: str, content: bytes, parsed: Parsed, least: Severity | None = "warning") -> SpecReading | None:
    """What a document says as a spec, with its findings; of those of its keys only errors, or none, as `least` says."""
    at_home = path.startswith(FOLDER)
    data = parsed.data
    if not at_home:
        if not isinstance(data, dict) or not (_is_openapi(data) or _is_marked(data)):
            return None
    elif parsed.kind == "other":
        return None
    elif parsed.problem:
        return _bare(path, (parsed.problem,))
    elif not isinstance(data, dict):
        if parsed.kind == "markdown":
            return _bare(path, (_at_top(path, "no_front_matter", "warning", "It has no front matter.", _BEGIN_FRONT),))
        return _bare(
            path, (_at_top(path, "name", "error", "A spec is an object of keys and values; this is none.", _BEGIN),)
        )
    if _is_openapi(data):
        return _openapi(path, data)
    defects: Sequence[Defect]
    if at_home and _is_json_schema(data):
        reading, defects = _json_schema(path, data)
    else:
        reading, own = _dialect(path, data)
        defects = [*own, *checks.check(data)] if least else own
    told = [defect for defect in defects if least in ("warning", defect.severity)][:DEFECT_LIMIT]
    return replace(reading, findings=_findings(path, content, parsed, told))


def _is_openapi(data: Mapping[str, Any]) -> bool:
    return ("openapi" in data or "swagger" in data) and isinstance(data.get("info"), dict)


def _is_json_schema(data: Mapping[str, Any]) -> bool:
    dialect = data.get("$schema")
    return isinstance(dialect, str) and "json-schema.org/" in dialect and not isinstance(data.get("name"), str)


def _is_marked(data: Mapping[str, Any]) -> bool:
    return isinstance(data.get("name"), str) and (data.get("type") in _TYPES or any(mark in data for mark in _MARKS))


def _at_top(path: str, rule: str, severity: Severity, message: str, remedy: str) -> Finding:
    return Finding(path=path, rule=rule, severity=severity, message=message, line=1, remedy=remedy)


def _bare(path: str, findings: tuple[Finding, ...]) -> SpecReading:
    return SpecReading(_file_name(path), "generic", None, "", None, (), 0, findings)


def _openapi(path: str, data: Mapping[str, Any]) -> SpecReading:
    info = data["info"]
    name, title = _file_name(path), info.get("title")
    if name in _COMMON_STEMS and isinstance(title, str):
        name = _slug(title) or name
    version = info.get("version")
    return SpecReading(
        name,
        "api",
        _line(version) if isinstance(version, str) else None,
        _text(info.get("description")),
        None,
        (),
        0,
        (),
    )


def _json_schema(path: str, data: dict[str, Any]) -> tuple[SpecReading, Sequence[Defect]]:
    reading = SpecReading(_file_name(path), "generic", None, _text(data.get("description")), data, (), 0, ())
    return reading, schemas.check(data)


def _dialect(path: str, data: dict[str, Any]) -> tuple[SpecReading, list[Defect]]:
    defects: list[Defect] = []
    name = _name(data, _file_name(path), defects)
    kind = _type(data, defects)
    version = _version(data, defects)
    if not isinstance(data.get("description", ""), str):
        defects.append(Defect("description", "The description is no text.", "/description", "warning", "Write a text."))
    counts = {key: _count(data, key, defects) for key in _LISTS}
    depends_on = _depends_on(data, name, defects)
    schema = _schema(data, defects)
    reading = SpecReading(
        name, kind, version, _text(data.get("description")), schema, depends_on, counts["requirements"], ()
    )
    return reading, defects


def _name(data: Mapping[str, Any], otherwise: str, defects: list[Defect]) -> str:
    name = data.get("name")
    if name is None:
        defects.append(Defect("name", "The spec has no name.", "", remedy=f"Add one, such as {otherwise!r}."))
    elif problem := _line_problem(name):
        defects.append(Defect("name", f"The name {problem}.", "/name"))
    else:
        if not _SLUG.fullmatch(name):
            remedy = "Use lower-case letters, digits, dots, hyphens and underscores."
            defects.append(Defect("plain_name", "The name is hard to type.", "/name", "warning", remedy))
        return cast("str", name)
    return otherwise


def _type(data: Mapping[str, Any], defects: list[Defect]) -> SpecType:
    kind = data.get("type")
    if kind in _TYPES:
        return cast("SpecType", kind)
    if kind is not None:
        defects.append(Defect("type", f"The type must be one of {', '.join(_TYPES)}.", "/type"))
    return next((implied for key, implied in _LISTS.items() if key in data), "generic")


def _version(data: Mapping[str, Any], defects: list[Defect]) -> str | None:
    version = data.get("version")
    if version is None:
        defects.append(Defect("no_version", "The spec has no version.", "", "warning", "Begin with 1.0.0."))
        return None
    if isinstance(version, str) and len(version) <= _VERSION_LIMIT and _SEMVER.fullmatch(version):
        return version
    hint = "" if isinstance(version, str) else " as a text"
    defects.append(Defect("version", f"The version must be MAJOR.MINOR.PATCH{hint}, such as 1.0.0.", "/version"))
    return None


def _count(data: Mapping[str, Any], key: str, defects: list[Defect]) -> int:
    items = data.get(key)
    if items is None:
        return 0
    if not isinstance(items, list):
        defects.append(Defect(key, f"{key} must be a list.", f"/{key}"))
        return 0
    allowed, words = ((str, dict), "a text or an object") if key == "requirements" else ((dict,), "an object")
    for index, item in enumerate(items):
        if not isinstance(item, allowed):
            defects.append(Defect(key, f"Each of {key} must be {words}.", f"/{key}/{index}"))
            break
    return len(items)


def _depends_on(data: Mapping[str, Any], name: str, defects: list[Defect]) -> tuple[str, ...]:
    names = data.get("depends_on")
    if names is None:
        return ()
    if not isinstance(names, list):
        defects.append(Defect("depends_on", "depends_on must be a list of the names of specs.", "/depends_on"))
        return ()
    found: dict[str, None] = {}
    for index, one in enumerate(names):
        problem = _line_problem(one) or ("is the spec's own" if one == name else None)
        if problem:
            defects.append(Defect("depends_on", f"The name of a spec {problem}.", f"/depends_on/{index}"))
        else:
            found[one] = None
    return tuple(found)


def own_schema(path: str, content: bytes) -> object:
    """The schema that a document has for itself, right or wrong; None where there is none. Never raises."""
    data = syntax.parse(path, content).data
    schema = data.get("schema_definition", data.get("schema")) if isinstance(data, dict) else None
    return syntax.parse("schema_definition.json", schema.encode()).data if isinstance(schema, str) else schema


def _schema(data: dict[str, Any], defects: list[Defect]) -> dict[str, Any] | None:
    """The spec's JSON Schema, checked, and the rest of the document checked against it."""
    key = "schema_definition" if "schema_definition" in data else "schema"
    schema = data.get(key)
    if isinstance(schema, str) and key == "schema_definition":
        parsed = syntax.parse("schema_definition.json", schema.encode())
        if parsed.problem:
            defects.append(Defect(key, f"In the text of the schema: {parsed.problem.message}", f"/{key}"))
            return None
        schema = parsed.data
    if not isinstance(schema, dict):
        if schema is not None and key == "schema_definition":
            defects.append(Defect(key, "The schema must be an object, or JSON text of one.", f"/{key}"))
        return None
    in_place = isinstance(data[key], dict)
    wrong = schemas.check(schema)
    defects.extend(replace(defect, pointer=f"/{key}{defect.pointer}" if in_place else f"/{key}") for defect in wrong)
    if not any(defect.severity == "error" for defect in wrong):
        rest = {own: value for own, value in data.items() if own != key}
        defects.extend(schemas.validate(schema, rest))
    return schema


def _findings(path: str, content: bytes, parsed: Parsed, defects: Sequence[Defect]) -> tuple[Finding, ...]:
    pointers = {defect.pointer for defect in defects}
    spans = syntax.spans(parsed.kind, content, pointers) if pointers else {}

    def all_findings() -> Iterator[Finding]:
        for defect in defects:
            yield Finding(
                path=path,
                rule=defect.rule,
                severity=defect.severity,
                message=defect.message,
                pointer=defect.pointer,
                line=spans[defect.pointer][0] if defect.pointer in spans else None,
                remedy=defect.remedy,
            )

    return tuple(all_findings())


def _line_problem(value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return "must be a text that is not empty"
    if len(value) > NAME_LIMIT:
        return f"has more than {NAME_LIMIT} characters"
    try:
        check_line(value)
    except ValueError as error:
        return str(error)
    return None


def _line(value: str) -> str:
    return replace_controls(value[:_VERSION_LIMIT], lines=False)


def _text(value: Any) -> str:
    """A description as the contract takes it: bounded, lines ended by newlines, control characters replaced."""
    if not isinstance(value, str):
        return ""
    return replace_controls(value[:TEXT_LIMIT].replace("\r\n", "\n"), lines=True)


def _file_name(path: str) -> str:
    return _slug(path.rpartition("/")[2].rpartition(".")[0]) or "spec"


def _slug(text: str) -> str:
    return _NO_SLUG.sub("-", text.lower()).strip("-._")[:NAME_LIMIT]
