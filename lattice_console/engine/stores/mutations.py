"""Mutations, their patchsets, changes and parents."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from lattice_console.contract.models.mutation import MutationFilter, Status
from lattice_console.engine.ports import (
    ChangeRecord,
    MutationRecord,
    OverrideRecord,
    ParentRecord,
    PatchsetRecord,
    Window,
)
from lattice_console.engine.stores import tables
from lattice_console.engine.stores.queue import count_by_status, read_page
from lattice_console.engine.stores.rows import AnyRow, AnySelect, check_names, chunks, columns, several, values
from lattice_console.engine.stores.tables import mutations, patchsets

Item = TypeVar("Item")

_IDS = several("ids")
_OF_PROJECT = mutations.c.project_id == bindparam("project")
_MUTATION = select(*columns(mutations, MutationRecord))
_BY_ID = _MUTATION.where(_OF_PROJECT, mutations.c.id == bindparam("mutation"))
_BY_NUMBER = _MUTATION.where(_OF_PROJECT, mutations.c.number == bindparam("number"))
_MANY = _MUTATION.where(mutations.c.id.in_(_IDS))
_WITH_STATUS = _MUTATION.where(_OF_PROJECT, mutations.c.status.in_(several("statuses"))).order_by(mutations.c.number)
_NEWEST_OF = (
    _MUTATION.where(_OF_PROJECT, mutations.c.author_id == bindparam("author"))
    .order_by(mutations.c.number.desc())
    .limit(1)
)
_NUMBER = select(mutations.c.number).where(mutations.c.id == bindparam("mutation"))
_UNTOUCH = delete(tables.touched).where(
    tables.touched.c.project_id == bindparam("project"), tables.touched.c.number == bindparam("number")
)
_SET = update(mutations).where(mutations.c.id == bindparam("mutation"))
_SET_AND_COUNT = _SET.values(version=mutations.c.version + 1)

_IS_CURRENT = and_(patchsets.c.mutation_id == mutations.c.id, patchsets.c.number == mutations.c.patchset)
_PATCHSET = select(*columns(patchsets, PatchsetRecord))
_PATCHSET_BY_NUMBER = _PATCHSET.where(
    patchsets.c.mutation_id == bindparam("mutation"), patchsets.c.number == bindparam("number")
)
_CURRENT_PATCHSETS = _PATCHSET.join(mutations, _IS_CURRENT).where(mutations.c.id.in_(_IDS))
_CHANGES = (
    select(tables.changes.c.patchset_id, *columns(tables.changes, ChangeRecord))
    .where(tables.changes.c.patchset_id.in_(_IDS))
    .order_by(tables.changes.c.patchset_id, tables.changes.c.position)
)
_PARENTS = (
    select(tables.parents.c.patchset_id, *columns(tables.parents, ParentRecord))
    .where(tables.parents.c.patchset_id.in_(_IDS))
    .order_by(tables.parents.c.mutation_id)
)
_CHILDREN = (
    _MUTATION.select_from(tables.parents)
    .join(patchsets, patchsets.c.id == tables.parents.c.patchset_id)
    .join(mutations, _IS_CURRENT)
    .where(tables.parents.c.mutation_id == bindparam("parent"))
    .order_by(mutations.c.number)
)
_OVERRIDES = (
    select(tables.overrides.c.mutation_id, *columns(tables.overrides, OverrideRecord))
    .where(tables.overrides.c.mutation_id.in_(_IDS))
    .order_by(tables.overrides.c.requirement)
)
_IMPORTED = select(tables.imports.c.mutation_id).where(
    tables.imports.c.project_id == bindparam("project"), tables.imports.c.commit == bindparam("revision")
)
_EXECUTED: tuple[Status, ...] = ("completed", "rolled_back", "rollback_failed")
_TOUCHING = select(tables.touched.c.number).where(
    tables.touched.c.project_id == bindparam("project"), tables.touched.c.path.in_(several("paths"))
)
_PENDING_IMPORTS = _MUTATION.join(tables.imports, tables.imports.c.mutation_id == mutations.c.id).where(
    _OF_PROJECT, mutations.c.status.not_in(_EXECUTED), mutations.c.number.in_(_TOUCHING)
)


class Mutations:
    """`ports.Mutations` over SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def create(self, project_id: str, record: MutationRecord) -> None:
        self._connection.execute(insert(mutations), values(record, project_id=project_id))

    def update(self, mutation_id: str, **columns: Any) -> None:
        """Set columns; the version counts up unless `version` is given. Raises LookupError for an unknown id."""
        check_names(mutations, columns)
        statement = _SET if "version" in columns else _SET_AND_COUNT
        if self._connection.execute(statement, {**columns, "mutation": mutation_id}).rowcount != 1:
            raise LookupError(f"no mutation {mutation_id}")

    def by_id(self, project_id: str, mutation_id: str) -> MutationRecord | None:
        return self._one(_BY_ID, project=project_id, mutation=mutation_id)

    def by_number(self, project_id: str, number: int) -> MutationRecord | None:
        return self._one(_BY_NUMBER, project=project_id, number=number)

    def many(self, mutation_ids: Iterable[str]) -> dict[str, MutationRecord]:
        """Those of the mutations that exist, by id."""
        return {row.id: MutationRecord(*row) for row in self._in(_MANY, mutation_ids)}

    def with_status(self, project_id: str, statuses: Iterable[Status]) -> list[MutationRecord]:
        """The project's mutations in one of those states, by number."""
        rows = self._connection.execute(_WITH_STATUS, {"project": project_id, "statuses": list(statuses)})
        return [MutationRecord(*row) for row in rows]

    def newest_of(self, project_id: str, author_id: str) -> MutationRecord | None:
        return self._one(_NEWEST_OF, project=project_id, author=author_id)

    def page(
        self, project_id: str, narrowed: MutationFilter, authors: Sequence[str], window: Window
    ) -> tuple[list[MutationRecord], int]:
        """Newest number first; `authors` are the ids that the filter's authors mean."""
        return read_page(self._connection, project_id, narrowed, authors, window)

    def counts(self, project_id: str, narrowed: MutationFilter, authors: Sequence[str]) -> dict[Status, int]:
        """How many the filter means, by status."""
        return count_by_status(self._connection, project_id, narrowed, authors)

    def add_patchset(
        self,
        project_id: str,
        record: PatchsetRecord,
        changes: Sequence[ChangeRecord],
        parents: Sequence[ParentRecord],
    ) -> None:
        """Write the patchset with its changes, in their order, and its parents."""
        self._connection.execute(insert(patchsets), values(record))
        rows = [
            values(change, project_id=project_id, patchset_id=record.id, position=position)
            for position, change in enumerate(changes)
        ]
        if rows:
            self._connection.execute(insert(tables.changes), rows)
        number = self._connection.execute(_NUMBER, {"mutation": record.mutation_id}).scalar_one()
        self._connection.execute(_UNTOUCH, {"project": project_id, "number": number})
        paths = {path for change in changes for path in (change.path, change.new_path) if path is not None}
        if paths:
            touched = [{"project_id": project_id, "number": number, "path": path} for path in sorted(paths)]
            self._connection.execute(insert(tables.touched), touched)
        if parents:
            stacked = [values(parent, patchset_id=record.id) for parent in parents]
            self._connection.execute(insert(tables.parents), stacked)

    def patchset(self, mutation_id: str, number: int) -> PatchsetRecord | None:
        row = self._connection.execute(_PATCHSET_BY_NUMBER, {"mutation": mutation_id, "number": number}).first()
        return PatchsetRecord(*row) if row else None

    def patchsets(self, mutation_ids: Iterable[str]) -> dict[str, PatchsetRecord]:
        """The current patchset of each, by mutation id."""
        return {row.mutation_id: PatchsetRecord(*row) for row in self._in(_CURRENT_PATCHSETS, mutation_ids)}

    def changes(self, patchset_ids: Iterable[str]) -> dict[str, list[ChangeRecord]]:
        """The changes of each patchset, in their order."""
        return self._grouped(_CHANGES, patchset_ids, ChangeRecord)

    def parents(self, patchset_ids: Iterable[str]) -> dict[str, list[ParentRecord]]:
        """What each patchset is stacked on, by mutation id."""
        return self._grouped(_PARENTS, patchset_ids, ParentRecord)

    def children(self, mutation_id: str) -> list[MutationRecord]:
        """Those whose current patchset is stacked on it, by number."""
        return [MutationRecord(*row) for row in self._connection.execute(_CHILDREN, {"parent": mutation_id})]

    def override(self, mutation_id: str, records: Sequence[OverrideRecord], at: datetime) -> None:
        """Note that a policy took the place of those requirements."""
        if records:
            rows = [values(record, mutation_id=mutation_id, created_at=at) for record in records]
            self._connection.execute(insert(tables.overrides), rows)

    def overrides(self, mutation_ids: Iterable[str]) -> dict[str, list[OverrideRecord]]:
        """The overrides of each mutation, by requirement."""
        return self._grouped(_OVERRIDES, mutation_ids, OverrideRecord)

    def imported(self, project_id: str, commit: str) -> str | None:
        """The id of the mutation that the commit became."""
        found: str | None = self._connection.execute(_IMPORTED, {"project": project_id, "revision": commit}).scalar()
        return found

    def note_import(self, project_id: str, commit: str, mutation_id: str) -> None:
        row = {"project_id": project_id, "commit": commit, "mutation_id": mutation_id}
        self._connection.execute(insert(tables.imports), row)

    def pending_imports_on(self, project_id: str, paths: Iterable[str]) -> list[MutationRecord]:
        """Imported mutations not yet executed whose changes touch one of the paths, oldest first."""
        found: dict[int, MutationRecord] = {}
        for portion in chunks(paths):
            for row in self._connection.execute(_PENDING_IMPORTS, {"project": project_id, "paths": portion}):
                found[row.number] = MutationRecord(*row)
        return [found[number] for number in sorted(found)]

    def _one(self, statement: AnySelect, **parameters: Any) -> MutationRecord | None:
        row = self._connection.execute(statement, parameters).first()
        return MutationRecord(*row) if row else None

    def _in(self, statement: AnySelect, ids: Iterable[str]) -> Iterator[AnyRow]:
        for portion in chunks(ids):
            yield from self._connection.execute(statement, {"ids": portion})

    def _grouped(self, statement: AnySelect, ids: Iterable[str], record: type[Item]) -> dict[str, list[Item]]:
        """Records by the first column, with a list for every id."""
        wanted = list(ids)
        found: dict[str, list[Item]] = {key: [] for key in wanted}
        for key, *row in self._in(statement, wanted):
            found[key].append(record(*row))
        return found
