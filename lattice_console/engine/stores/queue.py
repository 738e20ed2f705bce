"""The queue: which mutations a filter means, a window of them, and how many there are."""

import json
import re
from collections.abc import Sequence
from typing import cast

from sqlalchemy import ColumnElement, LargeBinary, and_, case, exists, false, func, or_, select
from sqlalchemy import cast as sql_cast

from lattice_console.contract.models.mutation import EVERYTHING, MutationFilter, Status
from lattice_console.engine.records import MutationRecord, Window
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import columns
from lattice_console.engine.stores.tables import mutations, touched
from lattice_console.engine.stores.windows import read_window

_RECORD = select(*columns(mutations, MutationRecord))
_NUMBER = re.compile(r"(?:M-)?(\d{1,18})", re.IGNORECASE | re.ASCII)
_ESCAPE = "\\"


def read_page(
    database: Database, project_id: str, narrowed: MutationFilter, authors: Sequence[str], window: Window
) -> tuple[list[MutationRecord], int]:
    """The window's mutations, newest number first, and how many the filter means."""
    meant = _meant(project_id, narrowed, authors)
    # First the numbers alone, from the index that holds all that a filter asks; then the rows of those few.
    numbers = read_window(
        database, select(mutations.c.number).where(*meant), mutations.c.number, window, newest_first=True
    )
    rows = database.compose(
        _RECORD.where(
            mutations.c.project_id == project_id, mutations.c.number.in_([number for (number,) in numbers])
        ).order_by(mutations.c.number.desc())
    )
    records = [MutationRecord(*row) for row in rows]
    if window.key is None and window.offset == 0 and len(records) < window.limit:
        return records, len(records)
    ((total,),) = database.compose(select(func.count(mutations.c.number)).where(*meant))
    return records, total


def count_by_status(
    database: Database, project_id: str, narrowed: MutationFilter, authors: Sequence[str]
) -> dict[Status, int]:
    """How many of the mutations that the filter means have each status; none, no key."""
    meant = _meant(project_id, narrowed, authors)
    status: ColumnElement[str] = mutations.c.status
    if narrowed.model_copy(update={"status": ()}) != EVERYTHING:
        # Where more than the status is asked, keep to the index that has it all, not to the one in this order.
        status = status.concat("")
    counted = database.compose(select(status, func.count()).where(*meant).group_by(status))
    return {cast("Status", status): count for status, count in counted}


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
        conditions.append(or_(*map(_labelled, narrowed.label)))
    if narrowed.path:
        holding = or_(*(_holds(touched.c.path, part) for part in narrowed.path))
        touching = select(touched.c.number).where(touched.c.project_id == project_id, holding)
        conditions.append(mutations.c.number.in_(touching))
    conditions.extend(map(_says, narrowed.text))
    return conditions


def _labelled(label: str) -> ColumnElement[bool]:
    """That one of the labels is `label`. What cannot be is ruled out by the text, since that is quick."""
    listed = func.json_each(mutations.c.labels).table_valued("value")
    return and_(
        func.instr(mutations.c.labels, json.dumps(label)) > 0,
        exists(select(listed.c.value).where(listed.c.value == label)),
    )


def _says(word: str) -> ColumnElement[bool]:
    """That the title holds the word in any case, or that the word is the number, as `12` or `M-12`."""
    title = _holds(mutations.c.title, word)
    number = _NUMBER.fullmatch(word)
    return or_(title, mutations.c.number == int(number[1])) if number else title


def _holds(column: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """That the text holds the part, whatever the case of either."""
    if all(char.isascii() or char.upper() == char.lower() for char in part):
        # LIKE ignores the case of ASCII letters, and the others have none.
        return column.like(_pattern(part), escape=_ESCAPE)
    folded = part.casefold()
    held = func.casefold(column).like(_pattern(folded), escape=_ESCAPE)
    if folded.isascii():
        return held
    # Only a text beyond ASCII can hold it; the others are spared the function, which is slow.
    beyond_ascii = func.length(sql_cast(column, LargeBinary)) > func.length(column)
    return case((beyond_ascii, held), else_=false())


def _pattern(part: str) -> str:
    return "%" + re.sub(r"([%_\\])", r"\\\1", part) + "%"
