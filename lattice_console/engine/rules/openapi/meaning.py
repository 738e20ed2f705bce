"""What OpenAPI asks for beyond the form of a document: names that are there, that are one's own, and that agree."""

import re
from collections.abc import Iterator
from typing import Any, Final

from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.defects import Defect
from lattice_console.engine.rules.openapi.document import Document, Node, Operation, Place, items, mapping
from lattice_console.engine.rules.openapi.telling import pointer, quoted
from lattice_console.engine.rules.yaml_events import escaped

__all__ = ["defects"]

_IN_BRACES: Final = re.compile(r"\{([^{}]*)\}")


def defects(document: Document) -> Iterator[Defect]:
    """What a document says that cannot be meant, whatever its form; in the order of the rules."""
    for rule in (_tags, _paths, _operation_ids, _parameters, _path_parameters, _security, _objects):
        yield from rule(document)


def _tags(document: Document) -> Iterator[Defect]:
    seen: dict[str, str] = {}
    for key, tag in items(document.data.get("tags")):
        name = tag.get("name")
        if not isinstance(name, str):
            continue
        if name in seen:
            message = f"The tag {quoted(name)} is described twice, first as number {int(seen[name]) + 1}."
            yield broken("openapi_tag", message, pointer(("tags", key)), "Keep one of them.")
        seen.setdefault(name, key)


def _paths(document: Document) -> Iterator[Defect]:
    seen: dict[str, str] = {}
    for path in mapping(document.data.get("paths")):
        alike = _IN_BRACES.sub("{}", path)
        if alike in seen:
            message = f"It is the same path as {quoted(seen[alike])}; only the names of parameters differ."
            remedy = "Put the methods of both under one of them."
            yield broken("openapi_path", message, pointer(("paths", path)), remedy)
        seen.setdefault(alike, path)


def _operation_ids(document: Document) -> Iterator[Defect]:
    seen: dict[str, Operation] = {}
    for operation in document.operations:
        name = operation.value.get("operationId")
        if not isinstance(name, str):
            continue
        first = seen.setdefault(name, operation)
        if first is not operation:
            message = f"The operationId {quoted(name)} is that of {first.method.upper()} {quoted(first.path)}, too."
            remedy = "Give each operation a name of its own."
            place = pointer((*operation.place, "operationId"))
            yield broken("openapi_operation_id", message, place, remedy)


def _parameters(document: Document) -> Iterator[Defect]:
    told: set[int] = set()
    for operation in document.operations:
        for place, owner in ((operation.item_place, operation.item), (operation.place, operation.value)):
            if id(owner) in told:
                continue
            told.add(id(owner))
            seen: set[tuple[str, str]] = set()
            for key, parameter in items(owner.get("parameters")):
                identity = _identity(document, parameter)
                if identity is None:
                    continue
                if identity in seen:
                    message = f"There is another parameter {quoted(identity[0])} in {quoted(identity[1])}."
                    at = pointer((*place, "parameters", key))
                    yield broken("openapi_parameter", message, at, "Keep one of them.")
                seen.add(identity)


def _identity(document: Document, parameter: dict[str, Any]) -> tuple[str, str] | None:
    """The name of a parameter and where it stands in a request; None where that is not known."""
    found = document.followed(parameter) or {}
    name, where = found.get("name"), found.get("in")
    return (name, where) if isinstance(name, str) and isinstance(where, str) else None


def _path_parameters(document: Document) -> Iterator[Defect]:
    for operation in document.operations:
        if operation.place[0] != "paths":
            continue
        wanted = set(filter(None, _IN_BRACES.findall(operation.path)))
        said: dict[str, Place] = {}
        complete = True
        for place, owner in ((operation.item_place, operation.item), (operation.place, operation.value)):
            for key, parameter in items(owner.get("parameters")):
                identity = _identity(document, parameter)
                complete &= identity is not None
                if identity is not None and identity[1] == "path":
                    said[identity[0]] = (*place, "parameters", key)
        for name in sorted(wanted - set(said)) if complete else ():
            message = f"The parameter {quoted(name)} of the path is not described."
            remedy = 'Add a parameter of that name with "in": "path", or take it out of the path.'
            yield broken("openapi_path_parameter", message, pointer(operation.place), remedy)
        for name in sorted(set(said) - wanted):
            message = f"The parameter {quoted(name)} of the path is not in {quoted(operation.path)}."
            remedy = "Add it to the path in braces, or take the parameter out."
            yield broken("openapi_path_parameter", message, pointer(said[name]), remedy)


def _security(document: Document) -> Iterator[Defect]:
    data = document.data
    if document.version == "2.0":
        known, where = mapping(data.get("securityDefinitions")), "securityDefinitions"
    else:
        known, where = mapping(mapping(data.get("components")).get("securitySchemes")), "components/securitySchemes"
    owners: list[tuple[Place, dict[str, Any]]] = [((), data), *((one.place, one.value) for one in document.operations)]
    for place, owner in owners:
        for key, wanted in items(owner.get("security")):
            for name in wanted:
                # From 3.2 on it may be a URI instead of a name.
                if name not in known and not (document.version == "3.2" and re.search("[/#:.]", name)):
                    message = f"The security scheme {quoted(name)} is not declared."
                    remedy = f"Declare it in {where}, or mend its name."
                    yield broken("openapi_security", message, pointer((*place, "security", key, name)), remedy)


def _objects(document: Document) -> Iterator[Defect]:
    # A schema with a name of its own is where its references begin.
    has_bases = any("$id" in node.value and not node.named for node in document.nodes)
    for node in document.nodes:
        if node.named:
            continue
        text = node.value.get("$ref")
        if isinstance(text, str) and not has_bases:
            yield from _reference(document, text, node)
        if document.version == "2.0" and isinstance(node.value.get("items"), list):
            remedy = "Give the one schema that all items keep to."
            yield broken("openapi_items", "The items have a list of schemas.", node.pointer("items"), remedy)


def _reference(document: Document, text: str, node: Node) -> Iterator[Defect]:
    if text.startswith("#/") and not document.leads_somewhere(text[1:]):
        message = f"There is no {quoted(text)} in the document."
        remedy = "Mend the reference, or add what it refers to."
        yield broken("openapi_reference", message, node.pointer("$ref"), remedy)
    elif document.version == "2.0" and text in mapping(document.data.get("definitions")):
        message = f"It refers to a file {quoted(text)}, not to the definition of that name."
        remedy = f"Write {quoted(f'#/definitions/{escaped(text)}')}."
        yield broken("openapi_reference", message, node.pointer("$ref"), remedy)
