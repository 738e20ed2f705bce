"""How keys are printed: as people write them."""

__all__ = ["printed_key", "typed_key"]

_NAMES = {
    "colon": ":",
    "end": "End",
    "enter": "Enter",
    "escape": "Esc",
    "exclamation_mark": "!",
    "home": "Home",
    "left_curly_bracket": "{",
    "left_square_bracket": "[",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "question_mark": "?",
    "right_curly_bracket": "}",
    "right_square_bracket": "]",
    "equals_sign": "=",
    "slash": "/",
    "space": "Space",
    "tab": "Tab",
}
_ARROWS = {"up": "↑", "down": "↓", "left": "←", "right": "→"}


def printed_key(key: str, *, ascii: bool = False) -> str:
    """A key by the name that it has on the screen: `Enter`, `?`, `F2`, `ctrl+s`, `A`."""
    *modifiers, name = key.split("+")
    if name in _ARROWS and not ascii:
        name = _ARROWS[name]
    elif name[0] == "f" and name[1:].isdigit():
        name = name.upper()
    return "+".join([*modifiers, _NAMES.get(name, name)])


def typed_key(printed: str) -> str:
    """The key that is printed so: what `printed_key` was given."""
    *modifiers, name = printed.split("+") if len(printed) > 1 else [printed]
    typed = {shown: key for key, shown in {**_NAMES, **_ARROWS}.items()}.get(name, name)
    if typed[0] == "F" and typed[1:].isdigit():
        typed = typed.lower()
    return "+".join([*modifiers, typed])
