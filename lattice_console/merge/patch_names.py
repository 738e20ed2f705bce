"""File names in the headers of a patch, read as `git apply` reads them.

The facts are those of git's apply.c: where a name ends, timestamps behind names, quoting, and how many leading
components to strip: one, or none (`strip` is 1 or 0).
"""

import re

from lattice_console.merge.quoting import unquote

__all__ = [
    "common_name",
    "has_epoch_timestamp",
    "is_bare_name",
    "is_dev_null",
    "name_in_git_header",
    "name_in_traditional_header",
]

_SPACES = b" \t\r\n"
_SLASHES = re.compile(rb"/{2,}")
_TIMESTAMP = re.compile(rb"(?:\d\d)?\d\d-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d+)?)?(?: [+-]\d\d:?\d\d)?\Z")
# The longest timestamp that is looked for: a date, a time with many digits, a zone.
_TIMESTAMP_SIZE = 64
_EPOCH = re.compile(rb"(1969-12-31|1970-01-01) ([0-2]\d):([0-5]\d):00(?:\.0+)? ([-+])([0-2]\d):?([0-5]\d)\n")
_LINE_END = re.compile(rb"[\r\n]")
_LINE_END_OR_TAB = re.compile(rb"[\t\r\n]")


def is_dev_null(text: bytes) -> bool:
    """Whether the text of a header stands for a file that does not exist."""
    return text.startswith(b"/dev/null") and text[9:10] in (b" ", b"\t", b"\r", b"\n")


def name_in_git_header(text: bytes, strip: int, *, ends_at_tab: bool) -> bytes | None:
    """The name in a header line below `diff --git`, without its first `strip` components; None if none is left."""
    quoted = _quoted_name(text, strip)
    if quoted is not None:
        return quoted
    end = (_LINE_END_OR_TAB if ends_at_tab else _LINE_END).search(text)
    return _stripped(text[: end.start()] if end else text, strip, None)


def name_in_traditional_header(text: bytes, strip: int, other: bytes | None = None) -> bytes | None:
    """The name behind `--- ` or `+++ ` where there is no `diff --git`; a timestamp may follow it.

    Of two names of which one begins with the other (`file` and `file.orig`), the shorter one, `other`, is meant.
    """
    quoted = _quoted_name(text, strip)
    if quoted is not None:
        return quoted
    line = text.split(b"\n", 1)[0]
    before = _before_timestamp(line)
    if before is None:
        end = _LINE_END_OR_TAB.search(line)
        before = line[: end.start()] if end else line
    return _stripped(before, strip, other)


def is_bare_name(text: bytes) -> bool:
    """Whether a name without any `/` stands behind `+++ `, so that there is no first component to strip."""
    name = None if is_dev_null(text) else name_in_traditional_header(text, 0)
    return name is not None and b"/" not in name


def has_epoch_timestamp(text: bytes) -> bool:
    """Whether the timestamp behind a name is the epoch, by which GNU diff marks a file that does not exist."""
    _, tab, timestamp = text.rpartition(b"\t")
    match = _EPOCH.match(timestamp) if tab else None
    if match is None:
        return False
    date, *_ = match.groups()
    hour, minute, zone_hour, zone_minute = (int(match[group]) for group in (2, 3, 5, 6))
    zone = (zone_hour * 60 + zone_minute) * (-1 if match[4] == b"-" else 1)
    return hour * 60 + minute - zone == (24 * 60 if date == b"1969-12-31" else 0)


def common_name(text: bytes, strip: int) -> bytes | None:
    """The name that both sides of a `diff --git` line have; None where they differ or are not to be told apart."""
    if text.startswith(b'"'):
        return _common_after_quoted(text, strip)
    start = _skip_components(text, strip)
    if start is None:
        return None
    name = text[start:]
    quote = name.find(b'"')
    if quote >= 0:
        return _common_before_quoted(name, quote, strip)
    # The one blank at which the line falls into a name and the same name behind its own first component.
    end = name.find(b"\n")
    slash = -1
    for blank in re.finditer(rb"[ \t]", name[:end]) if end >= 0 else ():
        size = blank.start()
        second = size + 1
        if strip and slash < second:
            slash = name.find(b"/", second, end)
        if name.startswith(b"/", second) or (strip and slash < 0):
            return None
        second = slash + 1 if strip else second
        if end - second == size and name[second:end] == name[:size]:
            return name[:size]
    return None


def _common_after_quoted(text: bytes, strip: int) -> bytes | None:
    unquoted = unquote(text)
    if unquoted is None:
        return None
    first = _without_components(unquoted[0], strip)
    rest = text[unquoted[1] :].lstrip(_SPACES)
    if first is None or not rest:
        return None
    if not rest.startswith(b'"'):
        # git compares the rest with its newline, so that an unquoted second name never equals the first.
        return None
    other = unquote(rest)
    return first if other and _without_components(other[0], strip) == first else None


def _common_before_quoted(name: bytes, quote: int, strip: int) -> bytes | None:
    unquoted = unquote(name[quote:])
    second = _without_components(unquoted[0], strip) if unquoted else None
    if second is None or len(second) >= quote or not name.startswith(second):
        return None
    return second if name[len(second)] in _SPACES else None


def _skip_components(text: bytes, strip: int) -> int | None:
    """Where `text` goes on behind its first `strip` components; None if it has too few or is absolute."""
    if text.startswith(b"/"):
        return None
    at = 0
    for _ in range(strip):
        slash = text.find(b"/", at)
        if slash < 0:
            return None
        at = slash + 1
    return at


def _without_components(name: bytes, strip: int) -> bytes | None:
    start = _skip_components(name, strip)
    return None if start is None else name[start:]


def _quoted_name(text: bytes, strip: int) -> bytes | None:
    unquoted = unquote(text)
    if unquoted is None:
        return None
    parts = unquoted[0].split(b"/", strip)
    return _SLASHES.sub(b"/", parts[strip]) if len(parts) > strip else None


def _stripped(name: bytes, strip: int, other: bytes | None) -> bytes | None:
    parts = name.split(b"/", strip)
    rest = parts[strip] if len(parts) > strip else b""
    if not rest or (other is not None and len(other) < len(rest) and rest.startswith(other)):
        rest = other or b""
    return _SLASHES.sub(b"/", rest) or None


def _before_timestamp(line: bytes) -> bytes | None:
    """What stands before the timestamp at the end of `line` and the tab or blanks before that."""
    match = _TIMESTAMP.search(line, max(0, len(line) - _TIMESTAMP_SIZE))
    before = line[: match.start()] if match else b""
    if before.endswith(b"\t"):
        return before[:-1]
    return before.rstrip(b" ") if before.endswith(b" ") else None
