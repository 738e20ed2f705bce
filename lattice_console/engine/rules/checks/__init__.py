"""What specs are held to beside being readable: the rules of each type, on what their documents say.

A module has the rules of one type. Each is a function of a document's data, and says what is wrong as defects, in time
that grows with the data. A rule is told of in `catalogue`, and in docs/checks.md for people.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from lattice_console.engine.rules.checks import api, database
from lattice_console.engine.rules.defects import Defect

__all__ = ["check"]


def check(data: Mapping[str, Any]) -> Iterator[Defect]:
    """What breaks the rules for endpoints, tables and requirements, wherever a spec has some. Never raises."""
    return chain(api.check(data), database.check(data))
