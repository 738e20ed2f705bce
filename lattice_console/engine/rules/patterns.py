"""Regular expressions of JSON Schema, searched in linear time.

Patterns are untrusted, and a backtracking matcher such as `re` takes exponential time on some of them. Here a pattern
becomes a program whose states are followed side by side (Thompson, "Regular Expression Search Algorithm", 1968; in the
form of Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009): a text takes at most its length times
the program's steps, a lookahead that often again, and every step is paid for. Captures are not kept, because only
whether there is a match is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Final, NamedTuple

from lattice_console.engine.rules import pattern_syntax
from lattice_console.engine.rules.pattern_syntax import (
    Alternatives,
    Anchor,
    Char,
    Look,
    Node,
    PatternError,
    Repeat,
    Sequence,
    Test,
    UnsupportedPattern,
)

__all__ = ["PATTERN_LIMIT", "PROGRAM_LIMIT", "Pattern", "PatternError", "UnsupportedPattern", "compile_pattern"]

PATTERN_LIMIT: Final = 2_000
"""How many characters a pattern may have."""

PROGRAM_LIMIT: Final = 5_000
"""How many instructions a pattern may become; what is repeated counts as often as it must stand."""

# What is paid in one unit, and how many steps are run up between payments.
_STEPS_PER_UNIT = 4
_PAY_EVERY = 1024


class _Op(Enum):
    CHAR = auto()
    SPLIT = auto()
    ANCHOR = auto()
    LOOK = auto()
    MATCH = auto()


class _Instruction(NamedTuple):
    """CHAR reads what passes `test`; SPLIT goes to all `targets`; ANCHOR and LOOK go on where they hold."""

    op: _Op
    test: Test | None = None
    targets: tuple[int, ...] = ()
    anchor: str = ""
    ahead: "tuple[_Instruction, ...]" = ()
    negated: bool = False


_Program = tuple[_Instruction, ...]
_MATCH: Final = _Instruction(_Op.MATCH)


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> "Pattern":
    """Compile a pattern.

    Raises:
        UnsupportedPattern: it has what cannot be matched in linear time (a backreference), or is too large.
        PatternError: it is no regular expression.
    """
    if len(pattern) > PATTERN_LIMIT:
        raise UnsupportedPattern(f"has more than {PATTERN_LIMIT:,} characters")
    compiler = _Compiler()
    program = compiler.program(pattern_syntax.parse(pattern))
    return Pattern(program, compiler.size)


class _Compiler:
    """Emits the program of a tree; `size` counts the instructions, those of lookaheads included."""

    def __init__(self) -> None:
        self.size = 0

    def program(self, tree: Node) -> _Program:
        code: list[_Instruction] = []
        self._emit(tree, code)
        code.append(_MATCH)
        return tuple(code)

    def _room(self, code: list[_Instruction]) -> int:
        """Reserve an instruction at the end of `code`; returns its place."""
        self.size += 1
        if self.size > PROGRAM_LIMIT:
            raise UnsupportedPattern("repeats too much")
        code.append(_MATCH)
        return len(code) - 1

    def _emit(self, node: Node, code: list[_Instruction]) -> None:
        match node:
            case Char(test):
                code[self._room(code)] = _Instruction(_Op.CHAR, test=test)
            case Anchor(kind):
                code[self._room(code)] = _Instruction(_Op.ANCHOR, anchor=kind)
            case Look(body, negated):
                code[self._room(code)] = _Instruction(_Op.LOOK, ahead=self.program(body), negated=negated)
            case Sequence(parts):
                if not parts:
                    # Even nothing takes an instruction, so that repeating it comes to an end.
                    place = self._room(code)
                    code[place] = _Instruction(_Op.SPLIT, targets=(place + 1,))
                for part in parts:
                    self._emit(part, code)
            case Alternatives(options):
                self._emit_alternatives(options, code)
            case Repeat(body, low, high):
                self._emit_repeat(body, low, high, code)

    def _emit_alternatives(self, options: tuple[Node, ...], code: list[_Instruction]) -> None:
        fork = self._room(code)
        starts: list[int] = []
        exits: list[int] = []
        for option in options:
            starts.append(len(code))
            self._emit(option, code)
            exits.append(self._room(code))
        code[fork] = _Instruction(_Op.SPLIT, targets=tuple(starts))
        for place in exits:
            code[place] = _Instruction(_Op.SPLIT, targets=(len(code),))

    def _emit_repeat(self, body: Node, low: int, high: int | None, code: list[_Instruction]) -> None:
        for _ in range(low):
            self._emit(body, code)
        if high is None:
            loop = self._room(code)
            self._emit(body, code)
            code[self._room(code)] = _Instruction(_Op.SPLIT, targets=(loop,))
            code[loop] = _Instruction(_Op.SPLIT, targets=(loop + 1, len(code)))
            return
        forks: list[int] = []
        for _ in range(high - low):
            forks.append(self._room(code))
            self._emit(body, code)
        for place in forks:
            code[place] = _Instruction(_Op.SPLIT, targets=(place + 1, len(code)))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern."""

    _program: _Program
    size: int
    """How many instructions it has become."""

    def search(self, text: str, spend: Callable[[int], None]) -> bool:
        """Whether the pattern matches anywhere in `text`.

        `spend` is told, as the work goes on, what it costs, in units of about a microsecond; what it raises ends it.
        """
        run = _Run(text, spend)
        found = run.matches(self._program, 0, anywhere=True)
        run.settle()
        return found


class _Run:
    """One search."""

    __slots__ = ("_owed", "_spend", "_text")

    def __init__(self, text: str, spend: Callable[[int], None]) -> None:
        self._text = text
        self._spend = spend
        self._owed = 0

    def settle(self) -> None:
        self._spend(-(-self._owed // _STEPS_PER_UNIT))
        self._owed = 0

    def matches(self, program: _Program, start: int, *, anywhere: bool) -> bool:
        """Whether the program matches at `start`, or, `anywhere`, at or behind it."""
        text = self._text
        anchored = not anywhere or program[0].anchor == "^"
        states = [0]
        for position in range(start, len(text) + 1):
            reached = self._follow(program, states, position)
            if reached is None:
                return True
            if anchored and not reached:
                return False
            if position < len(text):
                char = text[position]
                states = [at + 1 for at in reached if (test := program[at].test) is not None and test(char)]
                if not anchored:
                    states.append(0)
        return False

    def _follow(self, program: _Program, states: list[int], position: int) -> list[int] | None:
        """The places of CHAR that are reached without reading on; None if MATCH is."""
        reached: list[int] = []
        seen: set[int] = set()
        while states:
            at = states.pop()
            if at in seen:
                continue
            seen.add(at)
            instruction = program[at]
            op = instruction.op
            if op is _Op.CHAR:
                reached.append(at)
            elif op is _Op.SPLIT:
                states += instruction.targets
            elif op is _Op.MATCH:
                return None
            elif self._holds(instruction, position):
                states.append(at + 1)
        self._owed += 1 + len(seen)
        if self._owed >= _PAY_EVERY:
            self.settle()
        return reached

    def _holds(self, instruction: _Instruction, position: int) -> bool:
        text, end = self._text, len(self._text)
        match instruction.anchor:
            case "^":
                return position == 0
            case "$":
                return position == end
            case "b" | "B" as kind:
                before = position > 0 and pattern_syntax.is_word(text[position - 1])
                after = position < end and pattern_syntax.is_word(text[position])
                return (before != after) == (kind == "b")
            case _:
                return self.matches(instruction.ahead, position, anywhere=False) != instruction.negated
