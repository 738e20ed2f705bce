"""No screen keeps the event loop for long, however large the project: a key pressed meanwhile waits as long."""

import asyncio
import gc
import shutil
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import pytest

from benchmarks.dataset import ACTOR, project
from benchmarks.diff_view import document
from lattice_console import config
from lattice_console.backends.connect import connect
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.screens.place import FOLLOW
from lattice_console.screens.tidying import Tidying
from tests.screens.console import Console, an_office, make_app, open_console
from tests.screens.project import Office
from tests.screens.watchdog import LIMIT, LIMIT_FOR_ALL, Watchdog

MUTATIONS, DOCUMENTS, LINES = 20_000, 5_000, 20_000
LONG = "specs/long.json"
TITLE = "Change the long one"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = project(tmp_path_factory.mktemp("large") / "large", MUTATIONS, documents=DOCUMENTS)
    asyncio.run(_add_the_long_one(place))
    return place


async def _add_the_long_one(place: Path) -> None:
    backend = await connect(config.load(place, actor=ACTOR, environ={}))
    old, new = document(LINES, changed=0), document(LINES, changed=LINES // 10)
    await backend.documents.track([TrackedFile(path=LONG, content=old)])
    # They meet in each of their changes.
    other = ChangeInput(operation_type="modify", file_path=LONG, content=new.replace(b" changed", b" otherwise"))
    await backend.mutations.create(title="Change it otherwise", changes=[other])
    change = ChangeInput(operation_type="modify", file_path=LONG, content=new)
    made = await backend.mutations.create(title=TITLE, changes=[change])
    await backend.reviews.comment(made.id, text="All of these?")
    await backend.close()


@pytest.fixture
def tidying() -> Iterator[Tidying]:
    """What a console on a terminal does about garbage, which one under test leaves to the tests."""
    before = gc.get_threshold()
    gc.collect()
    yield Tidying()
    gc.set_threshold(*before)
    gc.unfreeze()


class Walker:
    """Presses keys, each with time for what follows from it, and says to the watchdog what it is about."""

    def __init__(self, console: Console, dog: Watchdog, tidying: Tidying, place: Path) -> None:
        self.console = console
        self.place = place
        self._tidying = tidying
        self._dog = dog

    async def press(self, *keys: str, times: int = 1) -> None:
        for key in keys * times:
            self._dog.during = f"{type(self.console.app.screen).__name__}, {key}"
            await self.console.press(key)
        workers = self.console.app.workers
        # What is beside the cursor follows it after a moment.
        await asyncio.sleep(FOLLOW + 0.02)
        await self.console.until(
            lambda: all(worker.is_finished or worker.group == "connection" for worker in workers), "work to be done"
        )
        self._tidying.look()

    async def type(self, text: str) -> None:
        self._dog.during = f"{type(self.console.app.screen).__name__}, typing {text!r}"
        await self.console.type(text)
        await self.press()

    async def resize(self, width: int, height: int) -> None:
        self._dog.during = f"{type(self.console.app.screen).__name__}, {width} by {height}"
        self._dog.limit = LIMIT_FOR_ALL
        await self.console.pilot.resize_terminal(width, height)
        await self.console.pilot.pause()
        self._dog.limit = LIMIT

    async def sees(self, *words: str) -> None:
        await self.console.sees(*words)


async def walk_the_queue(walker: Walker) -> None:
    for view in "12345":
        await walker.press(view)
    await walker.press("j", "j", "pagedown", "pagedown", "G", "k", "pageup", "g")
    for order in ("Number", "Title", "Author"):
        await walker.press("O")
        await walker.type(order)
        await walker.press("enter", "comma", "G", "g")
    await walker.press("O")
    await walker.type("Stacks")
    await walker.press("enter")
    for text in ("author:me label:urgent", "path:area-01", "is:awaiting", "invoice area", "nothing-of-that-name"):
        await walker.press("slash")
        await walker.type(text)
        await walker.press("enter", "backspace")
    await walker.press("space", "v", "pagedown", "space", "a", "escape", "escape")
    await walker.press("asterisk", "a", "escape", "escape")
    await walker.press("question_mark", "escape", "colon", "escape", "m", "escape")


async def walk_the_mutation(walker: Walker) -> None:
    await walker.press("g", "enter")
    await walker.sees("1 Diff 1 file", '"value 5 changed"')
    await walker.press("j", "pagedown", "right_square_bracket", "G", "pageup", "left_square_bracket", "g")
    for turn in ("s", "z", "F", "W"):
        await walker.press(turn, "pagedown", "G", "g", turn)
    await walker.press("slash")
    await walker.type("changed")
    await walker.press("enter", "n", "n", "N", "escape")
    await walker.press("right_square_bracket", "v", "j", "j", "c", "escape", "escape")
    await walker.press("f", "j", "escape", "plus", "minus", "r", "r")
    await walker.press("a", "escape", "x", "escape", "d", "escape")
    await walker.press("tab", "pagedown", "G", "g", "tab", "R")
    await walker.press("question_mark", "escape", "colon", "escape", "J", "K", "escape")


async def walk_home(walker: Walker) -> None:
    await walker.press("f9")
    for section in "123":
        await walker.press(section, "j", "pagedown", "G", "g")
    await walker.press("R", "question_mark", "escape")


async def walk_the_specs(walker: Walker) -> None:
    await walker.press("f4")
    await walker.press("minus", "plus", "j", "pagedown", "G", "k", "g")
    await walker.press("slash")
    await walker.type("doc-04")
    await walker.press("enter", "enter", "2", "j", "pagedown", "3", "j", "1", "escape", "escape")
    await walker.press("slash")
    await walker.type("long")
    await walker.press("enter", "enter", "pagedown", "G", "g", "2", "3", "enter", "escape", "escape", "R")


async def walk_the_conflicts(walker: Walker) -> None:
    await walker.press("f3")
    await walker.sees("Change it otherwise")
    await walker.press("j", "pagedown", "G", "k", "g", "tab", "j", "escape")
    await walker.press("slash")
    await walker.type("sev")
    await walker.press("tab", "tab", "enter", "j", "escape", "R")
    await walker.press("M")
    await walker.sees("Result")
    await walker.press("1", "3", "u", "right_square_bracket", "2", "pagedown", "G", "g", "ctrl+s", "escape", "escape")


async def walk_the_activity(walker: Walker) -> None:
    await walker.press("f6")
    await walker.press("j", "pagedown", "pagedown", "G", "k", "g")
    await walker.press("slash")
    await walker.type("mutation.reviewed")
    await walker.press("enter", "j", "enter", "escape", "escape", "R")


async def turn_the_screen(walker: Walker) -> None:
    for place in ("f2", "f9", "f3", "f4", "f6", "f2"):
        await walker.press(place)
        for size in ((80, 24), (200, 60), (160, 50)):
            await walker.resize(*size)
    for theme in ("Theme light", "Theme contrast", "Theme dark"):
        await walker.press("colon")
        await walker.type(theme)
        await walker.press("enter")


async def watch_others_work(walker: Walker) -> None:
    """Two hundred events a second, in each of the places that follow them."""
    command = [sys.executable, "-m", "benchmarks.colleagues", str(walker.place), "--rate", "200", "--seconds", "6"]
    colleagues = await asyncio.create_subprocess_exec(*command, stdout=subprocess.DEVNULL)
    for mode in ("f2", "f6", "f9", "f3", "f4", "f2"):
        await walker.press(mode)
        for _ in range(20):
            await walker.console.press("j")
            await asyncio.sleep(0.03)
    assert await colleagues.wait() == 0


Walk = Callable[[Walker], Awaitable[None]]

WALKS: tuple[Walk, ...] = (
    walk_the_queue,
    walk_the_mutation,
    walk_home,
    walk_the_specs,
    walk_the_conflicts,
    walk_the_activity,
    turn_the_screen,
    watch_others_work,
)


async def watch(walks: Sequence[Walk], office: Office, tidying: Tidying) -> dict[Walk, Watchdog]:
    """Take those walks, each before a watchdog of its own."""
    dogs = {walk: Watchdog() for walk in walks}
    async with open_console(make_app(office), (160, 50)) as console:
        for walk, dog in dogs.items():
            with dog.watching():
                await walk(Walker(console, dog, tidying, office.root))
    return dogs


@pytest.mark.timeout(600)
async def test_no_screen_keeps_the_event_loop_for_more_than_50_ms(
    made_once: Path, tmp_path: Path, tidying: Tidying
) -> None:
    again: dict[Walk, set[str]] = {}
    blocks: list[str] = []
    # What a screen does it does again; what a busy machine does to a walk it does elsewhere in the next.
    for number in range(3):
        office = an_office(shutil.copytree(made_once, tmp_path / f"large-{number}"))
        tidying.begin()
        dogs = await watch(tuple(again) or WALKS, office, tidying)
        assert number or sum(dog.callbacks for dog in dogs.values()) > 1000
        found = {walk: {block.during for block in dog.blocks} for walk, dog in dogs.items()}
        again = {walk: during & again.get(walk, during) for walk, during in found.items()}
        again = {walk: during for walk, during in again.items() if during}
        blocks = [str(block) for walk in again for block in dogs[walk].blocks if block.during in again[walk]]
        if not again:
            return
    pytest.fail("\n\n".join(blocks))


@pytest.mark.parametrize("block", ["computing", "sleeping"])
async def test_the_watchdog_finds_what_keeps_the_loop_and_names_it(block: str) -> None:
    def compute_too_much() -> None:
        until = time.thread_time() + 0.08
        while time.thread_time() < until:
            pass

    def sleep_on_the_loop() -> None:
        time.sleep(0.2)

    culprit = compute_too_much if block == "computing" else sleep_on_the_loop
    dog = Watchdog("planted")
    with dog.watching():
        asyncio.get_running_loop().call_soon(culprit)
        await asyncio.sleep(0.5)
    [found] = dog.blocks
    assert found.during == "planted"
    assert culprit.__name__ in found.stack
    assert max(found.computed, found.slept) > LIMIT


async def test_the_watchdog_lets_short_work_and_the_test_itself_pass() -> None:
    dog = Watchdog()
    with dog.watching():
        for _ in range(20):
            asyncio.get_running_loop().call_soon(sum, range(1000))
            await asyncio.sleep(0)
        until = time.thread_time() + 2 * LIMIT
        while time.thread_time() < until:
            pass
        await asyncio.sleep(0)
    assert dog.callbacks >= 20
    assert not dog.blocks
