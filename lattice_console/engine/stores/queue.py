"""The queue: which mutations a filter means, a window of them, and how many there are."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, false, func, or_, select

from lattice_console.contract.models.mutation import MutationFilter, Status
from lattice_console.engine.ports import MutationRecord, Window
from lattice_console.engine.stores.rows import columns
from lattice_console.engine.stores.tables import changes, mutations, patchsets
from lattice_console.engine.stores.windows import read_window

_RECORD = select(*columns(mutations, MutationRecord))
_NUMBER = re.compile(r"(?:M-)?(\d{1,18})", re.IGNORECASE | re.ASCII)
_ESCAPE = "\\"


def read_page(
    connection: Connection, project_id: str, narrowed: MutationFilter, authors: Sequence[str], window: Window
) -> tuple[list[MutationRecord], int]:
    """The window's mutations, newest number first, and how many the filter means."""
    meant = _meant(project_id, narrowed, authors)
    rows = read_window(connection, _RECORD.where(*meant), mutations.c.number, window, newest_first=True)
    total = connection.execute(select(func.count()).select_from(mutations).where(*meant)).scalar_one()
    return [MutationRecord(*row) for row in rows], total


def count_by_status(
    connection: Connection, project_id: str, narrowed: MutationFilter, authors: Sequence[str]
) -> dict[Status, int]:
    """How many of the mutations that the filter means have each status; none, no key."""
    statement = (
        select(mutations.c.status, func.count())
        .where(*_meant(project_id, narrowed, authors))
        .group_by(mutations.c.status)
    )
    return {status: count for status, count in connection.execute(statement)}


def _meant(project_id: str, narrowed: MutationFilter, authors: Sequence[str]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [mutations.c.project_id == project_id]
    if narrowed.author:
        conditions.append(mutations.c.author_id.in_(authors) if authors else false())
    if narrowed.status:
        conditions.append(mutations.c.status.in_(narrowed.status))
    if narrowed.spec:
        conditions.append(mutations.c.spec_name.in_(narrowed.spec))
    if narrowed.type:
        conditions.append(mutations.c.type.in_(narrowed.type))
    if narrowed.label:
        label = func.json_each(mutations.c.labels).table_valued("value")
        conditions.append(exists(select(label.c.value).where(label.c.value.in_(narrowed.label))))
    if narrowed.path:
        conditions.append(mutations.c.id.in_(_touching(project_id, narrowed.path)))
    conditions.extend(_says(word) for word in narrowed.text)
    return conditions


def _touching(project_id: str, parts: Sequence[str]) -> Any:
    """The ids of the mutations whose current patchset has a path that holds one of the parts."""
    holds = [
        column.icontains(part, autoescape=True) for part in parts for column in (changes.c.path, changes.c.new_path)
    ]
    return (
        select(patchsets.c.mutation_id)
        .join(changes, changes.c.patchset_id == patchsets.c.id)
        .where(changes.c.project_id == project_id, or_(*holds))
    )


def _says(word: str) -> ColumnElement[bool]:
    """That the title holds the word in any case, or that the word is the number, as `12` or `M-12`."""
    title: ColumnElement[bool] = _holds(mutations.c.title, word)
    number = _NUMBER.fullmatch(word)
    return or_(title, mutations.c.number == int(number[1])) if number else title


def _holds(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    pattern = "%" + re.sub(r"([%_\\])", r"\\\1", word) + "%"
    if word.isascii():
        # SQLite's LIKE ignores the case of ASCII letters.
        return column.like(pattern, escape=_ESCAPE)
    return func.casefold(column).like(pattern.casefold(), escape=_ESCAPE)
