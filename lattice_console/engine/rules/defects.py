"""What is wrong with a document, before it is known where in its file that stands."""

from dataclasses import dataclass

from lattice_console.contract.models.spec import Severity

__all__ = ["Defect"]


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong at a JSON pointer of a document: which rule, what, and how to mend it, each a sentence."""

    rule: str
    message: str
    pointer: str
    severity: Severity = "error"
    remedy: str = ""
