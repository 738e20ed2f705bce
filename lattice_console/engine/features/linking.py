"""Keeping up what depends on what, in the transaction of what changes it.

A document that is a spec goes by its name in the graph, any other by its path; so what refers to a path depends on
another name as soon as a spec is there, is there no more, or is called otherwise.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from lattice_console.engine.features.context import Context
from lattice_console.engine.ports import Tables
from lattice_console.engine.records import (
    GlobRecord,
    HeadMove,
    HeadRecord,
    NamedRecord,
    ReferenceRecord,
    SpecRecord,
)
from lattice_console.engine.rules import globs, syntax
from lattice_console.engine.rules import references as rules
from lattice_console.engine.rules import specs as spec_rules

_BYTES = 8 * 1024 * 1024
"""Bytes of documents that are in memory at once, save for a single one that is larger."""


def referring(document_id: str, references: Iterable[rules.Reference]) -> list[ReferenceRecord]:
    """What a document refers to, as it is stored."""
    pointers: dict[str, list[str]] = {}
    for path, pointer in references:
        pointers.setdefault(path, []).append(pointer)
    return [ReferenceRecord(document_id, path, found) for path, found in pointers.items()]


def governing(document_id: str, allowed_files: Iterable[str]) -> list[GlobRecord]:
    """By which globs a document governs files, as it is stored; what is no glob covers nothing."""
    found: list[GlobRecord] = []
    for text in dict.fromkeys(allowed_files):
        with suppress(globs.BadGlob):
            found.append(GlobRecord(document_id, text, globs.read(text).folder))
    return found


def follow(
    ctx: Context,
    moves: Sequence[HeadMove],
    references: Sequence[ReferenceRecord],
    governs: Sequence[GlobRecord],
    before: Mapping[str, HeadRecord],
    dropped: Mapping[str, NamedRecord],
    specs: Sequence[SpecRecord],
) -> None:
    """Bring the graph to what moved documents declare and refer to, and to where they lie now.

    `before` and `dropped` say where they lay and which specs they were, `specs` which they are.
    """
    tables, project_id = ctx.tables, ctx.project.id
    lay = [(id, one.path) for id, one in before.items()]
    lie = [(move.document_id, move.path) for move in moves if move.path is not None]
    # What is no data by its name, before and now, declares and refers to nothing.
    ids = list(dict.fromkeys(id for id, path in (*lay, *lie) if syntax.kind_of(path) != "other"))
    names = {spec.document_id: spec.name for spec in specs}
    was = {one.path: dropped[id].name if id in dropped else one.path for id, one in before.items()}
    now = {path: names.get(id, path) for id, path in lie}
    turned = {path for path in was | now if was.get(path, path) != now.get(path, path)}
    refer = tables.references.replace(project_id, ids, references) | {one.document_id for one in references}
    tables.globs.replace(project_id, ids, governs)
    others = tables.references.to(project_id, turned)
    tables.graph.link(project_id, {*ids, *(one.document_id for one in others)})
    # What was or is a spec is told of as such.
    told = {path: False for id, path in (*lay, *lie) if id in refer and path in (was.get(path), now.get(path))}
    told |= {
        edge.target: False
        for edge in tables.graph.next(project_id, turned | (was.keys() ^ now.keys()), reverse=True)
        if edge.target in (was.get(edge.target, edge.target), now.get(edge.target, edge.target))
    }
    told |= {now.get(one.path, one.path): True for one in others}
    for name, led_to in sorted(told.items()):
        said = {"led_to": True} if led_to else {}
        ctx.announce("graph.changed", project_id, ctx.project.version, name=name, **said)


def read_all(tables: Tables, project_id: str) -> bool:
    """Read anew what every document of the head refers to and governs, and make the edges; False if that is nothing."""
    some = False
    for heads in _portions(tables.documents.starting_with(project_id, "")):
        contents = tables.documents.blobs(one.hash for one in heads)
        ids = [one.document_id for one in heads]
        refers, governs = zip(*(_read(one, contents[one.hash]) for one in heads), strict=True)
        tables.references.replace(project_id, ids, [record for records in refers for record in records])
        tables.globs.replace(project_id, ids, [record for records in governs for record in records])
        some = some or any(refers) or any(governs)
    tables.graph.rebuild(project_id)
    return some


def _read(head: HeadRecord, content: bytes) -> tuple[list[ReferenceRecord], list[GlobRecord]]:
    # What has neither of the keys nor a backslash, by which they may be written otherwise, need not be read.
    if not any(key in content for key in (b"$ref", b"allowed_files", b"\\")):
        return [], []
    parsed = syntax.parse(head.path, content)
    refers = referring(head.document_id, rules.read(head.path, parsed.data))
    return refers, governing(head.document_id, spec_rules.allowed_files(head.path, parsed))


def _portions(heads: Iterable[HeadRecord]) -> Iterator[list[HeadRecord]]:
    portion: list[HeadRecord] = []
    size = 0
    for head in heads:
        if portion and size + head.size > _BYTES:
            yield portion
            portion, size = [], 0
        portion.append(head)
        size += head.size
    if portion:
        yield portion
