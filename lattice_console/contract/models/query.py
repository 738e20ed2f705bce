"""Which mutations a list means, and in which order."""

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from lattice_console.contract.models.base import SEVERAL_LIMIT, Count, Line, Model
from lattice_console.contract.models.mutation import Status
from lattice_console.contract.models.project import Vote

Lines = Annotated[tuple[Line, ...], Field(max_length=SEVERAL_LIMIT)]
AGE_LIMIT = 1e10
"""The age, in seconds, that a filter can name at most: some three hundred years, so that it is a date."""

Seconds = Annotated[float, Field(ge=0, le=AGE_LIMIT, allow_inf_nan=False)]

Condition = Literal["open", "ended", "mine", "awaiting", "changed", "reviewed", "ready", "stacked", "conflicted"]
"""What a mutation can be: still to come or ended; the actor's own, waiting for the actor, changed since the actor's
last review, reviewed by the actor; executable as far as votes and parents go; on others yet to be executed; in a
conflict that a person must decide."""

Having = Literal["comments", "threads", "votes", "objections", "parents", "files", "labels", "conflict"]
"""What a mutation can have; `threads` are open ones, `votes` those that count now, a `conflict` one for a person."""

Voted = Vote | Literal["none"]

_NESTING = 4
_SIZE = 500


class MutationFilter(Model):
    """What a list of mutations is narrowed to: every given field must hold, any of its values satisfies it.

    `author` takes handles, or `me`; `text` words are all looked for in title and number; `min_age` and `max_age` are
    seconds since it was proposed; `stack` takes the number of any mutation of a stack, `number` those of mutations
    themselves. Filters within: `all` must hold too, of `either` at least one where there are any, of `without` none.
    """

    number: Annotated[tuple[Count, ...], Field(max_length=SEVERAL_LIMIT)] = ()
    status: Annotated[tuple[Status, ...], Field(max_length=SEVERAL_LIMIT)] = ()
    author: Lines = ()
    spec: Lines = ()
    type: Lines = ()
    label: Lines = ()
    path: Lines = ()
    text: Lines = ()
    vote: Annotated[tuple[Voted, ...], Field(max_length=SEVERAL_LIMIT)] = ()
    having: Annotated[tuple[Having, ...], Field(max_length=SEVERAL_LIMIT)] = ()
    condition: Annotated[tuple[Condition, ...], Field(max_length=SEVERAL_LIMIT)] = ()
    min_age: Seconds | None = None
    max_age: Seconds | None = None
    stack: Count | None = None
    all: Annotated[tuple["MutationFilter", ...], Field(max_length=SEVERAL_LIMIT)] = ()
    either: Annotated[tuple["MutationFilter", ...], Field(max_length=SEVERAL_LIMIT)] = ()
    without: Annotated[tuple["MutationFilter", ...], Field(max_length=SEVERAL_LIMIT)] = ()

    @model_validator(mode="after")
    def _check_size(self) -> Self:
        level: list[MutationFilter] = [self]
        size = 0
        for _ in range(_NESTING):
            # A database takes no condition of any length: the filters within count, and every value.
            size += sum(len(value) for one in level for _, value in one if isinstance(value, tuple))
            level = [inner for one in level for inner in (*one.all, *one.either, *one.without)]
        if level or size > _SIZE:
            raise ValueError("is longer than anybody reads; leave some of it out")
        return self


EVERYTHING = MutationFilter()
"""Narrows nothing."""

Sort = Literal[
    "stack",
    "number",
    "-number",
    "title",
    "-title",
    "status",
    "-status",
    "spec",
    "-spec",
    "author",
    "-author",
    "age",
    "-age",
    "votes",
    "-votes",
    "comments",
    "-comments",
    "updated",
    "-updated",
]
"""The order of a list: by stacks, the newest first and parents before children, or by a column; `-` is falling.

By `age` the youngest come first, by `updated` what was last touched longest ago; mutations of equal value follow by
number, which falls where the order does.
"""

SORTS: tuple[str, ...] = get_args(Sort)
"""Every order by its name."""
