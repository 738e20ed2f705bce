"""The outbox: events, numbered without gaps in each project."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, insert, select, update

from lattice_console.engine.ports import EventRecord
from lattice_console.engine.stores.rows import columns, values
from lattice_console.engine.stores.tables import events, projects

_TAKE = (
    update(projects)
    .where(projects.c.id == bindparam("project"))
    .values(event_seq=projects.c.event_seq + bindparam("count"))
    .returning(projects.c.event_seq)
)
_LAST = select(projects.c.event_seq).where(projects.c.id == bindparam("project"))
_OF_PROJECT = (
    select(*columns(events, EventRecord)).where(events.c.project_id == bindparam("project")).order_by(events.c.seq)
)
_SINCE = _OF_PROJECT.where(events.c.seq > bindparam("seq")).limit(bindparam("limit"))
_OF_SUBJECT = _OF_PROJECT.where(events.c.subject == bindparam("subject"))


class Events:
    """`ports.Events` over SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, project_id: str, records: Sequence[EventRecord]) -> None:
        """Number the records (their `seq` is ignored) and write them; contiguous per project."""
        if not records:
            return
        taken = self._connection.execute(_TAKE, {"project": project_id, "count": len(records)}).scalar_one()
        first = taken - len(records) + 1
        rows = [values(record, project_id=project_id, seq=seq) for seq, record in enumerate(records, first)]
        self._connection.execute(insert(events), rows)

    def last(self, project_id: str) -> int:
        """The newest event's number, 0 where there is none."""
        return self._connection.execute(_LAST, {"project": project_id}).scalar_one_or_none() or 0

    def since(self, project_id: str, seq: int, limit: int) -> list[EventRecord]:
        """The events after that number, oldest first."""
        rows = self._connection.execute(_SINCE, {"project": project_id, "seq": seq, "limit": limit})
        return [EventRecord(*row) for row in rows]

    def of_subject(self, project_id: str, subject: str) -> list[EventRecord]:
        """What happened to one thing, oldest first."""
        rows = self._connection.execute(_OF_SUBJECT, {"project": project_id, "subject": subject})
        return [EventRecord(*row) for row in rows]
