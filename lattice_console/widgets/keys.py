"""How keys are printed: as people write them."""

__all__ = ["printed_key"]

_NAMES = {
    "colon": ":",
    "end": "End",
    "enter": "Enter",
    "escape": "Esc",
    "home": "Home",
    "left_curly_bracket": "{",
    "left_square_bracket": "[",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "question_mark": "?",
    "right_curly_bracket": "}",
    "right_square_bracket": "]",
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
