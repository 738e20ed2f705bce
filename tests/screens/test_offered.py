"""What the footer offers first, and what stands above a mutation about one's own vote."""

from lattice_console.widgets.bottom_line import BottomLine
from tests.screens.console import Console, make_app, open_console
from tests.screens.project import Office
from tests.screens.reviewing import acting, opened
from tests.support.changes import create


def offers(console: Console) -> tuple[str, ...]:
    """What the keys of the footer do, from the left."""
    return tuple(name for _, name in console.app.screen.query_one(BottomLine).hints)


async def on_offer(console: Console, *names: str) -> None:
    """Wait until the footer begins with these."""
    await console.until(lambda: offers(console)[: len(names)] == names, f"{names} in the footer")


async def test_the_footer_leads_with_a_verdict_where_it_waits_for_mine(console: Console) -> None:
    await console.go_to("Pay refunds")
    await on_offer(console, "approve", "request changes", "comment", "open")
    await console.press("enter")
    await console.sees("pending · your turn · agent-7")
    await on_offer(console, "approve", "request changes", "comment")


async def test_nobody_is_offered_to_approve_their_own(office: Office) -> None:
    async with acting(office, "kim") as kim:
        await kim.mutations.create(title="Say hello", changes=[create("docs/hello.md", b"Hello\n")])
    async with open_console(make_app(office)) as console:
        await console.go_to("Say hello")
        await on_offer(console, "open", "comment", "filter")
        await opened(console, "Say hello")
        await on_offer(console, "comment", "next hunk")


async def test_a_role_is_offered_only_what_it_may_do(office: Office) -> None:
    async with open_console(make_app(office, actor="agent-7")) as console:
        await console.go_to("Raise the session")
        await on_offer(console, "dry run", "comment", "open")
        await console.go_to("Limit sign-ins")
        await on_offer(console, "open", "comment")
        await opened(console, "Limit sign-ins")
        await on_offer(console, "comment", "next hunk")


async def test_who_has_approved_is_told_so_and_not_offered_to_approve_again(office: Office) -> None:
    async with acting(office, "kim") as kim:
        await kim.team.add(user="nora", role="reviewer")
        found = next(one for one in (await kim.mutations.list()).items if one.title == "Pay refunds within a week")
        # An objection keeps it pending, whoever approves.
        await kim.reviews.vote(found.id, vote="request_changes", comment="Seven days?")
    async with open_console(make_app(office, actor="nora")) as console:
        await opened(console, "Pay refunds")
        await console.press("a")
        await console.sees("agent-7's turn · you approved")
        await on_offer(console, "comment", "request changes", "withdraw my vote")
        await console.press("escape")
        await on_offer(console, "open", "comment")


async def test_a_role_that_may_not_is_named_with_those_that_may(office: Office) -> None:
    async with open_console(make_app(office, actor="ana")) as console:
        await console.go_to("Pay refunds")
        await console.press("a")
        await console.sees("Not approved: Your role does not allow it;", "the roles owner, admin and")
