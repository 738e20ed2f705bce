"""Specs of requirements: sentences that can be tested, validations that can be run, and the cases that they hold for.

What runs is a `validation` of `type` length or regex, against the texts in `test_cases`. Its `test`, which is text of a
programming language, is never run.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lattice_console.engine.rules import hashes
from lattice_console.engine.rules.checks import subjects
from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.checks.entries import Entry, Mention, entries, shown, text_of
from lattice_console.engine.rules.defects import Defect
from lattice_console.engine.rules.patterns import Pattern, PatternError, UnsupportedPattern, compile_pattern

__all__ = ["KEYS", "check", "mentions"]

KEYS: Final = frozenset(
    {"requirements", "type", "min", "max", "pattern", "validation", "test_cases", "input", "expected"}
)
"""The keys of which a plain value can decide whether these rules are kept."""

UNITS: Final = 500_000
"""What running the cases of a document may cost, in units of about a microsecond."""

_PROOFS: Final = ("automated_tests", "contract_tests", "performance_tests", "security_scan", "test_coverage")
_NOTHING_RUNS: Final = "Give a validation the type length with min or max, or regex with a pattern."


class _Exhausted(Exception):
    """Running the cases costs more than it may."""


class _Purse:
    """What may still be spent."""

    def __init__(self) -> None:
        self._left = UNITS

    def spend(self, units: int) -> None:
        self._left -= units
        if self._left < 0:
            raise _Exhausted


@dataclass(frozen=True, slots=True)
class _Test:
    """A validation that can be run: what it `asks`, to follow "it", and whether a text does that."""

    asks: str
    holds: Callable[[str], bool]


def check(data: Mapping[str, Any]) -> Iterator[Defect]:
    """What breaks the rules for requirements in a document. Never raises."""
    purse = _Purse()
    tests: list[_Test] = []
    said: dict[str, str] = {}
    try:
        for pointer, one in _requirements(data):
            text = _text(one)
            if not text:
                remedy = "Write a sentence that a test can decide."
                yield broken("requirement", "A requirement says nothing.", pointer, remedy)
            elif text.casefold() in said:
                message = f"The requirement {shown(text)!r} is there twice."
                yield broken("requirement_twice", message, pointer, "Drop one of them.")
            said.setdefault(text.casefold(), pointer)
            own, problems = _validation(one, pointer, purse)
            yield from problems
            yield from _cases(one, pointer, own, purse)
            tests += own
        yield from _cases(data, "", tests, purse)
    except _Exhausted:
        message = "Running the test cases takes more steps than are allowed."
        yield broken("not_run", message, "", "Make patterns simpler, and test cases fewer or shorter.")
    yield from _untestable(data)
    yield from _subjects(data)


def mentions(data: Mapping[str, Any]) -> Iterator[Mention]:
    """What of a document breaks a rule only together with something elsewhere in it."""
    for _, one in _requirements(data):
        tried = [one.get("validation"), one.get("test_cases")] if isinstance(one, dict) else []
        if any(tried):
            yield Mention(_digest(tried), f"requirement {_text(one)}")
            if tried[0] and data.get("test_cases"):
                yield Mention(_digest(tried[0]), "test cases")
    for case in entries(data, "test_cases"):
        yield Mention(_digest(case.data), "test cases")


def _digest(value: object) -> str:
    return hashes.digest(hashes.canonical(value).encode())


def _requirements(data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    listed = data.get("requirements")
    for index, one in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(one, str | dict):
            yield f"/requirements/{index}", one


def _text(requirement: Any) -> str:
    if isinstance(requirement, str):
        return requirement.strip()
    return text_of(requirement, "description") or text_of(requirement, "name") or text_of(requirement, "title")


def _untestable(data: Mapping[str, Any]) -> Iterator[Defect]:
    """The requirements of which nothing says how they are tested, told at the first of them."""
    if _is_proved(data):
        return
    bare = [(pointer, _text(one)) for pointer, one in _requirements(data) if _text(one) and not _has_test(one)]
    if bare:
        more = f", and {len(bare) - 1} more" if len(bare) > 1 else ""
        message = f"Nothing says how the requirement {shown(bare[0][1])!r} is tested{more}."
        remedy = "Add a validation to it, or one of the spec as a whole, such as automated_tests: true."
        yield broken("untestable", message, bare[0][0], remedy)


def _has_test(requirement: Any) -> bool:
    return isinstance(requirement, dict) and bool(requirement.get("validation") or requirement.get("test_cases"))


def _is_proved(data: Mapping[str, Any]) -> bool:
    """Whether a spec says for all of its requirements at once how they are tested."""
    validation = data.get("validation")
    return bool(data.get("test_cases")) or (
        isinstance(validation, dict) and any(validation.get(proof) for proof in _PROOFS)
    )


def _validation(requirement: Any, pointer: str, purse: _Purse) -> tuple[Sequence[_Test], list[Defect]]:
    """What can be run of the validation of a requirement, and what is wrong with it."""
    validation = requirement.get("validation") if isinstance(requirement, dict) else None
    where = f"{pointer}/validation"
    if not isinstance(validation, dict):
        # A text names a test elsewhere.
        if validation is None or isinstance(validation, str):
            return [], []
        return [], [broken("validation", "A validation is no object.", where, _NOTHING_RUNS)]
    kind = validation.get("type")
    if kind == "length":
        return _length(validation, where)
    if kind == "regex":
        return _regex(validation, where, purse)
    if "test" in validation:
        message = "What a validation has under test is text of a programming language, and is not run."
        return [], [broken("not_run", message, f"{where}/test", _NOTHING_RUNS)]
    return [], []


def _length(validation: Mapping[str, Any], where: str) -> tuple[Sequence[_Test], list[Defect]]:
    least, most = validation.get("min"), validation.get("max")
    for key, bound in (("min", least), ("max", most)):
        if bound is not None and (not isinstance(bound, int) or isinstance(bound, bool) or bound < 0):
            message = f"The {key} of a length is {shown(bound)}, which is no number of characters."
            return [], [broken("validation", message, f"{where}/{key}", "Write a whole number, such as 8.")]
    if least is None and most is None:
        return [], [broken("validation", "A length has neither min nor max.", where, "Add min, max or both.")]
    if least is not None and most is not None and least > most:
        message = f"No text has a length of at least {least} and at most {most}."
        return [], [broken("validation", message, where, "Put the smaller number under min.")]
    bounds = [f"at least {least}"] * (least is not None) + [f"at most {most}"] * (most is not None)
    asks = f"has {' and '.join(bounds)} characters"
    return [_Test(asks, lambda text: (least or 0) <= len(text) and (most is None or len(text) <= most))], []


def _regex(validation: Mapping[str, Any], where: str, purse: _Purse) -> tuple[Sequence[_Test], list[Defect]]:
    text = validation.get("pattern")
    if not isinstance(text, str):
        return [], [broken("validation", "A regex has no pattern.", where, "Add a pattern, such as ^[a-z]+$.")]
    purse.spend(1 + len(text))
    try:
        pattern: Pattern = compile_pattern(text)
    except UnsupportedPattern as error:
        message = f"The pattern {shown(text)} {error}, and is not run."
        remedy = "Write it without backreferences and lookbehind, and smaller."
        return [], [broken("not_run", message, f"{where}/pattern", remedy)]
    except PatternError as error:
        message = f"The pattern {shown(text)} {error}."
        return [], [broken("validation", message, f"{where}/pattern", "Write a regular expression of JSON Schema.")]
    purse.spend(pattern.size)
    return [_Test(f"matches {shown(text)}", lambda tried: pattern.search(tried, purse.spend))], []


def _cases(holder: Any, pointer: str, tests: Sequence[_Test], purse: _Purse) -> Iterator[Defect]:
    """What is wrong with the cases of a requirement, or of a spec whose requirements all have to hold."""
    cases = holder.get("test_cases") if isinstance(holder, dict) else None
    where = f"{pointer}/test_cases"
    if cases is None:
        return
    if not isinstance(cases, list):
        yield broken("test_case", "test_cases is no list.", where, "List objects with input and expected.")
        return
    if cases and not tests:
        yield broken("not_run", "There is no validation that its test cases could run.", where, _NOTHING_RUNS)
    for index, case in enumerate(cases):
        place = f"{where}/{index}"
        if not isinstance(case, dict) or "input" not in case or not isinstance(case.get("expected"), bool):
            remedy = "Write input, and expected: true or false."
            yield broken("test_case", "A test case has no input, or expects neither true nor false.", place, remedy)
        elif tests:
            yield from _run(Entry(place, case), tests, purse)


def _run(case: Entry, tests: Sequence[_Test], purse: _Purse) -> Iterator[Defect]:
    tried, expected = case.data["input"], case.data["expected"]
    if not isinstance(tried, str):
        message = f"{_case(case)} is not run, because its input is no text."
        yield broken("not_run", message, f"{case.pointer}/input", "Write the input as a text.")
        return
    purse.spend(1 + len(tests))
    failed = next((test.asks for test in tests if not test.holds(tried)), None)
    if expected and failed is not None:
        remedy = f"A text passes that {failed}: mend the case or the validation."
        yield broken("test_case", f"{_case(case)} does not pass, and is expected to.", case.pointer, remedy)
    elif not expected and failed is None:
        remedy = f"It {', and '.join(test.asks for test in tests[:3])}: mend the case or the validation."
        yield broken("test_case", f"{_case(case)} passes, and is expected not to.", case.pointer, remedy)


def _case(case: Entry) -> str:
    return f"The test case {shown(text_of(case.data, 'description') or case.data['input'])!r}"


def _subjects(data: Mapping[str, Any]) -> Iterator[Defect]:
    found = subjects.among(_text(one) for _, one in _requirements(data))
    if len(found) >= subjects.MANY:
        message = f"The spec is about many things: {', '.join(found)}."
        remedy = "Make a spec of each, which may depend on one another."
        yield broken("many_subjects", message, "/requirements", remedy)
