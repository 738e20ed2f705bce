"""The filter language of events."""

import pytest

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.event_filter import EventFilter, parse_event_filter


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", EventFilter()),
        ("M-12", EventFilter(object="M-12")),
        ("object:docs/a.md", EventFilter(object="docs/a.md")),
        ('"docs/a file.md"', EventFilter(object="docs/a file.md")),
        ("name:mutation.* actor:kim M-12", EventFilter(names=("mutation.*",), actor="kim", object="M-12")),
        ("name:mutation.failed,spec.updated", EventFilter(names=("mutation.failed", "spec.updated"))),
        ("name:team.* name:policy.changed", EventFilter(names=("team.*", "policy.changed"))),
        ("actor:me actor:me", EventFilter(actor="me")),
        ("author:me", EventFilter(actor="me")),
        ("who:raj", EventFilter(actor="raj")),
    ],
)
def test_words_say_which_events_are_meant(text: str, meant: EventFilter) -> None:
    assert parse_event_filter(text) == meant


@pytest.mark.parametrize(
    ("text", "word", "problem"),
    [
        ("name:mutation.eaten", "name:mutation.eaten", "known are mutation.created"),
        ("name:everything", "name:everything", "known are mutation.*, document.*"),
        ("kim whose:kim", "whose:kim", "there is no filter whose:"),
        ("actor:", "actor:", "actor: needs a value"),
        ("M-1 -actor:kim", "-actor:kim", "negation"),
        ("M-1 or M-2", "or", "alternatives"),
        ("M-1 M-2", "M-2", "M-1 is already the object"),
        ("actor:kim actor:raj", "actor:raj", "kim is already the actor"),
    ],
)
def test_the_word_that_is_wrong_is_named_with_what_to_write(text: str, word: str, problem: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        parse_event_filter(text)
    assert problem in refused.value.message
    details = refused.value.details
    assert details["word"] == word == text[int(details["start"]) : int(details["end"])]
