"""The policy's documents: what they ask, and that nothing wrong in them passes for a policy."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.models.project import ReviewPolicy
from lattice_console.engine.rules import policy
from tests.engine.rules.json_like import VALUES

CODE_REVIEW = ".lattice/workflows/code-review.json"


CONFIG, COLLABORATION = ".lattice/config.json", ".lattice/collaboration/spec-collaboration.json"


def said(documents: dict[str, bytes]) -> tuple[ReviewPolicy, tuple[str, ...]]:
    found = policy.read(documents)
    return found.review, found.errors


def read(requirements: Any) -> tuple[ReviewPolicy, tuple[str, ...]]:
    return said({CODE_REVIEW: json.dumps({"review_requirements": requirements}).encode()})


def kept(path: str, **keys: Any) -> policy.PolicyReading:
    return policy.read({path: json.dumps(keys).encode()})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".lattice/config.json", True),
        (".lattice/workflows/code-review.json", True),
        (".lattice/workflows/deep/er.yaml", True),
        (".lattice/team/roles.json", True),
        (".lattice/local.json", False),
        (".lattice/config.json/x", False),
        (".lattice/specs/a.json", False),
        ("sub/.lattice/config.json", False),
        (".lattice/collaboration/spec-collaboration.json", True),
        (".lattice/collaboration/other.json", False),
        (".lattice/teams.json", False),
        (".lattice/team", False),
    ],
)
def test_the_policy_is_configuration_workflows_team_and_how_specs_are_kept(path: str, expected: bool) -> None:
    assert policy.is_policy(path) is expected


def test_without_documents_or_keys_the_defaults_hold() -> None:
    assert policy.read({}) == policy.PolicyReading() == policy.read({CODE_REVIEW: b"{}", CONFIG: b"{}"})
    assert read({}) == (ReviewPolicy(), ())


def test_the_requirements_of_reviews_are_read() -> None:
    wanted = {"min_reviewers": 2, "require_comments": True, "approval_types": ["approve", "approve"]}
    assert read(wanted) == (
        ReviewPolicy(min_reviewers=2, require_comments=True, approval_types=("approve",)),
        (),
    )
    assert read({"min_reviewers": 50})[0].min_reviewers == 50


def test_keys_that_nothing_reads_yet_are_accepted() -> None:
    document = {
        "name": "Code review",
        "auto_assignment": {"enabled": True, "rules": []},
        "review_requirements": {"min_reviewers": 3, "require_test_coverage": True, "min_test_coverage": 80},
        "review_timeout": {"default": "48h"},
        "escalation": {"enabled": False},
    }
    found = said({CODE_REVIEW: json.dumps(document).encode(), ".lattice/team/roles.json": b'{"roles": {}}'})
    assert found == (ReviewPolicy(min_reviewers=3), ())


def test_tickets_and_versions_are_read() -> None:
    wanted = {"require_ticket": True, "ticket_pattern": "SEC-[0-9]+", "auto_approve": {"enabled": True}}
    found = kept(CONFIG, workflows=wanted).proposals
    assert (found.require_ticket, found.ticket_pattern) == (True, "SEC-[0-9]+")
    control = {"auto_version": True, "major_version_threshold": "breaking_changes", "comment_required": True}
    versions = kept(COLLABORATION, version_control=control, presence={}).versions
    assert (versions.auto_version, versions.comment_required) == (True, True)


@pytest.mark.parametrize(
    ("path", "keys", "told"),
    [
        (CONFIG, {"workflows": []}, "workflows is []"),
        (CONFIG, {"workflows": {"require_ticket": "yes"}}, "workflows.require_ticket"),
        (CONFIG, {"workflows": {"ticket_pattern": "("}}, "workflows.ticket_pattern"),
        (CONFIG, {"workflows": {"ticket_pattern": r"(a)\1"}}, "workflows.ticket_pattern"),
        (COLLABORATION, {"version_control": {"auto_version": "${AUTO}"}}, "version_control.auto_version"),
        (COLLABORATION, {"version_control": {"minor_version_threshold": "all"}}, '"new_requirements"'),
    ],
)
def test_what_is_wrong_of_tickets_and_versions_is_told(path: str, keys: dict[str, Any], told: str) -> None:
    found = kept(path, **keys)
    assert found == policy.PolicyReading(errors=found.errors)
    [error] = found.errors
    assert error.startswith(path)
    assert told in error


WRONG: dict[str, list[Any]] = {
    "min_reviewers": [0, -1, 51, "2", 2.0, True, None, []],
    "require_comments": [1, "true", None, {}],
    "approval_types": [
        *([], "approve", None, {"approve": 1}),
        *(["reject"], ["request_changes"], ["approve", 1], [["approve"]]),
    ],
}


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in WRONG.items() for value in values])
def test_a_wrong_value_is_an_error_and_never_a_default_in_silence(key: str, value: Any) -> None:
    review, errors = read({"min_reviewers": 3, "require_comments": True, key: value})
    assert review == ReviewPolicy()
    assert len(errors) == 1
    assert CODE_REVIEW in errors[0]
    assert f"review_requirements.{key}" in errors[0]
    assert "must be" in errors[0]


def test_all_that_is_wrong_is_told() -> None:
    _, errors = read({"min_reviewers": 0, "require_comments": 1, "approval_types": []})
    assert len(errors) == 3


@pytest.mark.parametrize("requirements", [[], "x", None, 5])
def test_requirements_must_be_an_object(requirements: Any) -> None:
    assert "review_requirements" in read(requirements)[1][0]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (".lattice/config.json", b"{"),
        (".lattice/config.json", b"[]"),
        (".lattice/config.json", b"\xff"),
        (".lattice/team/roles.json", b'"x"'),
        (".lattice/workflows/security.yaml", b"a: b: c"),
        (".lattice/workflows/security.yml", b"- a"),
        (CODE_REVIEW, b""),
        (CODE_REVIEW, b"null"),
    ],
)
def test_a_document_that_cannot_be_read_is_an_error_that_names_it(path: str, content: bytes) -> None:
    good = {CODE_REVIEW: b'{"review_requirements": {"min_reviewers": 5}}', path: content}
    review, errors = said(good)
    assert review == ReviewPolicy()
    assert len(errors) == 1
    assert errors[0].startswith(path)


def test_documents_that_are_no_policy_are_not_looked_at() -> None:
    others = {"a.json": b"{", ".lattice/specs/a.json": b"{", ".lattice/team/notes.txt": b"\xff"}
    assert said(others) == (ReviewPolicy(), ())


@given(VALUES | st.fixed_dictionaries({"review_requirements": VALUES}))
def test_whatever_it_holds_it_is_a_policy_or_an_error_in_print(value: Any) -> None:
    review, errors = said({CODE_REVIEW: json.dumps(value).encode()})
    assert 1 <= review.min_reviewers <= policy.MOST_REVIEWERS
    assert all(error.isprintable() for error in errors)


ENTRIES = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["a" * 64, "b" * 64]))


@given(ENTRIES, st.randoms())
def test_the_version_knows_no_order(entries: dict[str, str], random: Any) -> None:
    items = list(entries.items())
    random.shuffle(items)
    assert policy.version(items) == policy.version(entries.items())


@given(ENTRIES, ENTRIES)
def test_other_documents_make_another_version(one: dict[str, str], two: dict[str, str]) -> None:
    assert (policy.version(one.items()) == policy.version(two.items())) == (one == two)


def test_the_version_is_the_hash_of_canonical_json() -> None:
    entries = [("b", "2"), ("a", "1")]
    # sha256 of [["a","1"],["b","2"]]
    assert policy.version(entries) == "5f13efef7cdd95e7a0171a4cc6ef643955a42f10ad9dd98c6b2f1f4e6903f7f5"
