"""New specs from templates: in JSON, in YAML, or in Markdown with front matter, which all say the same.

A template of the project's own is a document like the specs that come of it. Where a new spec is to have its format,
its bytes are kept, comments and prose included, save for the values that are the new spec's own.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, get_args

import yaml

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.base import TEXT_LIMIT, check_text
from lattice_console.contract.models.spec import SpecFormat
from lattice_console.engine.rules import specs, syntax, templates
from lattice_console.engine.rules.versioning import stating
from lattice_console.merge.reading import BOM, front_matter

__all__ = ["EXTENSIONS", "format_of", "new_path", "own_paths", "render", "render_own"]

EXTENSIONS: Final[Mapping[SpecFormat, str]] = {"json": "json", "yaml": "yaml", "markdown": "md"}
"""How the file of a new spec ends."""

_FIRST_VERSION: Final = "1.0.0"

_VALUES: Final = 100_000
"""How many values a template may have, however often an alias repeats them."""

_UNSAFE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def new_path(name: str, format: SpecFormat) -> str:
    """Where a new spec lies."""
    return f"{specs.FOLDER}{name}.{EXTENSIONS[format]}"


def own_paths(template: str, format: SpecFormat | None) -> list[str]:
    """Where a template of the project's own may lie, the first that is there being it."""
    if "/" in template:
        return []
    wanted = sorted(get_args(SpecFormat), key=lambda one: one != format)
    endings = [EXTENSIONS[one] for one in wanted] + ["yml", "markdown"]
    return [f"{templates.FOLDER}{template}.{ending}" for ending in endings]


def render(template: str, name: str, description: str, format: SpecFormat, own: Sequence[str] = ()) -> bytes:
    """A new spec from a template of ours; an empty description becomes the template's.

    Raises:
        ValidationFailed: VAL_TEMPLATE for a template that is not there, VAL_NAME for a name that no spec may have,
            VAL_DESCRIPTION for a description with control characters or beyond the limit of texts.
    """
    chosen = templates.TEMPLATES.get(template)
    if chosen is None:
        known = sorted({*templates.TEMPLATES, *own})
        raise ValidationFailed(
            "VAL_TEMPLATE",
            f"There is no template {template[: templates.NAME_LIMIT]!a}. The templates are: {', '.join(known)}. "
            f"Others are files in {templates.FOLDER} that the project tracks: lattice track {templates.FOLDER}",
            field="template",
            known=known,
        )
    _check(name, description)
    data = {
        "name": name,
        "version": _FIRST_VERSION,
        "type": chosen.type,
        "description": description or f"{chosen.summary}.",
        **chosen.body,
    }
    return _written(data, f"# {name}\n\n{data['description']}\n", format)


def render_own(path: str, content: bytes, name: str, description: str, format: SpecFormat) -> bytes:
    """A new spec from a document of the project; an empty description becomes the document's.

    Raises:
        ValidationFailed: as `render`; VAL_TEMPLATE for a document that cannot be read, or is no object of keys and
            values.
    """
    _check(name, description)
    parsed = syntax.parse(path, content)
    if not isinstance(parsed.data, dict):
        why = parsed.problem.message if parsed.problem else "it is no object of keys and values"
        raise _unusable(path, why.rstrip("."))
    if _is_beyond(parsed.data):
        raise _unusable(path, f"it has more than {_VALUES:,} values")
    own = {"name": name, "version": _FIRST_VERSION}
    if description:
        own["description"] = description
    data = {**own, **parsed.data, **own}
    kept = _kept(path, content, parsed.data, own) if format_of(path) == format else None
    if kept is not None and syntax.parse(path, kept).data == data:
        return kept
    is_markdown = parsed.kind == "markdown"
    told = data.get("description")
    prose = _prose(content) if is_markdown else f"# {name}\n\n{told if isinstance(told, str) else ''}\n"
    return _written(data, prose, format)


def _check(name: str, description: str) -> None:
    templates.check_name(name)
    try:
        check_text(description)
    except ValueError as error:
        raise ValidationFailed("VAL_DESCRIPTION", f"The description {error}.", field="description") from None
    if len(description) > TEXT_LIMIT:
        raise ValidationFailed(
            "VAL_DESCRIPTION",
            f"The description has more than {TEXT_LIMIT:,} characters; shorten it.",
            field="description",
        )


def _unusable(path: str, why: str) -> ValidationFailed:
    return ValidationFailed(
        "VAL_TEMPLATE", f"The template {path} cannot be used: {why}. Mend that document.", field="template", path=path
    )


def format_of(path: str) -> SpecFormat:
    """The format of a template, by where it lies."""
    kind = syntax.kind_of(path)
    return "json" if kind == "other" else kind


def _is_beyond(data: Any) -> bool:
    """Whether it has too many values; what aliases repeat counts each time."""
    waiting: list[Iterator[Any]] = [iter([data])]
    count = 0
    while waiting:
        value = next(waiting[-1], waiting)
        if value is waiting:
            waiting.pop()
            continue
        count += 1
        if count > _VALUES:
            return True
        if isinstance(value, dict | list):
            waiting.append(iter(value.values() if isinstance(value, dict) else value))
    return False


def _written(data: Mapping[str, Any], prose: str, format: SpecFormat) -> bytes:
    """The data as a new document in UTF-8, with a final newline."""
    if format == "json":
        return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()
    said: str = yaml.safe_dump(dict(data), sort_keys=False, allow_unicode=True, width=100)
    return said.encode() if format == "yaml" else f"---\n{said}---\n\n{prose}".encode()


def _prose(content: bytes) -> str:
    """What follows the front matter."""
    text = content.removeprefix(BOM)
    front = front_matter(text) or b""
    rest = text[text.index(b"\n") + 1 + len(front) :]
    return rest[rest.find(b"\n") + 1 :].decode().lstrip("\r\n") if b"\n" in rest else ""


def _kept(path: str, content: bytes, data: Mapping[str, Any], own: Mapping[str, str]) -> bytes | None:
    """The document with those values in it, where they can be put there."""
    for key in reversed(list(own)):
        text = _quoted(own[key])
        if key not in data:
            begin = _begin(path, content)
            line = f'\n  "{key}": {text},' if format_of(path) == "json" else f"{key}: {text}\n"
            content = content[:begin] + line.encode() + content[begin:]
            continue
        place = stating.place(path, content, [key])
        if place is None:
            return None
        first, last = place
        # A text in a block ends with its line.
        end = "\n" if content[first:last].endswith(b"\n") else ""
        content = content[:first] + f"{text}{end}".encode() + content[last:]
    return content


def _begin(path: str, content: bytes) -> int:
    """Where a first key can be written."""
    start = len(BOM) if content.startswith(BOM) else 0
    if format_of(path) == "json":
        return content.find(b"{") + 1
    return content.find(b"\n", start) + 1 if format_of(path) == "markdown" else start


def _quoted(text: str) -> str:
    """A text as JSON and YAML both have it."""
    said = json.dumps(text, ensure_ascii=False)
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", said)
