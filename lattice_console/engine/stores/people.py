"""Users and their memberships."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select, update

from lattice_console.engine.records import MembershipRecord, UserRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.dialects import mailbox
from lattice_console.engine.stores.rows import chunks, columns, prefix_range, several, starts_with, values
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import memberships, users

_USER = select(*columns(users, UserRecord))
_BY_IDS = Prepared(_USER.where(users.c.id.in_(several("ids"))))
_BY_HANDLE = Prepared(_USER.where(users.c.handle == bindparam("handle")))
_BY_EMAIL = Prepared(_USER.where(mailbox(users.c.email) == mailbox(bindparam("email", type_=users.c.email.type))))
_HANDLES = Prepared(select(users.c.handle).where(starts_with(users.c.handle)))
_OF_PROJECT = memberships.c.project_id == bindparam("project")
_OF_USER = memberships.c.user_id == bindparam("user")
_MEMBERS = Prepared(
    select(*columns(memberships, MembershipRecord))
    .where(_OF_PROJECT)
    .order_by(memberships.c.created_at, memberships.c.user_id)
)
_MEMBERSHIP = Prepared(select(*columns(memberships, MembershipRecord)).where(_OF_PROJECT, _OF_USER))
_CREATE = Prepared(insert(users))
_JOIN = Prepared(insert(memberships))
_COUNT = Prepared(select(func.count()).select_from(memberships).where(_OF_PROJECT))
_SET_ROLE = Prepared(
    update(memberships)
    .where(_OF_PROJECT, _OF_USER)
    .values(role=bindparam("new_role"), version=memberships.c.version + 1)
)


class People:
    """`ports.People` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, user_ids: Iterable[str]) -> dict[str, UserRecord]:
        """Those of the users that exist, by id."""
        found = (UserRecord(*row) for ids in chunks(user_ids) for row in self._database.rows(_BY_IDS, ids=ids))
        return {user.id: user for user in found}

    def find(self, name: str) -> UserRecord | None:
        """By e-mail where `name` has an @, else by handle."""
        if "@" in name:
            return self.by_email(name)
        row = self._database.row(_BY_HANDLE, handle=name)
        return UserRecord(*row) if row else None

    def by_email(self, email: str) -> UserRecord | None:
        row = self._database.row(_BY_EMAIL, email=email)
        return UserRecord(*row) if row else None

    def handles_like(self, stem: str) -> set[str]:
        """The handles in use that start with `stem`."""
        return set(self._database.column(_HANDLES, **prefix_range(stem)))

    def create(self, record: UserRecord, at: datetime) -> None:
        self._database.run(_CREATE, **values(record, created_at=at))

    def membership(self, project_id: str, user_id: str) -> MembershipRecord | None:
        row = self._database.row(_MEMBERSHIP, project=project_id, user=user_id)
        return MembershipRecord(*row) if row else None

    def members(self, project_id: str) -> list[MembershipRecord]:
        """The memberships, oldest first."""
        return [MembershipRecord(*row) for row in self._database.rows(_MEMBERS, project=project_id)]

    def member_count(self, project_id: str) -> int:
        count: int = self._database.value(_COUNT, project=project_id)
        return count

    def join(self, project_id: str, user_id: str, role: str, at: datetime) -> None:
        self._database.run(_JOIN, project_id=project_id, user_id=user_id, role=role, version=1, created_at=at)

    def set_role(self, project_id: str, user_id: str, role: str) -> None:
        self._database.run(_SET_ROLE, project=project_id, user=user_id, new_role=role)
