"""More of the project, for the queue: a stack of three, and two that stand alone, all of them proposed by agent-7."""

from collections.abc import Sequence

from lattice_console.contract.models.mutation import Mutation
from tests.screens.project import Office
from tests.support.changes import create, modify

STACK = ("Split invoice lines", "Tax per line", "Round each line")


async def stack_up(office: Office, *, approved: Sequence[str] = ()) -> list[Mutation]:
    """Propose the stack and the two others; raj approves those that are named."""
    agent, raj = await office.as_("agent-7"), await office.as_("raj")
    made: list[Mutation] = []
    for at, title in enumerate(STACK):
        content = "".join(f"{line}\n" for line in STACK[: at + 1]).encode()
        change = modify("docs/lines.md", content) if made else create("docs/lines.md", content)
        parents = [made[-1].id] if made else []
        made.append(await agent.mutations.create(title=title, changes=[change], parents=parents, labels=["billing"]))
    for title in ("Name the currency", "Round up late fees"):
        path = f"docs/{title.split()[-1]}.md"
        made.append(await agent.mutations.create(title=title, changes=[create(path, b"One.\n")], spec="payments"))
    for one in made:
        if one.title in approved:
            await raj.reviews.vote(one.id, vote="approve")
    await agent.close()
    await raj.close()
    return made
