"""The filter language of lists: `status:pending,approved author:me "split invoice"`.

Words with a known key narrow by that field, a comma separates alternatives, double quotes keep spaces together, and
everything else is text to look for.
"""

import re
from typing import get_args

from pydantic import ValidationError

from lattice_console.contract.errors import ValidationFailed, from_validation
from lattice_console.contract.models.mutation import MutationFilter, Status

KEYS = ("status", "author", "spec", "type", "label", "path")
"""The fields that can be named."""

STATUSES: tuple[str, ...] = get_args(Status)
"""The values that `status:` takes."""

_WORD = re.compile(r'(?:(?P<key>[a-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S+))')


def parse(text: str) -> MutationFilter:
    """The filter that `text` says; raises ValidationFailed (`VAL_FILTER`) naming the word that is wrong."""
    fields: dict[str, list[str]] = {}
    for match in _WORD.finditer(text):
        key, quoted, plain = match["key"], match["quoted"], match["plain"]
        value = quoted if quoted is not None else plain
        if key is None:
            fields.setdefault("text", []).append(value)
            continue
        if key not in KEYS:
            raise _wrong(f"there is no filter {key}:; known are {', '.join(f'{name}:' for name in KEYS)}", match[0])
        values = [value] if quoted is not None else [part for part in value.split(",") if part]
        unknown = [value for value in values if key == "status" and value not in STATUSES]
        if unknown:
            raise _wrong(f"there is no status {unknown[0]}; known are {', '.join(STATUSES)}", match[0])
        fields.setdefault(key, []).extend(values)
    try:
        return MutationFilter.model_validate(fields)
    except ValidationError as error:
        raise from_validation(error) from None


def _wrong(problem: str, word: str) -> ValidationFailed:
    return ValidationFailed("VAL_FILTER", f"The filter cannot be read: {problem}.", field="filter", word=word)
