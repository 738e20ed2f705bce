"""The queue: which mutations a filter means, a window of them, and how many there are."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)

from lattice_console.contract.models.mutation import Status
from lattice_console.contract.models.query import EVERYTHING, Condition, Having, MutationFilter, Sort, Voted
from lattice_console.engine.records import Asker, ListedRecord, MutationRecord, Window
from lattice_console.engine.rules import life
from lattice_console.engine.stores import dialects
from lattice_console.engine.stores.database import Database
from lattice_console.engine.stores.rows import columns
from lattice_console.engine.stores.tables import mutations, patchsets, reviews, seen, touched, users
from lattice_console.engine.stores.types import time_text
from lattice_console.engine.stores.windows import Order, read_window

_RECORD = select(*columns(mutations, MutationRecord))
_NUMBER = re.compile(r"(?:M-)?(\d{1,18})", re.IGNORECASE | re.ASCII)

_COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "number": mutations.c.number,
    "title": mutations.c.title,
    "status": mutations.c.status,
    "spec": func.coalesce(mutations.c.spec_name, ""),
    "author": select(users.c.handle).where(users.c.id == mutations.c.author_id).scalar_subquery(),
    "age": mutations.c.created_at,
    "votes": mutations.c.approvals,
    "comments": mutations.c.comments,
    "updated": mutations.c.updated_at,
}
_STACKED: Order = [(mutations.c.stack, True), (mutations.c.level, False), (mutations.c.number, False)]


def read_page(
    database: Database, project_id: str, narrowed: MutationFilter, asker: Asker, sort: Sort, window: Window
) -> tuple[list[ListedRecord], int]:
    """The window's mutations in that order, each with its key in it, and how many the filter means."""
    meant = [mutations.c.project_id == project_id, *_meant(project_id, narrowed, asker)]
    order = _order(sort)
    # First the keys alone, from the index that holds all that a filter asks; then the rows of those few.
    keys = read_window(database, select(*(column for column, _ in order)).where(*meant), order, window)
    rows = database.compose(
        _RECORD.where(mutations.c.project_id == project_id, mutations.c.number.in_([key[-1] for key in keys]))
    )
    records = {record.number: record for record in (MutationRecord(*row) for row in rows)}
    listed = [ListedRecord(tuple(map(_text, key)), records[key[-1]]) for key in keys]
    if window.key is None and window.offset == 0 and len(listed) < window.limit:
        return listed, len(listed)
    ((total,),) = database.compose(select(func.count(mutations.c.number)).where(*meant))
    return listed, total


def _text(value: Any) -> Any:
    """A part of a key as a cursor carries it."""
    return time_text(value) if isinstance(value, datetime) else value


def count_by_status(database: Database, project_id: str, narrowed: MutationFilter, asker: Asker) -> dict[Status, int]:
    """How many of the mutations that the filter means have each status; none, no key."""
    meant = [mutations.c.project_id == project_id, *_meant(project_id, narrowed, asker)]
    status: ColumnElement[str] = mutations.c.status
    if narrowed.model_copy(update={"status": ()}) != EVERYTHING:
        # Where more than the status is asked, keep to the index that has it all, not to the one in this order.
        status = status.concat(literal_column("''"))
    counted = database.compose(select(status, func.count()).where(*meant).group_by(status))
    return {cast("Status", status): count for status, count in counted}


def _order(sort: Sort) -> Order:
    if sort == "stack":
        return _STACKED
    name = sort.removeprefix("-")
    # Whoever is older comes further down by age, and further up by the time of it.
    falls = sort.startswith("-") != (name == "age")
    if name == "number":
        return [(mutations.c.number, falls)]
    return [(_COLUMNS[name], falls), (mutations.c.number, falls)]


def _meant(project_id: str, narrowed: MutationFilter, asker: Asker) -> list[ColumnElement[bool]]:
    """What the filter asks of a mutation, all of which must hold."""
    conditions: list[ColumnElement[bool]] = []
    if narrowed.number:
        conditions.append(mutations.c.number.in_(narrowed.number))
    if narrowed.author:
        authors = [asker.people[name] for name in narrowed.author if name in asker.people]
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
        holding = or_(*(holds(touched.c.path, part) for part in narrowed.path))
        conditions.append(mutations.c.number.in_(_touching(project_id).where(holding)))
    conditions.extend(map(_says, narrowed.text))
    if narrowed.vote:
        conditions.append(or_(*map(_voted, narrowed.vote)))
    if narrowed.having:
        conditions.append(or_(*(_has(project_id, one) for one in narrowed.having)))
    if narrowed.condition:
        conditions.append(or_(*(_is(asker, one) for one in narrowed.condition)))
    if narrowed.min_age is not None:
        conditions.append(mutations.c.created_at <= asker.now - timedelta(seconds=narrowed.min_age))
    if narrowed.max_age is not None:
        conditions.append(mutations.c.created_at >= asker.now - timedelta(seconds=narrowed.max_age))
    if narrowed.stack is not None:
        conditions.append(mutations.c.stack == _stack_of(project_id, narrowed.stack))
    conditions.extend(_all(project_id, one, asker) for one in narrowed.all)
    if narrowed.either:
        conditions.append(or_(*(_all(project_id, one, asker) for one in narrowed.either)))
    conditions.extend(not_(_all(project_id, one, asker)) for one in narrowed.without)
    return conditions


