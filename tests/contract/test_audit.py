"""The audit log: everything that was decided, append-only, chained, and any change of it is found."""

import hashlib
import json
import sqlite3
from typing import Any

import asyncpg
import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.audit import AuditReport, Checkpoint
from tests.contract.test_events import a_whole_life
from tests.support.changes import create
from tests.support.house import House, propose, track

REFUSED = (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)


async def test_the_log_verifies_after_everything(house: House, ann: Backend, rob: Backend) -> None:
    await a_whole_life(house, ann, rob)
    report = await rob.audit.verify()
    assert (report.ok, report.problems) == (True, ())
    assert report.rows == (await ann.audit.log()).total
    assert report.installation_rows > 0
    assert (await ann.audit.log(limit=1)).items[0].hash == report.head


async def test_the_log_tells_what_was_decided_by_whom(house: House, ann: Backend, rob: Backend) -> None:
    mutation = await a_whole_life(house, ann, rob)
    rows = (await ann.audit.log(limit=1000)).items[::-1]
    assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
    told = [(row.actor, row.action) for row in rows if row.subject == mutation.id]
    for entry in [
        ("ann", "mutation.created"),
        ("rob", "mutation.reviewed"),
        ("rob", "mutation.rejected"),
        ("ann", "mutation.claimed"),
        ("ann", "mutation.failed"),
        ("ann", "mutation.executed"),
        ("ann", "mutation.rolled_back"),
    ]:
        assert entry in told
    voted = next(json.loads(row.text) for row in rows if row.action == "mutation.reviewed")
    assert voted["data"]["vote"] == "reject"
    assert voted["data"]["patchset_hash"] == (await ann.mutations.patchset(mutation.id, 1)).hash
    assert voted["data"]["policy_version"]


async def test_a_row_is_the_text_that_was_hashed_and_follows_the_one_before(ann: Backend) -> None:
    for number in range(3):
        await propose(ann, create(f"{number}.txt"))
    previous = "0" * 64
    for row in (await ann.audit.log()).items[::-1]:
        assert row.previous == previous
        previous = row.hash
        assert row.hash == hashlib.sha256((row.text + row.previous).encode()).hexdigest()
        told = json.loads(row.text)
        assert row.text == json.dumps(told, sort_keys=True, separators=(",", ":"))
        assert (told["sequence"], told["actor"], told["action"], told["subject"]) == (
            row.sequence,
            row.actor,
            row.action,
            row.subject,
        )


async def test_the_log_is_paged_newest_first(ann: Backend) -> None:
    for number in range(4):
        await propose(ann, create(f"{number}.txt"))
    first = await ann.audit.log(limit=3)
    assert ([row.sequence for row in first.items], first.total, first.has_more) == ([5, 4, 3], 5, True)
    last = await ann.audit.log(limit=3, cursor=first.next_cursor)
    assert ([row.sequence for row in last.items], last.has_more, last.next_cursor) == ([2, 1], False, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET text = '{}' WHERE sequence = 2",
        "UPDATE audit SET sequence = sequence + 100",
        "DELETE FROM audit WHERE sequence = 2",
        "DELETE FROM audit",
        "INSERT INTO audit SELECT scope, sequence, text, previous, hash FROM audit WHERE sequence = 2 "
        "ON CONFLICT (scope, sequence) DO UPDATE SET text = '{}'",
    ],
)
async def test_the_database_itself_refuses_to_change_it(house: House, ann: Backend, statement: str) -> None:
    await propose(ann, create("a.txt"))
    with pytest.raises(REFUSED, match="append-only"):
        house.sql(statement)
    assert (await ann.audit.verify()).ok


def _rehash(house: House, scope: str, sequence: int, **told: Any) -> None:
    """Change what a row tells, and its own hash with it."""
    [(text, previous)] = house.sql("SELECT text, previous FROM audit WHERE scope = ? AND sequence = ?", scope, sequence)
    text = json.dumps(json.loads(text) | told, sort_keys=True, separators=(",", ":"))
    changed = hashlib.sha256((text + previous).encode()).hexdigest()
    house.sql("UPDATE audit SET text = ?, hash = ? WHERE scope = ? AND sequence = ?", text, changed, scope, sequence)


