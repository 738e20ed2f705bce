"""Who else looks: in the queue, in the preview, and above a mutation."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from lattice_console.backends import local
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import SystemFailure
from lattice_console.engine.assemble import assemble
from lattice_console.screens import company
from lattice_console.widgets.pieces import company_words
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office

WIDE = (160, 30)

Bind = Callable[[str], Backend]


@pytest_asyncio.fixture
async def bind(office: Office, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bind]:
    """One engine for everybody, as a server has it."""
    monkeypatch.setattr(company, "AGAIN", 0.05)
    settings = office.settings()
    engine = await assemble(settings.servers, now=office.clock)
    yield lambda actor: local.bind(engine, actor=actor, project=settings.project_id, closes=False)
    await engine.close()


def watched(console: Console, words: str) -> bool:
    return any(words in line and line.rstrip("│ ").endswith("◉") for line in console.lines)


async def test_a_row_that_others_look_at_wears_a_sign_until_they_leave(office: Office, bind: Bind) -> None:
    async def connect() -> Backend:
        return bind("kim")

    raj = bind("raj")
    async with open_console(make_app(office, open_backend=connect)) as console:
        assert "◉" not in console.text
        await raj.events.look("M-6", window="w")
        await console.until(lambda: watched(console, "Pay refunds"), "the sign at the row")
        assert console.text.count("◉") == 1
        await console.go_to("Pay refunds")
        assert watched(console, "Pay refunds")
        await raj.events.look(None, window="w")
        await console.until(lambda: "◉" not in console.text, "the sign to go")


async def test_the_preview_and_the_mutation_say_who_looks(office: Office, bind: Bind) -> None:
    async def connect() -> Backend:
        return bind("kim")

    async with open_console(make_app(office, open_backend=connect), WIDE) as console:
        await console.go_to("Pay refunds")
        await bind("raj").events.look("M-6", window="w")
        await console.sees("raj is looking")
        await console.press("enter")
        await console.sees("1 Diff", "raj is looking")
        await bind("ana").events.look("M-6", window="w")
        await console.sees("ana and raj are looking")
        await bind("raj").events.look("M-5", window="w")
        await console.sees("ana is looking")
        await bind("ana").events.look(None, window="w")
        await console.misses("looking")


async def test_others_hear_which_mutation_is_open_here_and_that_it_is_no_more(office: Office, bind: Bind) -> None:
    async def connect() -> Backend:
        return bind("kim")

    raj = bind("raj")
    six = (await raj.mutations.get("M-6")).id

    async def told(*expected: str) -> None:
        heard: list[str] = []
        for _ in range(500):
            heard = [looker.mutation for looker in await raj.events.lookers()]
            if heard == list(expected):
                break
            await asyncio.sleep(0.01)
        assert heard == list(expected)

    async with open_console(make_app(office, open_backend=connect)) as console:
        await told()
        await console.go_to("Pay refunds")
        await console.press("enter")
        await told(six)
        # A dialog above it hides nothing.
        await console.press("c")
        await console.pilot.pause(0.2)
        await told(six)
        assert "looking" not in console.text
        await console.press("escape")
        await console.press("escape")
        await told()
        await console.press("enter")
        await told(six)
    # Who leaves says so.
    assert await raj.events.lookers() == ()


async def test_a_failure_means_that_nobody_is_known_of(office: Office, bind: Bind) -> None:
    failing = False
    backend = bind("kim")
    look = backend.events.look

    async def refuse(mutation: str | None, *, window: str) -> object:
        if failing:
            raise SystemFailure("SYS_DATABASE_ERROR", "It is gone.")
        return await look(mutation, window=window)

    setattr(backend.events, "look", refuse)  # noqa: B010 - a method of a Protocol is not to be assigned

    async def connect() -> Backend:
        return backend

    async with open_console(make_app(office, open_backend=connect)) as console:
        await bind("raj").events.look("M-6", window="w")
        await console.sees("◉")
        failing = True
        await console.misses("◉")
        failing = False
        await console.sees("◉")


@pytest.mark.parametrize(
    ("handles", "words"),
    [
        ((), ""),
        (("kim",), "kim is looking"),
        (("kim", "raj"), "kim and raj are looking"),
        (("ana", "kim", "raj"), "ana, kim and raj are looking"),
        (("a", "b", "c", "d", "e"), "a, b and 3 more are looking"),
    ],
)
def test_company_is_said_in_words(handles: tuple[str, ...], words: str) -> None:
    assert company_words(handles) == words
