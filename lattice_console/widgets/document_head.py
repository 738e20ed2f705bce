"""The line above a document: its path, and what it is."""

from textual.content import Content
from textual.reactive import reactive

from lattice_console.cells import cells, cut, shorten_path
from lattice_console.contract.models.document import Document
from lattice_console.contract.models.spec import Spec
from lattice_console.text import count, inert
from lattice_console.widgets.pieces import MUTED
from lattice_console.widgets.signs import Look
from lattice_console.widgets.sparing import Sparing

__all__ = ["DocumentHead"]


class DocumentHead(Sparing):
    """Path, drift, spec, findings, revision and age on one line."""

    DEFAULT_CSS = """
    DocumentHead { height: 1; }
    """

    drifted: reactive[bool] = reactive(False)
    """Whether the folder holds something else there that the store does not have."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self._document: Document | None = None
        self._spec: Spec | None = None

    def show(self, document: Document | None, spec: Spec | None) -> None:
        """Show these, or nothing."""
        self._document, self._spec = document, spec
        self.refresh()

    def draw(self) -> list[Content]:
        document, spec, signs = self._document, self._spec, self._look.signs
        if document is None:
            return []
        parts = [("! drifted", "bold $warning")] if self.drifted else []
        if spec is not None:
            version = f" {inert(spec.version)}" if spec.version else ""
            parts.append((f"{inert(spec.name)}{version} {signs.dot} {spec.type}", ""))
            standing = [one for one in spec.findings if one.suppressed is None]
            errors = sum(1 for one in standing if one.severity == "error")
            warnings = len(standing) - errors
            if errors:
                parts.append((f"{signs.requirement['unsatisfied']} {count(errors, 'error')}", "$bad"))
            if warnings:
                parts.append((f"! {count(warnings, 'warning')}", "$warning"))
            if not standing:
                parts.append((f"{signs.check} valid", "$good"))
            if suppressed := len(spec.findings) - len(standing):
                parts.append((f"{suppressed} suppressed", MUTED))
        parts.append((f"revision {document.revision} {signs.dot} {self._look.age(document.updated_at)}", MUTED))
        width = self.size.width
        room = width - 2 - sum(3 + cells(text) for text, _ in parts)
        while room < 16 and len(parts) > 1:
            room += 3 + cells(parts.pop()[0])
        path = shorten_path(inert(document.path), max(16, room), signs.ellipsis)
        tail = [piece for text, style in parts for piece in ("   ", (text, style))]
        return [Content.assemble(" ", (cut(path, width - 2, signs.ellipsis), "bold"), *tail)]