def _remove(house: House, scope: str, sequence: int) -> None:
    house.sql("DELETE FROM audit WHERE scope = ? AND sequence = ?", scope, sequence)


def _exchange(house: House, scope: str, sequence: int) -> None:
    """Let two rows tell each other's text."""
    [(one,), (two,)] = house.sql(
        "SELECT text FROM audit WHERE scope = ? AND sequence IN (?, ?) ORDER BY sequence", scope, sequence, sequence + 1
    )
    for at, text in ((sequence, two), (sequence + 1, one)):
        house.sql("UPDATE audit SET text = ? WHERE scope = ? AND sequence = ?", text, scope, at)


@pytest.mark.parametrize("sequence", [1, 3, 5])
@pytest.mark.parametrize("column", ["text", "previous", "hash"])
async def test_any_changed_row_is_found(house: House, ann: Backend, sequence: int, column: str) -> None:
    for number in range(4):
        await propose(ann, create(f"{number}.txt"))
    house.unguarded()
    house.sql(
        f"UPDATE audit SET {column} = replace({column}, substr({column}, 20, 1), 'x') WHERE scope = ? AND sequence = ?",
        house.project_id,
        sequence,
    )
    report = await ann.audit.verify()
    assert not report.ok
    assert any(f"row {sequence}" in problem or f"row {sequence + 1}" in problem for problem in report.problems)
    assert all(problem.startswith("project:") for problem in report.problems)


@pytest.mark.parametrize("sequence", [1, 3, 4])
@pytest.mark.parametrize("change", [_rehash, _remove, _exchange])
async def test_a_row_that_was_rewritten_removed_or_moved_is_found(
    house: House, ann: Backend, sequence: int, change: Any
) -> None:
    for number in range(4):
        await propose(ann, create(f"{number}.txt"))
    house.unguarded()
    if change is _rehash:
        _rehash(house, house.project_id, sequence, actor="mallory")
    else:
        change(house, house.project_id, sequence)
    report = await ann.audit.verify()
    assert not report.ok


async def test_a_tail_that_was_cut_off_is_found(house: House, ann: Backend) -> None:
    for number in range(3):
        await propose(ann, create(f"{number}.txt"))
    house.unguarded()
    house.sql("DELETE FROM audit WHERE scope = ? AND sequence > 2", house.project_id)
    report = await ann.audit.verify()
    assert report.problems == ("project: the chain ends at row 2, but 4 rows were written",)


async def test_a_row_that_was_added_is_found(house: House, ann: Backend) -> None:
    await propose(ann, create("a.txt"))
    [(last,)] = house.sql("SELECT hash FROM audit WHERE scope = ? AND sequence = 2", house.project_id)
    text = json.dumps({"sequence": 3, "at": "2026-01-01T00:00:00Z", "actor": "x", "action": "x", "subject": "x"})
    forged = hashlib.sha256((text + last).encode()).hexdigest()
    house.sql("INSERT INTO audit VALUES (?, 3, ?, ?, ?)", house.project_id, text, last, forged)
    assert not (await ann.audit.verify()).ok


@pytest.mark.parametrize("sequence", [0, -7])
async def test_a_row_before_the_first_is_found(house: House, ann: Backend, sequence: int) -> None:
    house.sql("INSERT INTO audit VALUES (?, ?, '{}', ?, ?)", house.project_id, sequence, "0" * 64, "0" * 64)
    assert not (await ann.audit.verify()).ok


async def test_a_row_that_belongs_to_no_chain_is_found(house: House, ann: Backend) -> None:
    house.sql("INSERT INTO audit VALUES ('nowhere', 1, '{}', ?, ?)", "0" * 64, "0" * 64)
    assert (await ann.audit.verify()).problems == ("installation: the log has rows of no project: 1",)


def _cut(house: House, scope: str, last: int) -> None:
    """Remove the end of a chain, and all that shows it."""
    house.sql("DELETE FROM audit WHERE scope = ? AND sequence > ?", scope, last)
    [(head,)] = house.sql("SELECT hash FROM audit WHERE scope = ? AND sequence = ?", scope, last)
    if scope == "installation":
        house.sql("UPDATE installation SET audit_sequence = ?, audit_head = ?", last, head)
    else:
        house.sql("UPDATE projects SET audit_sequence = ?, audit_head = ? WHERE id = ?", last, head, scope)


