"""Documents that nobody wants to read: each by its name, with what is said of it as a spec."""

import json
from typing import Final

_ALIASES = [b"a0: &x0 [x, x, x, x, x, x, x, x, x]"]
_ALIASES += [b"a%d: &x%d [%b]" % (at, at, b", ".join([b"*x%d" % (at - 1)] * 9)) for at in range(1, 30)]

_PATTERNS = {
    "name": "patterns",
    "version": "1.0.0",
    "a": "a" * 60 + "!",
    "schema_definition": {"properties": {"a": {"pattern": "^(a+)+$"}, "b": {"pattern": "(?=x)(a|aa)*\\1"}}},
}

CONTENTS: Final[dict[str, bytes]] = {
    "a-line-of-9-MB.json": b'{"a": "' + b"x" * 9_000_000 + b'"}',
    "a-million-lines.md": b"# Lines\n" + b"line\n" * 1_000_000,
    "deep.json": b"[" * 10_000 + b"]" * 10_000,
    "deep-objects.json": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "deep.yaml": b"a: " + b"[" * 10_000 + b"]" * 10_000,
    "aliases.yaml": b"\n".join(_ALIASES) + b"\n",
    "twice.json": b'{"a": 1, "a": 2}',
    "twice.yaml": b"a: 1\na: 2\n",
    "no-number.json": b'{"a": NaN}',
    "endless.json": b'{"a": 1e999}',
    "long-number.json": b'{"a": ' + b"9" * 5000 + b"}",
    "surrogate.json": b'{"a": "\\ud800"}',
    "nul.yaml": b"a: b\0c\n",
    "noise.json": bytes(range(256)) * 10,
    "escapes.yaml": b"a: \x1b[31mred\x1b]0;title\x07\x1b]8;;http://example.org\x07link\n",
    "quoted-escapes.yaml": b'name: quoted\nversion: "1.0.0"\ndescription: "\\x1b[31mred \\x1b]0;title\\x07"\n',
    "markup.yaml": b'name: "[@click=app.quit]x[/]"\nversion: 1.0.0\ndescription: "[red]a[/red] [/]"\n',
    "bidi.yaml": 'name: "a\u202eevil\u2066"\nversion: 1.0.0\n'.encode(),
    "patterns.json": json.dumps(_PATTERNS).encode(),
    "latin.yaml": b"a: \xe9\xff\n",
    "merged-twice.yaml": b"a: &a {x: 1}\nb: {<<: *a, <<: *a}\n",
    "code.yaml": b"a: !!python/object/apply:os.system ['touch run-by-a-document']\n",
    "empty.json": b"",
    "wide.json": '{"a": 1}'.encode("utf-16"),
    "entities.xml": b'<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;&c;&c;</a>',
}

SAID: Final[dict[str, str]] = {
    "a-million-lines.md": "It has no front matter",
    "deep.json": "it nests deeper than 200 levels",
    "deep-objects.json": "it nests deeper than 200 levels",
    "deep.yaml": "it nests deeper than 200 levels",
    "aliases.yaml": "its aliases repeat more than 1,000,000 values",
    "twice.json": "/a stands 2 times, on lines 1, 1: the last one counts",
    "twice.yaml": "/a stands 2 times, on lines 1, 2: the last one counts",
    "no-number.json": "NaN and Infinity are no values of JSON",
    "endless.json": "a number is too large",
    "long-number.json": "a number is too large, or has more than 1000 characters",
    "nul.yaml": "control characters are not allowed",
    "noise.json": "is not UTF-8",
    "escapes.yaml": "control characters are not allowed",
    "markup.yaml": "The name is hard to type",
    "bidi.yaml": "The name is hard to type",
    "patterns.json": "has a backreference, which takes more than linear time",
    "latin.yaml": "is not UTF-8",
    "empty.json": "expecting value",
    "wide.json": "is not UTF-8",
}
"""What is said of them, where something is beside a name and a version that they lack."""
