"""The audit log: one hash chain for each project and one for the installation."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update

from lattice_console.engine.records import AuditRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import columns
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import audit, installation, projects

GENESIS = "0" * 64
"""What stands before the first row of a chain."""

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


class _Anchor:
    """The row that holds a chain's newest sequence and hash: taking a number from it locks it."""

    def __init__(self, table: Table) -> None:
        mine = table.c.id == bindparam("anchor")
        self.take = Prepared(
            update(table)
            .where(mine)
            .values(audit_sequence=table.c.audit_sequence + bindparam("count"))
            .returning(table.c.audit_sequence, table.c.audit_head)
        )
        self.set_head = Prepared(update(table).where(mine).values(audit_head=bindparam("hash")))
        self.read = Prepared(select(table.c.audit_sequence, table.c.audit_head).where(mine))


_PROJECT = _Anchor(projects)
_INSTALLATION = _Anchor(installation)


class Audit:
    """`ports.Audit` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, project_id: str | None, entries: Sequence[Mapping[str, Any]]) -> None:
        """Extend the chain of the project, or the installation's, by the canonical text of each entry.

        The text is the entry with its `sequence` as JSON: sorted keys, no spaces, ASCII. Its hash is
        SHA-256(text + previous hash), in lower-case hexadecimal.
        """
        if not entries:
            return
        anchor, at, scope = _anchored(project_id)
        ((last, previous),) = self._database.rows(anchor.take, anchor=at, count=len(entries))
        rows = []
        for sequence, entry in enumerate(entries, last - len(entries) + 1):
            if "sequence" in entry:
                raise ValueError("the log itself numbers its entries")
            text = _CANONICAL.encode({"sequence": sequence, **entry})
            hash = hashlib.sha256((text + previous).encode("ascii")).hexdigest()
            rows.append({"scope": scope, "sequence": sequence, "text": text, "previous": previous, "hash": hash})
            previous = hash
        self._database.run_each(_WRITE, rows)
        self._database.run(anchor.set_head, anchor=at, hash=previous)

    def page(self, project_id: str, before: int | None, limit: int) -> tuple[list[AuditRecord], int]:
        """The project's rows before that sequence, newest first, and how many the chain has."""
        before = _BEYOND if before is None else before
        rows = self._database.rows(_PAGE, scope=project_id, before=before, limit=limit)
        return [AuditRecord(*row) for row in rows], self.head(project_id)[0]

    def chain(self, project_id: str | None) -> Iterator[AuditRecord]:
        """All rows, oldest first, read while they are consumed: within the transaction."""
        scope, after = _anchored(project_id)[2], 0
        while True:
            records = [AuditRecord(*row) for row in self._database.rows(_CHAIN, scope=scope, after=after)]
            yield from records
            if len(records) < _BATCH:
                return
            after = records[-1].sequence

    def head(self, project_id: str | None) -> tuple[int, str]:
        """The newest sequence and hash, as they are kept beside the chain."""
        anchor, at, _ = _anchored(project_id)
        ((sequence, hash),) = self._database.rows(anchor.read, anchor=at)
        return sequence, hash


def _anchored(project_id: str | None) -> tuple[_Anchor, str | int, str]:
    """Where the chain is anchored, the key of that row, and the chain's scope."""
    return (_INSTALLATION, 1, INSTALLATION) if project_id is None else (_PROJECT, project_id, project_id)
