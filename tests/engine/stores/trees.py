"""Trees of documents that declare and refer to one another, and bringing the head of a project from one to the next."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from hypothesis import strategies as st

from lattice_console.engine.features import applying
from lattice_console.engine.features.context import Context, Surroundings
from lattice_console.engine.ports import Tables
from lattice_console.engine.records import HeadMove
from lattice_console.engine.rules.hashes import digest
from tests.engine.stores.samples import NOW

PATHS = ("a.json", "b.json", "x/a.json", "x/b.json")
NAMES = "kmz"


class Document(NamedTuple):
    """Where it lies, the paths it refers to, and as a spec its name, what it depends on, and its globs."""

    path: str
    refers: tuple[str, ...]
    name: str | None
    depends_on: tuple[str, ...]
    governs: tuple[str, ...]

    def content(self) -> bytes:
        """Its bytes."""
        up = "../" * self.path.count("/")
        said: dict[str, object] = {"items": [{"$ref": f"{up}{path}#/items"} for path in self.refers]}
        if self.name is not None:
            said |= {"name": self.name, "type": "api", "depends_on": self.depends_on, "allowed_files": self.governs}
        return json.dumps(said).encode()


Tree = dict[str, Document]
"""Documents by a letter, which each keeps wherever it is moved."""

Edit = dict[str, Document | None]
"""What some documents are from now on, or that they are gone."""

_documents = st.builds(
    Document,
    st.sampled_from(PATHS),
    st.lists(st.sampled_from(PATHS), max_size=2, unique=True).map(tuple),
    st.none() | st.sampled_from(NAMES),
    st.lists(st.sampled_from([*NAMES, *PATHS]), max_size=2).map(tuple),
    st.lists(st.sampled_from(["*.json", "x/**", "x/b.*"]), max_size=2, unique=True).map(tuple),
)
edits = st.dictionaries(st.sampled_from("pqrs"), st.none() | _documents, min_size=1, max_size=3)


def edited(tree: Tree, edit: Edit) -> Tree:
    """The tree with those documents otherwise, as far as their paths are free."""
    after = {letter: document for letter, document in tree.items() if letter not in edit}
    for letter, document in edit.items():
        if document is not None and document.path not in {one.path for one in after.values()}:
            after[letter] = document
    return after


def move(tables: Tables, project_id: str, before: Tree, after: Tree) -> None:
    """Bring the head from one tree to the next, as an execution does."""
    ctx = Context(tables, "kim", project_id, Surroundings(), NOW)
    applying.advance(ctx, list(_moves(tables, project_id, before, after)), None)
    ctx.flush()


def _moves(tables: Tables, project_id: str, before: Tree, after: Tree) -> Iterator[HeadMove]:
    for letter in sorted(before.keys() | after.keys()):
        document_id, document = f"{project_id}-{letter}", after.get(letter)
        if document is None:
            yield HeadMove(document_id, "delete", None, None)
        elif document != before.get(letter):
            content = document.content()
            tables.documents.put_blobs({digest(content): content})
            yield HeadMove(document_id, "modify" if letter in before else "create", document.path, digest(content))


def edges(tree: Tree) -> set[tuple[str, str]]:
    """What depends on what in a tree, by the names that things have there."""
    names = {one.path: one.name or one.path for one in tree.values()}
    found = {(one.name, target) for one in tree.values() if one.name for target in one.depends_on}
    found |= {(names[one.path], names.get(path, path)) for one in tree.values() for path in one.refers}
    return {(source, target) for source, target in found if source != target}


def globs(tree: Tree) -> set[tuple[str, str]]:
    """By which globs the specs of a tree govern files."""
    return {(one.name, glob) for one in tree.values() if one.name for glob in one.governs}
