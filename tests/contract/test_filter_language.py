"""The filter language: what people type, what it means, and where it is wrong."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.filters import KEYS, VALUES, both, either, parse, words
from lattice_console.contract.models.query import EVERYTHING, MutationFilter
from tests.support.meaning import Facts, means

DAY = 86_400.0

SAID: list[tuple[str, MutationFilter]] = [
    ("", EVERYTHING),
    ("   ", EVERYTHING),
    ("status:pending,approved", MutationFilter(status=("pending", "approved"))),
    ("status:pending status:approved", MutationFilter(status=("pending", "approved"))),
    ("author:me", MutationFilter(author=("me",))),
    ("actor:me", MutationFilter(author=("me",))),
    ("age:>2d", MutationFilter(min_age=2 * DAY)),
    ("age:<90m", MutationFilter(max_age=5400.0)),
    ("age:>1w age:<4w", MutationFilter(min_age=7 * DAY, max_age=28 * DAY)),
    ('"split invoice"', MutationFilter(text=("split invoice",))),
    ("split invoice", MutationFilter(text=("split", "invoice"))),
    ('"or"', MutationFilter(text=("or",))),
    ('label:"to do"', MutationFilter(label=("to do",))),
    ('label:"a,b"', MutationFilter(label=("a,b",))),
    ("label:a,b", MutationFilter(label=("a", "b"))),
    ("label:a label:b", MutationFilter(label=("a",), all=(MutationFilter(label=("b",)),))),
    ("stack:115", MutationFilter(stack=115)),
    ("stack:M-115", MutationFilter(stack=115)),
    ("has:threads is:awaiting", MutationFilter(having=("threads",), condition=("awaiting",))),
    ("vote:none", MutationFilter(vote=("none",))),
    ("-author:me", MutationFilter(without=(MutationFilter(author=("me",)),))),
    ("-", MutationFilter(text=("-",))),
    ("--x", MutationFilter(text=("--x",))),
    ("a-b", MutationFilter(text=("a-b",))),
    ("M-12", MutationFilter(text=("M-12",))),
    ("a or b", MutationFilter(either=(MutationFilter(text=("a",)), MutationFilter(text=("b",))))),
    ("A OR b", MutationFilter(either=(MutationFilter(text=("A",)), MutationFilter(text=("b",))))),
    (
        'status:pending,approved -author:me age:>2d "split invoice" or has:threads',
        MutationFilter(
            either=(
                MutationFilter(
                    status=("pending", "approved"),
                    min_age=2 * DAY,
                    text=("split invoice",),
                    without=(MutationFilter(author=("me",)),),
                ),
                MutationFilter(having=("threads",)),
            )
        ),
    ),
]

WRONG: list[tuple[str, str, str]] = [
    ("colour:red", "colour:red", "there is no filter colour:"),
    ("a status:open", "status:open", "there is no status:open; known are draft"),
    ("status:pending,open b", "status:pending,open", "there is no status:open"),
    ("status:", "status:", "status: needs a value"),
    ("label:,", "label:,", "label: needs a value"),
    ("-label:,,", "-label:,,", "label: needs a value"),
    ('label:""', 'label:""', "label: needs a value"),
    ("age:2d", "age:2d", "age: takes > or <"),
    ("x age:>2y", "age:>2y", "age: takes > or <"),
    ("age:>999999w", "age:>999999w", "age: goes back 115,741 days at most"),
    ("stack:", "stack:", "stack: takes the number"),
    ("stack:top", "stack:top", "stack: takes the number"),
    ("stack:²", "stack:²", "stack: takes the number"),
    ("or a", "or", "nothing before it"),
    ("a or or b", "or", "nothing before it"),
    ("a or", "or", "nothing after it"),
    ("fine so\x07me", "so\x07me", "U+0007"),
    ("fine -label:so\x07me", "-label:so\x07me", "U+0007"),
    ("a " * 101, "a " * 101, "at most 100"),
    ("-a " * 101, "-a " * 101, "at most 100"),
]


@pytest.mark.parametrize(("text", "meant"), SAID)
def test_what_is_typed_is_read_as_documented(text: str, meant: MutationFilter) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(("text", "word", "problem"), WRONG)
def test_what_is_wrong_is_named_with_its_place(text: str, word: str, problem: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        parse(text)
    error = refused.value
    assert (error.code, error.details["word"]) == ("VAL_FILTER", word)
    assert text[error.details["start"] : error.details["end"]] == word
    assert problem in error.message


@pytest.mark.parametrize("key", [*VALUES])
def test_a_field_that_takes_only_some_values_takes_all_of_those(key: str) -> None:
    for value in VALUES[key]:
        assert parse(f"{key}:{value}") != EVERYTHING
    assert parse(f"{key}:{','.join(VALUES[key])}") != EVERYTHING


typed = st.text(st.sampled_from('ab:,-"<>or 129dhM\t\n\x00é\u2028') | st.characters(), max_size=30) | st.lists(
    st.sampled_from(["or", "-", '"', '"a b"', "a", "label:", "-status:draft", *(f"{key}:" for key in KEYS), "age:>1d"]),
    max_size=8,
).map(" ".join)


@given(typed)
def test_words_and_the_space_between_them_are_the_whole_text(text: str) -> None:
    end = 0
    for word in words(text):
        assert end <= word.start < word.end
        assert text[end : word.start].strip() == ""
        assert word.value in text[word.start : word.end]
        end = word.end
    assert text[end:].strip() == ""


@given(typed)
def test_any_text_is_read_or_refused_with_a_place_within_it(text: str) -> None:
    refused = refusal_of(text)
    if refused is not None:
        start, end = refused.details["start"], refused.details["end"]
        assert refused.code == "VAL_FILTER"
        assert 0 <= start < end <= len(text)
        assert refused.details["word"] == text[start:end]


def refusal_of(text: str) -> ValidationFailed | None:
    try:
        parse(text)
    except ValidationFailed as error:
        return error
    return None


ATOMS = [
    "status:pending",
    "status:draft,approved",
    "author:kim",
    "author:alex",
    "spec:auth",
    "type:feature",
    "label:ui",
    'label:"to do"',
    "path:src",
    "age:>2d",
    "age:<3d",
    "vote:none",
    "vote:approve,reject",
    "has:files",
    "has:votes",
    "is:open",
    "is:mine",
    "is:changed",
    "stack:2",
    "fix",
    "M-1",
]
EITHER = ("status", "author", "spec", "type")
"""What a mutation has one of, so that two words of it can only mean either."""

few = st.integers(0, 2)
facts = st.builds(
    Facts,
    number=st.integers(1, 3),
    title=st.sampled_from(["Fix it", "Or not"]),
    status=st.sampled_from(["draft", "pending", "approved", "completed"]),
    authors=st.sampled_from([["kim", "me"], ["alex"]]),
    spec=st.sampled_from(["auth", None]),
    type=st.sampled_from(["feature", "fix"]),
    labels=st.lists(st.sampled_from(["ui", "to do"])),
    paths=st.lists(st.sampled_from(["src/a.py", "b.md"])),
    votes=st.sets(st.sampled_from(["approve", "reject"])),
    objections=few,
    comments=few,
    threads=few,
    conflicts=few,
    stack=st.sets(st.integers(1, 3)),
    level=few,
    patchset=st.integers(1, 2),
    age=st.sampled_from([DAY, 2.5 * DAY, 4 * DAY]),
    awaits=st.booleans(),
    seen=st.none() | st.integers(1, 2),
)
alternatives = st.lists(
    st.lists(st.tuples(st.booleans(), st.sampled_from(ATOMS)), min_size=1, max_size=4), min_size=1, max_size=3
)


@given(alternatives, facts)
def test_all_words_must_hold_turned_round_by_a_minus_in_one_of_the_alternatives(
    said: list[list[tuple[bool, str]]], facts: Facts
) -> None:
    text = " or ".join(" ".join(f"{'-' if negated else ''}{atom}" for negated, atom in words) for words in said)

    def holds(words: list[tuple[bool, str]]) -> bool:
        groups: dict[str, list[bool]] = {}
        for place, (negated, atom) in enumerate(words):
            key = atom.partition(":")[0]
            group = key if key in EITHER and not negated else str(place)
            groups.setdefault(group, []).append(means(parse(atom), facts) != negated)
        return all(map(any, groups.values()))

    assert means(parse(text), facts) == any(map(holds, said))


@given(alternatives, alternatives, facts)
def test_what_both_let_pass_is_what_each_does_and_what_either_lets_pass_what_one_does(
    one: list[list[tuple[bool, str]]], other: list[list[tuple[bool, str]]], facts: Facts
) -> None:
    first, second = (parse(" or ".join(words[0][1] for words in said)) for said in (one, other))
    assert means(both(first, second), facts) == (means(first, facts) and means(second, facts))
    assert both(EVERYTHING, first) == both(first, EVERYTHING) == first
    assert means(either(first, second), facts) == (means(first, facts) or means(second, facts))
    assert either(EVERYTHING, first) == either(first, EVERYTHING) == EVERYTHING


def nested(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {"text": ("a",)}
    for _ in range(depth):
        found = {"without": [found]}
    return found


def test_filters_lie_within_one_another_three_times_and_no_deeper() -> None:
    MutationFilter.model_validate(nested(3))
    for depth in (4, 40):
        with pytest.raises(ValidationError, match="longer than anybody reads"):
            MutationFilter.model_validate(nested(depth))


def test_a_filter_is_no_longer_than_anybody_reads() -> None:
    hundred = tuple(str(number) for number in range(100))
    MutationFilter(label=hundred, path=hundred, text=hundred, author=hundred)
    with pytest.raises(ValidationError, match="longer than anybody reads"):
        MutationFilter(label=hundred, path=hundred, text=hundred, author=hundred, spec=hundred, type=("one",))
    with pytest.raises(ValidationError, match="longer than anybody reads"):
        MutationFilter(either=tuple(MutationFilter(label=hundred[:10]) for _ in range(50)))
    three = MutationFilter(label=hundred, path=hundred, text=hundred)
    with pytest.raises(ValidationFailed, match="longer than anybody reads"):
        both(three, three)
