"""Syntax colours for a few lines at a time, as roles; slow enough to belong off the event loop."""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

__all__ = ["Run", "highlight", "lexer_name"]

Run = tuple[str, str]
"""A stretch of text with its role: `plain`, `key`, `string`, `number`, `keyword` or `comment`."""

_LONGEST = 500
"""Characters beyond which a line is left plain: no person reads its colours, and lexers may take long."""

# The lexers that documents need. A short list, because the text is untrusted and a lexer runs with the lock held.
_LEXERS = {
    "json": "json",
    "yaml": "yaml",
    "yml": "yaml",
    "md": "markdown",
    "py": "python",
    "js": "javascript",
    "ts": "typescript",
    "sql": "sql",
    "toml": "toml",
    "sh": "bash",
    "go": "go",
    "rs": "rust",
    "java": "java",
    "css": "css",
    "ini": "ini",
    "graphql": "graphql",
    "proto": "protobuf",
}


def lexer_name(path: str) -> str | None:
    """The lexer for a path, by its extension; None where lines stay plain."""
    return _LEXERS.get(path.rpartition("/")[2].rpartition(".")[2].lower())


@lru_cache(len(_LEXERS))
def _lexer(name: str) -> "Lexer":
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(name, stripnl=False, ensurenl=False)


def highlight(lines: Sequence[str], name: str) -> list[list[Run]]:
    """The runs of each line, whose texts join to the line; overlong lines are one plain run."""
    text = "\n".join(line if len(line) <= _LONGEST else "" for line in lines)
    shown: list[list[Run]] = [[]]
    for kind, value in _lexer(name).get_tokens(text):
        role = _role(str(kind))
        for number, piece in enumerate(value.split("\n")):
            if number:
                shown.append([])
            if piece:
                shown[-1].append((role, piece))
    return [
        runs if "".join(piece for _, piece in runs) == line else [("plain", line)]
        for line, runs in zip(lines, [*shown, *([[]] * len(lines))], strict=False)
    ]


def _role(kind: str) -> str:
    if kind.startswith("Token.Comment"):
        return "comment"
    if kind.startswith(("Token.Name.Tag", "Token.Name.Attribute", "Token.Generic.Heading", "Token.Generic.Subheading")):
        return "key"
    if kind.startswith(("Token.Literal.String", "Token.Literal.Scalar")):
        return "string"
    if kind.startswith(("Token.Literal.Number", "Token.Literal.Date")):
        return "number"
    if kind.startswith(("Token.Keyword", "Token.Operator.Word", "Token.Name.Builtin")):
        return "keyword"
    return "plain"
