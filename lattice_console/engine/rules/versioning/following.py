"""Where a JSON pointer (RFC 6901) leads in a document, and a `$ref` to the document's own."""

import re
from typing import Final
from urllib.parse import unquote

from lattice_console.engine.rules.versioning.differences import Item, inner, mapping

__all__ = ["at", "follow"]

_REFERENCES: Final = 20
"""Over how many references one after the other something is looked for."""

_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}")


def at(document: Item, pointer: str) -> Item | None:
    """What stands at a pointer; None where nothing does."""
    found = document
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(found.value, list) and _INDEX.fullmatch(key) and int(key) < len(found.value):
            found = Item(f"{found.pointer}/{key}", found.value[int(key)])
        elif key in mapping(found.value):
            found = inner(found, key)
        else:
            return None
    return found


def follow(document: Item, item: Item) -> Item | None:
    """What a value refers to in its document by `$ref`, itself where it does not; None where that cannot be seen."""
    for _ in range(_REFERENCES):
        reference = mapping(item.value).get("$ref")
        if not isinstance(reference, str):
            return item
        found = at(document, unquote(reference[1:])) if reference[:2] in ("#", "#/") else None
        if found is None:
            return None
        item = found
    return None
