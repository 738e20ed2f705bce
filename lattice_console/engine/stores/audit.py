"""The audit log: one hash chain for each project and one for the installation."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from lattice_console.engine.records import AuditRecord, ProjectRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import columns
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import audit, installation, projects

INSTALLATION = "installation"
"""The scope of the installation's chain; a project's is its id."""

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)
_BATCH = 1000
_BEYOND = 2**62

_IN_SCOPE = audit.c.scope == bindparam("scope")
_ROWS = select(*columns(audit, AuditRecord)).where(_IN_SCOPE)
_CHAIN = Prepared(_ROWS.where(audit.c.sequence > bindparam("after")).order_by(audit.c.sequence).limit(_BATCH))
_WRITE = Prepared(insert(audit))
_PAGE = Prepared(
    _ROWS.where(audit.c.sequence < bindparam("before")).order_by(audit.c.sequence.desc()).limit(bindparam("limit"))
)


_TAKE = Prepared(
    update(installation)
    .values(audit_sequence=installation.c.audit_sequence + bindparam("count"))
    .returning(installation.c.audit_sequence, installation.c.audit_head)
)
_SET_HEAD = Prepared(update(installation).values(audit_head=bindparam("head")))
_INSTALLATIONS = Prepared(select(installation.c.audit_sequence, installation.c.audit_head))
_PROJECTS = Prepared(
    select(projects.c.audit_sequence, projects.c.audit_head).where(projects.c.id == bindparam("project"))
)
_STRAYS = Prepared(
    select(func.count())
    .select_from(audit)
    .where(audit.c.scope != bindparam("installation"), audit.c.scope.not_in(select(projects.c.id)))
)


class Audit:
    """`ports.Audit` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, project: ProjectRecord | None, entries: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
        """Extend the chain of the project, or the installation's, by the canonical text of each entry.

        The text is the entry with its `sequence` as JSON: sorted keys, no spaces, ASCII. Its hash is
        SHA-256(text + previous hash), in lower-case hexadecimal. Returns the newest sequence and hash; a project's
        are kept by `Projects.count`.
        """
        if project is not None:
            return self._extend(project.id, project.audit_sequence, project.audit_head, entries)
        # Taking the numbers locks the installation's row: whoever else writes there waits.
        ((taken, previous),) = self._database.rows(_TAKE, count=len(entries))
        newest = self._extend(INSTALLATION, taken - len(entries), previous, entries)
        self._database.run(_SET_HEAD, head=newest[1])
        return newest

    def _extend(self, scope: str, last: int, previous: str, entries: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
        rows = []
        for sequence, entry in enumerate(entries, last + 1):
            if "sequence" in entry:
                raise ValueError("the log itself numbers its entries")
            text = _CANONICAL.encode({"sequence": sequence, **entry})
            hash = hashlib.sha256((text + previous).encode("ascii")).hexdigest()
            rows.append({"scope": scope, "sequence": sequence, "text": text, "previous": previous, "hash": hash})
            previous = hash
        self._database.run_each(_WRITE, rows)
        return last + len(rows), previous

    def page(self, project_id: str, before: int | None, limit: int) -> tuple[list[AuditRecord], int]:
        """The project's rows before that sequence, newest first, and how many the chain has."""
        before = _BEYOND if before is None else before
        rows = self._database.rows(_PAGE, scope=project_id, before=before, limit=limit)
        return [AuditRecord(*row) for row in rows], self.head(project_id)[0]

    def chain(self, project_id: str | None) -> Iterator[AuditRecord]:
        """All rows, oldest first, read while they are consumed: within the transaction."""
        scope, after = project_id or INSTALLATION, -_BEYOND
        while True:
            records = [AuditRecord(*row) for row in self._database.rows(_CHAIN, scope=scope, after=after)]
            yield from records
            if len(records) < _BATCH:
                return
            after = records[-1].sequence

    def strays(self) -> int:
        """How many rows belong to the chain of no project and not to the installation's."""
        return int(self._database.value(_STRAYS, installation=INSTALLATION))

    def head(self, project_id: str | None) -> tuple[int, str]:
        """The newest sequence and hash, as they are kept beside the chain; 0 and "" where a damaged file lost them."""
        kept = (
            self._database.row(_INSTALLATIONS)
            if project_id is None
            else self._database.row(_PROJECTS, project=project_id)
        )
        return (0, "") if kept is None else (kept[0], kept[1])
