"""The filter language of conflicts: `specs/ severity:error type:schema M-12`.

`path:`, and every other word, is a part of the document's path; `type:` and `severity:` take names, or what they begin
with; `mutation:`, also as `M-12` alone, one of the sides. All words must hold. Double quotes keep spaces together.
"""

import re
from collections.abc import Mapping, Sequence
from typing import get_args

from pydantic import ValidationError

from lattice_console.contract.errors import from_validation
from lattice_console.contract.filters import Word, words, wrong
from lattice_console.contract.models.conflict import ConflictFilter, ConflictType, Severity

__all__ = ["CONFLICT_KEYS", "CONFLICT_VALUES", "parse_conflict_filter"]

CONFLICT_KEYS = ("path", "type", "severity", "mutation")
"""The fields that can be named."""

CONFLICT_VALUES: Mapping[str, Sequence[str]] = {"type": get_args(ConflictType), "severity": get_args(Severity)}
"""The values of those fields that take one of a few."""

_NUMBER = re.compile(r"[mM]-\d+")


def parse_conflict_filter(text: str) -> ConflictFilter:
    """The filter that `text` says; raises ValidationFailed (`VAL_FILTER`) for the word that is wrong.

    Its details have the `word`, and where it stands: from `start` to before `end`.
    """
    said: dict[str, str] = {}
    for word in words(text):
        if word.is_or or word.negated:
            raise wrong(text, word, "alternatives and negation are not known here; all words must hold")
        key = word.key or ("mutation" if _NUMBER.fullmatch(word.value) and not word.quoted else "path")
        if key not in CONFLICT_KEYS:
            known = ", ".join(f"{one}:" for one in CONFLICT_KEYS)
            raise wrong(text, word, f"there is no filter {key}:; known are {known}")
        if not word.value:
            raise wrong(text, word, f"{key}: needs a value")
        value = _value(text, word, CONFLICT_VALUES[key]) if key in CONFLICT_VALUES else word.value
        if said.setdefault(key, value) != value:
            raise wrong(text, word, f"{said[key]} is already the {key}, and only one can be named")
    try:
        return ConflictFilter.model_validate(said)
    except ValidationError as error:
        raise from_validation(error) from None


def _value(text: str, word: Word, known: Sequence[str]) -> str:
    begun = word.value.lower()
    found = [one for one in known if one.startswith(begun)]
    if len(found) != 1:
        raise wrong(text, word, f"there is no {word.key}:{word.value}; known are {', '.join(known)}")
    return found[0]
