"""The house itself: what is left open in it is found, and what is killed stays dead."""

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from tests.support.changes import create
from tests.support.house import open_house, propose
from tests.support.legs import LEGS


@pytest.mark.parametrize("leg", LEGS)
async def test_a_house_leaves_nothing_open(leg: str, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    async with open_house(leg, tmp_path) as house:
        await propose(house.backend(), create("a.txt"))
        assert set(threading.enumerate()) > before
    assert set(os.listdir(tmp_path)) <= {"lattice.db"}


async def test_a_thread_that_is_left_is_found(tmp_path: Path) -> None:
    done = threading.Event()
    left = threading.Thread(target=done.wait)
    opened = open_house("local", tmp_path)
    await opened.__aenter__()
    left.start()
    with pytest.raises(AssertionError):
        await opened.__aexit__(None, None, None)
    done.set()
    left.join()


async def test_a_connection_that_is_left_is_found(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "lattice.db", isolation_level=None)
    opened = open_house("local", tmp_path)
    await opened.__aenter__()
    connection.execute("SELECT count(*) FROM projects").fetchone()
    with pytest.raises(AssertionError):
        await opened.__aexit__(None, None, None)
    connection.close()


async def test_what_comes_after_the_kill_is_not_written(tmp_path: Path) -> None:
    async with open_house("loopback", tmp_path) as house:
        with house.killed_after(0):
            await propose(house.backend(), create("a.txt"))
        assert (await house.backend().mutations.list()).total == 0
        await propose(house.backend(), create("a.txt"))
        assert (await house.backend().mutations.list()).total == 1


async def test_two_looks_at_the_clock_are_never_alike(tmp_path: Path) -> None:
    async with open_house("local", tmp_path) as house:
        first, second = house.clock(), house.clock()
        house.clock.advance(60)
        assert first < second < house.clock()
        assert (house.clock() - second).total_seconds() > 60
