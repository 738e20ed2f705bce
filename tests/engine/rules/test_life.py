"""The life of a mutation: for each status every event, and what follows."""

from typing import cast, get_args

import pytest

from lattice_console.contract.errors import RuleBroken
from lattice_console.contract.models.mutation import Status
from lattice_console.engine.rules import life
from lattice_console.engine.rules.life import Happening

STATUSES: dict[str, Status] = {
    "dr": "draft",
    "pe": "pending",
    "ap": "approved",
    "nm": "needs_manual_resolution",
    "ip": "in_progress",
    "fa": "failed",
    "co": "completed",
    "rf": "rollback_failed",
    "rb": "rolled_back",
    "rj": "rejected",
    "ex": "expired",
    "ca": "cancelled",
}

# A row for each event, a column for each status that it meets: what the status becomes, or -- where it is refused.
# Votes that are outdated, withdrawn or undone, and a changed policy, are requirements that fail; `retry` leads to
# `pending`, which becomes `approved` at once where the requirements hold.
TABLE = """
                    dr  pe  ap  nm  ip  fa  co  rf  rb  rj  ex  ca
submit              pe  --  --  --  --  --  --  --  --  --  --  --
requirements_hold   --  ap  --  --  --  --  --  --  --  --  --  --
requirements_fail   --  --  pe  --  --  --  --  --  --  --  --  --
reject              --  rj  rj  rj  --  --  --  --  --  --  --  --
undo_reject         --  --  --  --  --  --  --  --  --  pe  --  --
conflict            --  nm  nm  --  --  --  --  --  --  --  --  --
resolve             --  --  --  pe  --  --  --  --  --  --  --  --
cancel              ca  ca  ca  ca  --  ca  --  --  --  --  --  --
expire              --  ex  --  ex  --  --  --  --  --  --  --  --
claim               --  --  ip  --  --  --  --  --  --  --  --  --
claim_expires       --  --  --  --  ap  --  --  --  --  --  --  --
apply               --  --  --  --  co  --  --  --  --  --  --  --
fail                --  --  --  --  fa  --  --  --  --  --  --  --
retry               --  --  --  --  --  pe  --  --  --  --  --  --
roll_back           --  --  --  --  --  --  rb  --  --  --  --  --
rollback_breaks     --  --  --  --  --  --  rf  --  --  --  --  --
finish_rollback     --  --  --  --  --  --  --  rb  --  --  --  --
reopen              --  --  --  --  --  --  --  --  --  pe  pe  pe
"""


def _cells() -> list[tuple[Status, Happening, Status | None]]:
    header, *rows = TABLE.strip("\n").splitlines()
    columns = header.split()
    return [
        (STATUSES[column], cast(Happening, name), STATUSES.get(cell))
        for name, *cells in map(str.split, rows)
        for column, cell in zip(columns, cells, strict=True)
    ]


CELLS = _cells()


def test_the_table_lists_every_event_for_every_status() -> None:
    assert len(CELLS) == len(set(CELLS)) == len(get_args(Status)) * len(get_args(Happening))
    assert {status for status, _, _ in CELLS} == set(get_args(Status))
    assert {happening for _, happening, _ in CELLS} == set(get_args(Happening))


@pytest.mark.parametrize(
    ("status", "happening", "after"), CELLS, ids=[f"{status}-{happening}" for status, happening, _ in CELLS]
)
def test_each_event_leads_where_the_table_says_or_is_refused(
    status: Status, happening: Happening, after: Status | None
) -> None:
    assert life.becomes(status, happening) == after
    if after is not None:
        assert life.follow(status, happening) == after
        return
    with pytest.raises(RuleBroken) as refused:
        life.follow(status, happening)
    assert refused.value.code == "BR_STATUS"
    assert refused.value.message == life.refusal(status, happening)
    assert f"this one {life.said(status)}." in refused.value.message
    assert refused.value.details == {"status": status, "happening": happening}


def test_only_what_was_rolled_back_is_over_for_good() -> None:
    left = {status for status, _, after in CELLS if after is not None}
    assert set(get_args(Status)) - left == {"rolled_back"}


@pytest.mark.parametrize("status", get_args(Status))
def test_under_review_and_in_conflict_the_status_follows_conflicts_and_requirements_and_nowhere_else(
    status: Status,
) -> None:
    judged = [life.judged(status, holds, in_conflict) for in_conflict in (False, True) for holds in (True, False)]
    follows = status in ("pending", "approved", "needs_manual_resolution")
    derived = ["approved", "pending", "needs_manual_resolution", "needs_manual_resolution"]
    assert judged == (derived if follows else [status] * 4)


def test_every_status_is_said_in_a_sentence() -> None:
    assert [life.said(status) for status in ("in_progress", "needs_manual_resolution")] == [
        "is in progress",
        "needs manual resolution",
    ]
