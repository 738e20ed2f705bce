"""What a shell completes: mutations, specs, people, views and words of a filter, quickly and in silence.

Nothing here connects to an engine, which takes too long between two keys: the session's `glance` looks at what there
is. Outside of a project, and where anything is in the way, there is nothing to complete.
"""

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

from lattice_console import config
from lattice_console.contract.errors import LatticeError
from lattice_console.headless.glance import MOST, Glance, Named
from lattice_console.headless.session import Session
from lattice_console.text import inert


def mutations(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Mutations by number; `M-` may stand before it."""
    sign, digits = ("M-", incomplete[2:]) if incomplete[:2].upper() == "M-" else ("", incomplete)
    if digits and not (digits.isascii() and digits.isdigit()):
        return []
    given = {str(one).upper().removeprefix("M-") for one in ctx.params.get("mutations") or ()}
    found = _glance(ctx, lambda glance: glance.mutations(digits, MOST))
    return [CompletionItem(f"{sign}{number}", help=about) for number, about in found if number not in given]


def comments(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Comments of the mutation that the command line names."""
    number = str(ctx.params.get("mutation") or "").upper().removeprefix("M-")
    if not (number.isascii() and number.isdigit()):
        return []
    return _beginning(_glance(ctx, lambda glance: glance.comments(int(number))), incomplete)


def specs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Specs by name."""
    return _beginning(_glance(ctx, lambda glance: glance.specs()), incomplete)


def people(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Members by handle."""
    return _beginning(_glance(ctx, lambda glance: glance.people()), incomplete)


def views(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Saved views by name."""
    from lattice_console.profile.views import SavedViews

    known = SavedViews(config.profile_path(), lambda told: None).all()
    return _beginning([(view.slug, view.filter) for view in known], incomplete)


def filters(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Words of the filter language: fields, then their values."""
    from lattice_console.contract.filters import KEYS, VALUES

    before, _, word = incomplete.rpartition(" ")
    lead = f"{before} " if before else ""
    sign, bare = ("-", word[1:]) if word.startswith("-") else ("", word)
    key, colon, value = bare.partition(":")
    if not colon:
        return [CompletionItem(f"{lead}{sign}{one}:") for one in KEYS if one.startswith(bare)]
    said, comma, last = value.rpartition(",")
    known: Iterable[Named] = [(one, "") for one in VALUES.get(key, ())]
    if key == "author":
        known = [("me", "your own"), *_glance(ctx, lambda glance: glance.people())]
    elif key == "spec":
        known = _glance(ctx, lambda glance: glance.specs())
    begun = f"{lead}{sign}{key}:{said}{comma}"
    return [CompletionItem(f"{begun}{one}", help=about) for one, about in known if one.startswith(last)]


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files, which the shell knows best."""
    return [CompletionItem(incomplete, type="file")]


def _beginning(found: Iterable[Named], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name, help=about) for name, about in found if name.startswith(incomplete)][:MOST]


def _glance(ctx: click.Context, look: Callable[[Glance], Iterable[Named]]) -> list[Named]:
    session = ctx.find_object(Session)
    if session is None:
        return []
    try:
        glance = session.glance()
        # One line each, and nothing that a shell could act upon.
        return [(name, inert(about)) for name, about in look(glance) if name == inert(name)] if glance else []
    except (LatticeError, OSError):
        return []
