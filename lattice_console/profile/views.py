"""Saved views: filters with a name, the built-in ones and the person's own."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lattice_console.contract import filters
from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.contract.models.base import check_line
from lattice_console.contract.models.query import SORTS
from lattice_console.json_file import Content
from lattice_console.profile.store import JsonFile, Tell

__all__ = ["BUILT_IN", "SavedViews", "View"]

NAME_LIMIT = 60
FILTER_LIMIT = 2_000
VIEW_LIMIT = 100


def _slug(name: str) -> str:
    return "-".join(re.findall(r"\w+", name.casefold()))


@dataclass(frozen=True, slots=True)
class View:
    """A filter with a name, and an order for its list (empty: the list's own). `slug` is its name for commands."""

    name: str
    filter: str
    sort: str = ""
    slug: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.slug:
            object.__setattr__(self, "slug", _slug(self.name))


BUILT_IN = (
    View("Awaiting me", "is:awaiting", slug="awaiting"),
    View("Changed", "is:changed"),
    View("Mine", "is:mine is:open"),
    View("Ready", "is:ready"),
    View("All", ""),
)
"""The views that everybody has, in order. What is `Changed` did so since the actor's last review."""


class SavedViews:
    """The views of one person: those built in, then the own ones, kept under `views` in the profile at `path`."""

    def __init__(self, path: Path, tell: Tell) -> None:
        self._file = JsonFile(path, ("views",), tell, hand_written=True)
        self._tell = tell
        self._told: set[str] = set()

    def all(self) -> tuple[View, ...]:
        """Every view. An own one that cannot be used is passed over, and told of once."""
        return (*BUILT_IN, *self._own())

    def get(self, name: str) -> View:
        """The view of that name or slug, in any case; raises NotFound (`NF_VIEW`)."""
        views = self.all()
        slug = _slug(name)
        for view in views:
            if slug and slug in (view.slug, _slug(view.name)):
                return view
        known = ", ".join(view.slug for view in views)
        raise NotFound("NF_VIEW", f"There is no view {name!r}. Known are {known}.", known=[view.slug for view in views])

    def save(self, view: View) -> None:
        """Keep an own view, in the place of the one with its slug.

        Raises ValidationFailed: `VAL_VIEW` for its name or one view too many, `VAL_FILTER`, `VAL_SORT`.
        """
        _check(view)

        slug = _slug(view.name)
        kept = {"filter": view.filter, **({"sort": view.sort} if view.sort else {})}

        def change(content: Content) -> None:
            views: Content = content.get("views", {})
            known = [name for name in views if _slug(name) == slug]
            if not known and len(views) >= VIEW_LIMIT:
                raise _wrong(f"There are {VIEW_LIMIT} saved views already; remove one first.")
            if known:
                # In the old place, though perhaps with capitals where there were none.
                first = known[0]
                entries = [(view.name, kept) if name == first else (name, said) for name, said in views.items()]
                content["views"] = {name: said for name, said in entries if name not in known[1:]}
            else:
                content["views"] = {**views, view.name: kept}

        self._file.update(change)

    def remove(self, name: str) -> View:
        """Forget an own view, and return it; raises NotFound (`NF_VIEW`), and `VAL_VIEW` for a built-in one."""
        view = self.get(name)
        if view in BUILT_IN:
            raise _wrong(f"The view {view.name} is built in, and cannot be removed.")

        def change(content: Content) -> None:
            views = content.get("views", {})
            for same in [known for known in views if _slug(known) == view.slug]:
                del views[same]

        self._file.update(change)
        return view

    def _own(self) -> list[View]:
        views: dict[str, View] = {}
        for name, said in self._file.section("views").items():
            try:
                view = _read(name, said)
                _check_name(view)
                if view.slug in views:
                    raise _wrong(f"There are two of them that commands would call {view.slug}.")
            except ValidationFailed as error:
                self._pass_over(name, error)
            else:
                views[view.slug] = view
        return list(views.values())

    def _pass_over(self, name: str, error: ValidationFailed) -> None:
        message = f"The view {name!r} in {self._file.path} is not shown. {error.message} Mend or remove it there."
        if message not in self._told:
            self._told.add(message)
            self._tell(message)


def _read(name: str, said: Any) -> View:
    if isinstance(said, dict):
        text, sort = said.get("filter"), said.get("sort", "")
        if isinstance(text, str) and isinstance(sort, str):
            return View(name, text, sort)
    raise _wrong('It needs a text as its filter, as in {"filter": "is:open"}.')


def _check(view: View) -> None:
    _check_name(view)
    if len(view.filter) > FILTER_LIMIT:
        raise ValidationFailed(
            "VAL_FILTER",
            f"The filter is longer than {FILTER_LIMIT:,} characters; leave some of it out.",
            field="filter",
        )
    filters.parse(view.filter)
    if view.sort and view.sort not in SORTS:
        raise ValidationFailed(
            "VAL_SORT", f"There is no order {view.sort!r}. Known are {', '.join(SORTS)}.", field="sort"
        )


def _check_name(view: View) -> None:
    name = view.name
    try:
        check_line(name)
    except ValueError as error:
        raise _wrong(f"The name of a view {error}.") from None
    if not _slug(name) or name != name.strip() or len(name) > NAME_LIMIT:
        raise _wrong(
            f"A view's name has letters or digits, no blanks at its ends, and at most {NAME_LIMIT} characters."
        )
    for built_in in BUILT_IN:
        if _slug(name) in (built_in.slug, _slug(built_in.name)):
            raise _wrong(f"The view {built_in.name} is built in; choose another name.")


def _wrong(message: str) -> ValidationFailed:
    return ValidationFailed("VAL_VIEW", message, field="name")
