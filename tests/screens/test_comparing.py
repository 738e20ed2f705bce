"""Which bytes two patchsets are compared by, and where a line of the comparison comes from."""

from collections.abc import AsyncIterator

import pytest

from lattice_console.contract.models.review import Anchor
from lattice_console.screens.comparing import Compared, Comparison, carry, compare, first_look
from lattice_console.screens.session import Session
from lattice_console.widgets.diff_document import Selection
from lattice_console.widgets.signs import Look
from tests.screens.project import NEW_SESSION, NEW_SPEC, REFUNDS, SESSION, Office
from tests.screens.reviewing import SESSION_PATH, SPEC_PATH, acting
from tests.support.changes import create, delete, modify, rename


@pytest.fixture
async def session(office: Office) -> AsyncIterator[Session]:
    """kim's session, on a mutation of ana's whose second patchset is another one."""
    async with acting(office, "ana") as ana:
        await ana.mutations.update(
            "M-7",
            changes=[
                modify(SESSION_PATH, NEW_SESSION.replace(b"48", b"72")),
                rename("docs/old/sessions.md", "docs/sessions.md"),
                create("docs/notes.md", b"# Notes\n"),
                delete("docs/refunds.md"),
            ],
        )
    session = Session(office.settings(), None, Look())
    async with acting(office, "kim") as kim:
        session.opened(kim, await kim.projects.get(), await kim.team.whoami())
        yield session


async def _compared(session: Session, older: int | None, newer: int) -> Compared:
    mutation = await session.backend.mutations.get("M-7")
    return await compare(session, mutation, Comparison(older, newer))


async def test_a_file_is_what_the_older_patchset_made_of_it_beside_what_the_newer_one_made(session: Session) -> None:
    compared = await _compared(session, 1, 2)
    found = {file.change.result_path: file.change for file in compared.files}
    assert (found[SESSION_PATH].diff.old, found[SESSION_PATH].diff.new) == (
        NEW_SESSION,
        NEW_SESSION.replace(b"48", b"72"),
    )
    # Not renamed since: the same in both.
    assert "docs/sessions.md" not in found
    assert (found["docs/notes.md"].operation, found["docs/refunds.md"].operation) == ("create", "delete")
    assert found["docs/refunds.md"].diff.old == REFUNDS


async def test_what_the_newer_patchset_no_longer_touches_is_as_it_was_before_the_older_one(session: Session) -> None:
    found = {file.change.result_path: file for file in (await _compared(session, 1, 2)).files}
    spec = found[SPEC_PATH]
    assert (spec.change.diff.old, spec.change.operation) == (NEW_SPEC, "modify")
    assert (spec.old.patchset, spec.old.side, spec.new.patchset, spec.new.side) == (1, "new", 1, "old")
    assert found["docs/logo.png"].change.operation == "delete"


async def test_a_whole_patchset_is_its_changes_against_their_bases(session: Session) -> None:
    compared = await _compared(session, None, 1)
    assert [file.change.operation for file in compared.files] == ["modify", "create", "rename", "modify"]
    assert compared.files[3].change.diff.old == SESSION


async def test_a_line_is_named_as_its_patchset_has_it_and_found_again_by_that_name(session: Session) -> None:
    compared = await _compared(session, 1, 2)
    index = compared.file_at(SESSION_PATH)
    assert index is not None
    new = compared.anchor(Selection(index, "new", 3, 3))
    old = compared.anchor(Selection(index, "old", 1, 3))
    assert new == (2, Anchor(file_path=SESSION_PATH, side="new", line=3))
    assert old == (1, Anchor(file_path=SESSION_PATH, side="new", line=1, end_line=3))
    assert compared.find(*new) == (index, "new")
    assert compared.find(*old) == (index, "old")
    assert compared.find(2, Anchor(file_path=SESSION_PATH, side="old", line=1)) is None


async def test_a_place_of_an_earlier_patchset_is_carried_to_the_newer_one_or_gone(session: Session) -> None:
    compared = await _compared(session, None, 2)
    mutation = await session.backend.mutations.get("M-7")
    kept = Anchor(file_path=SESSION_PATH, line=8)
    assert await carry(session, mutation, compared, 1, kept) == (2, kept)
    assert await carry(session, mutation, compared, 1, Anchor(file_path=SESSION_PATH, line=3)) is None
    assert await carry(session, mutation, compared, 1, Anchor(file_path=SPEC_PATH, line=3)) is None


async def test_the_first_look_is_at_what_came_since_the_last_review(session: Session) -> None:
    assert first_look(await session.backend.mutations.get("M-7")) == Comparison(None, 2)
    await session.backend.reviews.comment("M-7", text="Seen.", patchset=1)
    assert first_look(await session.backend.mutations.get("M-7")) == Comparison(1, 2)
    await session.backend.reviews.comment("M-7", text="Seen too.")
    assert first_look(await session.backend.mutations.get("M-7")) == Comparison(None, 2)
