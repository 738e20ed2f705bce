"""Which documents are specs, and what they say: name, type, version, schema, dependencies, and what is wrong.

A spec is a JSON or YAML document, or Markdown with front matter, that
- lies under `.lattice/specs/`, or
- is a mapping with a text `name` and a `type` of ours, `requirements`, `endpoints`, `tables` or `depends_on`, or
- is an OpenAPI or Swagger document (`openapi` or `swagger`, and `info`);

save in `.lattice/templates/`, where documents are what specs begin as.

An OpenAPI document is named by its file, because titles change and are shared; only where the file is named as any
such file is (`openapi.yaml`) by its title. It, and a JSON Schema under `.lattice/specs/`, are held to no key of ours.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from lattice_console.contract.models.base import TEXT_LIMIT, replace_controls
from lattice_console.contract.models.spec import Finding, Severity, SpecType
from lattice_console.engine.rules import checks, inherited, syntax, templates
from lattice_console.engine.rules import schema as schemas
from lattice_console.engine.rules.checks import common
from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.defects import Defect, placed
from lattice_console.engine.rules.openapi import checking as openapi
from lattice_console.engine.rules.syntax import Parsed
from lattice_console.merge.keys import repeated_in
from lattice_console.merge.reading import BeyondLimits, Unreadable
from lattice_console.merge.values import replaced_values

__all__ = [
    "FOLDER",
    "SpecReading",
    "allowed_files",
    "check",
    "errors",
    "identity",
    "is_openapi",
    "keeps_identity",
    "meaning",
    "own_schema",
    "read",
    "unread",
]

FOLDER = ".lattice/specs/"
"""Where every document that can be read is a spec."""

_OURS = ".lattice/"
"""Where documents decide something, whatever they are: the policy, what is suppressed, what new specs begin as."""

DEFECT_LIMIT = 500
"""How many findings a document has at most."""

_MARKS = ("requirements", "endpoints", "tables", "depends_on")
_NAMING = frozenset({"$ref", "$schema", "name", "openapi", "swagger", "title", "type"})
"""The keys of which a plain value can decide what a spec is called, whether a document is one, or what it refers to."""

_BEGIN = "Begin with its name and version."
_BEGIN_FRONT = "Begin the file with its name and version between two lines `---`."

_COMMON_STEMS = frozenset({"api", "index", "openapi", "spec", "swagger"})
_NO_SLUG = re.compile(r"[^a-z0-9._-]+")
_VERSION_LIMIT = 100

_GLOBS = 200
"""So many globs of a spec are held against files."""


@dataclass(frozen=True, slots=True)
class SpecReading:
    """What a spec's document says.

    `schema` is the JSON Schema of its other keys, `requirements` their number; `allowed_files` are the texts there, of
    which some may be no globs.
    """

    name: str
    type: SpecType
    version: str | None
    description: str
    schema: dict[str, Any] | None
    depends_on: tuple[str, ...]
    requirements: int
    findings: tuple[Finding, ...]
    allowed_files: tuple[str, ...] = ()


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


def allowed_files(path: str, parsed: Parsed) -> tuple[str, ...]:
    """What a document has as globs of the files that it governs as a spec; nothing for one that is none."""
    listed = parsed.data.get("allowed_files") if _is_ours(path, parsed.data) else None
    texts = listed[:_GLOBS] if isinstance(listed, list) else []
    return tuple(dict.fromkeys(one for one in texts if isinstance(one, str)))


def own_data(path: str, content: bytes) -> tuple[dict[str, Any], str] | None:
    """What a document says that is a spec with keys of ours, and its name; None for any other. Never raises."""
    data = syntax.parse(path, content).data
    return (data, common.name_of(data) or _file_name(path)) if _is_ours(path, data) else None


def _is_ours(path: str, data: Any) -> bool:
    if path.startswith(templates.FOLDER) or not isinstance(data, dict) or _is_openapi(data):
        return False
    return not _is_json_schema(data) if path.startswith(FOLDER) else _is_marked(data)


def keeps_identity(path: str, before: bytes, after: bytes) -> bool:
    """Whether an edit changes nothing of that, nor of what refers or is referred to, as far as can be seen unread."""
    replaced = replaced_values(path, before, after)
    return replaced is not None and not replaced & _NAMING


def errors(path: str, content: bytes) -> tuple[Finding, ...]:
    """The errors of one document: a document must be readable, a spec must keep the rules of its type. Never raises."""
    parsed = syntax.parse(path, content)
    # Where a warning stands is not asked, which would cost another reading of the document.
    reading = _reading(path, content, parsed, least="error")
    if reading is None:
        return unread(path, content, parsed)
    return tuple(finding for finding in reading.findings if finding.severity == "error")


def unread(path: str, content: bytes, parsed: Parsed) -> tuple[Finding, ...]:
    """The errors of a document that is no spec: it must be readable, and what decides something repeats no key."""
    if parsed.problem:
        return (parsed.problem,)
    return tuple(_repeated(path, content)) if path.startswith(_OURS) else ()


def check(
    path: str,
    content: bytes,
    base: bytes | None,
    base_path: str | None = None,
    *,
    errors: Callable[[str, bytes], tuple[Finding, ...]] = errors,
) -> tuple[Finding, ...]:
    """The errors of a document that was made against `base`, if against anything; `base_path` is where that stands.

    What was wrong with it already is `inherited`. Nothing to read is no error that a document could inherit. Never
    raises.
    """
    found = errors(path, content)
    if not found or not base or not base.strip():
        return found
    return inherited.marked(found, errors(base_path or path, base))


def _reading(path: str, content: bytes, parsed: Parsed, least: Severity | None = "warning") -> SpecReading | None:
    """What a document says as a spec, with its findings; of those of its keys only errors, or none, as `least` says."""
    at_home = path.startswith(FOLDER)
    data = parsed.data
    if not at_home:
        if path.startswith(templates.FOLDER) or not isinstance(data, dict):
            return None
        if not (_is_openapi(data) or _is_marked(data)):
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
    defects: Sequence[Defect]
    if _is_openapi(data):
        reading, defects = _openapi(path, data), list(islice(openapi.check(data), DEFECT_LIMIT)) if least else []
    elif at_home and _is_json_schema(data):
        reading, defects = _json_schema(path, data)
    else:
        reading, defects = _dialect(path, data, judged=least is not None)
    told = _most([defect for defect in defects if least in ("warning", defect.severity)])
    findings = (*_repeated(path, content), *placed(path, content, parsed, told)) if least else ()
    return replace(reading, findings=findings, allowed_files=allowed_files(path, parsed))


def _most(defects: Sequence[Defect]) -> Sequence[Defect]:
    """As many as are told of one document, in their order; no warning stands in an error's way."""
    kept = sorted(range(len(defects)), key=lambda at: defects[at].severity != "error")[:DEFECT_LIMIT]
    return [defects[at] for at in sorted(kept)]


