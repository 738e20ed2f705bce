"""Activity: the event log, live."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from lattice_console.contract.events import Event
from lattice_console.contract.models.page import Page
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office


@pytest.fixture
async def activity(office: Office) -> AsyncIterator[Console]:
    """The console of kim, opened at the event log."""
    async with open_console(make_app(office, start="activity")) as console:
        await console.sees("drafted M-8 Tighten the password rule", "1 of 30")
        yield console


async def remark(office: Office, *texts: str) -> None:
    raj = await office.as_("raj")
    for text in texts:
        await raj.reviews.comment("M-6", text=text)
    await raj.close()


async def test_events_are_sentences_with_when_and_who_newest_first(activity: Console) -> None:
    assert "39m  kim             drafted M-8 Tighten the password rule" in activity.lines[4]
    assert "raj             voted to reject M-3 Drop the password rule  Customers rely on it." in activity.text
    assert "kim             rolled back M-2 Name the plans  The names are not final." in activity.text


async def test_at_the_top_what_happens_is_followed(activity: Console, office: Office) -> None:
    assert "following" in activity.text
    await remark(office, "first", "second")
    await activity.on("raj             commented on M-6 Pay refunds within a week  second")
    await activity.sees("1 of 32", "following")


async def test_elsewhere_nothing_moves_and_what_is_new_is_counted(activity: Console, office: Office) -> None:
    await activity.press("j", "j", "j")
    row, line = activity.selected, activity.lines.index(activity.selected)
    assert "commented on M-7" in row
    await remark(office, "first", "second")
    await activity.sees("2 new", "6 of 32")
    assert activity.lines[line] == row
    assert "second" not in activity.text
    await activity.press("g")
    await activity.on("second")
    await activity.misses("2 new")


async def test_enter_goes_to_the_mutation_and_escape_back_to_the_event(activity: Console) -> None:
    await activity.press("j", "enter")
    await activity.sees("› M-7 Raise the session limit to 48 h")
    await activity.press("escape")
    await activity.sees("› Activity")
    await activity.on("M-7 Raise the session limit to 48 h is approved")


async def test_enter_goes_to_the_document_that_was_taken_under_review(activity: Console) -> None:
    await activity.press("G")
    await activity.on("changed the policy")
    await activity.press("k", "k", "k")
    await activity.on("took .lattice/specs/user-auth.json and 3 more documents under review")
    await activity.press("enter")
    await activity.sees("› Specs › .lattice/specs/user-auth.json", '"name": "user-auth"')
    await activity.press("escape")
    await activity.sees("› Activity")


async def test_enter_on_what_is_shown_nowhere_says_so(activity: Console) -> None:
    await activity.press("G", "k", "k", "k", "k")
    await activity.on("gave raj the role reviewer")
    await activity.press("enter")
    await activity.sees("This event is about the")


async def test_a_filter_narrows_by_name_actor_and_object(activity: Console) -> None:
    await activity.press("slash")
    await activity.type("name:mutation.* actor:kim M-2")
    await activity.press("enter")
    await activity.sees("/name:mutation.* actor:kim M-2", "1 of 5", "rolled back M-2")
    await activity.misses("M-8", "ana")
    await activity.press("escape")
    await activity.sees("Everything", "of 30")


async def test_a_key_behind_a_filter_opens_an_event_that_the_filter_lets_through(
    activity: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = activity.app.session.backend.events
    real = events.list

    async def slowly(**given: Any) -> Page[Event]:
        await asyncio.sleep(0.3)
        return await real(**given)

    monkeypatch.setattr(events, "list", slowly)
    activity.burst("/actor:ana\n\n")
    await activity.sees("1 Diff", "M-7 ")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("name:mutation.eaten", "there is no event mutation.eaten; known are mutation.created"),
        ("whose:kim", "there is no filter whose:; known are name:, actor:, object:"),
        ("actor:nobody", "There is no user nobody; known are ana, kim, raj, agent-7."),
        ("docs/none.md", "There is no mutation, document, spec or person docs/none.md"),
        ("M-99", "M-99"),
    ],
)
async def test_a_wrong_filter_says_in_place_what_is_wrong_and_can_be_mended(
    activity: Console, typed: str, problem: str
) -> None:
    await activity.press("slash")
    await activity.type(typed)
    await activity.press("enter")
    await activity.until(lambda: problem in " ".join(" ".join(activity.lines[1:5]).split()), problem)
    await activity.press("ctrl+u")
    await activity.type("user-auth")
    await activity.press("enter")
    await activity.sees("/user-auth", "updated the spec user-auth (1.2.0)", "1 of 1")


@pytest.mark.parametrize("typed", ["ana", "author:ana", "actor:ana"])
async def test_a_person_is_named_with_either_key_or_none(activity: Console, typed: str) -> None:
    await activity.press("slash")
    await activity.type(typed)
    await activity.press("enter")
    await activity.sees(f"/{typed}", "proposed M-7")
    await activity.misses("M-8")


async def test_what_matches_no_filter_says_how_to_change_it(activity: Console) -> None:
    await activity.press("slash")
    await activity.type("docs/refunds.md")
    await activity.press("enter")
    await activity.sees("No event matches.", "Esc drops it.")


async def test_a_filtered_log_follows_what_matches_and_nothing_else(activity: Console, office: Office) -> None:
    await activity.press("slash")
    await activity.type("name:mutation.commented")
    await activity.press("enter")
    await activity.sees("1 of 1")
    raj = await office.as_("raj")
    await raj.reviews.vote("M-6", vote="approve")
    await raj.reviews.comment("M-6", text="Good.")
    await raj.close()
    await activity.on("commented on M-6 Pay refunds within a week  Good.")
    await activity.sees("1 of 2")
    assert "voted" not in activity.text


async def test_a_new_title_is_shown_on_all_that_happened_to_the_mutation(activity: Console, office: Office) -> None:
    agent = await office.as_("agent-7")
    await agent.mutations.update("M-6", title="Pay refunds at once")
    await agent.close()
    await activity.sees("changed title of M-6 Pay refunds at once", "proposed M-6 Pay refunds at once")


async def test_a_long_log_is_read_in_pages_as_one_goes_down(office: Office) -> None:
    await remark(office, *(f"remark {number}" for number in range(250)))
    async with open_console(make_app(office, start="activity")) as console:
        await console.sees("1 of 200+", "remark 249")
        await console.press("G")
        await console.sees("of 280")
        await console.press("G")
        await console.on("changed the policy")


async def test_beside_a_wide_log_the_whole_event_is_told(office: Office) -> None:
    async with open_console(make_app(office, start="activity"), size=(160, 40)) as console:
        await console.press("j", "j", "j")
        await console.sees("If not, say so in the description.", "mutation.commented, number", "2026-03-02 10:50 UTC")


async def test_keys_stand_in_the_help(activity: Console) -> None:
    await activity.press("question_mark")
    await activity.sees("Drop the filter", "Filter", "Activity", "Home", "Specs")
