"""Projects and their counters."""

from datetime import datetime

from sqlalchemy import and_, bindparam, func, insert, select, update

from lattice_console.engine.records import MembershipRecord, ProjectRecord, StandingRecord, UserRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.dialects import mailbox
from lattice_console.engine.stores.rows import columns, values
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import memberships, projects, users

_BY_ID = projects.c.id == bindparam("project")
_GET = Prepared(select(*columns(projects, ProjectRecord)).where(_BY_ID))
_OF_USER = Prepared(
    select(*columns(projects, ProjectRecord))
    .join(memberships, memberships.c.project_id == projects.c.id)
    .where(memberships.c.user_id == bindparam("user"))
    .order_by(projects.c.name, projects.c.id)
)
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
_COUNT = Prepared(
    update(projects)
    .where(
        _BY_ID,
        projects.c.event_seq == bindparam("last_event"),
        projects.c.audit_sequence == bindparam("last_entry"),
    )
    .values(event_seq=bindparam("new_event"), audit_sequence=bindparam("new_entry"), audit_head=bindparam("new_head"))
)

_ALL_MEMBERS = memberships.alias("members")
_MEMBERS = (
    select(func.count()).select_from(_ALL_MEMBERS).where(_ALL_MEMBERS.c.project_id == projects.c.id).scalar_subquery()
)
_STANDING = (
    select(
        *columns(projects, ProjectRecord),
        *columns(users, UserRecord),
        *columns(memberships, MembershipRecord),
        _MEMBERS,
    )
    .where(_BY_ID)
    .select_from(projects)
)
_MINE = and_(memberships.c.user_id == users.c.id, memberships.c.project_id == projects.c.id)
_STANDING_BY_HANDLE = Prepared(
    _STANDING.outerjoin(users, users.c.handle == bindparam("name")).outerjoin(memberships, _MINE)
)
_STANDING_BY_EMAIL = Prepared(
    _STANDING.outerjoin(
        users, mailbox(users.c.email) == mailbox(bindparam("name", type_=users.c.email.type))
    ).outerjoin(memberships, _MINE)
)
_USER = len(ProjectRecord._fields)
_MEMBERSHIP = _USER + len(UserRecord._fields)


class Projects:
    """`ports.Projects` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, project_id: str) -> ProjectRecord | None:
        row = self._database.row(_GET, project=project_id)
        return ProjectRecord(*row) if row else None

    def of_user(self, user_id: str) -> list[ProjectRecord]:
        """Those that the user is a member of, by name and id."""
        return [ProjectRecord(*row) for row in self._database.rows(_OF_USER, user=user_id)]

    def create(self, record: ProjectRecord) -> None:
        self._database.run(_CREATE, **values(record, mutation_seq=0))

    def move(
        self, project_id: str, *, at: datetime, head: bool = False, policy_version: str | None = None
    ) -> ProjectRecord:
        """Count the project's version up, with `head` its sequence too; set the policy's version where given."""
        [moved] = self._database.rows(_MOVE, project=project_id, steps=int(head), at=at)
        if policy_version is not None:
            [moved] = self._database.rows(_SET_POLICY, project=project_id, policy=policy_version)
        return ProjectRecord(*moved)

    def standing(self, project_id: str, name: str) -> StandingRecord | None:
        """The project, and how the user of that name, found as `People.find` does, stands to it."""
        row = self._database.row(
            _STANDING_BY_EMAIL if "@" in name else _STANDING_BY_HANDLE, project=project_id, name=name
        )
        if row is None:
            return None
        project, user, membership = row[:_USER], row[_USER:_MEMBERSHIP], row[_MEMBERSHIP:-1]
        return StandingRecord(
            ProjectRecord(*project),
            UserRecord(*user) if user[0] is not None else None,
            MembershipRecord(*membership) if membership[0] is not None else None,
            row[-1],
        )

    def count(self, before: ProjectRecord, after: ProjectRecord) -> None:
        """Bring the numbers of events and audit from those before to those after; raises LookupError if they moved."""
        counted = self._database.run(
            _COUNT,
            project=before.id,
            last_event=before.event_seq,
            last_entry=before.audit_sequence,
            new_event=after.event_seq,
            new_entry=after.audit_sequence,
            new_head=after.audit_head,
        )
        if counted != 1:
            raise LookupError(f"somebody else has counted on in project {before.id}")

    def next_number(self, project_id: str) -> int:
        """Take the next mutation's number."""
        number: int = self._database.value(_NEXT_NUMBER, project=project_id)
        return number
