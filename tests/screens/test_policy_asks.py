"""What the policy asks of a mutation beside its changes: it is asked of the person who hands it in."""

import json

from tests.screens.console import Console, make_app, open_console
from tests.screens.project import SPEC, Office
from tests.screens.reviewing import acting, mutation
from tests.support.changes import create, modify

AUTH = ".lattice/specs/user-auth.json"
CONFIG = ".lattice/config.json"
COLLABORATION = ".lattice/collaboration/spec-collaboration.json"
DRAFT = "Tighten the password rule"


async def ask_for_tickets(office: Office, *, reasons: bool = False) -> None:
    """Let the policy ask for tickets of the form SEC-1, and for reasons why a version is less than proposed."""
    config = json.loads((office.root / CONFIG).read_bytes())
    config["workflows"] = {"require_ticket": True, "ticket_pattern": "SEC-[0-9]+"}
    versions = {"version_control": {"comment_required": reasons}}
    changes = [modify(CONFIG, json.dumps(config).encode()), create(COLLABORATION, json.dumps(versions).encode())]
    async with acting(office, "kim") as kim, acting(office, "raj") as raj:
        made = await kim.mutations.create(title="Ask for tickets", changes=changes)
        await raj.reviews.vote(made.id, vote="approve")
        await kim.executions.execute(made.id)


async def done(console: Console) -> None:
    """Wait until an act has come to its end, and what was typed for it is kept."""
    acts = [one for one in console.app.workers if one.group == "acts"]
    await console.until(lambda: all(one.is_finished for one in acts), "the act to end")
    await console.app.session.keeping.settled()


async def test_who_submits_a_draft_is_asked_for_all_that_the_policy_wants(office: Office) -> None:
    await ask_for_tickets(office, reasons=True)
    async with acting(office, "kim") as kim:
        await kim.mutations.update("M-8", changes=[modify(AUTH, SPEC.replace(b"24 hours", b"8 hours"))])
    async with open_console(make_app(office), (80, 24)) as console:
        await console.go_to("Tighten the")
        await console.press("S")
        await console.sees("Not submitted yet: A mutation needs a ticket of the form SEC-[0-9]+ here", "set the ticket")
        await console.sees(f"Which ticket asks for M-8 {DRAFT}?")
        await console.press("ctrl+s")
        await console.sees("A ticket has a name, such as SEC-123.")
        await console.type("none")
        await console.press("ctrl+s")
        await console.sees('Not submitted yet: The ticket "none" does not fit SEC-[0-9]+.')
        await console.press("ctrl+u")
        await console.type("SEC-7")
        await console.press("ctrl+s")
        await console.sees("user-auth states 1.2.0, and 2.0.0 is proposed", "give a reason for the version")
        await console.type("Nobody relied\non it.")
        await console.press("ctrl+s")
        await console.sees("M-8 is pending now.")
    found = await mutation(office, "M-8")
    assert found.status == "pending"
    assert found.metadata == {"ticket_id": "SEC-7", "version_reason": "Nobody relied on it."}


async def test_who_leaves_the_question_for_a_ticket_has_submitted_nothing(office: Office) -> None:
    await ask_for_tickets(office)
    async with open_console(make_app(office)) as console:
        await console.go_to(DRAFT)
        await console.press("S")
        await console.sees("Which ticket asks for M-8")
        await console.type("SEC-4711")
        await console.press("escape")
        await console.misses("Which ticket asks for M-8", "SEC-4711")
        await done(console)
        await console.press("S")
        await console.sees("Which ticket asks for M-8", "SEC-4711")
    found = await mutation(office, "M-8")
    assert (found.status, found.metadata) == ("draft", {})


async def test_a_ticket_is_set_by_the_name_of_the_action(console: Console, office: Office) -> None:
    await console.go_to(DRAFT)
    for ticket, begun in ("SEC-7", ""), ("SEC-71", "SEC-7"):
        await console.press("colon")
        await console.type("ticket")
        await console.sees("Set the ticket")
        await console.press("enter")
        await console.sees("Which ticket asks for M-8", "ctrl+s set the ticket")
        await console.type(ticket.removeprefix(begun))
        await console.press("ctrl+s")
        await console.sees(f"The ticket of M-8: {ticket}.")
        await done(console)
    assert (await mutation(office, "M-8")).metadata == {"ticket_id": "SEC-71"}


async def test_a_reason_for_the_version_is_given_by_the_name_of_the_action(console: Console, office: Office) -> None:
    await console.go_to("Raise the session")
    await console.press("enter")
    await console.sees("1 Diff 4 files")
    await console.press("colon")
    await console.type("version")
    await console.press("enter")
    await console.sees("state a lower version of a spec than is proposed?")
    await console.type("Agreed.")
    await console.press("ctrl+s")
    await console.sees("The reason for the version of M-7: Agreed.")
    assert (await mutation(office, "M-7")).metadata == {"version_reason": "Agreed."}


async def test_what_is_missing_is_advised_in_the_overview_and_enter_gives_it(office: Office) -> None:
    await ask_for_tickets(office)
    async with open_console(make_app(office), (80, 24)) as console:
        await console.go_to("Tighten the")
        await console.press("enter")
        await console.sees("1 Diff no files")
        await console.quiet()
        await console.press("2", "G")
        await console.sees("! A mutation needs a ticket of the form SEC-[0-9]+ here", "Enter names one here.")
        for _ in range(20):
            if "! A mutation needs" in console.selected:
                break
            await console.press("k")
        await console.press("enter")
        await console.sees("Which ticket asks for M-8")
        await console.type("SEC-7")
        await console.press("ctrl+s")
        await console.sees("The ticket of M-8: SEC-7.")
        await console.misses("! A mutation needs")


async def test_the_ticket_of_what_is_executed_cannot_be_set(console: Console) -> None:
    await console.go_to("Limit sign-ins")
    await console.press("colon")
    await console.type("ticket")
    await console.press("enter")
    await console.sees("Ticket not set: It can no longer be changed")
