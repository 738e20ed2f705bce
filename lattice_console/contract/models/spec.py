"""Specs: documents with meaning."""

from typing import Literal

from lattice_console.contract.models.base import Model

SpecType = Literal["api", "database", "requirements", "generic"]
Severity = Literal["error", "warning"]


class Finding(Model):
    """Something that a check found in a document: where (`line` from 1, JSON `pointer`), what, and how to mend it."""

    path: str
    rule: str
    severity: Severity
    message: str
    pointer: str | None = None
    line: int | None = None


class Spec(Model):
    """A document's meaning. `path` is None for a spec without a document, such as `deployment`."""

    id: str
    name: str
    type: SpecType
    version: str | None
    description: str
    path: str | None
    document_id: str | None
    has_schema: bool
    depends_on: tuple[str, ...]
    requirements: int
    findings: tuple[Finding, ...] = ()


class SpecNode(Model):
    """A spec in the graph; `missing` for a name that others depend on and that no spec has."""

    name: str
    type: SpecType
    version: str | None
    path: str | None
    missing: bool = False


class SpecEdge(Model):
    """`source` depends on `target`."""

    source: str
    target: str


class SpecGraph(Model):
    """Which spec depends on which, by name; `cycles` are dependencies that lead back to where they began."""

    nodes: tuple[SpecNode, ...]
    edges: tuple[SpecEdge, ...]
    cycles: tuple[tuple[str, ...], ...]
