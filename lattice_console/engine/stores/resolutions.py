"""How conflicts were settled, and what is remembered of it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, bindparam, insert, select

from lattice_console.engine.records import RememberedRecord, ResolutionRecord
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import chunks, columns, several, values
from lattice_console.engine.stores.statements import Prepared
from lattice_console.engine.stores.tables import mutations, remembered, resolutions

_ADD = Prepared(insert(resolutions))
_REMEMBER = Prepared(insert(remembered))
_OF = Prepared(
    select(*columns(resolutions, ResolutionRecord)).where(
        resolutions.c.mutation_id == bindparam("mutation"), resolutions.c.patchset == bindparam("number")
    )
)
_LIKE = Prepared(
    select(
        remembered.c.key,
        remembered.c.blob_hash,
        resolutions.c.strategy,
        resolutions.c.actor_id,
        resolutions.c.created_at,
        mutations.c.number,
        mutations.c.title,
        remembered.c.patchset,
    )
    .join(
        resolutions,
        and_(resolutions.c.mutation_id == remembered.c.mutation_id, resolutions.c.patchset == remembered.c.patchset),
    )
    .join(mutations, mutations.c.id == remembered.c.mutation_id)
    .where(remembered.c.project_id == bindparam("project"), remembered.c.key.in_(several("keys")))
    .order_by(resolutions.c.created_at.desc(), mutations.c.number.desc(), remembered.c.patchset.desc())
)


class Resolutions:
    """`ports.Resolutions` over SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, record: ResolutionRecord) -> None:
        self._database.run(_ADD, **values(record))

    def of(self, mutation_id: str, patchset: int) -> ResolutionRecord | None:
        row = self._database.row(_OF, mutation=mutation_id, number=patchset)
        return ResolutionRecord(*row) if row else None

    def remember(
        self, project_id: str, mutation_id: str, patchset: int, texts: Sequence[tuple[str, str, str | None, str]]
    ) -> None:
        rows = [
            {
                "project_id": project_id,
                "mutation_id": mutation_id,
                "patchset": patchset,
                "key": key,
                "path": path,
                "pointer": pointer,
                "blob_hash": hash,
            }
            for key, path, pointer, hash in texts
        ]
        self._database.run_each(_REMEMBER, rows)

    def remembered(self, project_id: str, keys: Iterable[str]) -> list[RememberedRecord]:
        return [
            RememberedRecord(*row)
            for portion in chunks(keys)
            for row in self._database.rows(_LIKE, project=project_id, keys=portion)
        ]
