"""What the rules say of documents, as tests compare it."""

from collections.abc import Iterable

from lattice_console.engine.rules.checks.catalogue import RULES
from lattice_console.engine.rules.defects import Defect

Told = tuple[str, str]
"""A rule, and the JSON pointer where it is broken."""


def judged(defects: Iterable[Defect]) -> list[Told]:
    """What was found, each with a sentence and a remedy, and as severe as the catalogue says."""
    found = list(defects)
    for one in found:
        assert one.severity == RULES[one.rule].severity
        assert one.message.endswith(".")
        assert one.remedy.endswith((".", "]}."))
    return [(one.rule, one.pointer) for one in found]
