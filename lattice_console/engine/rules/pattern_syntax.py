r"""The syntax of JSON Schema's regular expressions: ECMA-262 as its `u` flag reads it, into a tree.

Left out, because no matcher in linear time has them: backreferences and lookbehind.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, NoReturn

__all__ = [
    "Alternatives",
    "Anchor",
    "Char",
    "Look",
    "Node",
    "PatternError",
    "Repeat",
    "Sequence",
    "Test",
    "UnsupportedPattern",
    "is_word",
    "parse",
]

Test = Callable[[str], bool]
"""Whether a character may stand here."""

_NESTING_LIMIT: Final = 50


class PatternError(ValueError):
    """A text that is no regular expression; says why."""


class UnsupportedPattern(PatternError):
    """A regular expression that takes more than linear time, or more than the limits; says what in it does."""


@dataclass(frozen=True, slots=True)
class Char:
    """One character that passes the test."""

    test: Test


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place: the text's start (`^`) or end (`$`), a word's boundary (`b`) or none (`B`)."""

    kind: Literal["^", "$", "b", "B"]


@dataclass(frozen=True, slots=True)
class Look:
    """What follows matches `body`, or, `negated`, does not; it is not read."""

    body: "Node"
    negated: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after another; none matches the empty text."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Alternatives:
    """One of several."""

    options: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """`body` from `low` to `high` times, None being without end."""

    body: "Node"
    low: int
    high: int | None


Node = Char | Anchor | Look | Sequence | Alternatives | Repeat


def parse(pattern: str) -> Node:
    """The tree of a pattern.

    Raises:
        UnsupportedPattern: it has a backreference, lookbehind or flags, an unknown property, or nests too deep.
        PatternError: it is no regular expression.
    """
    parser = _Parser(pattern)
    tree = parser.alternatives()
    if parser.more():
        parser.fail("has a `)` that nothing opens")
    return tree


def is_word(char: str) -> bool:
    r"""Whether `\w` takes a character: ASCII letters, digits and the underscore."""
    return char == "_" or (char.isascii() and char.isalnum())


def _is_digit(char: str) -> bool:
    return "0" <= char <= "9"


def _is_space(char: str) -> bool:
    return char in "\t\n\v\f\r\ufeff\u2028\u2029" or unicodedata.category(char) == "Zs"


def _is_inline(char: str) -> bool:
    return char not in "\n\r\u2028\u2029"


def _not(test: Test) -> Test:
    return lambda char: not test(char)


def _between(first: str, last: str) -> Test:
    return lambda char: first <= char <= last


def _any_of(tests: list[Test]) -> Test:
    return lambda char: any(test(char) for test in tests)


def _in_category(name: str) -> Test:
    return lambda char: unicodedata.category(char).startswith(name)


_CLASSES: Final[dict[str, Test]] = {
    "d": _is_digit,
    "D": _not(_is_digit),
    "w": is_word,
    "W": _not(is_word),
    "s": _is_space,
    "S": _not(_is_space),
}
_CONTROLS: Final = {"t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r"}
_CATEGORIES: Final = frozenset(
    "C Cc Cf Cn Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs".split()
)


