"""Saved views: where the queue opens, turning to others, counts beside them, saving and removing."""

from pathlib import Path

from lattice_console.config import profile_path
from lattice_console.profile.views import SavedViews
from lattice_console.widgets.queue_views import QueueViews
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.support.changes import create


def current(console: Console) -> str:
    line = console.app.screen.query_one(QueueViews)
    return line.names[line.current]


async def test_the_first_start_opens_on_what_waits_for_me(office: Office) -> None:
    async with open_console(make_app(office, view=None)) as console:
        await console.sees("Awaiting me 4   Changed 0   Mine 1   Ready 1   All 8", "1 of 4")
        assert current(console) == "Awaiting me"


async def test_where_nothing_waits_the_first_start_opens_on_everything(office: Office) -> None:
    async with open_console(make_app(office, actor="agent-7", view=None)) as console:
        await console.sees("Awaiting me 0", "1 of 8")
        assert current(console) == "All"


async def test_tab_digits_and_clicks_turn_to_other_views(console: Console) -> None:
    await console.press("tab")
    await console.sees("1 of 4")
    assert current(console) == "Awaiting me"
    await console.press("shift+tab", "4")
    await console.sees("1 of 1", "Raise the session limit")
    assert current(console) == "Ready"
    await console.pilot.click(QueueViews, offset=(console.lines[1].index("Mine") + 1, 0))
    await console.on("Tighten the password rule")
    assert current(console) == "Mine"
    await console.press("8")
    await console.sees("There are 5 views, and none has the number 8")


async def test_an_empty_view_says_why_and_which_key_leads_on(console: Console) -> None:
    await console.press("2")
    await console.sees("Nothing has changed since you reviewed it.", "5 shows all 8 mutations.", "Tab goes to the next")
    await console.press("5")
    await console.sees("1 of 8")


async def test_after_an_empty_view_the_keys_of_the_list_work_at_once(console: Console) -> None:
    await console.press("2")
    await console.until(lambda: not any(line.startswith(console.bar) for line in console.lines), "an empty view")
    await console.press("5")
    await console.on("Tighten")
    await console.press("j", "space")
    await console.on("Pay refunds")
    await console.sees("1 marked")


async def test_nothing_waits_for_me_says_so(office: Office) -> None:
    async with open_console(make_app(office, actor="agent-7")) as console:
        await console.press("1")
        await console.sees("Nothing waits for you.", "5 shows all 8 mutations.")


async def test_counts_follow_what_happens(console: Console, office: Office) -> None:
    await console.sees("Awaiting me 4", "All 8")
    ana = await office.as_("ana")
    await ana.mutations.create(title="Explain the refresh token", changes=[create("docs/token.md")])
    await ana.close()
    await console.sees("Awaiting me 5", "All 9")


async def test_what_is_shown_becomes_a_view_with_a_name_and_is_there_after_a_restart(office: Office) -> None:
    async with open_console(make_app(office)) as console:
        await console.press("V")
        await console.sees("There is nothing to save yet")
        await console.press("1")
        await console.sees("1 of 4")
        await console.press("slash")
        await console.type("author:agent-7 or refunds")
        await console.press("enter", "V")
        await console.sees("Save is:awaiting and author:agent-7 or refunds as a view beside the others")
        await console.sees("It is kept for you on", "this machine, in every project and whoever you act as")
        await console.press("enter")
        await console.sees("A view needs a name.")
        await console.type("Agent")
        await console.misses("A view needs a name.")
        await console.press("enter")
        await console.sees("Saved the view Agent.", "Agent 3", "1 of 3")
        assert current(console) == "Agent"
        assert "/" not in console.lines[1]
    assert SavedViews(profile_path(), print).get("agent").filter == "is:awaiting author:agent-7 or is:awaiting refunds"
    async with open_console(make_app(office)) as console:
        await console.sees("Agent 3", "1 of 3")
        assert current(console) == "Agent"


async def test_a_view_is_removed_by_key_but_not_one_that_is_built_in(console: Console) -> None:
    await console.press("D")
    await console.sees("Not removed: the view All is built in.")
    await console.press("slash")
    await console.type("refunds")
    await console.press("enter", "V")
    await console.sees("What is it called?")
    await console.type("Late")
    await console.press("enter")
    await console.sees("Late 1")
    await console.press("D")
    await console.sees("Remove the view Late (refunds): its mutations stay as they are.")
    await console.press("enter")
    await console.sees("Removed the view Late.", "3 of 8")
    assert "Late 1" not in console.text
    assert current(console) == "All"


async def test_a_name_that_cannot_be_had_is_refused_with_the_reason(console: Console) -> None:
    await console.press("slash")
    await console.type("refunds")
    await console.press("enter", "V")
    await console.sees("What is it called?")
    await console.type("mine")
    await console.press("enter")
    await console.sees("Not saved: The view Mine is built in; choose another name.")


async def test_a_view_and_a_filter_that_name_the_same_key_are_not_saved_as_one(console: Console) -> None:
    saved = SavedViews(profile_path(), print)
    for text, name in (("status:pending", "Open ones"), ("status:approved", "None")):
        await console.press("slash")
        await console.type(text)
        await console.press("enter", "V")
        await console.sees("What is it called?")
        await console.type(name)
        await console.press("enter")
        await console.misses("What is it called?")
    await console.sees("Not saved: The view and the filter both name status:")
    assert saved.all()[-1].name == "Open ones"


def test_nobodys_own_profile_is_written_to(tmp_path: Path, office: Office) -> None:
    assert profile_path().is_relative_to(tmp_path)
    assert office.root.is_relative_to(tmp_path)
