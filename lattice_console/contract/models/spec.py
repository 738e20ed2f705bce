"""Specs: documents with meaning."""

from datetime import date
from typing import Literal

from lattice_console.contract.models.base import Model

Toward = Literal["dependencies", "dependents", "both"]
"""Which way the graph is walked: to what a spec depends on, to what depends on it, or both."""

SpecType = Literal["api", "database", "requirements", "generic"]
NodeType = SpecType | Literal["file"]
"""What stands in the graph: a spec of some type, or a file that is none, and refers to others, is referred to, or is
governed by a spec."""

SpecFormat = Literal["json", "yaml", "markdown"]
"""How a spec is written: all of them say the same; Markdown does so in YAML front matter, and has room for prose."""

EdgeKind = Literal["depends_on", "refers", "governs"]
"""How one depends on another: it declares so, refers to it by `$ref`, or covers its file by `allowed_files`."""

Severity = Literal["error", "warning"]


class Suppression(Model):
    """Why a finding is put up with: who answers for that, the reason, and the last day (UTC) on which it is."""

    owner: str
    reason: str
    expires: date

    @property
    def said(self) -> str:
        """All of it, as a sentence."""
        return f"Suppressed by {self.owner} until {self.expires}: {self.reason}"


class Finding(Model):
    """Something that a check found in a document: where (`line` from 1, JSON `pointer`), by which `rule`, and what.

    `remedy` is a sentence that says how to mend it, empty where the message says that already. In what a mutation
    proposes, it is `inherited` where the document had it before, and `suppressed` where the project puts up with it:
    then it is told, and holds nothing back.
    """

    path: str
    rule: str
    severity: Severity
    message: str
    pointer: str | None = None
    line: int | None = None
    remedy: str = ""
    inherited: bool = False
    suppressed: Suppression | None = None

    @property
    def blocks(self) -> bool:
        """Whether a mutation that proposes it is held back."""
        return self.severity == "error" and not self.inherited and self.suppressed is None

    @property
    def said(self) -> str:
        """The message, and how to mend it."""
        return f"{self.message} {self.remedy}".rstrip()


class SpecCheck(Model):
    """What a document would say: the name of the `spec` that it would be, None where it would be none.

    `findings` are the errors that would hold a mutation back that proposes it.
    """

    spec: str | None
    has_schema: bool
    findings: tuple[Finding, ...]


class Spec(Model):
    """A document's meaning. `path` is None for a spec without a document, such as `deployment`.

    `governs` are the globs of its `allowed_files`, without those that are none.
    """

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
    governs: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class SpecNode(Model):
    """A spec in the graph, or a file by its path; `missing` for what others depend on and is not there."""

    name: str
    type: NodeType
    version: str | None
    path: str | None
    missing: bool = False


class SpecEdge(Model):
    """`source` depends on `target`. There is one edge between two, of the first kind in `EdgeKind` that is there."""

    source: str
    target: str
    kind: EdgeKind = "depends_on"


class SpecGraph(Model):
    """What depends on what, by name.

    `cycles` are dependencies that lead back to where they began, a declared one among them; in `reference_cycles` all
    refer to each other by `$ref`, as files may. `further` counts the nodes that are reached, but not among the nodes,
    because so many were not asked for. The governed files of many specs are among them only as far as all of the edges
    to each are no more than were asked for.
    """

    nodes: tuple[SpecNode, ...]
    edges: tuple[SpecEdge, ...]
    cycles: tuple[tuple[str, ...], ...]
    reference_cycles: tuple[tuple[str, ...], ...] = ()
    further: int = 0


class ReachedSpec(Model):
    """A spec or a file, and over how many dependencies it is reached."""

    node: SpecNode
    distance: int


class Impact(Model):
    """What depends on some specs and files, directly or through others: what a change of theirs may concern.

    `by_distance` counts them, those that depend directly first; `total` is their sum. `specs` are the nearest of them.
    """

    roots: tuple[str, ...]
    total: int
    by_distance: tuple[int, ...]
    specs: tuple[ReachedSpec, ...]
