"""What stands in place of an empty queue: why it is empty, and the key that leads on."""

from collections.abc import Callable

from lattice_console.screens.queue_choice import AWAITING, EVERYTHING, Query
from lattice_console.text import count

__all__ = ["instead_of_rows"]

_NOTHING: dict[str, str] = {
    AWAITING.slug: "Nothing waits for you.",
    "changed": "Nothing has changed since you reviewed it.",
    "mine": "Nothing of yours is open.",
    "ready": "Nothing is ready to be executed: approved, and standing on nothing that is still to be.",
}

_FIRST_STEPS = """Nothing has been proposed yet.

Bring files under review:    lattice track 'docs/*.yaml'
Propose what you changed:    lattice mutation create --title "…" --files docs/api.yaml
Or propose a new spec:       lattice spec create --name user-auth --template authentication

What is proposed appears here by itself."""


def instead_of_rows(
    query: Query, everything: int | None, views: int, key: Callable[[str], str], doubt: str = ""
) -> str:
    """The words for an empty list; `everything` is how many mutations there are, None while that is not known.

    `views` is the number of the view of all, from 1; `key` prints the key of an action. `doubt` is said of a
    name in the filter that nobody has.
    """
    if query.typed:
        name = "" if query.view == EVERYTHING else f" of {query.view.name!r}"
        return (
            f"No mutation{name} matches {query.typed}\n{doubt}\n"
            f"{key('queue.filter')} changes the filter.   {key('queue.drop_filter')} drops it."
        )
    if query.view == EVERYTHING:
        return _FIRST_STEPS
    told = _NOTHING.get(query.view.slug, f"Nothing matches {query.view.filter}")
    every = f"all {count(everything, 'mutation')}" if everything else "everything"
    return f"{told}\n\n{views} shows {every}.   {key('queue.next_view')} goes to the next view."
