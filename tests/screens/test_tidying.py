"""The search for garbage waits for a moment in which nobody does."""

import gc
from collections.abc import Iterator

import pytest

from lattice_console.screens import tidying
from lattice_console.screens.tidying import Tidying


@pytest.fixture
def searched() -> Iterator[list[int]]:
    """The generations that were searched, in a process whose garbage is as before afterwards."""
    found: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "stop":
            found.append(info["generation"])

    thresholds = gc.get_threshold()
    gc.collect()
    gc.callbacks.append(note)
    yield found
    gc.callbacks.remove(note)
    gc.set_threshold(*thresholds)
    gc.unfreeze()


@pytest.fixture
def tidy(searched: list[int]) -> Tidying:
    one = Tidying()
    one.begin()
    return one


def grow_older() -> None:
    for _ in range(3):
        gc.collect(1)


def test_it_is_made_once_nobody_presses_a_key(searched: list[int], tidy: Tidying) -> None:
    grow_older()
    tidy.look()
    assert 2 in searched
    searched.clear()
    tidy.look()
    assert 2 not in searched


def test_it_waits_while_keys_are_pressed(searched: list[int], tidy: Tidying, monkeypatch: pytest.MonkeyPatch) -> None:
    grow_older()
    tidy.pressed()
    tidy.look()
    assert 2 not in searched
    monkeypatch.setattr(tidying, "_REST", 0.0)
    tidy.look()
    assert 2 in searched


@pytest.mark.usefixtures("tidy")
def test_the_interpreter_itself_makes_it_late() -> None:
    assert gc.isenabled()
    assert gc.get_threshold()[2] > 10
