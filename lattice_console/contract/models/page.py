"""One window of a longer list."""

from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field

from lattice_console.contract.models.base import Count, Model

Item = TypeVar("Item")
Direction = Literal["next", "prev"]
Limit = Annotated[int, Field(ge=1, le=1000)]
"""How many items a page holds at most."""

Offset = Annotated[Count, Field(ge=0)]


class Page(Model, Generic[Item]):
    """`items` in the list's order; the cursors lead to the windows after and before.

    `total` counts the whole list; `has_more` says whether there is more in the direction that was asked for.
    """

    items: tuple[Item, ...]
    next_cursor: str | None = None
    prev_cursor: str | None = None
    has_more: bool = False
    total: int
