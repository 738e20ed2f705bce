"""Events in words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lattice_console.contract.event_filter import EVENT_NAMES
from lattice_console.contract.events import Event
from lattice_console.contract.models.people import Person
from lattice_console.telling import tell


def event(name: str, /, **data: Any) -> Event:
    return Event(
        seq=1,
        id="e",
        name=name,
        at=datetime(2026, 3, 2, tzinfo=UTC),
        actor=Person(id="p", handle="kim", name="Kim"),
        subject="s",
        version=1,
        data=data,
    )


@pytest.mark.parametrize(
    ("happened", "sentence", "detail"),
    [
        (event("mutation.created", number=3, status="pending"), "proposed M-3 Limits", ""),
        (event("graph.changed", name="api/user.yaml"), "changed the graph at api/user.yaml", ""),
        (event("graph.changed"), "brought the graph up to date", ""),
        (event("mutation.created", number=3, status="draft"), "drafted M-3 Limits", ""),
        (event("mutation.updated", number=3, fields=["patchset"], patchset=2), "brought patchset 2 of M-3 Limits", ""),
        (event("mutation.updated", number=3, fields=["labels", "title"]), "changed labels and title of M-3 Limits", ""),
        (event("mutation.updated", number=3, status="in_progress"), "began to execute M-3 Limits", ""),
        (event("mutation.updated", number=3, status="pending"), "M-3 Limits is pending again", ""),
        (event("mutation.reviewed", number=3, vote="approve", comment="Fine."), "voted to approve M-3 Limits", "Fine."),
        (
            event("mutation.reviewed", number=3, vote="approve_with_suggestions"),
            "voted to approve M-3 Limits with suggestions",
            "",
        ),
        (event("mutation.reviewed", number=3, vote=None), "took the vote back on M-3 Limits", ""),
        (
            event("mutation.commented", number=3, comment="id", text="Why?", file_path="a.md", line=7),
            "commented on M-3 Limits",
            "a.md:7: Why?",
        ),
        (event("mutation.commented", number=3, comment="id", resolved=True), "settled a thread on M-3 Limits", ""),
        (event("mutation.failed", number=3, status="failed", error="No room."), "M-3 Limits failed", "No room."),
        (event("mutation.failed", number=3, status="rollback_failed"), "M-3 Limits could not be rolled back", ""),
        (
            event("mutation.conflicted", number=3, status="needs_manual_resolution", conflicts=1),
            "M-3 Limits is in conflict with what stands there",
            "",
        ),
        (
            event("mutation.conflicted", number=3, status="pending", conflicts=1),
            "M-3 Limits is in conflict with another mutation",
            "",
        ),
        (
            event("mutation.updated", number=3, status="pending", conflicts=2, fields=["conflicts"]),
            "M-3 Limits has 2 conflicts left",
            "",
        ),
        (
            event("mutation.updated", number=3, status="pending", conflicts=0, fields=["conflicts"]),
            "M-3 Limits has no conflict left",
            "",
        ),
        (event("mutation.rolled_back", number=3, reason="Too early."), "rolled back M-3 Limits", "Too early."),
        (event("document.tracked", paths=["a.md"]), "took a.md under review", ""),
        (event("document.tracked", paths=["a", "b", "c"]), "took a and 2 more documents under review", "b, c"),
        (event("spec.updated", name="auth", spec_version="1.2.0"), "updated the spec auth (1.2.0)", ""),
        (event("spec.removed", name="auth"), "removed the spec auth", ""),
        (event("policy.changed"), "changed the policy", ""),
        (event("team.changed", user="raj", role="reviewer"), "gave raj the role reviewer", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_event_is_told_as_who_did_what_to_what(happened: Event, sentence: str, detail: str) -> None:
    told = tell(happened)
    assert told.sentence("Limits" if told.number else "") == sentence
    assert told.detail == detail


@pytest.mark.parametrize("known", [*EVENT_NAMES, "mutation.teleported", "weather.changed"])
@pytest.mark.parametrize("data", [{}, {"number": "three", "paths": 5, "fields": "x", "vote": [], "text": 1}])
def test_an_event_that_says_less_or_other_than_expected_is_told_all_the_same(known: str, data: dict[str, Any]) -> None:
    told = tell(event(known, **data))
    assert told.sentence()
    assert told.number is None


def test_what_people_typed_is_inert_in_it() -> None:
    told = tell(event("document.tracked", paths=["\x1b[31m.md", "b\u202e"]))
    assert told.name == "⟨U+001B⟩[31m.md"
    assert told.detail == "b⟨U+202E⟩"
    assert tell(event("mutation.rolled_back", number=1, reason="a\x9b\nb")).detail == "a⟨U+009B⟩\nb"
