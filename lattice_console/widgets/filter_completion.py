"""What a word of a filter can become: keys, and the values that are known for each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lattice_console.contract.conflict_filter import CONFLICT_KEYS, CONFLICT_VALUES
from lattice_console.contract.filters import KEYS, VALUES, Word, words
from lattice_console.contract.nearness import known_are

__all__ = ["CONFLICTS", "MUTATIONS", "Completion", "Known", "Language", "complete", "doubt", "meaning"]

Known = Mapping[str, Sequence[str]]
"""Values by key, beside those that the language itself knows."""

_AGES = ("<1h", "<1d", "<1w", ">1d", ">2d", ">1w")
_UNITS = "mhdw"
_MOST = 40

_MEANINGS = {
    "status": "where it is in its life",
    "author": "who proposed it; me is you",
    "spec": "the spec that it is about",
    "type": "feature, security, …",
    "label": "a label that it bears",
    "path": "part of a path that it changes",
    "age": "older (>2d) or younger (<1h) than that",
    "vote": "a vote that counts now",
    "has": "what it has",
    "is": "how it stands",
    "stack": "all of the stack that this mutation is in",
    "is:open": "still to come to an end",
    "is:ended": "executed, rejected, cancelled, …",
    "is:mine": "proposed by you",
    "is:awaiting": "waits for you",
    "is:changed": "changed since you last reviewed it",
    "is:reviewed": "you voted or commented on it",
    "is:ready": "can be executed",
    "is:stacked": "stands on others that are yet to be executed",
    "is:conflicted": "a person must decide a conflict",
    "has:threads": "threads that are open",
    "has:votes": "votes that count now",
    "has:objections": "somebody requests changes, or rejects",
    "has:parents": "it is stacked on others",
    "has:conflict": "a conflict that a person must decide",
    "author:me": "proposed by you",
    "vote:none": "nobody has voted yet",
}


_CONFLICT_MEANINGS = {
    "path": "part of the document's path",
    "type": "what kind of conflict it is",
    "severity": "whether a person must decide",
    "mutation": "one of the two that meet; M-12 alone says the same",
    "severity:error": "a person must decide",
    "severity:warning": "merges by itself",
    "type:concurrent_modification": "both change one document",
    "type:dependency_violation": "what others depend on goes, or a circle comes",
    "type:schema_incompatibility": "the result breaks its schema",
    "type:file_collision": "both want one path",
}


@dataclass(frozen=True, slots=True)
class Language:
    """The words of a filter: its keys, the values that some of them have, and what either means."""

    keys: Sequence[str]
    values: Mapping[str, Sequence[str]]
    meanings: Mapping[str, str]


MUTATIONS = Language(KEYS, VALUES, _MEANINGS)
CONFLICTS = Language(CONFLICT_KEYS, CONFLICT_VALUES, _CONFLICT_MEANINGS)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a word can become: the text from `start` to before `end` is replaced by `text`."""

    start: int
    end: int
    text: str

    def applied(self, typed: str) -> tuple[str, int]:
        """The filter with it, and where the cursor is then: behind it, and a blank where the word is whole."""
        blank = "" if self.text.endswith(":") or typed[self.end : self.end + 1] == " " else " "
        done = typed[: self.start] + self.text + blank + typed[self.end :]
        return done, self.start + len(self.text) + (0 if self.text.endswith(":") else 1)


def complete(typed: str, cursor: int, known: Known, language: Language = MUTATIONS) -> list[Completion]:
    """What the word that ends at the cursor can become, the likeliest first; between words, every key."""
    word = next((word for word in words(typed) if word.start < cursor <= word.end), None)
    if word is None:
        return [Completion(cursor, cursor, f"{key}:") for key in language.keys]
    if cursor < word.end:
        return []
    start = word.start + (1 if word.negated else 0)
    if word.key:
        return _values(word, start, _everything(known, language))
    begun = word.value.lower()
    if word.quoted or not begun:
        return []
    texts = [f"{key}:" for key in language.keys if key.startswith(begun)]
    for key, values in _everything(known, language).items():
        texts += [f"{key}:{_quoted(value)}" for value in values if value.lower().startswith(begun)]
    return [Completion(start, word.end, text) for text in texts[:_MOST]]


def doubt(typed: str, known: Known) -> tuple[Word, str] | None:
    """The first word that names a person who is none, as far as is known, and a sentence about it.

    That is no error: who has left the project has proposed mutations all the same.
    """
    people = known.get("author", ())
    for word in words(typed):
        if word.key != "author" or not people:
            continue
        for value in [word.value] if word.quoted else word.value.split(","):
            # An e-mail is as good as a handle, and is not known here.
            if value and value not in people and "@" not in value:
                return word, f"Nobody here is called {value}; {known_are(value, {*people} - {'me'})}."
    return None


def _values(word: Word, start: int, known: Mapping[str, Sequence[str]]) -> list[Completion]:
    """The values of the word's key that begin, or else go on, as the last of them was begun."""
    key = word.key
    *whole, begun = [word.value] if word.quoted else word.value.split(",")
    values = _ages(begun) if key == "age" else known.get(key, ())
    ranked = [value for value in values if value.lower().startswith(begun.lower())]
    ranked += [value for value in values if begun.lower() in value.lower() and value not in ranked]
    before = f"{key}:" + "".join(f"{value}," for value in whole)
    return [
        Completion(start, word.end, before + _quoted(value))
        for value in ranked[:_MOST]
        # A quoted value stands alone; and what is typed already is no completion.
        if value not in whole and not (whole and " " in value)
    ]


def _everything(known: Known, language: Language) -> dict[str, Sequence[str]]:
    return {**language.values, **{key: list(dict.fromkeys(values)) for key, values in known.items()}}


def _ages(begun: str) -> Iterable[str]:
    if begun[:1] in ("<", ">") and begun[1:].isdigit():
        return [begun + unit for unit in _UNITS]
    return _AGES


def _quoted(value: str) -> str:
    return f'"{value}"' if any(char.isspace() or char == "," for char in value) else value


def meaning(text: str, language: Language = MUTATIONS) -> str:
    """What a completion means, in a few words: its value, or else its key."""
    key, _, _ = text.partition(":")
    return language.meanings.get(text) or language.meanings.get(key, "")
