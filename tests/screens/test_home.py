"""Home: what awaits me, what ran, what happened."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.screens import connection
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.support.changes import create


@pytest.fixture
async def home(office: Office) -> AsyncIterator[Console]:
    """The console of kim, opened at home."""
    async with open_console(make_app(office, start="home")) as console:
        await console.sees("Awaiting me  4", "drafted M-8")
        yield console


async def test_the_console_opens_at_home_where_it_is_asked_to(home: Console) -> None:
    assert "billing-specs › Home" in home.lines[0]
    assert "8 mutations" in home.lines[1]
    assert "○ 3 pending" in home.lines[1]
    await home.press("f2")
    await home.sees("› Queue")
    await home.press("f9")
    await home.sees("› Home")


async def test_what_awaits_me_stands_there_with_the_oldest_first(home: Console) -> None:
    assert "the oldest for 8h" in home.line("Awaiting me")
    rows = home.lines[home.lines.index(home.line("Awaiting me")) + 1 :][:4]
    assert [row.split()[1] for row in rows] == ["4", "5", "6", "8"]
    # Approved, so nothing is asked of kim as a reviewer.
    assert not any("Raise the session limit" in row for row in rows)


async def test_what_ran_lately_says_how_it_ended(home: Console) -> None:
    assert "rolled back" in home.line("Name the plans ")
    assert "completed" in home.line("Limit sign-ins per minute  ")


async def test_a_section_says_how_many_it_has_no_room_for(office: Office) -> None:
    agent, kim = await office.as_("agent-7"), await office.as_("kim")
    for number in range(9, 15):
        await agent.mutations.create(title=f"Write page {number}", changes=[create(f"docs/{number}.md")])
        await kim.reviews.vote(f"M-{number}", vote="approve")
        await kim.executions.execute(f"M-{number}")
    await agent.close()
    await kim.close()
    async with open_console(make_app(office, start="home"), size=(80, 24)) as console:
        await console.sees("Ran and failed lately  8")
        assert console.line("Ran and failed lately").rstrip().endswith("and 4 more")
        assert "more" not in console.line("Awaiting me")


async def test_one_goes_down_through_the_sections_as_if_they_were_one_list(home: Console) -> None:
    assert "@click" in home.selected
    await home.press("j", "j", "j")
    assert "Tighten the password rule" in home.selected
    await home.press("j")
    assert "Name the plans" in home.selected
    await home.press("j", "j")
    assert "drafted M-8" in home.selected
    await home.press("k")
    assert "Limit sign-ins" in home.selected


async def test_tab_and_numbers_lead_from_section_to_section(home: Console) -> None:
    await home.press("tab")
    await home.on("Name the plans")
    await home.press("tab")
    await home.on("drafted M-8")
    await home.press("tab")
    await home.sees("Enter in the queue")
    await home.press("tab")
    await home.on("@click")
    await home.press("shift+tab", "shift+tab")
    await home.on("drafted M-8")
    await home.press("2")
    await home.on("Name the plans")


async def test_enter_opens_the_mutation_and_escape_comes_back_to_its_row(home: Console) -> None:
    await home.press("j", "j", "enter")
    await home.sees("› M-6 Pay refunds within a week", "paid within 7 days")
    await home.press("escape")
    await home.sees("› Home")
    await home.on("Pay refunds within a week")


async def test_enter_on_what_happened_opens_what_it_happened_to(home: Console) -> None:
    await home.press("3", "j")
    await home.on("M-7 Raise the session limit to 48 h is approved")
    await home.press("enter")
    await home.sees("› M-7 Raise the session limit to 48 h")


async def test_what_others_do_appears_by_itself_and_the_cursor_stays_on_its_row(home: Console, office: Office) -> None:
    await home.press("j")
    await home.on("Deploy 1.4.2")
    agent, kim = await office.as_("agent-7"), await office.as_("kim")
    made = await agent.mutations.create(title="Explain the token", changes=[create("docs/token.md")])
    await home.sees("Awaiting me  5", "proposed M-9 Explain the token", "9 mutations")
    await kim.reviews.vote(made.id, vote="approve")
    await kim.executions.execute(made.id)
    await home.sees("Awaiting me  4", "executed M-9 Explain the token", "● 2 completed")
    assert "completed" in home.line("9  Explain the token")
    assert "Deploy 1.4.2" in home.selected
    await agent.close()
    await kim.close()


async def test_what_happens_elsewhere_is_read_when_home_is_looked_at_again(home: Console, office: Office) -> None:
    await home.press("f6")
    await home.sees("› Activity")
    agent = await office.as_("agent-7")
    await agent.mutations.create(title="Explain the token", changes=[create("docs/token.md")])
    await agent.close()
    await home.sees("proposed M-9")
    await home.press("f9")
    await home.sees("Awaiting me  5")


async def test_a_hail_of_events_is_read_once_not_once_for_each(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "FLUSH", 0.0)
    counted = 0

    class Counting:
        """A Backend that counts how often the mutations are counted."""

        def __init__(self, backend: Backend) -> None:
            self.backend = backend
            self.mutations = self

        def __getattr__(self, name: str) -> Any:
            return getattr(self.backend.mutations if name in ("list", "get") else self.backend, name)

        async def counts(self) -> Any:
            nonlocal counted
            counted += 1
            return await self.backend.mutations.counts()

    async def connect() -> Any:
        return Counting(await office.as_("kim"))

    async with open_console(make_app(office, start="home", open_backend=connect)) as console:
        await console.sees("drafted M-8")
        before = counted
        raj = await office.as_("raj")
        for number in range(30):
            await raj.reviews.comment("M-6", text=f"remark {number}")
        await console.sees("remark 29")
        assert counted - before <= 8
        await raj.close()


async def test_who_has_nothing_waiting_is_told_where_the_rest_is(office: Office) -> None:
    async with open_console(make_app(office, actor="ana", start="home")) as console:
        await console.sees("Nothing awaits you. F2 shows the queue")


async def test_a_new_project_says_what_will_stand_here(office: Office, tmp_path: Any) -> None:
    from lattice_console.ops.init import init

    root = tmp_path / "new"
    root.mkdir()
    fresh = Office(root, office.clock)
    await init(root, name="new", actor="kim", connect=fresh.connect)
    async with make_app(fresh, start="home").run_test(size=(80, 24)) as pilot:
        console = Console(pilot.app, pilot)  # type: ignore[arg-type]  # it is the app that was made
        await console.sees("Nothing awaits you", "Nothing has been executed yet", "0 mutations")


async def test_home_that_cannot_be_read_says_why_and_r_tries_again(office: Office) -> None:
    from lattice_console.contract.errors import NotFound

    there = False

    async def connect() -> Backend:
        if not there:
            raise NotFound("NF_PROJECT", "The project's database is gone.")
        return await office.as_("kim")

    app = make_app(office, open_backend=connect, start="home")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        console = Console(app, pilot)
        await console.sees("The project's database is gone.", "R tries again", "local · not open")
        there = True
        await console.press("R")
        await console.sees("Awaiting me  4", "live")


async def test_the_keys_of_home_stand_in_the_help_and_in_the_palette(home: Console) -> None:
    await home.press("question_mark")
    await home.sees("What awaits me", "What ran and failed lately", "Home")
    await home.press("escape")
    await home.press("colon")
    await home.type("what happened")
    await home.press("enter")
    await home.on("drafted M-8")


async def test_keys_that_do_something_elsewhere_say_why_they_do_not_at_home(home: Console) -> None:
    await home.press("slash")
    await home.sees("Home shows everything. F2 is the queue")
    await home.press("escape")
    await home.sees("Nothing is open here that Esc could leave.")


async def test_hostile_titles_act_on_nothing_at_home(home: Console) -> None:
    assert "[@click=app.leave]press[/] ⟨U+202E⟩gnp.exe" in home.text
    await home.pilot.click(offset=(12, 4))
    await home.sees("› Home")


async def test_a_click_moves_the_cursor_and_a_second_one_opens(home: Console) -> None:
    line = home.lines.index(home.line("Pay refunds within a week  "))
    await home.pilot.click(offset=(12, line))
    await home.on("Pay refunds")
    await home.pilot.click(offset=(12, line), times=2)
    await home.sees("› M-6 Pay refunds")


async def test_in_ascii_no_other_sign_is_drawn(office: Office) -> None:
    settings = replace(office.settings(), ascii=True)
    async with open_console(make_app(office, settings=settings, start="home"), size=(200, 50)) as console:
        await console.sees("drafted M-8")
        own = [line for line in console.lines if "gnp.exe" not in line and "click" not in line]
        assert all(char.isascii() for line in own for char in line)


async def test_enter_on_a_count_opens_the_queue_filtered_to_that_state(home: Console) -> None:
    await home.press("k", "right", "enter")
    await home.sees("› Queue", "/status:approved", "1 of 1", "Raise the session limit", "Backspace drops the filter")
    await home.press("f9", "left", "enter")
    await home.sees("/status:pending", "1 of 3")


async def test_a_click_on_a_count_does_so_too(home: Console) -> None:
    await home.pilot.click(offset=(home.lines[1].index("completed") + 2, 1))
    await home.sees("› Queue", "/status:completed", "1 of 1")


async def test_a_count_among_bars_is_chosen_by_going_down(office: Office) -> None:
    async with open_console(make_app(office, start="home"), size=(200, 50)) as console:
        await console.sees("drafted M-8")
        await console.press("0", "down")
        assert "approved" in next(line for line in console.lines if f"{console.bar}✓ approved" in line)
        await console.press("enter")
        await console.sees("› Queue", "/status:approved", "1 of 1")


async def test_from_the_counts_one_goes_on_into_what_awaits_me(home: Console) -> None:
    await home.press("0", "j")
    await home.on("@click")
