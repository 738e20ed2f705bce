"""What a SQLite database holds twice: what follows from its documents, votes and policy, as rows of its own."""

from collections.abc import Collection, Mapping
from contextlib import closing
from pathlib import Path

from lattice_console.engine.stores import backups
from lattice_console.engine.stores.connection import open_lane

_DERIVED = {
    "references between files": "SELECT document_id, path, pointers FROM refs",
    "globs": "SELECT document_id, glob, folder FROM globs",
    "dependencies": "SELECT source, target, document_id FROM edges",
    "paths that mutations touch": "SELECT number, key, first, last FROM writes",
    "conflicts": "SELECT number, id, other, type, severity, path FROM conflicts",
    "states of mutations": "SELECT number, status, approvals, objections, conflicts, turn FROM mutations",
}
"""What each kind of derived rows is called, and what of them follows from the rest."""

Rows = Mapping[str, frozenset[tuple[object, ...]]]


def rows(file: Path) -> Rows:
    """All that is derived, by its kind; raises the driver's errors."""
    with closing(backups.reading(file)) as connection:
        return {kind: frozenset(connection.execute(query)) for kind, query in _DERIVED.items()}


def mutations_in(file: Path, states: Collection[str]) -> int:
    """How many mutations are in one of those states; raises the driver's errors."""
    query = f"SELECT count(*) FROM mutations WHERE status IN ({', '.join('?' * len(states))})"
    with closing(backups.reading(file)) as connection:
        (found,) = connection.execute(query, [*states]).fetchone()
        return int(found)


def forget(file: Path, *, busy: float) -> None:
    """Make whoever reads a project next derive it all anew; raises the driver's errors."""
    with closing(open_lane(file, busy=busy)) as lane, lane.transaction("BEGIN IMMEDIATE"):
        lane.driver.execute("UPDATE projects SET indexed = 0")


def differences(kept: Rows, anew: Rows) -> list[str]:
    """What is kept otherwise than it follows, a sentence for each kind."""
    found = []
    for kind, there in kept.items():
        lacking, strange = len(anew[kind] - there), len(there - anew[kind])
        if lacking or strange:
            found.append(f"{kind}: {lacking:,} missing, {strange:,} that nothing says")
    return found
