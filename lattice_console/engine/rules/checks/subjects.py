"""What requirements are about, as far as a list of English words tells: a spec of many subjects is hard to own.

Only a requirement that is about one subject alone counts for it: what names two, such as refunds of orders, joins them.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

__all__ = ["MANY", "among"]

MANY: Final = 3
"""From how many subjects on a spec is about many."""

_LENGTH: Final = 2_000
"""How many characters of a requirement are looked at."""

_SUBJECTS: Final[Mapping[str, frozenset[str]]] = {
    "accounts": frozenset(
        "account accounts login logins logout password passwords profile profiles register registers registration "
        "session sessions signup signin".split()
    ),
    "calendars": frozenset("appointment appointments calendar calendars meeting meetings".split()),
    "files": frozenset(
        "attachment attachments download downloads file files folder folders upload uploads uploaded".split()
    ),
    "messages": frozenset(
        "chat chats conversation conversations inbox message messages notification notifications".split()
    ),
    "orders": frozenset("basket baskets cart carts checkout delivery order orders shipment shipments shipping".split()),
    "payments": frozenset(
        "bill billing bills invoice invoices pay payment payments refund refunds subscription subscriptions".split()
    ),
    "reports": frozenset("analytics chart charts dashboard dashboards report reports statistics".split()),
    "search": frozenset("ranking search searched searches searching".split()),
}

_WORD: Final = re.compile(r"[a-z]+")


def among(requirements: Iterable[str]) -> list[str]:
    """The subjects that requirements are about, each of at least one that is about it alone, in order."""
    found: set[str] = set()
    for text in requirements:
        words = set(_WORD.findall(text[:_LENGTH].lower()))
        named = [subject for subject, its in _SUBJECTS.items() if words & its]
        if len(named) == 1:
            found.add(named[0])
    return sorted(found)
