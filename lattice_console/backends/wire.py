"""The wire: routes, codecs and the envelope, as bytes, for both of its ends.

A call is a verb, a path and a JSON body. Arguments that the path names stand there; the others stand in the query of a
GET (each as JSON) or in the body. The answer is an envelope `{"data", "meta", "errors"}`.
"""

import json
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from lattice_console.contract import calls
from lattice_console.contract.errors import (
    Conflict,
    LatticeError,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    RuleBroken,
    SystemFailure,
    ValidationFailed,
)

BASE = "/api/v1"
_PROJECT = f"{BASE}/projects/{{project}}"
_MUTATION = "/mutations/{mutation}"

ROUTES: Mapping[str, tuple[str, str]] = {
    "projects.get": ("GET", ""),
    "projects.list": ("GET", "/mine"),
    "projects.create": ("POST", ""),
    "projects.policy": ("GET", "/policy"),
    "documents.list": ("GET", "/documents"),
    "documents.get": ("GET", "/documents/{document}"),
    "documents.history": ("GET", "/documents/{document}/history"),
    "documents.head": ("GET", "/head"),
    "documents.steps": ("GET", "/head/steps"),
    "documents.content": ("GET", "/blobs/{hash}"),
    "documents.known": ("POST", "/blobs/known"),
    "documents.validate": ("GET", "/checks"),
    "documents.track": ("POST", "/documents"),
    "specs.list": ("GET", "/specs"),
    "specs.get": ("GET", "/specs/{name}"),
    "specs.history": ("GET", "/specs/{name}/history"),
    "specs.validate": ("POST", "/specs/validate"),
    "specs.check": ("POST", "/specs/check"),
    "specs.graph": ("GET", "/spec_graph"),
    "specs.chain": ("GET", "/spec_graph/{source}/chain/{target}"),
    "specs.impact": ("POST", "/spec_graph/impact"),
    "specs.templates": ("GET", "/spec_templates"),
    "specs.create": ("POST", "/specs"),
    "mutations.list": ("POST", "/mutations/query"),
    "mutations.counts": ("POST", "/mutations/counts"),
    "mutations.get": ("GET", _MUTATION),
    "mutations.patchset": ("GET", f"{_MUTATION}/patchsets/{{number}}"),
    "mutations.impact": ("GET", f"{_MUTATION}/impact"),
    "mutations.advice": ("GET", f"{_MUTATION}/advice"),
    "mutations.timeline": ("GET", f"{_MUTATION}/timeline"),
    "mutations.create": ("POST", "/mutations/propose"),
    "mutations.update": ("PATCH", _MUTATION),
    "mutations.submit": ("POST", f"{_MUTATION}/submit"),
    "mutations.cancel": ("POST", f"{_MUTATION}/cancel"),
    "mutations.reopen": ("POST", f"{_MUTATION}/reopen"),
    "mutations.rebase": ("POST", f"{_MUTATION}/rebase"),
    "mutations.import_commit": ("POST", "/imports"),
    "reviews.list": ("GET", f"{_MUTATION}/reviews"),
    "reviews.vote": ("POST", f"{_MUTATION}/reviews"),
    "reviews.withdraw": ("POST", f"{_MUTATION}/reviews/withdraw"),
    "reviews.request": ("POST", f"{_MUTATION}/reviews/request"),
    "reviews.comments": ("GET", f"{_MUTATION}/comments"),
    "reviews.comment": ("POST", f"{_MUTATION}/comments"),
    "reviews.resolve": ("POST", f"{_MUTATION}/comments/resolve"),
    "reviews.apply_suggestions": ("POST", f"{_MUTATION}/apply_suggestions"),
    "conflicts.of": ("GET", f"{_MUTATION}/conflicts"),
    "conflicts.list": ("POST", "/conflicts/query"),
    "conflicts.resolve": ("POST", f"{_MUTATION}/resolve-conflicts"),
    "conflicts.undo": ("POST", f"{_MUTATION}/undo-resolution"),
    "conflicts.remembered": ("POST", f"{_MUTATION}/remembered"),
    "conflicts.train": ("POST", "/merge_train"),
    "executions.list": ("GET", f"{_MUTATION}/executions"),
    "executions.dry_run": ("GET", f"{_MUTATION}/dry_run"),
    "executions.execute": ("POST", f"{_MUTATION}/execute"),
    "executions.retry": ("POST", f"{_MUTATION}/retry"),
    "executions.rollback": ("POST", f"{_MUTATION}/rollback"),
    "executions.finish_rollback": ("POST", f"{_MUTATION}/finish_rollback"),
    "executions.recover": ("POST", "/recover"),
    "team.whoami": ("GET", "/whoami"),
    "team.list": ("GET", "/members"),
    "team.add": ("POST", "/members"),
    "team.update": ("PATCH", "/members/{user}"),
    "events.last": ("GET", "/events/last"),
    "events.list": ("POST", "/events/query"),
    "events.since": ("GET", "/events"),
    "events.look": ("POST", "/lookers"),
    "events.lookers": ("GET", "/lookers"),
    "audit.log": ("GET", "/audit"),
    "audit.verify": ("POST", "/audit/verify"),
    "health.check": ("GET", "/health"),
}
"""Verb and path, below the project, of every facet method."""

