"""Paths of documents: which are legal, and what finds two that one folder could not hold side by side.

A path is a relative POSIX path inside the project, stored as its exact UTF-8. Normalisation and case-folding only make
the key that finds twins; they never change a path.
"""

import re
import unicodedata

from lattice_console.contract.errors import ValidationFailed

COMPONENT_LIMIT = 255
"""Bytes of UTF-8 in one name: what common file systems hold."""

PATH_LIMIT = 4096
"""Bytes of UTF-8 in a whole path."""

TEMPORARY_PREFIX = ".lattice-tmp-"
"""How the names of a checkout's temporary files begin; cleaned away, hence never tracked."""

_REFUSED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_FOLDER = ".lattice"
_OWN = {"state", "local.json", ".gitignore"}


def check_path(path: str, *, field: str = "path") -> str:
    """Return `path`; raise ValidationFailed (`VAL_PATH`, details `field` and `path`) where it cannot be a document's.

    Everything that POSIX allows in a name is allowed, backslashes included, save control characters (C0, C1, DEL).
    """
    problem = _problem(path)
    if problem is not None:
        shown = _REFUSED.sub("\ufffd", path if len(path) <= 200 else f"{path[:200]}…")
        raise ValidationFailed("VAL_PATH", f"The path {shown!r} {problem}.", field=field, path=shown)
    return path


def is_trackable(path: str) -> bool:
    """Whether `path` may be a document's: `check_path` as a question."""
    return _problem(path) is None


def is_private(path: str) -> bool:
    """Whether `path` is of a kind that is never tracked, however it is named: git's, a checkout's, this machine's.

    Such files are passed over; any other that is not trackable has a name worth telling about.
    """
    components = path.split("/")
    if any(component.startswith(TEMPORARY_PREFIX) or _plain(component) == ".git" for component in components):
        return True
    return len(components) > 1 and _plain(components[0]) == _FOLDER and _plain(components[1]) in _OWN


def twin_key(path: str) -> str:
    """What two paths share that a file system without case or with another Unicode form takes for one.

    Canonical caseless matching of the Unicode Standard (section 3.13, D145), kept in NFC.
    """
    if path.isascii():
        return path.lower()
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())
    return unicodedata.normalize("NFC", folded)


def _problem(path: str) -> str | None:
    """What is wrong with `path`, to follow its name in a sentence; None where it is legal."""
    if not path:
        return "is empty; name a file inside the project"
    refused = _REFUSED.search(path)
    if refused is not None:
        kind = "lone surrogate" if refused[0] >= "\ud800" else "control character"
        return f"holds the {kind} U+{ord(refused[0]):04X} at position {refused.start() + 1}; rename the file"
    if len(path.encode()) > PATH_LIMIT:
        return f"is longer than {PATH_LIMIT} bytes"
    if path.startswith("/"):
        return "is absolute; write it relative to the project's folder"
    components = path.split("/")
    for component in components:
        problem = _component_problem(component)
        if problem is not None:
            return problem
    return _place_problem(components)


def folders(path: str) -> list[str]:
    """Every folder that a path lies in, the outermost first."""
    return [path[:position] for position, char in enumerate(path) if char == "/"]


def _component_problem(component: str) -> str | None:
    if not component:
        return "has an empty component; write single slashes, and none at the end"
    if component in {".", ".."}:
        return f"has the component {component!r}; write it as it lies inside the project"
    if len(component.encode()) > COMPONENT_LIMIT:
        return f"has a component longer than {COMPONENT_LIMIT} bytes"
    if component.startswith(TEMPORARY_PREFIX):
        return f"is named like a temporary file of a checkout ({TEMPORARY_PREFIX}…); rename the file"
    if _plain(component) == ".git":
        return "lies in .git, which is git's own and is never tracked"
    return None


def _place_problem(components: list[str]) -> str | None:
    """Whether the path lies where only what is no document may: `.lattice/state`, `local.json`, and their twins."""
    if _plain(components[0]) != _FOLDER:
        return None
    if components[0] != _FOLDER:
        return f"would lie in {_FOLDER} on some file systems; write the folder's name exactly so"
    if len(components) == 1:
        return f"is the project's own folder {_FOLDER}, not a file"
    if _plain(components[1]) in _OWN:
        return f"is kept by Lattice itself ({_FOLDER}/{_plain(components[1])}) and is never tracked"
    return None


def _plain(component: str) -> str:
    """The twin key, also without the invisible characters that some file systems ignore (as git guards `.git`)."""
    if component.isascii():
        return component.lower()
    return twin_key("".join(char for char in component if unicodedata.category(char) != "Cf"))
