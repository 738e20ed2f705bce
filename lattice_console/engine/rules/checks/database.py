"""Specs of databases: `tables` with columns, keys, indexes and constraints."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lattice_console.engine.rules.checks import sql
from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.checks.entries import ELSEWHERE, Entry, Mention, entries, repeated, shown, text_of
from lattice_console.engine.rules.defects import Defect

__all__ = ["KEYS", "check", "mentions"]

KEYS: Final = frozenset(
    {
        *("tables", "columns", "indexes", "constraints", "name", "type", "condition", "check"),
        *("primary_key", "unique", "not_null", "index", "sensitive", "references", "table", "column", "depends_on"),
    }
)
"""The keys of which a plain value can decide whether these rules are kept."""

_SWITCHES: Final = ("primary_key", "unique", "not_null", "index", "sensitive")
_CONSTRAINTS: Final = ("check", "unique", "primary_key", "foreign_key")


@dataclass(frozen=True, slots=True)
class _Table:
    """A table, and its columns by their names in lower case."""

    name: str
    pointer: str
    data: Mapping[str, Any]
    columns: Mapping[str, Entry]


def check(data: Mapping[str, Any]) -> Iterator[Defect]:
    """What breaks the rules for tables in a document. Never raises."""
    found = list(entries(data, "tables"))
    for entry, name in repeated(found):
        remedy = "Merge the two, or rename one of them."
        yield broken("table_twice", f"The table {name} is there twice.", entry.pointer, remedy)
    own_types = _declared_types(data)
    tables: dict[str, _Table] = {}
    for entry in found:
        name = text_of(entry.data, "name")
        table = _Table(shown(name) or "a table", *entry, _columns(entry))
        tables.setdefault(name.casefold(), table)
        yield from _shape(table)
        yield from _column_defects(table, own_types)
        yield from _keys(table)
        yield from _indexes(table)
        yield from _constraints(table)
    for entry, name in repeated(index for one in found for index in entries(one.data, "indexes", one.pointer)):
        yield broken("index_twice", f"The index {name} is there twice.", entry.pointer, "Rename or drop one of them.")
    elsewhere = bool(data.get("depends_on"))
    for entry in found:
        yield from _foreign(entry, tables, elsewhere=elsewhere)


def mentions(data: Mapping[str, Any]) -> Iterator[Mention]:
    """What of a document breaks a rule only together with something elsewhere in it."""
    found = list(entries(data, "tables"))
    here = {text_of(entry.data, "name").casefold() for entry in found}
    for entry in found:
        table = text_of(entry.data, "name").casefold()
        yield Mention("is", f"table {table}")
        for column in entries(entry.data, "columns"):
            yield Mention("is", f"column {table}.{text_of(column.data, 'name').casefold()}")
        listed = entry.data.get("primary_key")
        used = [*listed] if isinstance(listed, list) else [listed]
        for key in ("indexes", "constraints"):
            for one in entries(entry.data, key):
                # The names of indexes are those of all tables.
                yield Mention("is", f"{key} {'' if key == 'indexes' else table} {text_of(one.data, 'name').casefold()}")
                columns = one.data.get("columns")
                used += columns if isinstance(columns, list) else []
        yield from (Mention("uses", f"column {table}.{name.casefold()}") for name in map(sql.column_of, used) if name)
        for one in (*entries(entry.data, "columns"), *entries(entry.data, "constraints")):
            target = sql.reference(one.data.get("references"))
            yield from _mentions_of(target, here) if target is not None else ()


def _mentions_of(target: sql.Target, here: Collection[str]) -> Iterator[Mention]:
    names = {target.table.casefold(), target.table.rpartition(".")[2].casefold()}
    if names.isdisjoint(here):
        yield Mention("uses", ELSEWHERE)
    for name in sorted(names):
        yield Mention("uses", f"table {name}")
        yield from (Mention("uses", f"column {name}.{column.casefold()}") for column in target.columns)


def _columns(table: Entry) -> dict[str, Entry]:
    named = ((text_of(one.data, "name").casefold(), one) for one in entries(table.data, "columns", table.pointer))
    return {name: one for name, one in named if name}


def _declared_types(data: Mapping[str, Any]) -> frozenset[str]:
    """The names of types that a document declares itself, under `types` or `enums`."""
    names: set[str] = set()
    for key in ("types", "enums"):
        declared = data.get(key)
        names.update(name for name in declared if isinstance(name, str)) if isinstance(declared, dict | list) else None
        names.update(text_of(one.data, "name") for one in entries(data, key))
    return frozenset(name.casefold() for name in names if name)


def _shape(table: _Table) -> Iterator[Defect]:
    named = text_of(table.data, "name")
    if not named:
        yield broken("table", "A table has no name.", table.pointer, "Give it a name.")
    columns = table.data.get("columns")
    said = f"The table {table.name}" if named else "A table"
    remedy = "List its columns, each with name and type."
    if columns is not None and not isinstance(columns, list):
        yield broken("table", f"{said} has no list of columns.", f"{table.pointer}/columns", remedy)
    elif not columns:
        yield broken("no_columns", f"{said} has no columns.", table.pointer, remedy)
    for index, column in enumerate(columns if isinstance(columns, list) else ()):
        if not isinstance(column, dict):
            remedy = "Write each column as an object with name and type."
            yield broken(
                "column", f"{said} has a column that is no object.", f"{table.pointer}/columns/{index}", remedy
            )


def _column_defects(table: _Table, own_types: frozenset[str]) -> Iterator[Defect]:
    found = list(entries(table.data, "columns", table.pointer))
    for entry, name in repeated(found):
        message = f"The table {table.name} has the column {name} twice."
        yield broken("column_twice", message, entry.pointer, "Rename or drop one of them.")
    for pointer, data in found:
        name = shown(text_of(data, "name"))
        said = f"The column {table.name}.{name}" if name else f"A column of {table.name}"
        if not name:
            yield broken("column", f"{said} has no name.", pointer, "Give it a name.")
        kind = text_of(data, "type")
        if not kind:
            yield broken("column", f"{said} has no type.", pointer, "Give it a type, such as text, integer or uuid.")
        elif not sql.is_type(kind, own_types):
            message = f"{said} has the type {shown(kind)}, which is none of SQL."
            yield broken("column_type", message, f"{pointer}/type", "Mend the type, or declare it under types.")
        for switch in _SWITCHES:
            if not isinstance(data.get(switch, False), bool):
                message = f"{said} has something else than true or false for {switch}."
                yield broken("column", message, f"{pointer}/{switch}", "Write true or false.")
        yield from _condition(table, f"{said}'s check", data.get("check"), f"{pointer}/check")


def _keys(table: _Table) -> Iterator[Defect]:
    listed = table.data.get("primary_key")
    listed = [listed] if isinstance(listed, str) else listed
    if listed is not None:
        yield from _names(table, "The primary key", listed, f"{table.pointer}/primary_key", "table")
    constrained = any(text_of(one.data, "type") == "primary_key" for one in entries(table.data, "constraints"))
    if table.columns and not listed and not constrained:
        if not any(column.data.get("primary_key") is True for column in table.columns.values()):
            message = f"The table {table.name} has no primary key."
            yield broken("primary_key", message, table.pointer, "Set primary_key: true on the column that names a row.")


def _indexes(table: _Table) -> Iterator[Defect]:
    for pointer, data in _objects(table, "indexes"):
        name = shown(text_of(data, "name"))
        if not name:
            yield broken("index", f"An index of {table.name} has no name.", pointer, "Give it a name.")
        said = f"The index {name}" if name else f"An index of {table.name}"
        yield from _names(table, said, data.get("columns"), f"{pointer}/columns", "index", within=pointer)


def _constraints(table: _Table) -> Iterator[Defect]:
    found = _objects(table, "constraints")
    for entry, name in repeated(found):
        message = f"The table {table.name} has the constraint {name} twice."
        yield broken("constraint_twice", message, entry.pointer, "Rename or drop one of them.")
    for pointer, data in found:
        name, kind = shown(text_of(data, "name")), text_of(data, "type")
        said = f"The constraint {name}" if name else f"A constraint of {table.name}"
        if not name:
            yield broken("constraint", f"{said} has no name.", pointer, "Give it a name.")
        if kind not in _CONSTRAINTS:
            where = f"{pointer}/type" if "type" in data else pointer
            remedy = f"Choose one of {', '.join(_CONSTRAINTS)}."
            yield broken("constraint", f"{said} has no known type.", where, remedy)
        elif kind != "check":
            yield from _names(table, said, data.get("columns"), f"{pointer}/columns", "constraint", within=pointer)
        elif not text_of(data, "condition"):
            remedy = "Write the condition, such as price >= 0."
            yield broken("constraint", f"{said} has no condition to check.", pointer, remedy)
        else:
            yield from _condition(table, said, data["condition"], f"{pointer}/condition")
        if kind == "foreign_key" and "references" not in data:
            remedy = "Add references: {table: …, columns: […]}."
            yield broken("constraint", f"{said} does not say what it refers to.", pointer, remedy)


def _objects(table: _Table, key: str) -> Sequence[Entry]:
    return list(entries(table.data, key, table.pointer))


def _names(
    table: _Table, said: str, columns: object, pointer: str, rule: str, *, within: str | None = None
) -> Iterator[Defect]:
    """What is wrong with a list of names of columns that are to be in the table."""
    listed = columns if isinstance(columns, list) else []
    if not listed:
        where = pointer if columns is not None or within is None else within
        yield broken(rule, f"{said} has no list of columns.", where, "List the columns that it is about.")
    for index, one in enumerate(listed):
        name = sql.column_of(one)
        if name is not None and name.casefold() not in table.columns:
            message = f"{said} names {shown(name)}, which is no column of {table.name}."
            yield broken("missing_column", message, f"{pointer}/{index}", _choose(table))


def _condition(table: _Table, said: str, condition: object, pointer: str) -> Iterator[Defect]:
    known = {*table.columns, table.name.casefold()}
    for name in sql.names_in(condition) if isinstance(condition, str) and table.columns else ():
        if name.casefold() not in known:
            message = f"{said} names {shown(name)}, which is no column of {table.name}."
            yield broken("condition", message, pointer, _choose(table))


def _choose(table: _Table) -> str:
    names = [shown(text_of(one.data, "name")) for one in table.columns.values()]
    more = ", …" if len(names) > 8 else ""
    return f"Name one of its columns ({', '.join(names[:8])}{more}), or add that one." if names else "Add that column."


def _foreign(entry: Entry, tables: Mapping[str, _Table], *, elsewhere: bool) -> Iterator[Defect]:
    """What is wrong with what the columns and constraints of a table refer to; `elsewhere` other specs have tables."""
    referring = [*entries(entry.data, "columns", entry.pointer), *entries(entry.data, "constraints", entry.pointer)]
    own = shown(text_of(entry.data, "name"))
    for pointer, data in referring:
        if "references" not in data:
            continue
        where, said = f"{pointer}/references", f"{own}.{shown(text_of(data, 'name'))} refers to"
        target = sql.reference(data["references"])
        if target is None:
            message = f"{said} something that is no table."
            yield broken("foreign_reference", message, where, "Write table.column, or {table: …, column: …}.")
            continue
        table = tables.get(target.table.casefold()) or tables.get(target.table.rpartition(".")[2].casefold())
        if table is None and not elsewhere:
            remedy = "Add the table, or depend on the spec that has it (depends_on)."
            yield broken(
                "foreign_reference", f"{said} the table {shown(target.table)}, which is not here.", where, remedy
            )
        if table is not None:
            for name in (one for one in target.columns if one.casefold() not in table.columns):
                message = f"{said} {shown(name)}, which is no column of {table.name}."
                yield broken("foreign_reference", message, where, _choose(table))
