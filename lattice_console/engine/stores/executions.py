"""Executions and what they could bring back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, or_, select, update

from lattice_console.engine.records import ExecutionRecord, SnapshotRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import columns, values
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import executions, mutations, snapshots

_EXECUTION = select(*columns(executions, ExecutionRecord))
_GET = Prepared(_EXECUTION.where(executions.c.id == bindparam("execution")))
_SET = Prepared(update(executions).where(executions.c.id == bindparam("execution")))
_ADD = Prepared(insert(executions))
_OF_MUTATION = Prepared(
    _EXECUTION.where(executions.c.mutation_id == bindparam("mutation")).order_by(
        executions.c.started_at.desc(), executions.c.id.desc()
    )
)
_EXPIRED = Prepared(
    _EXECUTION.join(mutations, executions.c.mutation_id == mutations.c.id)
    .where(
        executions.c.status == "in_progress",
        or_(
            executions.c.lease_until < bindparam("now"),
            and_(executions.c.started_at > bindparam("now"), executions.c.lease_until > bindparam("beyond")),
        ),
        mutations.c.project_id == bindparam("project"),
    )
    .order_by(executions.c.lease_until)
)
_SNAPSHOT = Prepared(
    select(*columns(snapshots, SnapshotRecord, hash=snapshots.c.blob_hash))
    .where(snapshots.c.execution_id == bindparam("execution"))
    .order_by(snapshots.c.document_id)
)
_KEEP = Prepared(insert(snapshots))


class Executions:
    """`ports.Executions` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: ExecutionRecord) -> None:
        self._database.run(_ADD, **values(record))

    def update(self, execution_id: str, **columns: Any) -> None:
        """Set columns; raises LookupError where there is no such execution."""
        if self._database.run(_SET, execution=execution_id, **columns) != 1:
            raise LookupError(f"no execution {execution_id}")

    def get(self, execution_id: str) -> ExecutionRecord | None:
        row = self._database.row(_GET, execution=execution_id)
        return ExecutionRecord(*row) if row else None

    def of(self, mutation_id: str) -> list[ExecutionRecord]:
        """The mutation's executions, newest first."""
        return [ExecutionRecord(*row) for row in self._database.rows(_OF_MUTATION, mutation=mutation_id)]

    def expired(self, project_id: str, now: datetime, beyond: datetime) -> list[ExecutionRecord]:
        """Those still in progress whose lease has run out, or that began after `now` and last until after `beyond`."""
        rows = self._database.rows(_EXPIRED, project=project_id, now=now, beyond=beyond)
        return [ExecutionRecord(*row) for row in rows]

    def snapshot(self, execution_id: str) -> list[SnapshotRecord]:
        """Where each document stood before the execution."""
        return [SnapshotRecord(*row) for row in self._database.rows(_SNAPSHOT, execution=execution_id)]

    def keep_snapshot(self, execution_id: str, records: Sequence[SnapshotRecord]) -> None:
        rows = [
            {
                "execution_id": execution_id,
                "document_id": record.document_id,
                "path": record.path,
                "blob_hash": record.hash,
            }
            for record in records
        ]
        self._database.run_each(_KEEP, rows)
