"""Executions and what they could bring back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from lattice_console.engine.ports import ExecutionRecord, SnapshotRecord
from lattice_console.engine.stores.rows import check_names, columns, values
from lattice_console.engine.stores.tables import executions, mutations, snapshots

_EXECUTION = select(*columns(executions, ExecutionRecord))
_GET = _EXECUTION.where(executions.c.id == bindparam("execution"))
_SET = update(executions).where(executions.c.id == bindparam("execution"))
_OF_MUTATION = _EXECUTION.where(executions.c.mutation_id == bindparam("mutation")).order_by(
    executions.c.started_at, executions.c.id
)
_EXPIRED = (
    _EXECUTION.join(mutations, executions.c.mutation_id == mutations.c.id)
    .where(
        executions.c.status == "in_progress",
        executions.c.lease_until < bindparam("now"),
        mutations.c.project_id == bindparam("project"),
    )
    .order_by(executions.c.lease_until)
)
_SNAPSHOT = (
    select(*columns(snapshots, SnapshotRecord, hash=snapshots.c.blob_hash))
    .where(snapshots.c.execution_id == bindparam("execution"))
    .order_by(snapshots.c.document_id)
)


class Executions:
    """`ports.Executions` over SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, record: ExecutionRecord) -> None:
        self._connection.execute(insert(executions), values(record))

    def update(self, execution_id: str, **columns: Any) -> None:
        """Set columns; raises LookupError where there is no such execution."""
        check_names(executions, columns)
        if self._connection.execute(_SET, {**columns, "execution": execution_id}).rowcount != 1:
            raise LookupError(f"no execution {execution_id}")

    def get(self, execution_id: str) -> ExecutionRecord | None:
        row = self._connection.execute(_GET, {"execution": execution_id}).first()
        return ExecutionRecord(*row) if row else None

    def of(self, mutation_id: str) -> list[ExecutionRecord]:
        """The mutation's executions, oldest first."""
        return [ExecutionRecord(*row) for row in self._connection.execute(_OF_MUTATION, {"mutation": mutation_id})]

    def expired(self, project_id: str, now: datetime) -> list[ExecutionRecord]:
        """Those still in progress whose lease has run out."""
        rows = self._connection.execute(_EXPIRED, {"project": project_id, "now": now})
        return [ExecutionRecord(*row) for row in rows]

    def snapshot(self, execution_id: str) -> list[SnapshotRecord]:
        """Where each document stood before the execution."""
        return [SnapshotRecord(*row) for row in self._connection.execute(_SNAPSHOT, {"execution": execution_id})]

    def keep_snapshot(self, execution_id: str, records: Sequence[SnapshotRecord]) -> None:
        if records:
            rows = [
                {
                    "execution_id": execution_id,
                    "document_id": record.document_id,
                    "path": record.path,
                    "blob_hash": record.hash,
                }
                for record in records
            ]
            self._connection.execute(insert(snapshots), rows)