def _is_openapi(data: Mapping[str, Any]) -> bool:
    return ("openapi" in data or "swagger" in data) and isinstance(data.get("info"), dict)


def _is_json_schema(data: Mapping[str, Any]) -> bool:
    dialect = data.get("$schema")
    return isinstance(dialect, str) and "json-schema.org/" in dialect and not isinstance(data.get("name"), str)


def _is_marked(data: Mapping[str, Any]) -> bool:
    marked = data.get("type") in common.TYPES or any(mark in data for mark in _MARKS)
    return marked and isinstance(data.get("name"), str)


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


def _dialect(path: str, data: dict[str, Any], *, judged: bool) -> tuple[SpecReading, list[Defect]]:
    """A document with keys of ours; `judged` says whether it is held to all of their rules."""
    name = common.name_of(data) or _file_name(path)
    kind, version, depends_on = common.type_of(data), common.version_of(data), common.dependencies_of(data, name)
    listed = data.get("requirements")
    count = len(listed) if isinstance(listed, list) else 0
    schema, defects = _schema(data, judged=judged)
    if judged:
        defects = [*checks.check(data, name), *defects]
    return SpecReading(name, kind, version, _text(data.get("description")), schema, depends_on, count, ()), defects


def own_schema(path: str, content: bytes) -> object:
    """The schema that a document has for itself, right or wrong; None where there is none. Never raises."""
    data = syntax.parse(path, content).data
    schema = data.get("schema_definition", data.get("schema")) if isinstance(data, dict) else None
    return syntax.parse("schema_definition.json", schema.encode()).data if isinstance(schema, str) else schema


def _schema(data: dict[str, Any], *, judged: bool) -> tuple[dict[str, Any] | None, list[Defect]]:
    """The spec's JSON Schema, if it has one, and what is wrong with it or violates it, where it is to be `judged`."""
    key = "schema_definition" if "schema_definition" in data else "schema"
    schema = data.get(key)
    if isinstance(schema, str) and key == "schema_definition":
        parsed = syntax.parse("schema_definition.json", schema.encode())
        if parsed.problem:
            message = f"In the text of the schema: {parsed.problem.message}"
            return None, [broken("schema_definition", message, f"/{key}", "Write JSON text of an object.")]
        schema = parsed.data
    if not isinstance(schema, dict):
        if schema is None or key != "schema_definition":
            return None, []
        remedy = "Write an object, or JSON text of one."
        return None, [broken("schema_definition", "The schema is no object.", f"/{key}", remedy)]
    if not judged:
        return schema, []
    in_place = isinstance(data[key], dict)
    wrong = schemas.check(schema)
    defects = [replace(defect, pointer=f"/{key}{defect.pointer}" if in_place else f"/{key}") for defect in wrong]
    if not any(defect.severity == "error" for defect in wrong):
        rest = {own: value for own, value in data.items() if own != key}
        defects.extend(schemas.validate(schema, rest))
    return schema, defects


def _repeated(path: str, content: bytes) -> Iterator[Finding]:
    """The keys that a document repeats, and what stands for them is lost to whoever reads the last one."""
    try:
        found = repeated_in(path, content) or {}
    except BeyondLimits as error:
        message = f"Its keys cannot be told apart: {error.reason}."
        yield Finding(
            path=path, rule="syntax", severity="error", message=message, line=error.line, remedy="Keep one of each."
        )
        return
    except Unreadable:
        # What its own reader forgives.
        return
    for pointer, lines in islice(found.items(), DEFECT_LIMIT):
        # An anchor may be set anew.
        if pointer.startswith("/"):
            shown, where = replace_controls(pointer[:_VERSION_LIMIT], lines=False), ", ".join(map(str, lines[:5]))
            yield Finding(
                path=path,
                rule="syntax",
                severity="error",
                message=f"{shown} stands {len(lines)} times, on lines {where}: the last one counts.",
                pointer=shown,
                line=lines[-1],
                remedy="Keep one of them.",
            )


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
    return _NO_SLUG.sub("-", text.lower()).strip("-._")[: common.NAME_LIMIT]
