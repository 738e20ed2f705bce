"""What documents mean: the specs."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from lattice_console.engine.ports import SpecRecord
from lattice_console.engine.stores.rows import chunks, columns, several, values
from lattice_console.engine.stores.tables import specs

_OF_PROJECT = select(*columns(specs, SpecRecord)).where(specs.c.project_id == bindparam("project"))
_ALL = _OF_PROJECT.order_by(specs.c.name, specs.c.id)
_BY_NAME = _OF_PROJECT.where(specs.c.name == bindparam("name")).order_by(specs.c.id).limit(1)
_REPLACED = delete(specs).where(specs.c.id == bindparam("replaced"))
_OF_DOCUMENTS = specs.c.document_id.in_(several("documents"))
_IDS = select(specs.c.document_id, specs.c.id).where(specs.c.project_id == bindparam("project"), _OF_DOCUMENTS)
_DROP = delete(specs).where(specs.c.project_id == bindparam("project"), _OF_DOCUMENTS)


class Specs:
    """`ports.Specs` over SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self, project_id: str) -> list[SpecRecord]:
        """The project's specs, by name."""
        return [SpecRecord(*row) for row in self._connection.execute(_ALL, {"project": project_id})]

    def by_name(self, project_id: str, name: str) -> SpecRecord | None:
        """The spec of that name, the oldest where several documents claim it."""
        row = self._connection.execute(_BY_NAME, {"project": project_id, "name": name}).first()
        return SpecRecord(*row) if row else None

    def put(self, project_id: str, records: Sequence[SpecRecord]) -> None:
        """Write the specs, in place of those with their ids."""
        if records:
            self._connection.execute(_REPLACED, [{"replaced": record.id} for record in records])
            self._connection.execute(insert(specs), [values(record, project_id=project_id) for record in records])

    def drop(self, project_id: str, document_ids: Sequence[str]) -> dict[str, str]:
        """Forget the specs of those documents; returns spec ids by document id, for those that come back."""
        dropped: dict[str, str] = {}
        for portion in chunks(document_ids):
            which = {"project": project_id, "documents": portion}
            dropped.update(self._connection.execute(_IDS, which).all())
            self._connection.execute(_DROP, which)
        return dropped
