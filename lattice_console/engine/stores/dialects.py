"""What SQLite and Postgres say differently: one expression here, compiled to the words of each."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Text, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class _Phrase(FunctionElement[Any]):
    """Its arguments put into a pattern: `{0}` is the first."""

    name = "phrase"
    inherit_cache = True
    words: Mapping[str, str]
    """The pattern for each dialect."""


@compiles(_Phrase)
def _say(phrase: _Phrase, compiler: SQLCompiler, **options: Any) -> str:
    arguments = list(phrase.clauses)

    def argument(place: re.Match[str]) -> str:
        return compiler.process(arguments[int(place[1])], **options)

    return re.sub(r"\{(\d)\}", argument, phrase.words[compiler.dialect.name])


def _phrase(name: str, kind: TypeEngine[Any], sqlite: str, postgresql: str) -> Callable[..., ColumnElement[Any]]:
    words = {"sqlite": sqlite, "postgresql": postgresql}
    made: type[_Phrase] = type(name, (_Phrase,), {"inherit_cache": True, "type": kind, "words": words})
    return made


mailbox = _phrase("mailbox", Text(), "{0}", "lower({0})")
"""An e-mail address for a comparison: nobody has two mailboxes whose names differ by case alone."""

folded = _phrase("folded", Text(), "casefold({0})", "lattice_casefold({0})")
"""The text without differences of case, in any script."""

alike = _phrase("alike", Boolean(), "{0} LIKE {1} ESCAPE '\\'", "{0} ILIKE {1} ESCAPE '\\'")
"""That the text is like the pattern, whatever the case of ASCII letters; a backslash escapes."""

beyond_ascii = _phrase(
    "beyond_ascii",
    Boolean(),
    "length(CAST({0} AS BLOB)) > length({0})",
    "octet_length({0}) > length({0})",
)
"""That the text has characters beyond ASCII."""

listed = _phrase(
    "listed",
    Boolean(),
    # What cannot be is ruled out by the text, since that is quick.
    "(instr({0}, {2}) > 0 AND EXISTS (SELECT 1 FROM json_each({0}) AS anon_label WHERE anon_label.value = {1}))",
    "jsonb_exists({0}, {1})",
)
"""That the list of JSON holds the text; it is given as the list, the text, and the text as JSON."""

greater = _phrase("greater", literal(0).type, "max({0}, {1})", "greatest({0}, {1})")
"""The greater one of two numbers."""
