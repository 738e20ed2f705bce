"""Names of keys: what people write, as the console knows them (`?` is `question_mark`, `Ctrl+Y` is `ctrl+y`)."""

import re
import string
import unicodedata

__all__ = ["FORBIDDEN", "key_name", "key_names", "types_text"]

FORBIDDEN = {
    **dict.fromkeys(("ctrl+w", "ctrl+t", "ctrl+n", "f5"), "a browser keeps it for itself"),
    "ctrl+c": "it copies, and interrupts programs",
}
"""Keys that no action may have, and why."""

_MODIFIERS = {
    "alt": "alt",
    "control": "ctrl",
    "ctrl": "ctrl",
    "hyper": "hyper",
    "meta": "meta",
    "option": "alt",
    "shift": "shift",
    "super": "super",
}

# Where the console's name of a sign is not that of Unicode.
_SIGNS = {
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "low_line": "underscore",
    "plus_sign": "plus",
    "reverse_solidus": "backslash",
    "solidus": "slash",
}

_EDITING = {"backspace", "delete", "enter", "space"}
_NAMED = {*_EDITING, "down", "end", "escape", "home", "insert", "left", "pagedown", "pageup", "right", "tab", "up"}
_OTHER_NAMES = {
    "del": "delete",
    "esc": "escape",
    "ins": "insert",
    "pgdn": "pagedown",
    "pgup": "pageup",
    "return": "enter",
    "spacebar": "space",
}
_KEY = re.compile(r"((?:[^+]+\+)*)(\+|[^+]+)")
_FUNCTION = re.compile("f([1-9]|1[0-9]|2[0-4])")

# A terminal sends the same for both.
_TWINS = {
    "ctrl+h": "backspace",
    "ctrl+i": "tab",
    "ctrl+left_square_bracket": "escape",
    "ctrl+m": "enter",
    "ctrl+space": "ctrl+at",
}


def _sign(char: str) -> str:
    name = unicodedata.name(char).lower().replace("-", "_").replace(" ", "_")
    return _SIGNS.get(name, name)


_PUNCTUATION = {_sign(char) for char in string.punctuation}


def key_names(said: object) -> tuple[str, ...]:
    """The keys that a setting names: a text with commas between them, or a list of texts.

    Raises ValueError, with what is wrong with it.
    """
    if isinstance(said, str):
        # A comma alone is a key.
        parts = [said] if said.strip() == "," else said.split(",")
    elif isinstance(said, list) and all(isinstance(part, str) for part in said):
        parts = said
    else:
        raise ValueError("its keys must be a text, such as ctrl+y")
    if not parts or not all(part.strip() for part in parts):
        raise ValueError("it needs a key")
    return tuple(dict.fromkeys(key_name(part.strip()) for part in parts))


def key_name(said: str) -> str:
    """The name of one key; raises ValueError where it is none, or may not be used."""
    match = _KEY.fullmatch(said)
    if match is None:
        raise ValueError(f"{said} is the name of no key")
    held = {_modifier(modifier, said) for modifier in match[1].split("+")[:-1]}
    name = match[2]
    if len(name) == 1:
        name = _single(name, held)
    else:
        name = name.lower()
        name = _OTHER_NAMES.get(name, name)
        if name not in _NAMED and name not in _PUNCTUATION and not _FUNCTION.fullmatch(name):
            raise ValueError(f"{said} is the name of no key")
    key = "+".join([*sorted(held), name])
    key = _TWINS.get(key, key)
    if key in FORBIDDEN:
        raise ValueError(f"{said} cannot be used: {FORBIDDEN[key]}")
    return key


def types_text(key: str) -> bool:
    """Whether the key, by its name, changes the text of a field."""
    return len(key) == 1 or key in _EDITING or key in _PUNCTUATION


def _modifier(said: str, key: str) -> str:
    try:
        return _MODIFIERS[said.lower()]
    except KeyError:
        raise ValueError(f"{key} is the name of no key") from None


def _single(char: str, held: set[str]) -> str:
    if not char.isalnum():
        if not char.isprintable():
            raise ValueError("it holds a character that is no key")
        return _sign(char)
    if held == {"shift"} and char.isalpha():
        held.clear()
        return char.upper()
    return char.lower() if held else char
