"""The step from the first tables to those with threads and stacks, on rows that were there before."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from lattice_console.contract.backend import Backend
from lattice_console.engine.stores import migrate
from lattice_console.engine.stores.connection import Lane, open_lane
from tests.engine.stores.samples import ALEX, KIM, NOW, PROJECT, comment
from tests.support.changes import create, modify
from tests.support.house import House, open_house, propose, track

AT = "2026-03-01T12:00:00.123456Z"
ERROR = '[{"path": "a", "rule": "syntax", "severity": "error", "message": "broken"}]'
WARNING = '[{"path": "a", "rule": "naming", "severity": "warning", "message": "odd"}]'


def go(lane: Lane, revision: str) -> None:
    """Bring the tables to that revision, down or up."""
    found = migrate.revision(lane.driver)
    lane.driver.execute("PRAGMA foreign_keys = OFF")
    with lane.transaction("BEGIN IMMEDIATE"):
        if not lane.connection.in_transaction():
            lane.connection.begin()
        move = command.downgrade if found is not None and found > revision else command.upgrade
        move(migrate.configuration(lane.connection), revision)
        assert lane.driver.execute("PRAGMA foreign_key_check").fetchall() == []
    lane.driver.execute("PRAGMA foreign_keys = ON")


@pytest.fixture
def first(tmp_path: Path) -> Iterator[Lane]:
    """A database with the first tables."""
    lane = open_lane(tmp_path / "lattice.db", busy=1)
    go(lane, "0001")
    yield lane
    lane.close()


def insert(lane: Lane, table: str, **values: Any) -> None:
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    lane.driver.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def insert_mutation(
    lane: Lane, number: int, status: str, *, parents: tuple[int, ...] = (), findings: str = "[]", objections: int = 0
) -> None:
    """A mutation with two patchsets, of which the first was stacked on nothing but number 1."""
    insert(
        lane,
        "mutations",
        id=f"m{number}",
        project_id=PROJECT,
        number=number,
        status=status,
        author_id=KIM,
        type="feature",
        title=f"Change {number}",
        labels="[]",
        version=3,
        patchset=2,
        approvals=0,
        objections=objections,
        comments=0,
        created_at=AT,
        updated_at=AT,
        description="",
        metadata="{}",
    )
    for patchset, found in ((1, ERROR), (2, findings)):
        insert(
            lane,
            "patchsets",
            id=f"m{number}/{patchset}",
            mutation_id=f"m{number}",
            number=patchset,
            hash=f"{number}-{patchset}",
            diff_hash="d",
            author_id=KIM,
            message="",
            findings=found,
            created_at=AT,
        )
    for patchset, below in ((1, (1,) if number != 1 else ()), (2, parents)):
        for parent in below:
            insert(lane, "parents", patchset_id=f"m{number}/{patchset}", mutation_id=f"m{parent}", patchset_hash="h")


def insert_people(lane: Lane) -> None:
    counters = dict.fromkeys(("version", "sequence", "event_seq", "mutation_seq", "audit_sequence"), 0)
    words = dict.fromkeys(("name", "type", "policy_version", "audit_head"), "")
    insert(lane, "projects", id=PROJECT, **words, **counters, created_at=AT, updated_at=AT)
    for user in (KIM, ALEX):
        insert(lane, "users", id=user, handle=user, name=user, created_at=AT)


def test_mutations_get_their_turns_and_their_places_in_their_stacks(first: Lane) -> None:
    insert_people(first)
    insert_mutation(first, 1, "completed")
    insert_mutation(first, 2, "pending", parents=(1,))
    insert_mutation(first, 3, "approved", parents=(2,))
    insert_mutation(first, 4, "pending", findings=ERROR)
    insert_mutation(first, 5, "pending", findings=WARNING, parents=(3, 4))
    insert_mutation(first, 6, "draft", parents=(5, 2))
    insert_mutation(first, 8, "rolled_back")
    insert_mutation(first, 9, "cancelled", parents=(8,))
    insert_mutation(first, 7, "pending", objections=1, parents=(9,))
    insert_mutation(first, 10, "failed", parents=(9, 1, 8))
    go(first, "head")
    found = first.driver.execute("SELECT number, stack, level, turn, threads, unanswered FROM mutations")
    assert sorted(found) == [
        (1, 1, 0, "nobody", 0, 0),
        (2, 2, 0, "reviewers", 0, 0),
        (3, 2, 1, "executors", 0, 0),
        (4, 4, 0, "author", 0, 0),
        (5, 2, 2, "reviewers", 0, 0),
        (6, 2, 3, "author", 0, 0),
        (7, 9, 1, "author", 0, 0),
        (8, 8, 0, "nobody", 0, 0),
        (9, 9, 0, "nobody", 0, 0),
        (10, 9, 1, "executors", 0, 0),
    ]


def test_remarks_begin_threads_of_their_own_and_what_was_reviewed_is_seen(first: Lane) -> None:
    insert_people(first)
    for number in (1, 2):
        insert_mutation(first, number, "pending")
    for id, mutation, author, patchset in (("c1", "m1", KIM, 1), ("c2", "m1", KIM, 2), ("c3", "m2", ALEX, 1)):
        insert(
            first, "comments", id=id, mutation_id=mutation, author_id=author, patchset=patchset, text="t", created_at=AT
        )
    for id, mutation, author, patchset, state in (("r1", "m2", ALEX, 2, "outdated"), ("r2", "m1", ALEX, 1, "current")):
        insert(
            first,
            "reviews",
            id=id,
            mutation_id=mutation,
            patchset=patchset,
            author_id=author,
            vote="approve",
            comment="",
            policy_version="p",
            state=state,
            created_at=AT,
        )
    go(first, "head")
    with first.transaction("BEGIN"):
        assert first.tables.reviews.comments("m1") == [
            comment(id, patchset=patchset, text="t", created_at=NOW) for id, patchset in (("c1", 1), ("c2", 2))
        ]
        seen = {(user, id): first.tables.reviews.seen(user, id) for user in (KIM, ALEX) for id in ("m1", "m2")}
    assert seen == {(KIM, "m1"): 2, (KIM, "m2"): None, (ALEX, "m1"): 1, (ALEX, "m2"): 2}


async def live(house: House) -> None:
    """Something in every state, in stacks that were made, restacked and executed."""
    ann, rob = house.backend(), await house.member("rob", "reviewer")

    async def stacked(backend: Backend, path: str, *parents: int) -> None:
        await propose(backend, create(path), parents=[str(parent) for parent in parents])

    await track(ann, {"a.json": b"{}\n", "gone.txt": b"gone\n"})
    await stacked(ann, "1.txt")
    await stacked(ann, "2.txt", 1)
    await stacked(rob, "3.txt", 2)
    await stacked(ann, "4.txt")
    await stacked(rob, "5.txt", 3, 4)
    await ann.mutations.create(title="a draft", changes=[create("6.txt")], parents=["5"], draft=True)
    await propose(ann, modify("a.json", b"{broken\n"))
    await propose(rob, modify("gone.txt", b"still\n"))
    await stacked(ann, "9.txt", 8)
    await rob.reviews.vote("1", vote="approve", comment="fine")
    await ann.executions.execute("1")
    await rob.reviews.vote("2", vote="approve")
    await rob.reviews.comment("4", text="hm")
    await rob.reviews.vote("4", vote="request_changes")
    await ann.mutations.update("4", changes=[create("4.txt", b"four\n")])
    await ann.reviews.vote("5", vote="request_changes")
    await ann.reviews.vote("8", vote="approve")
    with house.damaged(b"still\n"):
        await ann.executions.execute("8")
    await ann.mutations.update("9", parents=["2"])
    await stacked(rob, "10.txt", 1)
    await rob.reviews.vote("7", vote="reject", comment="broken")
    await stacked(ann, "11.txt", 10)
    await ann.reviews.vote("10", vote="approve")
    await ann.executions.execute("10")
    await ann.executions.rollback("10", reason="too early")
    await propose(ann, modify("a.json", b"{broken still\n"))


DERIVED = (
    "SELECT number, status, version, stack, level, turn, comments, threads, unanswered FROM mutations ORDER BY number",
    "SELECT user_id, mutation_id, patchset FROM seen ORDER BY 1, 2",
    "SELECT id, thread, text, open FROM comments ORDER BY id",
    "SELECT * FROM events ORDER BY seq",
    "SELECT * FROM audit ORDER BY scope, sequence",
)


async def test_a_project_that_goes_down_and_up_again_is_what_the_engine_made_of_it(tmp_path: Path) -> None:
    async with open_house("local", tmp_path) as house:
        await live(house)
        before = [house.sql(statement) for statement in DERIVED]
    assert {row[5] for row in before[0]} == {"author", "reviewers", "executors", "nobody"}
    with closing(open_lane(tmp_path / "lattice.db", busy=1)) as lane:
        go(lane, "0001")
        go(lane, "head")
        assert [lane.driver.execute(statement).fetchall() for statement in DERIVED] == before


def shapes(driver: sqlite3.Connection) -> dict[str, list[str]]:
    """Tables and indexes, whatever the order of their columns and constraints."""
    rows = driver.execute("SELECT name, sql FROM sqlite_master WHERE sql NOT NULL").fetchall()
    return {name: sorted(part.strip(" \n\t,)").replace('"', "") for part in sql.split("\n")) for name, sql in rows}


def test_going_down_gives_the_first_tables_back(first: Lane) -> None:
    before = shapes(first.driver)
    go(first, "head")
    assert shapes(first.driver) != before
    go(first, "0001")
    assert shapes(first.driver) == before
