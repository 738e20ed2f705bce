"""Whatever a document says, the rules answer: in words that can be printed, and without an exception."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.engine.rules import checks
from lattice_console.engine.rules.checks.catalogue import RULES

FIELDS = ("path", "method", "request", "response", "schema", "schemas", "status_codes", "parameters", "$ref", "items")
KEYS = st.sampled_from(sorted({*checks.KEYS, *FIELDS, "endpoints", "allowed_files", "description", "properties"}))
WORDS = st.sampled_from(
    [
        "",
        "a",
        "A",
        "A[]",
        "#/schemas/A",
        "/a/{b}",
        "get",
        "int",
        "length",
        "regex",
        "check",
        "foreign_key",
        "a.a",
        "a(a)",
    ]
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | WORDS
    | st.text(max_size=8)
)
DATA = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=40
)
LISTS = st.lists(st.dictionaries(KEYS, DATA, max_size=6), max_size=3)


@given(
    st.fixed_dictionaries(
        {}, optional={"endpoints": LISTS, "tables": LISTS, "requirements": LISTS, "test_cases": LISTS}
    )
    | st.dictionaries(KEYS, DATA, max_size=6)
)
def test_any_data_is_held_to_the_rules(data: dict[str, Any]) -> None:
    for defect in checks.check(data, "a"):
        assert (defect.message + defect.remedy).isprintable()
        assert defect.severity == RULES[defect.rule].severity
        assert (defect.pointer or "/")[0] == "/"
    assert all(mention.name for mention in checks.mentions(data, "a"))
