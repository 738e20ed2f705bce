"""Running statements on one connection."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from lattice_console.engine.stores.statements import Prepared, Row, Values


class Database(ABC):
    """Runs statements on one connection, in whatever transaction is open on it. Raises the driver's errors."""

    @abstractmethod
    def rows(self, prepared: Prepared, **values: Any) -> list[Row]:
        """All rows that the statement gives."""

    @abstractmethod
    def run(self, prepared: Prepared, **values: Any) -> int:
        """Run a statement that gives no rows; returns how many it touched."""

    @abstractmethod
    def run_each(self, prepared: Prepared, rows: Sequence[Values]) -> None:
        """Run a statement once for each set of parameters; all have the same names, and none is a list."""

    @abstractmethod
    def compose(self, statement: Select[*tuple[Any, ...]], values: Values | None = None) -> list[Row]:
        """All rows of a statement that was put together for this call."""

    def row(self, prepared: Prepared, **values: Any) -> Row | None:
        """The first row, if there is one."""
        rows = self.rows(prepared, **values)
        return rows[0] if rows else None

    def column(self, prepared: Prepared, **values: Any) -> list[Any]:
        """The first value of each row."""
        return [row[0] for row in self.rows(prepared, **values)]

    def value(self, prepared: Prepared, **values: Any) -> Any:
        """The first value of the one row; raises LookupError where there is none."""
        row = self.row(prepared, **values)
        if row is None:
            raise LookupError("there is no such row")
        return row[0]
