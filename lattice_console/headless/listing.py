"""Lists of mutations as the commands ask for them: filter words, saved views, an order, page after page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import click

from lattice_console import config
from lattice_console.contract import filters
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.mutation import MutationSummary
from lattice_console.contract.models.query import EVERYTHING, SORTS, MutationFilter, Sort
from lattice_console.headless import completing
from lattice_console.headless.session import Session
from lattice_console.profile.views import SavedViews

F = TypeVar("F", bound=Callable[..., Any])

PAGE = 1000
"""The largest page that a Backend gives."""

LANGUAGE = """FILTER words narrow the list: status: author: spec: type: label: path: vote: has: is: with values
    parted by commas, age:>2d, stack:12, and text to look for in title and number. `-` before a word turns it round,
    `or` parts alternatives. `author:me` are one's own, `is:awaiting` is what waits for you."""
"""What helps say about the filter language."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The mutations that a command asked for, `total` of all that match."""

    items: list[MutationSummary]
    total: int

    @property
    def has_more(self) -> bool:
        """Whether more match than were asked for."""
        return self.total > len(self.items)


def saved_views(session: Session) -> SavedViews:
    """The person's views; what cannot be used of them is narrated."""
    return SavedViews(config.profile_path(), session.output.say)


def narrowing(function: F) -> F:
    """`--view NAME` and `--filter F`."""
    for option in (
        click.option(
            "--view",
            metavar="NAME",
            shell_complete=completing.views,
            help="Those of a saved view, such as awaiting; see lattice view list.",
        ),
        click.option(
            "--filter",
            "narrowed",
            metavar="F",
            shell_complete=completing.filters,
            help="Those that a filter lets pass, in one argument: 'status:pending spec:payments'.",
        ),
    ):
        function = option(function)
    return function


def ordered(function: F) -> F:
    """`--sort S`."""
    return click.option(
        "--sort",
        metavar="S",
        type=click.Choice(SORTS),
        help="stack (newest first, parents before children), number, title, status, spec, author, age, votes, "
        "comments or updated; - before it turns it round. Default: the view's, else stack.",
    )(function)


def words(given: Sequence[str]) -> MutationFilter:
    """The filter that words of the shell say."""
    return filters.parse(" ".join(_quoted(word.strip()) for word in given))


def asked(
    session: Session, given: Sequence[str], narrowed: str | None, view: str | None, sort: str | None
) -> tuple[MutationFilter, Sort]:
    """What FILTER words, `--filter`, `--view` and `--sort` ask for together: all of it has to hold."""
    wanted = filters.both(words(given), filters.parse(narrowed or ""))
    order = sort or ""
    if view is not None:
        saved = saved_views(session).get(view)
        wanted, order = filters.both(filters.parse(saved.filter), wanted), order or saved.sort
    if order and order not in SORTS:
        raise ValidationFailed("VAL_SORT", f"There is no order {order!r}. Known are {', '.join(SORTS)}.", field="sort")
    return wanted, cast(Sort, order or "stack")


async def found(
    backend: Backend, wanted: MutationFilter = EVERYTHING, sort: Sort = "stack", limit: int | None = None
) -> Listed:
    """At most `limit` of the mutations that match (None: every one), in that order."""
    items: list[MutationSummary] = []
    cursor: str | None = None
    while True:
        size = PAGE if limit is None else min(PAGE, limit - len(items))
        page = await backend.mutations.list(filter=wanted, sort=sort, cursor=cursor, limit=size)
        items.extend(page.items)
        cursor = page.next_cursor
        if cursor is None or not page.has_more or (limit is not None and len(items) >= limit):
            return Listed(items, page.total)


def _quoted(word: str) -> str:
    """A word of the shell as one word of the filter language: what the shell's quotes held together stays together."""
    if not any(char.isspace() for char in word) or '"' in word:
        return word
    sign, bare = ("-", word[1:]) if word.startswith("-") else ("", word)
    key, colon, value = bare.partition(":")
    return f'{sign}{key}:"{value}"' if colon and key in filters.KEYS else f'{sign}"{bare}"'
