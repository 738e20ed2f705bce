"""What the rules promise of data that they read, and strategies that make such data."""

import math
from typing import Any

from hypothesis import strategies as st

# Surrogates cannot be written as UTF-8.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS

VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=15
)


def is_json_like(value: Any) -> bool:
    """Whether a value is made of what JSON can say, and could be written as UTF-8."""
    pending = [value]
    while pending:
        one = pending.pop()
        if type(one) is dict:
            pending += one.keys()
            pending += one.values()
        elif type(one) is list:
            pending += one
        elif type(one) is str:
            if any("\ud800" <= char <= "\udfff" for char in one):
                return False
        elif type(one) is float:
            if not math.isfinite(one):
                return False
        elif one is not None and type(one) not in (bool, int):
            return False
    return True
