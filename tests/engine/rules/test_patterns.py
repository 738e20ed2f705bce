"""Regular expressions of schemas: what they match, and that none takes long."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.engine.rules.patterns import (
    PATTERN_LIMIT,
    PROGRAM_LIMIT,
    PatternError,
    UnsupportedPattern,
    compile_pattern,
)


def finds(pattern: str, text: str) -> bool:
    return compile_pattern(pattern).search(text, lambda _: None)


def units(pattern: str, text: str) -> int:
    """What a search costs."""
    spent: list[int] = []
    compile_pattern(pattern).search(text, spent.append)
    return sum(spent)


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("", ["", "a"], []),
        ("b", ["abc"], ["", "ac"]),
        ("^b", ["bc"], ["ab"]),
        ("b$", ["ab"], ["bc", "b\n"]),
        ("^$", [""], ["\n"]),
        ("^a.c$", ["abc", "a\U0001f600c"], ["ac", "a\nc", "a\u2028c"]),
        ("^(a|bc|)$", ["a", "bc", ""], ["b", "abc"]),
        ("^a*$", ["", "aaa"], ["ab"]),
        ("^a+?$", ["a", "aaa"], [""]),
        ("^a?b$", ["b", "ab"], ["aab"]),
        ("^a{2}$", ["aa"], ["a", "aaa"]),
        ("^a{2,}$", ["aa", "aaaa"], ["a"]),
        ("^a{1,2}?$", ["a", "aa"], ["", "aaa"]),
        ("^(?:ab){0}$", [""], ["ab"]),
        ("^a{,2}$", ["a{,2}"], ["aa"]),
        ("^a{x$", ["a{x"], ["a"]),
        ("^x]}$", ["x]}"], []),
        ("^[abc]$", ["a", "c"], ["d", ""]),
        ("^[^abc]$", ["d", "\n"], ["a", ""]),
        ("^[a-c-]$", ["b", "-"], ["d"]),
        ("^[-a]$", ["-", "a"], ["b"]),
        (r"^[\]\\\-\d]$", ["]", "\\", "-", "7"], ["d"]),
        (r"^[\w-]+$", ["a-b"], ["a b"]),
        ("^[^]$", ["a", "\n"], [""]),
        ("^[]?$", [""], ["a", "]"]),
        (r"^[\b]$", ["\b"], ["b"]),
        (r"^\d\D$", ["1a"], ["a1", "\u0661a"]),
        (r"^\w\W$", ["_ ", "aé"], ["éa"]),
        (r"^\s\S$", [" a", "\ufeffa", "\u00a0a", "\u2003a"], ["a ", "\u200ba"]),
        (r"\bab\b", ["ab", "x ab."], ["xab", "ab_"]),
        (r"a\Bb", ["ab"], ["a b"]),
        (r"^\x41\u0042\u{43}\u{1F600}\ud83d\ude00$", ["ABC\U0001f600\U0001f600"], ["abc"]),
        (r"^\t\n\v\f\r\0\cA\.\/\@$", ["\t\n\v\f\r\0\x01./@"], []),
        (r"^\p{L}\P{Lu}\p{gc=Nd}$", ["éa1", "Ωa\u0661"], ["1a1", "aA1"]),
        ("^(?<year>[0-9]{4})$", ["2001"], ["201"]),
        ("^(?=.*[0-9])(?=.*[A-Z]).{4,}$", ["abC1"], ["abc1", "aC1"]),
        ("^(?!foo)...", ["bar"], ["foo", "foobar"]),
        ("a(?=b(?!c))", ["abd", "ab"], ["abc", "ac"]),
        ("^(?:(?=a)|b)*a$", ["a", "ba"], ["", "bc"]),
        ("(?:^|,)x", ["x", "y,x"], ["yx"]),
        ("^[^@ ]+@[^@ ]+[.][a-z]{2,}$", ["kim@example.com"], ["kim@example", "@example.com", "a@b@c.de"]),
        (r"^v(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$", ["v1.20.3"], ["v1.2", "v01.2.3"]),
        ("^[a-z0-9]+(?:-[a-z0-9]+)*$", ["a-b-c1"], ["a--b", "-a", ""]),
    ],
)
def test_a_pattern_finds_what_ecmascript_says(pattern: str, matching: list[str], others: list[str]) -> None:
    assert [text for text in matching if not finds(pattern, text)] == []
    assert [text for text in others if finds(pattern, text)] == []


GROUPS = ("(", ")", "(a", "a)", "(?<1a>b)", "(?<>b)")
REPETITIONS = ("*", "a|+", "a**", "a{2}*", "^*", "(?=a)*", "a{2,1}")
ESCAPES = ("\\", r"\y", r"\u12", r"\xg1", r"\u{110000}", r"\u{}", r"\ud800\u0041", r"\p", r"\p{L", r"\c1")
RANGES = ("[", "[a", "[b-a]", r"[a-\d]")


@pytest.mark.parametrize("pattern", [*GROUPS, *REPETITIONS, *ESCAPES, *RANGES])
def test_what_is_no_pattern_is_refused_with_its_place(pattern: str) -> None:
    with pytest.raises(PatternError, match=r"at character \d+") as caught:
        compile_pattern(pattern)
    assert not isinstance(caught.value, UnsupportedPattern)


UNKNOWN = (r"(a)\1", r"(?<a>b)\k<a>", "(?<=a)b", "(?<!a)b", "(?i)a", "(?P<a>b)", r"\p{Script=Greek}")
LARGE = (f"a{{{PROGRAM_LIMIT + 1}}}", "(a{100}){100}", "((((){999}){999}){999}){999}", "(?=a{3000})a{3000}")
LONG = ("a{99999999999999999999}", "(" * 51 + ")" * 51, "a" * (PATTERN_LIMIT + 1))


@pytest.mark.parametrize("pattern", [*UNKNOWN, *LARGE, *LONG])
def test_what_takes_too_much_is_refused_as_such(pattern: str) -> None:
    with pytest.raises(UnsupportedPattern):
        compile_pattern(pattern)


# What this grammar makes means the same to `re`, on texts without line ends.
CLASSES = st.sampled_from(
    ["a", "b", "-", ".", "[ab]", "[^a]", "[a-b-]", r"\w", r"[\W_]", r"\.", "(?:)", "^", "$", r"\b"]
)
EXPRESSIONS = st.recursive(
    CLASSES,
    lambda inner: (
        st.lists(inner, max_size=3).map("".join)
        | st.lists(inner, min_size=1, max_size=3).map("|".join).map("(?:{})".format)
        | st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,}", "{0,2}", "*?"])).map(
            "(?:{0[0]}){0[1]}".format
        )
        | st.tuples(st.sampled_from(["(?=", "(?!"]), inner).map("".join).map("{})".format)
    ),
    max_leaves=6,
)
TEXTS = ["".join(chars) for size in range(5) for chars in product("ab-", repeat=size)]


@given(EXPRESSIONS)
def test_it_agrees_with_the_backtracking_matcher(pattern: str) -> None:
    expected = [text for text in TEXTS if re.search(pattern.replace("$", r"\Z"), text)]
    assert [text for text in TEXTS if finds(pattern, text)] == expected


@given(st.text("ab^$.|?*+()[]{}\\1,:=!<>-dDwWsSbBpPukxcL\n", max_size=20))
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    try:
        found = finds(text, "ab")
    except PatternError:
        return
    assert found in (True, False)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "pattern",
    [
        "^(a+)+$",
        "^(a|a)*$",
        "^(a|aa)+$",
        "^(.*a){12}$",
        "(a+a+)+c",
        ".*.*.*.*=",
        "^(?:a?){50}a{50}c",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
    ],
)
def test_what_takes_a_backtracking_matcher_for_ever_takes_linear_time(pattern: str) -> None:
    text = "a" * 2000 + "b"
    assert not finds(pattern, text)
    assert units(pattern, text) <= len(text) * compile_pattern(pattern).size


def test_the_cost_grows_with_the_text_and_is_paid_on_the_way() -> None:
    pattern = "^(a|b)*c$"
    assert units(pattern, "ab" * 2000) == pytest.approx(2 * units(pattern, "ab" * 1000), rel=0.1)

    def refuse(_: int) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        compile_pattern("(?=.*c)x").search("a" * 100_000, refuse)
