"""What little of SQL the rules for tables read: names of types, columns in an index, names in a condition.

No dialect is parsed: what is read is what PostgreSQL, MySQL and SQLite write alike. What cannot be told is let pass.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

__all__ = ["Target", "column_of", "is_type", "names_in", "reference"]

_TYPE_LIMIT: Final = 200
_CONDITION_LIMIT: Final = 10_000
"""How many characters a type may have, and a condition that is looked at."""

_TYPES: Final = frozenset(
    """
    bigint bigserial binary bit blob bool boolean box bytea char character cidr circle clob date datetime dec decimal
    double enum float float4 float8 geography geometry hstore inet int int2 int4 int8 integer interval json jsonb line
    longblob longtext lseg ltree macaddr mediumblob mediumint mediumtext money nchar ntext number numeric nvarchar
    nvarchar2 path point polygon real rowid serial serial2 serial4 serial8 set smallint smallserial string text time
    timestamp timestamptz timetz tinyblob tinyint tinytext tsquery tsvector uniqueidentifier uuid varbinary varbit
    varchar varchar2 vector xml year citext char_varying int4range int8range numrange tsrange tstzrange daterange
    """.split()
)
_WORDS_AFTER: Final = frozenset({"varying", "precision", "unsigned", "signed", "zerofill", "with", "without", "time"})
_TYPE: Final = re.compile(r"([A-Za-z_][\w.]*)((?: +[A-Za-z]+)*) *(\([^()]*\))?((?: +[A-Za-z]+)*) *((?:\[\d*\])*)")

_KEYWORDS: Final = frozenset(
    """
    all and any array as asc at between binary both by case cast collate current_date current_role current_time
    current_timestamp current_user cross date day default desc distinct div do document else end epoch escape exists
    extract false for from full glob hour ilike in inner interval into is isnull join leading left like limit
    localtime localtimestamp match minute mod month not notnull null offset on or order outer over overlaps precision
    regexp right rlike row second select session_user similar some symmetric then time timestamp to trailing true
    unknown using user value varying when where with within without xor year zone
    """.split()
)
_KNOWN_WORDS: Final = _KEYWORDS | _TYPES
_TOKEN: Final = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|::\s*[A-Za-z_][\w.]*|(?P<word>[A-Za-z_][\w$]*)(?P<after>\s*[(.])?|\d[\w.]*|\S"""
)
_INDEXED: Final = re.compile(r'"?([\w$]+)"?(?: +(?:asc|desc|nulls|first|last))*', re.IGNORECASE)
_REFERENCE: Final = re.compile(r"([\w$][\w.$]*?) *(?:\(([^()]*)\))?")


class Target(NamedTuple):
    """What a foreign key refers to; no `columns` mean the table's primary key."""

    table: str
    columns: tuple[str, ...]


def is_type(text: str, own: frozenset[str]) -> bool:
    """Whether a text is a type of SQL, with its parameters if any, or one of `own` names in lower case."""
    found = _TYPE.fullmatch(text) if len(text) <= _TYPE_LIMIT else None
    if found is None:
        return False
    name, words, _, more, _ = found.groups()
    after = {*words.lower().split(), *more.lower().split()} - {"zone", "local"}
    return name.lower() in own or (name.lower() in _TYPES and after <= _WORDS_AFTER)


def column_of(text: object) -> str | None:
    """The column that an item of a list of columns names; None for an expression, the empty text for no text."""
    if not isinstance(text, str):
        return ""
    found = _INDEXED.fullmatch(text.strip())
    if found is None:
        return None if "(" in text else text
    return found[1]


def names_in(condition: str) -> Iterator[str]:
    """The names of columns that a condition seems to have, each once: no keyword, function, type or text."""
    seen = set[str]()
    qualified = False
    for token in _TOKEN.finditer(condition if len(condition) <= _CONDITION_LIMIT else ""):
        word, after = token["word"] or "", (token["after"] or "").strip()
        if word and not (after or qualified or word.lower() in _KNOWN_WORDS or word.casefold() in seen):
            seen.add(word.casefold())
            yield word
        qualified = after == "."


def reference(value: object) -> Target | None:
    """What `references` says: `table.column`, `table(column)`, or an object with table and column or columns."""
    if isinstance(value, str):
        found = _REFERENCE.fullmatch(value.strip())
        if found is None:
            return None
        table, listed = found[1], found[2]
        if listed is not None:
            return Target(table, tuple(name.strip() for name in listed.split(",")))
        table, _, column = table.rpartition(".")
        return Target(table, (column,)) if table else Target(column, ())
    if not isinstance(value, Mapping) or not isinstance(table := value.get("table"), str) or not table.strip():
        return None
    columns = value.get("columns", value.get("column", []))
    listed = columns if isinstance(columns, list) else [columns]
    return Target(table.strip(), tuple(name for name in listed if isinstance(name, str)))
