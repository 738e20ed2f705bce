"""The rules for requirements: testable, tested, and about one thing."""

from typing import Any

import pytest

from lattice_console.engine.rules.checks import requirements
from tests.engine.rules.checks.judging import Told, judged

LONG = {"description": "A password has 8 characters.", "validation": {"type": "length", "min": 8, "max": 64}}
SIGNED = {"description": "A password has a sign.", "validation": {"type": "regex", "pattern": "[!?.]"}}
CASES = [
    {"input": "short!", "expected": False, "description": "Too short"},
    {"input": "long but without", "expected": False},
    {"input": "long enough!", "expected": True},
]


def told(*listed: Any, **more: Any) -> list[Told]:
    return judged(requirements.check({"requirements": list(listed), **more}))


def test_requirements_that_keep_the_rules_are_not_mentioned() -> None:
    assert told(LONG, SIGNED, test_cases=CASES) == []
    assert told("It works.", {"description": "It is quick."}, validation={"automated_tests": True}) == []
    assert told({"description": "It is safe.", "validation": "test_it_is_safe"}) == []
    assert told({"name": "It is safe.", "validation": {"type": "manual"}}) == []
    assert judged(requirements.check({})) == judged(requirements.check({"requirements": "x", "test_cases": []})) == []


def long(**more: Any) -> dict[str, Any]:
    return {**LONG, "validation": {**LONG["validation"], **more}}  # type: ignore[dict-item]  # it is an object


AT = "/requirements/0"


@pytest.mark.parametrize(
    ("requirement", "rule", "pointer"),
    [
        (" ", "requirement", AT),
        ({"validation": {"type": "length", "min": 1}}, "requirement", AT),
        ("It works.", "untestable", AT),
        ({"description": "It works.", "validation": {}}, "untestable", AT),
        (long(min=-1), "validation", f"{AT}/validation/min"),
        (long(max="64"), "validation", f"{AT}/validation/max"),
        (long(min=65), "validation", f"{AT}/validation"),
        (long(min=None, max=None), "validation", f"{AT}/validation"),
        (long(type="regex"), "validation", f"{AT}/validation"),
        (long(type="regex", pattern="a("), "validation", f"{AT}/validation/pattern"),
        (long(type="regex", pattern=r"(a)\1"), "not_run", f"{AT}/validation/pattern"),
        ({**LONG, "validation": ["length"]}, "validation", f"{AT}/validation"),
        ({**LONG, "validation": {"test": "__import__('os').abort()"}}, "not_run", f"{AT}/validation/test"),
        ({**LONG, "test_cases": {}}, "test_case", f"{AT}/test_cases"),
        ({**LONG, "test_cases": ["eight888"]}, "test_case", f"{AT}/test_cases/0"),
        ({**LONG, "test_cases": [{"input": "eight888", "expected": "true"}]}, "test_case", f"{AT}/test_cases/0"),
        ({**LONG, "test_cases": [{"input": "eight888", "expected": False}]}, "test_case", f"{AT}/test_cases/0"),
        ({**LONG, "test_cases": [{"input": "seven77", "expected": True}]}, "test_case", f"{AT}/test_cases/0"),
        ({**LONG, "test_cases": [{"input": 8, "expected": True}]}, "not_run", f"{AT}/test_cases/0/input"),
        ({"description": "x", "test_cases": [{"input": "", "expected": True}]}, "not_run", f"{AT}/test_cases"),
    ],
)
def test_what_breaks_a_rule_is_told_with_its_place(requirement: Any, rule: str, pointer: str) -> None:
    assert told(requirement) == [(rule, pointer)]


def test_a_requirement_that_is_there_twice_is_told() -> None:
    assert told(LONG, {**LONG, "description": "a password has 8 Characters."}) == [
        ("requirement_twice", "/requirements/1")
    ]


def test_requirements_that_nothing_tests_are_told_once() -> None:
    [defect] = requirements.check({"requirements": [LONG, "It works.", "It is quick.", SIGNED]})
    assert (defect.pointer, defect.message) == (
        "/requirements/1",
        "Nothing says how the requirement 'It works.' is tested, and 1 more.",
    )


def test_the_cases_of_a_spec_have_to_pass_all_of_its_validations() -> None:
    wrong = [{"input": "long but without", "expected": True}, {"input": "long enough!", "expected": False}]
    assert told(LONG, SIGNED, test_cases=[*CASES, *wrong]) == [
        ("test_case", "/test_cases/3"),
        ("test_case", "/test_cases/4"),
    ]
    [defect] = requirements.check({"requirements": [LONG, SIGNED], "test_cases": wrong[:1]})
    assert (defect.message, defect.remedy) == (
        "The test case 'long but without' does not pass, and is expected to.",
        "A text passes that matches [!?.]: mend the case or the validation.",
    )


@pytest.mark.parametrize(
    ("requirement", "count"),
    [
        ({"description": "x", "validation": {"type": "regex", "pattern": "(x+x+)+y"}}, 3_000),
        (LONG, 200_000),
    ],
    ids=["a pattern", "very many"],
)
def test_cases_that_cost_too_much_are_not_run_to_their_end(requirement: Any, count: int) -> None:
    cases = [{"input": "x" * 2_000, "expected": False}] * count
    assert told(requirement, requirement | {"description": "y"}, test_cases=cases)[-1] == ("not_run", "")


BAD = [
    *("Users register an account.", "Users change their password.", "Users upload files.", "Users share a folder."),
    *("Users send messages.", "Users mute a chat.", "Users delete messages."),
]
GOOD = ["Users register with a password.", "Failed logins are limited.", "A session ends.", "Users get a message."]


@pytest.mark.parametrize(
    ("listed", "rules"),
    [
        (BAD, [("many_subjects", "/requirements")]),
        (GOOD, []),
        (["Refunds of orders.", "Invoices of an account.", "Files of a report.", "Reports of files."], []),
    ],
    ids=["accounts, files, messages", "sign-in", "joined"],
)
def test_a_spec_of_many_subjects_is_told(listed: list[str], rules: list[Told]) -> None:
    assert told(*listed, validation={"test_coverage": 80}) == rules
