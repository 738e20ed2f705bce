"""The readers of untrusted input: each takes any bytes, and answers or refuses them in its own words."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Final

from lattice_console.contract.conflict_filter import parse_conflict_filter
from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.event_filter import parse_event_filter
from lattice_console.contract.filters import parse as parse_filter
from lattice_console.engine.rules import globs, hooks, policy, references, specs, suppressions, syntax
from lattice_console.engine.rules.versioning import comparing
from lattice_console.json_file import Unusable, decoded
from lattice_console.merge.patch import apply
from lattice_console.merge.patch_model import PatchError
from lattice_console.merge.patch_parse import parse as parse_patch
from lattice_console.merge.writing import written
from lattice_console.workspace.select import glob

__all__ = ["SEEDS", "TARGETS", "Target"]

Target = Callable[[bytes], None]

_BASE: Final = b"name: a\nversion: 1.0.0\nb: 2\nc:\n  - 3\n  - 4\n"
_KINDS: Final = ("json", "yaml", "md", "txt")


def patch(data: bytes) -> None:
    """A patch, and its application to a document and to nothing."""
    with suppress(PatchError):
        for file in parse_patch(data, max_bytes=1_000_000):
            for base in (_BASE, None):
                with suppress(PatchError):
                    apply(base, file)


def spec(data: bytes) -> None:
    """A document of each kind, as a spec: read, checked, compared with another one, and looked through for references.

    Its first byte says which kind, and where the second of two versions begins.
    """
    if not data:
        return
    path = f".lattice/specs/a.{_KINDS[data[0] % 4]}"
    middle = 1 + len(data) * data[0] // 256
    before, after = data[1:middle], data[middle:]
    specs.read(path, after)
    specs.check(path, after, before)
    references.read(path, syntax.parse(path, after).data)
    comparing.compare(path, before, after)
    written(path, before, after)


def filters(data: bytes) -> None:
    """A filter of each place that has a language for it, and a glob."""
    text = data.decode(errors="surrogateescape")
    for read in (parse_filter, parse_event_filter, parse_conflict_filter):
        with suppress(ValidationFailed):
            read(text)
    with suppress(globs.BadGlob):
        globs.read(text).covers("docs/a.yaml")
    glob(text).match("docs/a.yaml")


def config(data: bytes) -> None:
    """A file of settings, a policy, suppressions, and what a hook answers."""
    with suppress(Unusable):
        decoded(data)
    policy.read({policy.CODE_REVIEW: data, ".lattice/config.json": data})
    suppressions.read(data)
    suppressions.check(data, date(2026, 1, 1))
    with suppress(ValidationFailed):
        hooks.read("pre-mutation", 0, data, data)


TARGETS: Final[Mapping[str, Target]] = {"patch": patch, "spec": spec, "filters": filters, "config": config}

SEEDS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "patch": (
        b"--- a/a.yaml\n+++ b/a.yaml\n@@ -1,3 +1,3 @@\n name: a\n-version: 1.0.0\n+version: 1.1.0\n b: 2\n",
        b"diff --git a/b b/c\nrename from b\nrename to c\n--- a/b\n+++ b/c\n@@ -1 +1 @@\n-a\n+b",
        b"diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n\\ No newline\n",
        b'--- "a/\\303\\251"\n+++ "b/\\303\\251"\n@@ -2 +2,2 @@ c\n-b\n+c\n+d\n',
    ),
    "spec": (
        b'\x00{"name": "a", "version": "1.0.0", "type": "api", "endpoints": [{"path": "/a", "method": "GET"}]}',
        b"\x01name: a\nversion: 1.0.0\ntables:\n  - name: t\n    columns: [{name: c, type: text}]\ndepends_on: [b]\n",
        b"\x02---\nname: a\nrequirements: [{description: d, validation: {type: regex, pattern: a}}]\n---\n",
        b"\x01openapi: 3.0.0\ninfo: {title: a}\npaths: {/a: {get: {responses: {'200': {description: d}}}}}\n",
        b"\x80a: &x [1, 2]\nb: *x\nc: {<<: {d: 1}}\n$ref: other.yaml#/a\n",
    ),
    "filters": (
        b'status:pending author:me age:>2d "two words" -label:x',
        b"has:conflict is:open path:docs/*",
        b"**/{a,b}/[!a-z]?.md",
    ),
    "config": (
        b'{"project": {"id": "x", "name": "y"}, "documents": {"limit": "${NAME}"}}',
        b'{"review_requirements": {"min_reviewers": 2, "approval_types": ["approve"]}}',
        b'{"suppressions": [{"rule": "r", "path": "p", "owner": "kim", "reason": "x", "expires": "2027-01-01"}]}',
        b'{"labels": ["a"], "reviewers": ["kim"], "metadata": {"a": 1}, "refuse": "no"}',
    ),
}
"""What is sound, to begin with."""