def _all(project_id: str, narrowed: MutationFilter, asker: Asker) -> ColumnElement[bool]:
    return func.coalesce(and_(true(), *_meant(project_id, narrowed, asker)), false())


def _stack_of(project_id: str, number: int) -> ScalarSelect[int]:
    """The number of the stack that the mutation with that number stands in."""
    member = mutations.alias("member")
    return select(member.c.stack).where(member.c.project_id == project_id, member.c.number == number).scalar_subquery()


def _touching(project_id: str) -> Select[tuple[int]]:
    return select(touched.c.number).where(touched.c.project_id == project_id)


def _vote_that_counts() -> Select[tuple[str]]:
    return select(reviews.c.id).where(reviews.c.mutation_id == mutations.c.id, reviews.c.state == "current")


def _voted(vote: Voted) -> ColumnElement[bool]:
    """That somebody's vote that counts is this one; `none`, that there is none."""
    if vote == "none":
        return not_(exists(_vote_that_counts()))
    return exists(_vote_that_counts().where(reviews.c.vote == vote))


def _has(project_id: str, having: Having) -> ColumnElement[bool]:
    found: Mapping[Having, Callable[[], ColumnElement[bool]]] = {
        "comments": lambda: mutations.c.comments > 0,
        "threads": lambda: mutations.c.threads > 0,
        "votes": lambda: exists(_vote_that_counts()),
        "objections": lambda: mutations.c.objections > 0,
        "parents": lambda: mutations.c.level > 0,
        "files": lambda: mutations.c.number.in_(_touching(project_id)),
        "labels": lambda: mutations.c.labels != [],
        "conflict": lambda: mutations.c.conflicts > 0,
    }
    return found[having]()


def _is(asker: Asker, condition: Condition) -> ColumnElement[bool]:
    found: Mapping[Condition, Callable[[], ColumnElement[bool]]] = {
        "open": lambda: mutations.c.status.in_(life.UNDER_WAY),
        "ended": lambda: mutations.c.status.not_in(life.UNDER_WAY),
        "mine": lambda: mutations.c.author_id == asker.id,
        "awaiting": lambda: _awaiting(asker),
        "changed": lambda: and_(
            mutations.c.status.in_(life.OPEN), exists(_seen_by(asker).where(seen.c.patchset < mutations.c.patchset))
        ),
        "reviewed": lambda: exists(_seen_by(asker)),
        "ready": lambda: and_(mutations.c.status == "approved", mutations.c.level == 0),
        "stacked": lambda: mutations.c.level > 0,
        "conflicted": lambda: mutations.c.conflicts > 0,
    }
    return found[condition]()


def _seen_by(asker: Asker) -> Select[tuple[str]]:
    return select(seen.c.mutation_id).where(seen.c.user_id == asker.id, seen.c.mutation_id == mutations.c.id)


def _awaiting(asker: Asker) -> ColumnElement[bool]:
    """That it waits for the asker: for another patchset or an answer, or for a vote."""
    own = and_(mutations.c.turn == "author", mutations.c.author_id == asker.id)
    if not asker.may_review:
        return own
    own_vote = select(reviews.c.id).where(
        reviews.c.author_id == asker.id, reviews.c.state == "current", reviews.c.mutation_id == mutations.c.id
    )
    votes = and_(mutations.c.turn == "reviewers", not_(exists(own_vote)))
    if asker.may_review_own:
        return or_(own, votes)
    own_patchset = select(patchsets.c.number).where(
        patchsets.c.author_id == asker.id,
        patchsets.c.mutation_id == mutations.c.id,
        # A sum, so that it is the index by author that is asked, which holds all of this.
        patchsets.c.number + 0 == mutations.c.patchset,
    )
    return or_(own, and_(votes, not_(exists(own_patchset))))


def _labelled(label: str) -> ColumnElement[bool]:
    """That one of the labels is `label`."""
    return dialects.listed(mutations.c.labels, label, json.dumps(label))


def _says(word: str) -> ColumnElement[bool]:
    """That the title holds the word in any case, or that the word is the number, as `12` or `M-12`."""
    title = holds(mutations.c.title, word)
    number = _NUMBER.fullmatch(word)
    return or_(title, mutations.c.number == int(number[1])) if number else title


def holds(column: ColumnElement[str], part: str) -> ColumnElement[bool]:
    """That the text holds the part, whatever the case of either."""
    if all(char.isascii() or char.upper() == char.lower() for char in part):
        # LIKE ignores the case of ASCII letters, and the others have none.
        return dialects.alike(column, _pattern(part))
    folded = part.casefold()
    held = dialects.alike(dialects.folded(column), _pattern(folded))
    if folded.isascii():
        return held
    # Only a text beyond ASCII can hold it; the others are spared the function, which is slow.
    return case((dialects.beyond_ascii(column), held), else_=false())


def _pattern(part: str) -> str:
    return "%" + re.sub(r"([%_\\])", r"\\\1", part) + "%"
