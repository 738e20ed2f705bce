"""What tests of reviewing share: opening a mutation, and asking the engine what has become of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import SystemFailure
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.review import Anchor, Comment
from lattice_console.profile.drafts import Draft, Drafts
from lattice_console.profile.folder import work_folder
from tests.screens.console import Console
from tests.screens.project import Office

SPEC_PATH = ".lattice/specs/user-auth.json"
SESSION_PATH = "src/auth/session.py"


@asynccontextmanager
async def acting(office: Office, actor: str) -> AsyncIterator[Backend]:
    """Somebody else's Backend."""
    backend = await office.as_(actor)
    try:
        yield backend
    finally:
        await backend.close()


async def mutation(office: Office, name: str) -> Mutation:
    async with acting(office, "kim") as kim:
        return await kim.mutations.get(name)


async def comments(office: Office, name: str) -> tuple[Comment, ...]:
    async with acting(office, "kim") as kim:
        return await kim.reviews.comments(name)


async def said(office: Office, actor: str, name: str, text: str, path: str, line: int, **more: Any) -> Comment:
    """Let somebody comment on a line."""
    async with acting(office, actor) as backend:
        anchor = Anchor(file_path=path, line=line)
        return await backend.reviews.comment(name, text=text, anchor=anchor, **more)


async def opened(console: Console, title: str) -> None:
    """Open the mutation of that title, and wait until its diff is there."""
    await console.go_to(title)
    await console.press("enter")
    await console.sees("1 Diff", "2 Overview", "▾ ")


async def on_line(console: Console, words: str) -> None:
    """Put the cursor of the diff on the line with these words."""
    for _ in range(200):
        # Side by side, the bar stands before the side that the cursor is on.
        if any(console.bar in line and words in line for line in console.lines):
            return
        await console.press("j")
    raise AssertionError(f"no line says {words!r}:\n{console.text}")


async def drafted(console: Console, words: str, text: str) -> None:
    """Comment on the line with these words, and keep the draft."""
    await on_line(console, words)
    await console.press("c")
    await console.sees("Comment on", "keep draft")
    await console.type(text)
    await console.press("ctrl+s")
    await console.sees("draft:", text)


def kept(office: Office, name: str, actor: str = "kim") -> tuple[Draft, ...]:
    """The drafts that lie on this machine."""
    settings = office.settings(actor)
    return Drafts(work_folder(settings.project_id or "", actor), print).of(name)


def losing(connect: Callable[[], Awaitable[Backend]], method: str) -> Callable[[], Awaitable[Backend]]:
    """Opens Backends that do what is asked, and lose the first answer of one method of reviews."""
    lost: list[str] = []

    async def open_one() -> Backend:
        backend = await connect()
        real = getattr(backend.reviews, method)

        async def lose(*args: Any, **kwargs: Any) -> Any:
            answer = await real(*args, **kwargs)
            if not lost:
                lost.append(method)
                raise SystemFailure("SYS_CONNECTION", "The connection was lost.")
            return answer

        setattr(backend.reviews, method, lose)
        return backend

    return open_one
