"""Findings that are put up with: which are meant, until when, and what is wrong with the file that says so."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from lattice_console.contract.models.spec import Finding, Suppression
from lattice_console.engine.rules import suppressions
from tests.engine.rules.json_like import VALUES

TODAY = date(2026, 11, 21)
ENTRY = {"rule": "openapi", "path": "apis/**/*", "owner": "kim", "reason": "Old.", "expires": "2026-11-21"}
WHY = Suppression(owner="kim", reason="Old.", expires=TODAY)


def written(*entries: Any) -> bytes:
    return json.dumps({"suppressions": entries}, indent=1).encode()


def finding(path: str = "apis/shop.yaml", rule: str = "openapi", pointer: str | None = "/paths/~1a/get") -> Finding:
    return Finding(path=path, rule=rule, severity="error", message="It is wrong.", pointer=pointer)


def is_suppressed(found: Finding, entry: dict[str, str], today: date = TODAY) -> bool:
    [judged] = suppressions.applied([found], suppressions.read(written(entry)), today)
    assert judged in (found, found.model_copy(update={"suppressed": judged.suppressed}))
    return judged.suppressed is not None


def test_a_finding_of_the_rule_and_the_path_is_told_with_who_puts_up_with_it_and_why() -> None:
    [judged] = suppressions.applied([finding()], suppressions.read(written(ENTRY)), TODAY)
    assert judged.suppressed == WHY
    assert (finding().blocks, judged.blocks) == (True, False)


@pytest.mark.parametrize(
    ("found", "more", "meant"),
    [
        (finding(path="docs/shop.yaml"), {}, False),
        (finding(rule="openapi_tag"), {}, False),
        (finding(), {"pointer": ""}, True),
        (finding(), {"pointer": "/paths/~1a"}, True),
        (finding(), {"pointer": "/paths/~1a/get"}, True),
        (finding(), {"pointer": "/paths/~1"}, False),
        (finding(), {"pointer": "/paths/~1a/get/responses"}, False),
        (finding(pointer=None), {"pointer": "/paths"}, False),
        (finding(pointer=None), {}, True),
        (finding(path=suppressions.FILE), {"path": ".lattice/**/*"}, False),
    ],
    ids=str,
)
def test_what_is_meant_is_of_the_rule_at_the_path_and_within_the_pointer(
    found: Finding, more: dict[str, str], meant: bool
) -> None:
    assert is_suppressed(found, ENTRY | more) == meant


def test_a_suppression_holds_to_the_end_of_its_day_and_is_a_finding_then() -> None:
    later = date(2026, 11, 22)
    assert [is_suppressed(finding(), ENTRY, day) for day in (TODAY, later)] == [True, False]
    assert suppressions.check(written(ENTRY), TODAY) == ()
    [expired] = suppressions.check(written(ENTRY), later)
    assert (expired.rule, expired.severity, expired.line) == ("suppression_expired", "warning", 3)
    assert expired.said.startswith("It expired on 2026-11-21: it suppresses nothing any more. Mend what it was about")


@pytest.mark.parametrize(
    ("content", "pointer", "message"),
    [
        (b"[]", "", "It lists no suppressions."),
        (b'{"suppressions": {}}', "", "It lists no suppressions."),
        (written("all"), "/suppressions/0", "It is no object."),
        (written({}), "/suppressions/0", "It has no rule."),
        (written(ENTRY, {**ENTRY, "owner": " "}), "/suppressions/1/owner", "Its owner is no text that says something."),
        (written({**ENTRY, "reason": "a\x1b[2J"}), "/suppressions/0/reason", "Its reason holds the control character"),
        (written({**ENTRY, "rule": "opnapi"}), "/suppressions/0/rule", "There is no rule opnapi."),
        (written({**ENTRY, "path": "/etc/*"}), "/suppressions/0/path", "Its path covers no file that a project can"),
        (written({**ENTRY, "expires": "2026-02-30"}), "/suppressions/0/expires", "Its expiry is no day."),
        (written({**ENTRY, "expires": "20261121"}), "/suppressions/0/expires", "Its expiry is no day."),
        (written({**ENTRY, "expires": 20261121}), "/suppressions/0/expires", "Its expires is no text that says"),
        (written(*[ENTRY] * 1001), "/suppressions", "It lists 1,001 suppressions; the first 1,000 are read."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_with_the_file_is_an_error_at_its_place(content: bytes, pointer: str, message: str) -> None:
    [found] = suppressions.check(content, TODAY)
    assert (found.rule, found.severity, found.pointer) == ("suppression", "error", pointer)
    assert found.message.startswith(message)
    assert found.remedy


@given(VALUES)
def test_whatever_the_file_says_it_is_read_and_told_of(data: Any) -> None:
    for content in (json.dumps(data).encode(), written(data), written({**ENTRY, "pointer": data})):
        known = suppressions.read(content)
        assert known or suppressions.check(content, TODAY) or json.loads(content) == {"suppressions": []}
        suppressions.applied([finding()], known, TODAY)
