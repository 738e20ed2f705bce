"""The filter language of events: `name:mutation.* actor:kim M-12`.

`name:` takes names of events, or `mutation.*` for all that begin so, with commas between alternatives; `actor:`, also
as `author:` or `who:`, a handle, an e-mail or `me`; every other word, and `object:`, names what it happened to: a
mutation by its number, a document by its path, a spec by its name. All words must hold. Double quotes keep spaces
together.
"""

from typing import get_args

from lattice_console.contract.events import EventName
from lattice_console.contract.filters import Word, words, wrong
from lattice_console.contract.models.base import SEVERAL_LIMIT, Model

__all__ = ["EVENT_KEYS", "EVENT_NAMES", "EventFilter", "parse_event_filter"]

EVENT_KEYS = ("name", "actor", "object")
"""The fields that can be named."""

EVENT_NAMES: tuple[str, ...] = get_args(EventName)
"""The values that `name:` takes."""

_SAME = {"author": "actor", "who": "actor"}
"""Other names of a field: what lists of mutations call it, and what somebody who looks for a person types."""

_GROUPS = tuple(dict.fromkeys(f"{name.partition('.')[0]}.*" for name in EVENT_NAMES))


class EventFilter(Model):
    """Which events are meant; `object` is as typed: whoever asks finds out the id behind it."""

    names: tuple[str, ...] = ()
    actor: str | None = None
    object: str | None = None


def parse_event_filter(text: str) -> EventFilter:
    """The filter that `text` says; raises ValidationFailed (`VAL_FILTER`) for the word that is wrong.

    Its details have the `word`, and where it stands: from `start` to before `end`.
    """
    names: list[str] = []
    single: dict[str, str] = {}
    for word in words(text):
        key = _SAME.get(word.key, word.key) or "object"
        if word.is_or or word.negated:
            raise wrong(text, word, "alternatives and negation are not known here; name:a,b takes one of several")
        if key not in EVENT_KEYS:
            raise wrong(
                text, word, f"there is no filter {key}:; known are {', '.join(f'{one}:' for one in EVENT_KEYS)}"
            )
        if not word.value:
            raise wrong(text, word, f"{key}: needs a value")
        if key == "name":
            names += _names(text, word)
        elif single.setdefault(key, word.value) != word.value:
            raise wrong(text, word, f"{single[key]} is already the {key}, and events have but one")
    return EventFilter(names=tuple(dict.fromkeys(names)), actor=single.get("actor"), object=single.get("object"))


def _names(text: str, word: Word) -> list[str]:
    found = [name for name in word.value.split(",") if name]
    for name in found:
        if name not in EVENT_NAMES and name not in _GROUPS:
            near = [known for known in EVENT_NAMES if known.startswith(name.partition(".")[0])]
            raise wrong(text, word, f"there is no event {name}; known are {', '.join(near or _GROUPS)}")
    if len(found) > SEVERAL_LIMIT:
        raise wrong(text, word, "those are too many names")
    return found
