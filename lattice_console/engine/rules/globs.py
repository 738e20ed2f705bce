"""Which paths a glob covers, as `allowed_files` of specs have them.

A glob is a path from the project's folder, and covers whole paths: it is anchored at both ends. In a name, `*` stands
for any characters, `?` for one, `[a-z]` for one of those and `[!a-z]` for one of all others; `**` as a whole component
for any number of folders, none included; `{a,b}` for either text. A name that begins with a dot is covered only where
the glob says the dot: `**/*` covers nothing in `.lattice`.

Matching takes time that grows at most with the product of both lengths, whatever the glob: what stands between two
wildcards is looked for once, from the left, and never given back (atomic groups).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from lattice_console.contract.paths import is_trackable

__all__ = ["GLOB_LIMIT", "BadGlob", "Glob", "read"]

GLOB_LIMIT: Final = 600
"""Bytes of UTF-8 in a glob: an index of rows holds one."""

_WAYS: Final = 32
"""How many globs one with `{a,b}` may stand for."""

_MAGIC: Final = re.compile(r"[*?\[]")
_PIECE: Final = re.compile(r"\*+|\?|\[!?(?:\][^\]/]*|[^\]/]+)\]|[^*?\[]+|.", re.DOTALL)
_HIDDEN: Final = re.compile(r"(?<![^/])\.")
_CHOICE: Final = re.compile(r"\{([^{}]*)\}")


class BadGlob(ValueError):
    """A text is no glob; the message says why, to follow its name in a sentence, and `remedy` what to write."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True)
class Glob:
    """A glob; all that it covers lies in `folder`, which is empty or ends in a slash."""

    text: str
    folder: str
    _ways: tuple[str, ...]
    _is_all: bool
    """Whether it covers all that lies in its folder; nearly every glob does."""

    def covers(self, path: str) -> bool:
        """Whether it covers that path."""
        if not path.startswith(self.folder):
            return False
        if self._is_all:
            return len(path) > len(self.folder) and _HIDDEN.search(path, len(self.folder)) is None
        return self._pattern.fullmatch(path) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(map(_translated, self._ways)), re.DOTALL)


@lru_cache(maxsize=65536)
def read(text: str) -> Glob:
    """Read a glob; raises BadGlob."""
    if not text.strip():
        raise BadGlob("is empty", "Name files, such as src/**/*.")
    if len(text) > GLOB_LIMIT or len(text.encode(errors="replace")) > GLOB_LIMIT:
        raise BadGlob(f"has more than {GLOB_LIMIT} bytes", "Cover the folder that they lie in, such as src/**/*.")
    ways = _ways(text)
    for way in ways:
        _check(way)
    folders = [_folder(way) for way in ways]
    common = min(folders, key=len)
    while not all(folder.startswith(common) for folder in folders):
        common = common[: common.rstrip("/").rfind("/") + 1]
    return Glob(text, common, tuple(ways), text[len(common) :] in ("**", "**/*"))


def _ways(text: str) -> list[str]:
    """The globs without `{a,b}` that one stands for."""
    waiting, found = [text], []
    while waiting:
        one = waiting.pop()
        choice = _CHOICE.search(one)
        if choice is None:
            found.append(one)
            continue
        waiting += [f"{one[: choice.start()]}{each}{one[choice.end() :]}" for each in choice[1].split(",")]
        if len(waiting) + len(found) > _WAYS:
            raise BadGlob(f"stands for more than {_WAYS} globs", "Write fewer choices in {}, or several globs.")
    if any("{" in one or "}" in one for one in found):
        raise BadGlob("has a brace without its other one", "Write choices as {a,b}.")
    return sorted(set(found))


def _check(glob: str) -> None:
    components = glob.split("/")
    for component in components:
        if "**" in component and component != "**":
            raise BadGlob("has ** beside other characters", "Write ** between slashes, such as src/**/*.py.")
        if "[" in component and any(piece == "[" for piece in _PIECE.findall(component)):
            raise BadGlob("has a [ without its ]", "Write [abc], or [[] for the character itself.")
    if components[-1] == "":
        raise BadGlob("ends in a slash", f"Write {glob}** for all that lies in the folder.")
    # What wildcards stand for is legal in any path; all else has to be.
    plain = "/".join(re.sub(r"\[[^\]]*\]|[*?]", "a", component) for component in components)
    if not is_trackable(plain):
        raise BadGlob(
            "covers no file that a project can have", "Write it from the project's folder on, such as src/**/*."
        )


def _folder(glob: str) -> str:
    """The folder that all of it lies in, as far as that is said without wildcards."""
    magic = _MAGIC.search(glob)
    return glob[: glob.rfind("/", 0, magic.start() if magic else None) + 1]


def _translated(glob: str) -> str:
    """The regular expression of a glob without choices."""
    components = glob.split("/")
    last = components.pop()
    written = ""
    run: list[str] = []
    open_ = False
    for component in components:
        if component == "**":
            written += _run(run, open_)
            run, open_ = [], True
        else:
            run.append(f"{_component(component)}/")
    if last == "**":
        # All that lies in a folder, at any depth.
        return f"{written}{_run(run, open_)}(?:(?!\\.)[^/]+/)*+(?!\\.)[^/]+"
    # The end of a path is there once: what comes last is looked for from there, so nothing is tried twice for long.
    folders = "(?:(?!\\.)[^/]+/)*" if open_ else ""
    return f"{written}{folders}{''.join(run)}{_component(last)}"


def _run(components: list[str], open_: bool) -> str:
    """Names one after the other; after `**` the first such in the path, which is good enough for all that follows."""
    if not open_:
        return "".join(components)
    return f"(?>(?:(?!\\.)[^/]+/)*?{''.join(components)})" if components else ""


def _component(component: str) -> str:
    """The regular expression of one name."""
    pieces = _PIECE.findall(component)
    written = "" if pieces[0].startswith(".") else "(?!\\.)"
    fixed = ""
    starred = False
    for piece in pieces:
        if not piece.startswith("*"):
            fixed += _one(piece)
            continue
        written += f"(?>[^/]*?{fixed})" if starred else fixed
        fixed, starred = "", True
    # A name is never empty.
    return f"(?=[^/]){written}{'[^/]*' if starred else ''}{fixed}"


def _one(piece: str) -> str:
    if piece == "?":
        return "[^/]"
    if not piece.startswith("["):
        return re.escape(piece)
    negated = piece.startswith("[!") and piece != "[!]"
    chars = "".join(_chars(piece[2 if negated else 1 : -1]))
    if not chars:
        return "[^/]" if negated else "(?!)"
    return f"(?!/)[{'^' if negated else ''}{chars}]"


def _chars(text: str) -> Iterator[str]:
    """The characters of a pair of brackets, and their ranges; one whose ends are turned round holds nothing."""
    at = 0
    while at < len(text):
        if text[at + 1 : at + 2] == "-" and at + 2 < len(text):
            if text[at] <= text[at + 2]:
                yield f"{re.escape(text[at])}-{re.escape(text[at + 2])}"
            at += 3
        else:
            yield re.escape(text[at])
            at += 1
