"""The rules for tables: types, keys, indexes, constraints and what refers to other tables."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.engine.rules.checks import database, sql
from tests.engine.rules.checks.judging import Told, judged

USERS: dict[str, Any] = {
    "name": "users",
    "columns": [
        {"name": "id", "type": "uuid", "primary_key": True},
        {"name": "email", "type": "varchar(255)", "unique": True, "check": "email like '%@%' and length(email) > 3"},
        {"name": "joined", "type": "timestamp with time zone", "default": "now()"},
        {"name": "roles", "type": "text[]"},
    ],
    "indexes": [{"name": "users_email", "columns": ["lower(email)", "joined DESC NULLS LAST"], "unique": False}],
    "constraints": [
        {
            "name": "users_time",
            "type": "check",
            "condition": "users.joined > '2020-01-01'::timestamptz OR roles IS NULL",
        },
        {"name": "users_key", "type": "unique", "columns": ["Email"]},
    ],
}
ORDERS: dict[str, Any] = {
    "name": "orders",
    "primary_key": "number",
    "columns": [
        {"name": "user_id", "type": "uuid", "references": "users.id"},
        {"name": "number", "type": "int unsigned", "references": {"table": "public.users", "column": "id"}},
        {"name": "state", "type": "order_state"},
    ],
    "constraints": [
        {"name": "who", "type": "foreign_key", "columns": ["user_id"], "references": "users(id, email)"},
    ],
}


def told(*tables: Any, **more: Any) -> list[Told]:
    return judged(database.check({"tables": list(tables), "types": ["order_state"], **more}))


def test_tables_that_keep_the_rules_are_not_mentioned() -> None:
    assert told(USERS, ORDERS) == []
    assert judged(database.check({})) == judged(database.check({"tables": "users"})) == []


def users(**more: Any) -> dict[str, Any]:
    return {**USERS, **more}


def column(**more: Any) -> dict[str, Any]:
    return users(columns=[*USERS["columns"], {"name": "age", "type": "int", **more}])


def index(**more: Any) -> dict[str, Any]:
    return users(indexes=[{"name": "i", "columns": ["id"], **more}])


def constraint(**more: Any) -> dict[str, Any]:
    return users(constraints=[{"name": "c", "type": "check", "condition": "id > 0", **more}])


AT = "/tables/0"


@pytest.mark.parametrize(
    ("table", "rule", "pointer"),
    [
        (users(name=" "), "table", AT),
        (users(columns={"id": "uuid"}, indexes=[], constraints=[]), "table", f"{AT}/columns"),
        (users(columns=[], indexes=[], constraints=[]), "no_columns", AT),
        (users(columns=[*USERS["columns"], "age int"]), "column", f"{AT}/columns/4"),
        (column(name=""), "column", f"{AT}/columns/4"),
        (column(type=""), "column", f"{AT}/columns/4"),
        (column(unique="yes"), "column", f"{AT}/columns/4/unique"),
        (column(name="EMAIL"), "column_twice", f"{AT}/columns/4"),
        (column(type="strng"), "column_type", f"{AT}/columns/4/type"),
        (column(type="varchar(255"), "column_type", f"{AT}/columns/4/type"),
        (column(type="int or so"), "column_type", f"{AT}/columns/4/type"),
        (column(check="agee >= 0"), "condition", f"{AT}/columns/4/check"),
        (column(primary_key=False) | {"columns": [{"name": "email", "type": "text"}, {"name": "joined", "type": "date"},
                                                  {"name": "roles", "type": "json"}]}, "primary_key", AT),
        (users(primary_key=["id", "nope"]), "missing_column", f"{AT}/primary_key/1"),
        (users(primary_key=5), "table", f"{AT}/primary_key"),
        (index(name=None), "index", f"{AT}/indexes/0"),
        (index(columns="id"), "index", f"{AT}/indexes/0/columns"),
        (index(columns=["id", "mail desc"]), "missing_column", f"{AT}/indexes/0/columns/1"),
        (index(columns=[5]), "missing_column", f"{AT}/indexes/0/columns/0"),
        (users(indexes=[{"name": "i", "columns": ["id"]}] * 2), "index_twice", f"{AT}/indexes/1"),
        (constraint(name=5), "constraint", f"{AT}/constraints/0"),
        (constraint(type="chek"), "constraint", f"{AT}/constraints/0/type"),
        (constraint(condition=True), "constraint", f"{AT}/constraints/0"),
        (constraint(condition="price >= 0"), "condition", f"{AT}/constraints/0/condition"),
        (constraint(type="unique"), "constraint", f"{AT}/constraints/0"),
        (constraint(type="unique", columns=["nope"]), "missing_column", f"{AT}/constraints/0/columns/0"),
        (constraint(type="foreign_key", columns=["id"]), "constraint", f"{AT}/constraints/0"),
        (users(constraints=[constraint()["constraints"][0]] * 2), "constraint_twice", f"{AT}/constraints/1"),
        (column(references="shops.id"), "foreign_reference", f"{AT}/columns/4/references"),
        (column(references="users.key"), "foreign_reference", f"{AT}/columns/4/references"),
        (column(references={"table": "users", "columns": ["id", "key"]}), "foreign_reference",
         f"{AT}/columns/4/references"),
        (column(references="a table"), "foreign_reference", f"{AT}/columns/4/references"),
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_told_with_its_place(table: dict[str, Any], rule: str, pointer: str) -> None:
    assert told(table) == [(rule, pointer)]


def test_a_second_table_of_a_name_is_told() -> None:
    assert told(USERS, users(name="Users", indexes=[])) == [("table_twice", "/tables/1")]


def test_a_table_of_another_spec_may_be_referred_to_where_the_spec_depends_on_others() -> None:
    assert told(column(references="shops.id"), depends_on=["shop"]) == []
    assert told(column(references="users.key"), depends_on=["shop"]) != []


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ("price >= 0", ["price"]),
        ("state IN ('open', 'done') AND char_length(title) BETWEEN 1 AND 80", ["state", "title"]),
        ("(a > 1.5e3 or not b) and c is not null", ["a", "b", "c"]),
        ("'it''s a price' <> note", ["note"]),
        ("other.price > price and price < 3", ["price"]),
        ("at::date < current_date", []),
        ("'unclosed and lost", ["unclosed", "lost"]),
    ],
)
def test_the_names_of_columns_in_a_condition_are_seen(condition: str, names: list[str]) -> None:
    assert list(sql.names_in(condition)) == names


@given(st.text("abc'\"(). :\n,0", max_size=60))
def test_any_text_is_read_as_sql(text: str) -> None:
    assert all(name.isidentifier() for name in sql.names_in(text))
    sql.is_type(text, frozenset())
    target = sql.reference(text)
    assert target is None or target.table
    sql.column_of(text)


@pytest.mark.parametrize(
    "text", ["int " + "a " * 100_000 + "!", "'" * 100_001, "a" * 100_000 + "("], ids=["words", "quotes", "letters"]
)
def test_long_texts_are_read_in_linear_time(text: str) -> None:
    assert not sql.is_type(text, frozenset())
    assert list(sql.names_in(text * 2)) == []
    assert sql.reference(text) is None
    assert (sql.column_of(text) or "") in ("", text)
