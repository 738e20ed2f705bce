"""What specs are held to beside being readable: the rules of each type, on what their documents say.

A module has the rules of one type. Each is a function of a document's data, and says what is wrong as defects, in time
that grows with the data. Every rule is told of in `catalogue`, and in docs/checks.md for people.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from lattice_console.engine.rules.checks import api, common, database, requirements
from lattice_console.engine.rules.checks.entries import ELSEWHERE, Mention
from lattice_console.engine.rules.defects import Defect

__all__ = ["KEYS", "PARTS", "check", "mentions"]

KEYS: Final = common.KEYS | database.KEYS | requirements.KEYS
"""The keys of which a plain value can decide whether the rules are kept, where a document has no endpoints.

Fields of these have any key.
"""

PARTS: Final = ("depends_on", "endpoints", "tables", "test_cases")
"""The keys under which rules are about several places of a document."""


def check(data: Mapping[str, Any], name: str) -> Iterator[Defect]:
    """What breaks the rules in a document that is the spec of that name. Never raises."""
    return chain(common.check(data, name), api.check(data), database.check(data), requirements.check(data))


def mentions(data: Mapping[str, Any], name: str) -> Iterator[Mention]:
    """What of a document can break a rule together with something elsewhere in it, by the name that both have.

    An error that no edit of a document makes alone comes of two edits that change mentions of one name.
    """
    yield Mention("is", f"spec {name}")
    yield Mention("has" if data.get("depends_on") else "has not", ELSEWHERE)
    yield from (Mention("uses", f"spec {one}") for one in common.dependencies_of(data, ""))
    yield from chain(api.mentions(data), database.mentions(data), requirements.mentions(data))