_STATUS: tuple[tuple[type[LatticeError], int], ...] = (
    (NotAllowed, 403),
    (NotAuthenticated, 401),
    (ValidationFailed, 400),
    (NotFound, 404),
    (Conflict, 409),
    (RuleBroken, 422),
    (LatticeError, 500),
)


@dataclass(frozen=True, slots=True)
class Request:
    """A call as bytes; `target` is path and query, percent-encoded."""

    verb: str
    target: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as bytes, with its HTTP status."""

    status: int
    body: bytes


def encode(project: str | None, name: str, arguments: Mapping[str, Any]) -> Request:
    """The request for a call; raises ValidationFailed where the arguments are not acceptable."""
    verb, path = ROUTES[name]
    fields: dict[str, Any] = json.loads(calls.call(name).encode(arguments))
    template = _PROJECT + path
    values = {"project": project or "-"} | {field: str(fields.pop(field)) for field in _fields(path)}
    place = re.sub(r"\{(\w+)\}", lambda match: quote(values[match[1]], safe=""), template)
    if verb == "GET":
        query = urlencode({field: json.dumps(value) for field, value in fields.items()})
        return Request(verb, f"{place}?{query}" if query else place, b"")
    return Request(verb, place, json.dumps(fields).encode())


def decode(name: str, response: Response) -> Any:
    """The result in a response; raises the error that it carries."""
    try:
        envelope = json.loads(response.body)
        errors = envelope["errors"]
    except (ValueError, KeyError, TypeError):
        raise SystemFailure("SYS_WIRE", "The server's answer cannot be read. Is that a Lattice server?") from None
    if errors:
        raise LatticeError.from_wire(errors[0])
    return calls.call(name).load(json.dumps(envelope["data"]).encode())


async def serve(request: Request, bind: Callable[[str | None], "Answering"]) -> Response:
    """Answer a request by what `bind` gives for the project that its path names."""
    try:
        name, project, arguments = _read(request)
        result = await bind(project)(name, arguments)
        return _envelope(200, calls.call(name).dump(result), [])
    except LatticeError as error:
        status = next(status for kind, status in _STATUS if isinstance(error, kind))
        return _envelope(status, b"null", [error.to_wire()])


Answering = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""Takes a facet method's name and its arguments, gives its result."""


def _read(request: Request) -> tuple[str, str | None, dict[str, Any]]:
    place, _, query = request.target.partition("?")
    for name, verb, pattern in _patterns():
        match = pattern.fullmatch(place) if verb == request.verb else None
        if match is None:
            continue
        values = {field: unquote(value) for field, value in match.groupdict().items()}
        project = values.pop("project")
        try:
            pairs = [(field, json.loads(value)) for field, value in parse_qsl(query)] if query else []
            fields = dict(pairs) if verb == "GET" else json.loads(request.body)
            if not isinstance(fields, dict):
                raise ValueError("the body is no object")
        except ValueError as error:
            raise ValidationFailed("VAL_BODY", f"The request cannot be read as JSON: {error}.", field="body") from None
        numbers = {field: int(value) for field, value in values.items() if field == "number" and value.isdigit()}
        body = json.dumps({**fields, **values, **numbers}).encode()
        return name, None if project == "-" else project, calls.call(name).decode(body)
    raise NotFound("NF_ROUTE", f"There is nothing at {request.verb} {place[:200]}.")


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Every route as a pattern, those without a field before those that would swallow them."""
    routes = sorted(ROUTES.items(), key=lambda route: len(_fields(route[1][1])))
    return tuple(
        (name, verb, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/?]*)", _PROJECT + path)))
        for name, (verb, path) in routes
    )


def _fields(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


def _envelope(status: int, data: bytes, errors: list[dict[str, Any]]) -> Response:
    meta = {
        "request_id": str(uuid.uuid4()),
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "warnings": [],
    }
    body = b'{"data":%b,"meta":%b,"errors":%b}' % (data, json.dumps(meta).encode(), json.dumps(errors).encode())
    return Response(status, body)