class _Parser:
    """Reads a pattern from left to right; `at` is where."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0

    def more(self) -> bool:
        return self._at < len(self._pattern)

    def fail(self, problem: str) -> NoReturn:
        raise PatternError(f"{problem}, at character {min(self._at, len(self._pattern) - 1) + 1}")

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        char = self._next()
        if not char:
            self.fail("ends too early")
        self._at += 1
        return char

    def _accept(self, text: str) -> bool:
        found = self._pattern.startswith(text, self._at)
        if found:
            self._at += len(text)
        return found

    def alternatives(self) -> Node:
        options = [self._sequence()]
        while self._accept("|"):
            options.append(self._sequence())
        return options[0] if len(options) == 1 else Alternatives(tuple(options))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self.more() and self._next() not in "|)":
            part = self._part()
            bounds = self._quantifier()
            if bounds is None:
                parts.append(part)
            elif isinstance(part, Anchor | Look):
                self.fail("repeats what is no text")
            else:
                parts.append(Repeat(part, *bounds))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _part(self) -> Node:
        char = self._take()
        match char:
            case "^" | "$":
                return Anchor(char)
            case ".":
                return Char(_is_inline)
            case "[":
                return Char(self._class())
            case "(":
                return self._group()
            case "\\":
                return self._escape()
            case "*" | "+" | "?":
                self._at -= 1
                self.fail("has nothing to repeat")
            case _:
                # A brace or a closing bracket that opens or closes nothing stands for itself.
                return Char(char.__eq__)

    def _quantifier(self) -> tuple[int, int | None] | None:
        bounds: tuple[int, int | None] | None = None
        if self._accept("*"):
            bounds = (0, None)
        elif self._accept("+"):
            bounds = (1, None)
        elif self._accept("?"):
            bounds = (0, 1)
        elif self._next() == "{":
            bounds = self._braces()
        if bounds is not None:
            # Laziness: the same texts match.
            self._accept("?")
            if self._next() in ("*", "+", "?"):
                self.fail("has nothing to repeat")
        return bounds

    def _braces(self) -> tuple[int, int | None] | None:
        start = self._at
        self._at += 1
        low = self._number()
        high: int | None = low
        if low is not None and self._accept(","):
            high = None if self._next() == "}" else self._number()
            if high is None and self._next() != "}":
                low = None
        if low is None or not self._accept("}"):
            self._at = start
            return None
        if high is not None and high < low:
            self.fail("has a repetition whose bounds are out of order")
        return low, high

    def _number(self) -> int | None:
        start = self._at
        while _is_digit(self._next() or " "):
            self._at += 1
        # More digits than any limit allows are as good as nine of them.
        digits = self._pattern[start : self._at].lstrip("0")[:9] or "0"
        return int(digits) if self._at > start else None

    def _group(self) -> Node:
        self._depth += 1
        if self._depth > _NESTING_LIMIT:
            raise UnsupportedPattern(f"nests groups deeper than {_NESTING_LIMIT}")
        look: bool | None = None
        if self._accept("?="):
            look = False
        elif self._accept("?!"):
            look = True
        elif self._accept("?<=") or self._accept("?<!"):
            raise UnsupportedPattern("has a lookbehind, which takes more than linear time")
        elif self._accept("?<"):
            self._group_name()
        elif self._accept("?:"):
            pass
        elif self._next() == "?":
            raise UnsupportedPattern("has a group of a kind that JSON Schema does not know")
        body = self.alternatives()
        if not self._accept(")"):
            self.fail("has a group that nothing closes")
        self._depth -= 1
        if look is not None:
            return Look(body, look)
        # A group may be repeated, whatever is in it.
        return Sequence((body,)) if isinstance(body, Anchor | Look) else body

    def _group_name(self) -> None:
        start = self._at
        while (char := self._take()) != ">":
            if not (is_word(char) or char == "$" or char.isalpha()):
                self.fail("has a group whose name is no name")
        if self._at == start + 1 or _is_digit(self._pattern[start]):
            self.fail("has a group whose name is no name")

    def _escape(self) -> Node:
        if self._next() in ("b", "B"):
            return Anchor("b" if self._take() == "b" else "B")
        if self._next() == "k" or "1" <= self._next() <= "9":
            raise UnsupportedPattern("has a backreference, which takes more than linear time")
        test = self._escaped_class()
        return Char(test or self._escaped_char().__eq__)

    def _escaped_class(self) -> Test | None:
        """The class that an escape names, its backslash being read; None if it is a character's."""
        char = self._next()
        if char in _CLASSES:
            self._at += 1
            return _CLASSES[char]
        if char not in ("p", "P"):
            return None
        self._at += 1
        if not self._accept("{"):
            self.fail("has a property without braces")
        start = self._at
        while self._take() != "}":
            pass
        name = self._pattern[start : self._at - 1]
        for prefix in ("General_Category=", "gc="):
            name = name.removeprefix(prefix)
        if name not in _CATEGORIES:
            raise UnsupportedPattern("has a property other than a general category such as \\p{L}")
        return _in_category(name) if char == "p" else _not(_in_category(name))

    def _escaped_char(self) -> str:
        char = self._take()
        if char in _CONTROLS:
            return _CONTROLS[char]
        if not char.isalnum():
            # The flag allows signs of the syntax alone; people escape others too.
            return char
        if char == "0" and not _is_digit(self._next() or " "):
            return "\0"
        if char == "c" and self._next().isascii() and self._next().isalpha():
            return chr(ord(self._take()) % 32)
        if char == "x":
            return chr(self._hexadecimal(2))
        if char == "u":
            return self._unicode()
        self._at -= 1
        self.fail("has an escape that JSON Schema does not know")

    def _unicode(self) -> str:
        if self._accept("{"):
            start = self._at
            while self._take() != "}":
                pass
            digits = self._pattern[start : self._at - 1]
            self._at = start
            code = self._hexadecimal(len(digits)) if 0 < len(digits) <= 8 else 0x110000
            self._at += 1
            if code > 0x10FFFF:
                self.fail("names a character that does not exist")
            return chr(code)
        code = self._hexadecimal(4)
        if 0xD800 <= code < 0xDC00 and self._accept("\\u"):
            low = self._hexadecimal(4)
            if not 0xDC00 <= low < 0xE000:
                self.fail("names half a character")
            return chr(0x10000 + (code - 0xD800) * 0x400 + low - 0xDC00)
        return chr(code)

    def _hexadecimal(self, size: int) -> int:
        digits = self._pattern[self._at : self._at + size]
        if len(digits) < size or any(digit not in "0123456789abcdefABCDEF" for digit in digits):
            self.fail("has an escape without its hexadecimal digits")
        self._at += size
        return int(digits, 16)

    def _class(self) -> Test:
        negated = self._accept("^")
        tests: list[Test] = []
        while not self._accept("]"):
            first = self._class_member()
            if not (self._next() == "-" and self._pattern[self._at + 1 : self._at + 2] not in ("]", "")):
                tests.append(first.__eq__ if isinstance(first, str) else first)
                continue
            self._at += 1
            last = self._class_member()
            if not (isinstance(first, str) and isinstance(last, str)):
                self.fail("has a range from or to a class")
            if first > last:
                self.fail("has a range that is out of order")
            tests.append(_between(first, last))
        test = tests[0] if len(tests) == 1 else _any_of(tests)
        return _not(test) if negated else test

    def _class_member(self) -> str | Test:
        char = self._take()
        if char != "\\":
            return char
        if self._accept("b"):
            return "\b"
        return self._escaped_class() or self._escaped_char()
