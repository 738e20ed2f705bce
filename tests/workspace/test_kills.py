"""A sync killed at any moment: the next one finishes it, and no one's bytes are lost."""

import asyncio
import random
from pathlib import Path

import pytest

from lattice_console.workspace import Checkout
from tests.fault import forks
from tests.workspace.memory import MemorySource, put, tree

KILLS = 20
MINE = {"drifted/edited": b"mine\n", "drifted/deleted": b"mine as well\n"}


def states() -> tuple[dict[str, bytes | None], dict[str, bytes | None]]:
    """Two heads that differ in every way: as changes that lead from either to the other."""
    one: dict[str, bytes | None] = {f"some/dir{n}/file": f"one {n}\n".encode() * 50 for n in range(12)}
    two: dict[str, bytes | None] = {f"some/dir{n}/file": f"two {n}\n".encode() * 50 for n in range(6, 18)}
    one |= {"turns": b"a file", "case/NAME": b"same", "drifted/edited": b"1", "drifted/deleted": b"1"}
    two |= {"turns/into/a": b"directory", "case/name": b"same", "drifted/edited": b"2"}
    gone: dict[str, bytes | None] = dict.fromkeys(one | two)
    return gone | one, gone | two


# The one way to kill a process at a random moment without starting an interpreter for each kill.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_sync_killed_at_random_moments_is_finished_by_the_next(root: Path) -> None:
    one, two = states()
    source = MemorySource()
    source.documents.change(one)
    checkout = Checkout(root)
    asyncio.run(checkout.sync(source))
    for path, content in MINE.items():
        put(root, path, content)

    def work(_: forks.Marks) -> None:
        asyncio.run(checkout.sync(source))

    lasts = []
    for head in (two, one):
        source.documents.change(head)
        lasts.append(forks.run(work).marks[-1][1])
    cut_short = 0
    for number in range(KILLS):
        source.documents.change((two, one)[number % 2])
        forks.run(work, kill_after=random.uniform(0, min(lasts)))
        cut_short += (root / ".lattice/state/checkout.journal").exists()
        asyncio.run(checkout.sync(source))
        assert tree(root) == source.documents.files | MINE
        assert [str(left) for left in root.rglob(".lattice-tmp-*")] == []
        assert [str(empty) for empty in root.rglob("*") if empty.is_dir() and not any(empty.iterdir())] == []
        report = asyncio.run(checkout.sync(source))
        assert (report.written, report.removed) == ((), ())
        assert set(report.drifted) == MINE.keys()
    assert cut_short >= KILLS // 10, "too few kills met a sync at work"
