"""Specs of APIs in the dialect of ours: `endpoints` with requests, responses, and `schemas` that these refer to."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from lattice_console.engine.rules.checks import fields
from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.checks.entries import Entry, Mention, entries, shown, text_of
from lattice_console.engine.rules.defects import Defect

__all__ = ["check", "endpoint_name", "mentions"]

_METHODS: Final = frozenset({"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY"})
# A URL as a whole is what one calls in others.
_BEGINNINGS: Final = ("/", "{", "http://", "https://")
_CODE: Final = re.compile(r"[1-5](?:[0-9]{2}|XX)|default")
_SUCCESS: Final = re.compile(r"[123](?:[0-9]{2}|XX)|default")
_PARAMETER: Final = re.compile(r"\{([^{}/]+)\}|(?<=/):([A-Za-z_]\w*)")
_PARAMETERS: Final = ("parameters", "path_parameters")


def check(data: Mapping[str, Any]) -> Iterator[Defect]:
    """What breaks the rules for endpoints in a document. Never raises."""
    seen: dict[str, str] = {}
    for entry in entries(data, "endpoints"):
        yield from _shape(entry)
        name = endpoint_name(entry.data)
        called = _called(entry)
        if name in seen:
            again = "again" if seen[name] == called else f"as {seen[name]} is, but for names of parameters"
            message = f"The endpoint {called} is there {again}."
            yield broken("endpoint_twice", message, entry.pointer, "Merge the two, or change path or method of one.")
        elif name:
            seen[name] = called
        yield from _parameters(entry)
        yield from _status_codes(entry)
        yield from _authentication(entry, data)
    yield from fields.check(data)


def mentions(data: Mapping[str, Any]) -> Iterator[Mention]:
    """What of a document breaks a rule only together with something elsewhere in it."""
    for entry in entries(data, "endpoints"):
        yield Mention("is", f"endpoint {endpoint_name(entry.data)}")
    yield from fields.mentions(data)


def endpoint_name(endpoint: Mapping[str, Any]) -> str:
    """The method and the path that no other endpoint may have, whatever its parameters are called; empty without."""
    method, path = text_of(endpoint, "method").upper(), text_of(endpoint, "path")
    return f"{method} {_PARAMETER.sub('{}', path)}" if method and path else ""


def _called(entry: Entry) -> str:
    return shown(f"{text_of(entry.data, 'method').upper()} {text_of(entry.data, 'path')}".strip()) or "An endpoint"


def _shape(entry: Entry) -> Iterator[Defect]:
    path, method, said = text_of(entry.data, "path"), text_of(entry.data, "method"), _called(entry)
    where = f"{entry.pointer}/path" if "path" in entry.data else entry.pointer
    if not path.startswith(_BEGINNINGS):
        yield broken("endpoint", f"{said} has no path from the root.", where, "Write a path, such as /items/{id}.")
    elif re.search(r"[{}]", _PARAMETER.sub("", path)):
        remedy = "Write each parameter as {name}, within one part of the path."
        yield broken("endpoint", f"{said} has braces that hold no parameter.", where, remedy)
    names = _names_in(path)
    if len(set(names)) < len(names):
        yield broken("endpoint", f"{said} has a parameter twice.", where, "Give each parameter of a path its own name.")
    if method.upper() not in _METHODS:
        where = f"{entry.pointer}/method" if "method" in entry.data else entry.pointer
        said = f"{said} has no method" if not method else f"{said} has no method of HTTP"
        yield broken(
            "endpoint", f"{said}.", where, "Choose one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, TRACE."
        )


def _names_in(path: str) -> list[str]:
    return [braced or plain for braced, plain in _PARAMETER.findall(path)]


def _parameters(entry: Entry) -> Iterator[Defect]:
    wanted = _names_in(text_of(entry.data, "path"))
    described = _described(entry.data) if wanted else frozenset()
    for name in dict.fromkeys(wanted):
        if name not in described:
            message = f"{_called(entry)} does not say what its parameter {shown(name)} is."
            remedy = f"Add parameters: {{{shown(name)}: {{type: …}}}}."
            yield broken("path_parameter", message, f"{entry.pointer}/path", remedy)


def _described(endpoint: Mapping[str, Any]) -> frozenset[str]:
    """The parameters of which an endpoint has a schema: `parameters` by name or in a list, or fields of the request."""
    request = endpoint.get("request")
    within = request if isinstance(request, dict) else {}
    found: set[str] = set()
    for holder in (endpoint, within):
        for key in _PARAMETERS:
            listed = holder.get(key)
            found.update(name for name, one in listed.items() if one) if isinstance(listed, dict) else None
            for one in entries(holder, key):
                if one.data.get("type") or one.data.get("schema") or one.data.get("$ref"):
                    found.add(text_of(one.data, "name"))
    schema = within.get("schema")
    return frozenset(found | set(schema if isinstance(schema, dict) else ()))


def _status_codes(entry: Entry) -> Iterator[Defect]:
    response = entry.data.get("response")
    codes = response.get("status_codes") if isinstance(response, dict) else None
    where, said = f"{entry.pointer}/response/status_codes", _called(entry)
    remedy = "List numbers, such as [200, 404]."
    if codes is not None and not isinstance(codes, list):
        yield broken("status_code", f"{said} has status codes that are no list.", where, remedy)
        return
    if not codes:
        within = f"{entry.pointer}/response" if isinstance(response, dict) else entry.pointer
        yield broken("no_status_codes", f"{said} does not say with which status codes it answers.", within, remedy)
        return
    known: set[str] = set()
    for index, code in enumerate(codes):
        text = str(code).upper() if isinstance(code, int | str) and not isinstance(code, bool) else ""
        text = "default" if text == "DEFAULT" else text[:4]
        if not _CODE.fullmatch(text):
            yield broken(
                "status_code", f"{said} has the status code {shown(code)}, which is none.", f"{where}/{index}", remedy
            )
        elif text in known:
            yield broken(
                "status_code", f"{said} has the status code {text} twice.", f"{where}/{index}", "Drop one of them."
            )
        known.add(text)
    if not any(_SUCCESS.fullmatch(code) for code in known):
        message = f"{said} has no status code for when all is well."
        yield broken("no_status_codes", message, where, "Add one, such as 200 or 204.")


def _authentication(entry: Entry, data: Mapping[str, Any]) -> Iterator[Defect]:
    security = data.get("security")
    declared = entry.data.get("authentication", entry.data.get("security"))
    everywhere = security.get("authentication") if isinstance(security, dict) else None
    if declared in (None, "") and everywhere in (None, ""):
        message = f"{_called(entry)} does not say whether one has to be signed in."
        remedy = "Add authentication: required or none, or security.authentication for all endpoints."
        yield broken("authentication", message, entry.pointer, remedy)
