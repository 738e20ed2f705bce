r"""Paths as git writes them in patches: as they are, or in double quotes with the escapes of C (`"a\tb"`)."""

import re

__all__ = ["quote", "quote_with_prefix", "shown", "unquote"]

_ESCAPES = {7: b"a", 8: b"b", 9: b"t", 10: b"n", 11: b"v", 12: b"f", 13: b"r", 34: b'"', 92: b"\\"}
_UNESCAPES = {escape[0]: code for code, escape in _ESCAPES.items()}
# Controls, the quote, the backslash, and every byte beyond ASCII (`core.quotePath`, git's default).
_ODD = re.compile(rb'[\x00-\x1f"\\\x7f-\xff]')
_PIECE = re.compile(rb'([^"\\]*)(?:\\([abtnvfr"\\]|[0-3][0-7][0-7])|(")|)', re.DOTALL)


def quote_with_prefix(prefix: bytes, path: bytes) -> bytes:
    """`prefix` and `path` as one name of a patch, quoted as a whole if either needs it."""
    name = prefix + path
    return b'"' + _ODD.sub(_escaped, name) + b'"' if _ODD.search(name) else name


def quote(path: bytes) -> bytes:
    """`path` as git prints it: unchanged where no byte of it is odd."""
    return quote_with_prefix(b"", path)


def shown(path: bytes) -> str:
    """`path` for a message to a person: one line of ASCII, whatever the path holds."""
    return quote(path).decode("ascii")


def unquote(text: bytes) -> tuple[bytes, int] | None:
    """The path of a quoted name at the start of `text`, and where the name ends; None if it is not well-formed."""
    if not text.startswith(b'"'):
        return None
    path, at = bytearray(), 1
    while match := _PIECE.match(text, at):
        plain, escape, closing = match.groups()
        path += plain
        at = match.end()
        if closing:
            return bytes(path), at
        if not escape:
            return None
        path.append(int(escape, 8) if len(escape) == 3 else _UNESCAPES[escape[0]])
    return None


def _escaped(match: re.Match[bytes]) -> bytes:
    code = match[0][0]
    return b"\\" + (_ESCAPES.get(code) or b"%03o" % code)
