"""Secrets that stand in a configuration file which everybody reads who has the repository.

A secret is known by its key, or by its looks; it is never repeated. What comes from the environment, `${NAME}`, is
none.
"""

import re
from collections.abc import Container, Iterator
from typing import Any, Final

from lattice_console.contract.models.spec import Finding
from lattice_console.contract.variables import variables
from lattice_console.engine.rules import syntax
from lattice_console.engine.rules.checks.catalogue import broken
from lattice_console.engine.rules.defects import Defect, placed
from lattice_console.merge.pointers import escaped

__all__ = ["check", "is_configuration", "unset"]

_FOLDER: Final = ".lattice/"
_DOCUMENTS: Final = (".lattice/specs/", ".lattice/templates/")
"""Folders there of what is no configuration: a spec may well have an example of a password."""

_KEY: Final = re.compile(
    r"(?:.*[_-])?(?:passw(?:or)?d|passphrase|pass|secret|token|credentials?|(?:api|access|secret|private|signing)[_-]?key)",
    re.IGNORECASE,
)
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LOOKS: Final = re.compile(
    r"[a-z][a-z0-9+.-]*://[^/?#\s:@]*:[^/?#\s@]+@"  # a URL with a password
    r"|https://hooks\.slack\.com/services/."
    r"|xox[abeoprs]-[A-Za-z0-9-]{8}"  # Slack
    r"|gh[oprsu]_[A-Za-z0-9]{20}|github_pat_[A-Za-z0-9_]{20}|glpat-[A-Za-z0-9_-]{16}"
    r"|AKIA[A-Z0-9]{16}"  # Amazon
    r"|(?:sk|rk|pk)_live_[A-Za-z0-9]{10}|sk-[A-Za-z0-9_-]{20}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)


def check(path: str, content: bytes) -> tuple[Finding, ...]:
    """The secrets in a document of the head that is configuration; nothing of any other. Never raises."""
    if not is_configuration(path):
        return ()
    parsed = syntax.parse(path, content)
    defects = [_defect(key, pointer) for key, pointer, text in _texts(parsed.data) if _is_secret(key, pointer, text)]
    return placed(path, content, parsed, defects)


def unset(path: str, content: bytes, known: Container[str]) -> Iterator[tuple[str, str]]:
    """Each key of a configuration whose value takes a variable that is not among those known, with its name."""
    if is_configuration(path):
        for _, pointer, text in _texts(syntax.parse(path, content).data):
            for name in variables(text):
                if name not in known:
                    yield pointer[1:].replace("/", ".").replace("~1", "/").replace("~0", "~"), name


def is_configuration(path: str) -> bool:
    """Whether a document is configuration of the project: JSON, YAML or Markdown in its folder that is no spec."""
    return path.startswith(_FOLDER) and not path.startswith(_DOCUMENTS) and syntax.kind_of(path) != "other"


def _defect(key: str, pointer: str) -> Defect:
    name = re.sub(r"[^A-Z0-9]+", "_", _CAMEL.sub("_", key).upper()).strip("_") or "SECRET"
    remedy = (
        f"Write ${{NAME}} there, such as ${{{name[:40]}}}, and set NAME where Lattice runs; change the secret, which "
        "everybody knows who has the repository."
    )
    return broken("secret", "A secret stands here as it is, in a file that is tracked.", pointer, remedy)


def _is_secret(key: str, pointer: str, text: str) -> bool:
    if not text.strip() or any(True for _ in variables(text)):
        return False
    named = _KEY.fullmatch(_CAMEL.sub("_", key)) or pointer == "/api/key"
    return bool(named or _LOOKS.search(text[:10_000]))


def _texts(data: Any) -> Iterator[tuple[str, str, str]]:
    """Every text, in order, with the key that it is the value of, or in a list of, and its pointer."""
    pending = [("", "", data)]
    while pending:
        key, pointer, value = pending.pop()
        if isinstance(value, str):
            yield key, pointer, value
        elif isinstance(value, dict):
            pending += [(one, f"{pointer}/{escaped(one)}", value[one]) for one in reversed(value)]
        elif isinstance(value, list):
            pending += [(key, f"{pointer}/{at}", value[at]) for at in reversed(range(len(value)))]
