"""Reads JSON into a tree of nodes with their places."""

import json
import re
from typing import Final

from lattice_console.merge.reading import BOM, DEPTH_LIMIT, BeyondLimits, Unreadable, read_json
from lattice_console.merge.structured_tree import Entry, Kind, Node, Numbers, Tree

__all__ = ["read"]

_TOKEN: Final = re.compile(
    r'[ \t\r\n]*+(?:("(?:[^"\\]++|\\.)*+")|([\[{])|([\]}])|(,)|(:)|([^\s\[\]{},:"]++))', re.DOTALL
)
_STRING, _OPENS, _CLOSES, _COMMA, _COLON = 1, 2, 3, 4, 5
_KINDS: Final[dict[str, Kind]] = {"{": "mapping", "[": "sequence"}


class _Open:
    """A collection that is being read: where its next entry's lead begins, and the key that waits for its value."""

    __slots__ = ("key", "lead", "name", "node", "start")

    def __init__(self, node: Node, lead: int) -> None:
        self.node = node
        self.lead = lead
        self.start = -1
        self.key: int | None = None
        self.name = ""


def read(text: str, numbers: Numbers) -> Tree:
    """The tree of a document.

    Raises:
        Unreadable: it is not JSON, or is more than the limits of `merge.reading` allow.
    """
    # Whether it is JSON at all is the reader's to say; what is left here is where things are.
    read_json(text.encode().removeprefix(BOM))
    opened: list[_Open] = []
    top: Entry | None = None
    for token in _TOKEN.finditer(text, len(text) - len(text.removeprefix("\ufeff"))):
        group = token.lastindex
        start, end = token.span(group or 0)
        within = opened[-1] if opened else None
        if group == _COLON:
            continue
        if group == _COMMA:
            assert within
            within.lead = end
            continue
        if group == _OPENS:
            if within and within.start < 0:
                within.start = start
            if len(opened) >= DEPTH_LIMIT:
                raise BeyondLimits(f"it nests deeper than {DEPTH_LIMIT} levels")
            opened.append(_Open(Node(_KINDS[text[start]], "flow", start, end), end))
            continue
        if group == _CLOSES:
            node = opened.pop().node
            node.end = end
            _number(node, numbers)
        elif group == _STRING and within and within.node.kind == "mapping" and within.key is None:
            within.name = _said(text[start:end])
            within.key = numbers.of(("key", within.name))
            within.start = start
            continue
        else:
            said = ("text", _said(text[start:end])) if group == _STRING else ("token", text[start:end])
            node = Node("scalar", "none", start, end, numbers.of(said))
        if not opened:
            top = Entry(None, "", 0, node.start, node.end, node)
            continue
        within = opened[-1]
        first = within.start if within.start >= 0 else node.start
        within.node.entries.append(Entry(within.key, within.name, within.lead, first, end, node))
        within.lead, within.start, within.key, within.name = end, -1, None, ""
    if top is None:
        raise Unreadable("it is empty")
    return Tree(text, top)


def _said(string: str) -> str:
    """What a string of JSON stands for."""
    return str(json.loads(string)) if "\\" in string else string[1:-1]


def _number(node: Node, numbers: Numbers) -> None:
    if node.kind == "mapping":
        node.data = numbers.of_mapping(node)
    else:
        node.data = numbers.of(("sequence", *(entry.value.data for entry in node.entries)))
