"""Everything that is checked of an OpenAPI document."""

import re
from collections.abc import Iterator
from typing import Any, Final

from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.defects import Defect
from lattice_console.engine.rules.openapi import defaults, meaning, published, violations
from lattice_console.engine.rules.openapi.document import Document
from lattice_console.engine.rules.openapi.telling import listed, quoted, shown

__all__ = ["check"]

_VERSION: Final = re.compile(r"([0-9]+\.[0-9]+)(?:\.[0-9]+)?(?:-.+)?")


def check(data: dict[str, Any]) -> Iterator[Defect]:
    """What is wrong with an OpenAPI document of version 2.0 to 3.2, in time that grows with its size.

    What it refers to in other files, and elsewhere, is not read.
    """
    key = "openapi" if "openapi" in data else "swagger"
    said = data[key]
    match = _VERSION.fullmatch(said) if isinstance(said, str) else None
    known = listed([quoted(version) for version in published.VERSIONS], "or")
    if match is None:
        remedy = f"Write {known}, in quotes."
        yield broken("openapi", f"It is {shown(said)}, which is no version of OpenAPI.", f"/{key}", remedy)
    elif match[1] not in published.VERSIONS:
        message = f"It is not checked: version {quoted(said)} is not known here."
        yield broken("openapi_unchecked", message, f"/{key}", f"Known are {known}.")
    else:
        document = Document(data, match[1])
        schemas = True
        dialect = data.get("jsonSchemaDialect", published.JSON_SCHEMA)
        if match[1] >= "3.1" and not (isinstance(dialect, str) and dialect in published.DIALECTS):
            schemas = False
            message = f"Its schemas are not checked: the dialect {shown(dialect)} is not known here."
            remedy = "Leave it out for the dialect of OpenAPI."
            yield broken("openapi_unchecked", message, "/jsonSchemaDialect", remedy)
        yield from violations.defects(data, match[1], schemas=schemas)
        yield from meaning.defects(document)
        yield from defaults.defects(document)
