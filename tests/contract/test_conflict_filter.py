"""The filter language of conflicts."""

import pytest

from lattice_console.contract.conflict_filter import parse_conflict_filter
from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.conflict import ConflictFilter


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", ConflictFilter()),
        ("specs/", ConflictFilter(path="specs/")),
        ("path:specs/", ConflictFilter(path="specs/")),
        ('"a file.md"', ConflictFilter(path="a file.md")),
        ("M-12", ConflictFilter(mutation="M-12")),
        ('"M-12"', ConflictFilter(path="M-12")),
        ("mutation:12 severity:error", ConflictFilter(mutation="12", severity="error")),
        ("type:concurrent", ConflictFilter(type="concurrent_modification")),
        ("type:file severity:warn", ConflictFilter(type="file_collision", severity="warning")),
    ],
)
def test_words_say_which_conflicts_are_meant(text: str, meant: ConflictFilter) -> None:
    assert parse_conflict_filter(text) == meant


@pytest.mark.parametrize(
    ("text", "word", "problem"),
    [
        ("type:rumour", "type:rumour", "known are concurrent_modification, dependency_violation"),
        ("docs severity:", "severity:", "severity: needs a value"),
        ("whose:kim", "whose:kim", "there is no filter whose:; known are path:, type:, severity:, mutation:"),
        ("-type:schema", "-type:schema", "negation"),
        ("docs or specs", "or", "alternatives"),
        ("docs specs", "specs", "docs is already the path"),
    ],
)
def test_the_word_that_is_wrong_is_named_with_its_place(text: str, word: str, problem: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        parse_conflict_filter(text)
    assert problem in refused.value.message
    details = refused.value.details
    assert (details["word"], text[details["start"] : details["end"]]) == (word, word)
