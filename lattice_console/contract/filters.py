"""The filter language of lists: `status:pending,approved -author:me age:>2d "split invoice" or has:threads`.

Words with a known key narrow by that field and a comma separates alternatives; everything else is text to look for.
All words must hold; `-` before a word turns it round; what stands between two `or` is an alternative to the rest.
Double quotes keep spaces together, and a quoted word is never `or`. `actor:` is as good as `author:`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import ValidationError

from lattice_console.contract.errors import ValidationFailed, from_validation
from lattice_console.contract.models.mutation import Status
from lattice_console.contract.models.project import Vote
from lattice_console.contract.models.query import AGE_LIMIT, EVERYTHING, Condition, Having, MutationFilter

STATUSES: tuple[str, ...] = get_args(Status)
"""The values that `status:` takes."""

VALUES: Mapping[str, tuple[str, ...]] = {
    "status": STATUSES,
    "vote": (*get_args(Vote), "none"),
    "has": get_args(Having),
    "is": get_args(Condition),
}
"""The values of the fields that take only some."""

KEYS = ("status", "author", "spec", "type", "label", "path", "age", "vote", "has", "is", "stack")
"""The fields that can be named."""

_FIELDS = {"has": "having", "is": "condition"}
_SAME = {"actor": "author"}
"""Keys that are understood for others: events have actors, mutations authors."""

_SINGLE = ("status", "author", "spec", "type")
_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_WORD = re.compile(r'(?P<sign>-(?=[^\s-]))?(?:(?P<key>[a-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S+)|(?(key)|(?!)))')
_AGE = re.compile(r"([<>])(\d{1,6})([mhdw])")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a filter as typed, from `start` to before `end`; `key` is empty for text and for `or`."""

    start: int
    end: int
    key: str
    value: str
    negated: bool
    quoted: bool

    @property
    def is_or(self) -> bool:
        """Whether it parts two alternatives."""
        return not self.key and not self.quoted and not self.negated and self.value.lower() == "or"


def words(text: str) -> Iterator[Word]:
    """The words of a filter, right or wrong, in order."""
    for match in _WORD.finditer(text):
        quoted = match["quoted"] is not None
        value = match["quoted"] if quoted else match["plain"] or ""
        key = match["key"] or ""
        yield Word(match.start(), match.end(), _SAME.get(key, key), value, match["sign"] is not None, quoted)


def parse(text: str) -> MutationFilter:
    """The filter that `text` says; raises ValidationFailed (`VAL_FILTER`) for the word that is wrong.

    Its details have the `word`, and where it stands: from `start` to before `end`.
    """
    alternatives: list[list[Word]] = [[]]
    for word in words(text):
        if word.is_or:
            if not alternatives[-1]:
                raise wrong(text, word, "an or stands between two alternatives, and there is nothing before it")
            alternatives.append([])
        else:
            alternatives[-1].append(word)
    if len(alternatives) > 1 and not alternatives[-1]:
        last = [word for word in words(text) if word.is_or][-1]
        raise wrong(text, last, "an or stands between two alternatives, and there is nothing after it")
    try:
        found = [_conjunction(text, alternative) for alternative in alternatives]
        return found[0] if len(found) == 1 else MutationFilter(either=tuple(found))
    except ValidationError as error:
        # Each word is fine for itself; together they are too many.
        raise wrong(text, Word(0, len(text), "", text, False, False), _problem(error)) from None


def both(first: MutationFilter, second: MutationFilter) -> MutationFilter:
    """What both filters let pass; raises ValidationFailed where that is longer than a filter may be."""
    if first == EVERYTHING or second == EVERYTHING:
        return second if first == EVERYTHING else first
    try:
        return MutationFilter(all=(first, second))
    except ValidationError as error:
        raise from_validation(error) from None


def either(first: MutationFilter, second: MutationFilter) -> MutationFilter:
    """What either filter lets pass; raises ValidationFailed where that is longer than a filter may be."""
    if EVERYTHING in (first, second):
        return EVERYTHING
    try:
        return MutationFilter(either=(first, second))
    except ValidationError as error:
        raise from_validation(error) from None


def _conjunction(text: str, found: list[Word]) -> MutationFilter:
    fields: dict[str, Any] = {}
    further: list[MutationFilter] = []
    without: list[MutationFilter] = []
    for word in found:
        said = _fields(text, word)
        try:
            alone = MutationFilter.model_validate(said)
        except ValidationError as error:
            raise wrong(text, word, _problem(error)) from None
        if word.negated:
            without.append(alone)
            continue
        for name, value in said.items():
            if name not in fields:
                fields[name] = value
            elif name == "text" or name in _SINGLE:
                # A mutation has one status; to name it twice can only mean either.
                fields[name] += value
            else:
                further.append(MutationFilter.model_validate({name: value}))
    return MutationFilter.model_validate({**fields, "all": tuple(further), "without": tuple(without)})


def _fields(text: str, word: Word) -> dict[str, Any]:
    """What one word says, as fields of a filter."""
    key, value = word.key, word.value
    if not key:
        return {"text": (value,)}
    if key not in KEYS:
        raise wrong(text, word, f"there is no filter {key}:; known are {', '.join(f'{name}:' for name in KEYS)}")
    if key == "stack":
        number = value.upper().removeprefix("M-")
        if not (number.isascii() and number.isdigit() and len(number) < 12):
            raise wrong(text, word, "stack: takes the number of any mutation of a stack, such as stack:115")
        return {"stack": int(number)}
    if not value:
        raise wrong(text, word, f"{key}: needs a value{_known(key)}")
    if key == "age":
        return _age(text, word)
    values = (value,) if word.quoted else tuple(part for part in value.split(",") if part)
    if not values:
        raise wrong(text, word, f"{key}: needs a value{_known(key)}")
    for one in values:
        if key in VALUES and one not in VALUES[key]:
            raise wrong(text, word, f"there is no {key}:{one}{_known(key)}")
    return {_FIELDS.get(key, key): values}


def _age(text: str, word: Word) -> dict[str, Any]:
    match = _AGE.fullmatch(word.value)
    if match is None:
        raise wrong(text, word, "age: takes > or < and a time in m, h, d or w; age:>2d is older than two days")
    seconds = int(match[2]) * _UNITS[match[3]]
    if seconds > AGE_LIMIT:
        raise wrong(text, word, f"age: goes back {AGE_LIMIT / _UNITS['d']:,.0f} days at most")
    return {"min_age" if match[1] == ">" else "max_age": float(seconds)}


def _problem(error: ValidationError) -> str:
    """What is wrong first, for people."""
    problem: str = from_validation(error).details["problems"][0]["problem"]
    return problem.removesuffix(".")


def _known(key: str) -> str:
    return f"; known are {', '.join(VALUES[key])}" if key in VALUES else ""


def wrong(text: str, word: Word, problem: str) -> ValidationFailed:
    """The error for a word of a filter, with where it stands; `problem` follows a colon and ends without a stop."""
    return ValidationFailed(
        "VAL_FILTER",
        f"The filter cannot be read: {problem}.",
        field="filter",
        word=text[word.start : word.end],
        start=word.start,
        end=word.end,
    )
