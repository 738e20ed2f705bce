"""The outbox: events, numbered without gaps in each project."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, insert, or_, select

from lattice_console.contract.events import EventName
from lattice_console.engine.records import EventRecord, ProjectRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import columns, several, values
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import events, projects

_LAST = Prepared(select(projects.c.event_seq).where(projects.c.id == bindparam("project")))
_WRITE = Prepared(insert(events))
_OF_PROJECT = (
    select(*columns(events, EventRecord)).where(events.c.project_id == bindparam("project")).order_by(events.c.seq)
)
_SINCE = Prepared(_OF_PROJECT.where(events.c.seq > bindparam("seq")).limit(bindparam("limit")))
_FIRST = Prepared(_OF_PROJECT.where(events.c.seq > bindparam("after"), events.c.name.in_(several("names"))).limit(1))
_OF_SUBJECT = Prepared(_OF_PROJECT.where(events.c.subject == bindparam("subject")))


class Events:
    """`ports.Events` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, project: ProjectRecord, records: Sequence[EventRecord]) -> int:
        """Write the records, numbered on from the project's (their `seq` is ignored); returns the newest number."""
        first = project.event_seq + 1
        rows = [values(record, project_id=project.id, seq=seq) for seq, record in enumerate(records, first)]
        self._database.run_each(_WRITE, rows)
        return project.event_seq + len(records)

    def last(self, project_id: str) -> int:
        """The newest event's number, 0 where there is none."""
        row = self._database.row(_LAST, project=project_id)
        return row[0] if row else 0

    def since(self, project_id: str, seq: int, limit: int) -> list[EventRecord]:
        """The events after that number, oldest first."""
        rows = self._database.rows(_SINCE, project=project_id, seq=seq, limit=limit)
        return [EventRecord(*row) for row in rows]

    def first(self, project_id: str, after: int, names: Sequence[EventName]) -> EventRecord | None:
        """The first event of one of those names after that number."""
        row = self._database.row(_FIRST, project=project_id, after=after, names=list(names))
        return EventRecord(*row) if row else None

    def of_subject(self, project_id: str, subject: str) -> list[EventRecord]:
        """What happened to one thing, oldest first."""
        rows = self._database.rows(_OF_SUBJECT, project=project_id, subject=subject)
        return [EventRecord(*row) for row in rows]

    def page(
        self,
        project_id: str,
        names: Sequence[str],
        actor_id: str | None,
        subject: str | None,
        before: int | None,
        limit: int,
    ) -> tuple[list[EventRecord], int]:
        """The events before that number, newest first, and how many there are without that limit.

        A name that ends in `*` is all that begin so.
        """
        meant = [events.c.project_id == project_id]
        if names:
            named = (
                events.c.name.startswith(name[:-1], autoescape=True) if name.endswith("*") else events.c.name == name
                for name in names
            )
            meant.append(or_(*named))
        if actor_id is not None:
            meant.append(events.c.actor_id == actor_id)
        if subject is not None:
            meant.append(events.c.subject == subject)
        statement = select(*columns(events, EventRecord)).where(*meant)
        if before is not None:
            statement = statement.where(events.c.seq < before)
        rows = self._database.compose(statement.order_by(events.c.seq.desc()).limit(limit))
        if len(meant) == 1:
            # They are numbered without gaps.
            return [EventRecord(*row) for row in rows], self.last(project_id)
        ((total,),) = self._database.compose(select(func.count()).select_from(events).where(*meant))
        return [EventRecord(*row) for row in rows], total