def _checkpoint(report: AuditReport) -> Checkpoint:
    return Checkpoint(**{name: getattr(report, name) for name in Checkpoint.model_fields})


async def test_a_log_holds_against_its_checkpoints_whatever_is_done_next(house: House, ann: Backend) -> None:
    early = _checkpoint(await ann.audit.verify())
    await propose(ann, create("a.txt"))
    late = _checkpoint(await ann.audit.verify(against=early))
    assert (late.project_id, late.rows) == (house.project_id, early.rows + 1)
    await house.member("eve", "viewer")
    for checkpoint in (early, late):
        assert (await ann.audit.verify(against=checkpoint)).problems == ()


async def test_a_tail_that_was_cut_off_with_its_traces_is_found_against_a_checkpoint(
    house: House, ann: Backend
) -> None:
    for number in range(3):
        await propose(ann, create(f"{number}.txt"))
    checkpoint = _checkpoint(await ann.audit.verify())
    house.unguarded()
    _cut(house, house.project_id, 2)
    _cut(house, "installation", 1)
    assert (await ann.audit.verify()).ok
    assert (await ann.audit.verify(against=checkpoint)).problems == (
        "project: the chain ends at row 2, but the checkpoint knows 4 rows",
        f"installation: the chain ends at row 1, but the checkpoint knows {checkpoint.installation_rows} rows",
    )


async def test_a_tail_that_was_written_anew_is_found_against_a_checkpoint(house: House, ann: Backend) -> None:
    await propose(ann, create("a.txt"))
    checkpoint = _checkpoint(await ann.audit.verify())
    house.unguarded()
    _rehash(house, house.project_id, 2, actor="mallory")
    _cut(house, house.project_id, 2)
    assert (await ann.audit.verify()).ok
    report = await ann.audit.verify(against=checkpoint)
    assert report.problems == ("project: row 2 is another one than at the checkpoint",)


async def test_a_checkpoint_of_another_project_is_refused(house: House, ann: Backend) -> None:
    checkpoint = _checkpoint(await ann.audit.verify())
    other = await house.without_project().projects.create(name="other")
    with pytest.raises(ValidationFailed, match=f"another project .{house.project_id}.*take one of other"):
        await house.with_project(other.id).audit.verify(against=checkpoint)


async def test_no_content_and_no_text_of_a_conversation_enters_the_log(
    house: House, ann: Backend, rob: Backend
) -> None:
    """What a file, a comment, a suggestion or an idempotency key says is in no row, whatever is done with it."""
    secret = "hunter2-p4ssw0rd"
    await track(ann, {"tracked.env": f"password={secret}1\n".encode()})
    mutation = await ann.mutations.create(
        title="Rotate",
        description=f"from {secret}",
        changes=[create("new.env", f"password={secret}2\n".encode())],
        metadata={"ticket_id": secret},
        labels=["secret"],
        idempotency_key=f"key-{secret}",
    )
    await ann.mutations.update(
        mutation.id,
        changes=[create("new.env", f"password={secret}3\n".encode())],
        message=f"not {secret}2",
        description=f"to {secret}",
    )
    await rob.reviews.comment(mutation.id, text=f"It holds {secret}3")
    await rob.reviews.vote(mutation.id, vote="approve", comment=f"As {secret}")
    await ann.executions.execute(mutation.id)
    await ann.executions.rollback(mutation.id, reason="It was the wrong one")
    rows = house.sql("SELECT text FROM audit")
    assert [text for (text,) in rows if "hunter2" in text] == []
    assert len(rows) > 8


async def test_the_chain_of_the_installation_is_verified_too(house: House, ann: Backend) -> None:
    house.unguarded()
    house.sql("UPDATE audit SET text = replace(text, 'ann', 'eve') WHERE scope = 'installation'")
    report = await ann.audit.verify()
    assert not report.ok
    assert all(problem.startswith("installation:") for problem in report.problems)
