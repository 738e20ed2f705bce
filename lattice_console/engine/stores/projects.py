"""Projects and their counters."""

from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from lattice_console.engine.records import ProjectRecord
from lattice_console.engine.stores.audit import GENESIS
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import columns, values
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import projects

_BY_ID = projects.c.id == bindparam("project")
_GET = Prepared(select(*columns(projects, ProjectRecord)).where(_BY_ID))
_CREATE = Prepared(insert(projects))
_MOVE = Prepared(
    update(projects)
    .where(_BY_ID)
    .values(
        version=projects.c.version + 1,
        sequence=projects.c.sequence + bindparam("steps"),
        updated_at=bindparam("at"),
    )
    .returning(*columns(projects, ProjectRecord))
)
_SET_POLICY = Prepared(
    update(projects)
    .where(_BY_ID)
    .values(policy_version=bindparam("policy"))
    .returning(*columns(projects, ProjectRecord))
)
_NEXT_NUMBER = Prepared(
    update(projects).where(_BY_ID).values(mutation_seq=projects.c.mutation_seq + 1).returning(projects.c.mutation_seq)
)


class Projects:
    """`ports.Projects` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, project_id: str) -> ProjectRecord | None:
        row = self._database.row(_GET, project=project_id)
        return ProjectRecord(*row) if row else None

    def create(self, record: ProjectRecord) -> None:
        counters = {"event_seq": 0, "mutation_seq": 0, "audit_sequence": 0, "audit_head": GENESIS}
        self._database.run(_CREATE, **values(record, **counters))

    def move(
        self, project_id: str, *, at: datetime, head: bool = False, policy_version: str | None = None
    ) -> ProjectRecord:
        """Count the project's version up, with `head` its sequence too; set the policy's version where given."""
        [moved] = self._database.rows(_MOVE, project=project_id, steps=int(head), at=at)
        if policy_version is not None:
            [moved] = self._database.rows(_SET_POLICY, project=project_id, policy=policy_version)
        return ProjectRecord(*moved)

    def next_number(self, project_id: str) -> int:
        """Take the next mutation's number."""
        number: int = self._database.value(_NEXT_NUMBER, project=project_id)
        return number
