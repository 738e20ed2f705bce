"""Reads YAML into a tree of nodes with their places, from the events of libyaml.

Comments belong to the entry that they stand above or beside. Where the text between two nodes is not what we take it
for (complex keys, pairs without brackets), the collection is `spoiled`: nothing is spliced there.
"""

import re
from collections.abc import Hashable
from typing import Any, Final

from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from lattice_console.merge.reading import DEPTH_LIMIT, BeyondLimits, Unreadable, fail, yaml_events
from lattice_console.merge.structured_tree import NO_NOTES, Entry, Node, Numbers, Tree

__all__ = ["read"]

_GAP: Final = re.compile(r"[ \t\r\n]+|(#[^\r\n]*)|([-:,?])|[&!][^\s,\[\]{}]*")
_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)
_REST: Final = re.compile(r"[ \t]+(#[^\r\n]*)|[ \t]*")
_OTHER_BREAK: Final = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
_NULL: Final = "tag:yaml.org,2002:null"
_TEXT: Final = "tag:yaml.org,2002:str"


class _Open:
    """A collection that is being read: what has been read of its next entry, and its tag and anchor."""

    __slots__ = ("anchor", "from_", "key", "node", "start", "tag")

    def __init__(self, node: Node, start: int, event: CollectionStartEvent) -> None:
        self.node = node
        self.start = start
        self.from_ = start
        self.key: tuple[int, str, Node] | None = None
        self.tag, self.anchor = event.tag, event.anchor


def read(text: str, numbers: Numbers) -> Tree:
    """The tree of a document.

    Raises:
        Unreadable: it is not YAML, more than the limits of `merge.reading` allow, or not one document; or it has
            directives, or line ends other than LF and CRLF.
    """
    if other := _OTHER_BREAK.search(text):
        raise Unreadable("it has line ends other than LF and CRLF", text.count("\n", 0, other.start()) + 1)
    return _Reader(text, numbers).tree()


class _Reader:
    def __init__(self, text: str, numbers: Numbers) -> None:
        self._text = text
        self._numbers = numbers
        self._shift = int(text.startswith("\ufeff"))
        self._anchors: dict[str, int] = {}
        self._resolver = Resolver()
        self._opened: list[_Open] = []
        self._top: Node | None = None

    def tree(self) -> Tree:
        documents = 0
        for event in yaml_events(self._text[self._shift :].encode()):
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    fail("it holds several documents", event)
                if event.version or event.tags:
                    fail("it has directives", event)
            elif isinstance(event, CollectionStartEvent):
                self._open(event)
            elif isinstance(event, CollectionEndEvent):
                self._close(self._at(event.end_mark))
            elif isinstance(event, NodeEvent):
                self._scalar(event)
        if self._top is None:
            raise Unreadable("it is empty")
        root = self._top
        notes = self._comments(self._text[: root.start])
        top = Entry(None, "", 0, root.start, root.end, root, notes, is_block=root.layout == "block")
        return Tree(self._text, top, self._comments(self._text[root.end :]))

    def _at(self, mark: Any) -> int:
        """Where a mark of libyaml is in the text."""
        return int(mark.index) + self._shift

    def _open(self, event: CollectionStartEvent) -> None:
        if len(self._opened) >= DEPTH_LIMIT:
            fail(f"it nests deeper than {DEPTH_LIMIT} levels", event, BeyondLimits)
        start, end = self._at(event.start_mark), self._at(event.end_mark)
        node = Node("mapping" if isinstance(event, MappingStartEvent) else "sequence", "block", start, end)
        if event.flow_style:
            node.layout = "flow"
            node.start = end - 1
            if self._text[end - 1 : end] not in ("[", "{"):
                node.start, node.spoiled = start, "it has a pair without brackets"
        opened = _Open(node, start, event)
        if event.flow_style:
            opened.from_ = node.start + (node.spoiled is None)
        self._opened.append(opened)

    def _close(self, end: int) -> None:
        opened = self._opened.pop()
        node = opened.node
        entries = node.entries
        if node.layout == "flow":
            node.end = end
            last = entries[-1].end if entries else node.start + 1
            signs, notes = self._gap(last, end - 1)
            if signs not in ("", ",") or notes != NO_NOTES or self._text[end - 1 : end] not in ("]", "}"):
                node.spoiled = node.spoiled or "it has a comment before its end"
                node.notes = notes
        elif entries:
            node.start, node.end = entries[0].start, entries[-1].end
            self._hang(node, entries[0])
        self._number(node, opened.tag)
        self._placed(node, opened.start, opened.anchor)

    def _hang(self, node: Node, first: Entry) -> None:
        """Give the first entry of a block that begins below its key what stands between the two lines."""
        key = self._opened[-1].key if self._opened else None
        at = self._text.find("\n", key[2].end, first.start) if key else -1
        if at >= 0:
            at -= self._text[at - 1] == "\r"
            node.start = first.lead = at
            first.lead_notes = self._comments(self._text[at : first.start])

    def _number(self, node: Node, tag: str | None) -> None:
        of = self._numbers.of
        if node.kind == "mapping":
            node.data = self._numbers.of_mapping(node)
        else:
            node.data = of(("sequence", *(entry.value.data for entry in node.entries)))
        if tag:
            node.data = of(("tagged", tag, node.data))
        notes = [
            (at, entry.lead_notes, entry.side_notes, entry.value.notes)
            for at, entry in enumerate(node.entries)
            if entry.lead_notes or entry.side_notes or entry.value.notes
        ]
        if notes or node.notes:
            node.notes = of(("notes", node.notes, *notes))

    def _scalar(self, event: NodeEvent) -> None:
        start, end = self._at(event.start_mark), self._at(event.end_mark)
        if isinstance(event, AliasEvent):
            if event.anchor not in self._anchors:
                fail(f"nothing is anchored as {event.anchor}", event)
            node = Node("scalar", "none", start, end, self._anchors[event.anchor])
            self._placed(node, start, None)
            return
        assert isinstance(event, ScalarEvent)
        node = Node("scalar", "none", start, end, self._said(event))
        if event.style in ("|", ">"):
            # A block of text ends where the next node begins; the blank lines before that are not its own to us.
            node.layout = "block"
            end = start + len(self._text[start:end].rstrip(" \t\r\n"))
            node.end = self._line_end(end)
        self._placed(node, start, event.anchor)

    def _line_end(self, at: int) -> int:
        """Behind the blanks that follow a place."""
        while self._text[at : at + 1] in (" ", "\t"):
            at += 1
        return at

    def _said(self, event: ScalarEvent) -> int:
        tag = event.tag
        if tag is None or tag == "!":
            plain = event.style in (None, "") and tag is None
            # PyYAML's resolver has no types.
            tag = self._resolver.resolve(ScalarNode, event.value, (plain, not plain))  # type: ignore[no-untyped-call]
        if tag == _TEXT:
            return self._numbers.of(("text", event.value))
        return self._numbers.of(("typed", tag, None if tag == _NULL else event.value))

    def _placed(self, node: Node, start: int, anchor: str | None) -> None:
        """Take a node that has been read, with its properties from `start`, into the collection that it is in."""
        if anchor:
            self._anchors[anchor] = node.data
        if not self._opened:
            self._top = node
            return
        within = self._opened[-1]
        if within.node.kind == "mapping" and within.key is None:
            name = self._text[node.start : node.end] if node.kind == "scalar" else "?"
            text = self._numbers.text(node.data)
            within.key = self._numbers.of(("key", node.data)), name if text is None else text, node
            node.start = start
            if node.kind != "scalar" or node.layout == "block":
                within.node.spoiled = "it has a complex key"
            return
        self._entered(within, node, start)

    def _entered(self, within: _Open, value: Node, start: int) -> None:
        """Make a value, with the key before it, an entry."""
        node, key, from_ = within.node, within.key, within.from_
        is_block, side = node.layout == "block", list[int]()
        number, name = (key[0], key[1]) if key else (None, "")
        if key:
            begins = key[2].start
            signs, notes = self._gap(key[2].end, min(start, value.start))
            side.append(notes)
            if signs not in ((":",) if is_block else (":", "")):
                node.spoiled = node.spoiled or "it has a complex key"
        elif is_block:
            begins = self._dash(from_, start)
            signs, notes = self._gap(begins + 1, start)
            side.append(notes)
        else:
            begins = start
        if value.start > start:
            side.append(self._gap(start, value.start)[1])
        signs, lead_notes = self._gap(from_, begins)
        if signs not in (("",) if is_block else ("", ",")):
            node.spoiled = node.spoiled or "it has a complex key"
        end = max(value.end, begins + 1 if key is None and is_block else value.end)
        if is_block and (rest := _REST.match(self._text, end)):
            end = rest.end()
            side.append(self._comments(rest[1] or ""))
        column = begins - max(self._text.rfind("\n", 0, begins) + 1, self._shift) if is_block else 0
        side_notes = self._numbers.of(tuple(side)) if any(side) else NO_NOTES
        lead = (begins if is_block else from_) if not node.entries else self._after_comma(from_, begins, is_block)
        node.entries.append(Entry(number, name, lead, begins, end, value, lead_notes, side_notes, column, is_block))
        within.key, within.from_ = None, end

    def _after_comma(self, start: int, end: int, is_block: bool) -> int:
        return start if is_block else self._text.find(",", start, end) + 1

    def _dash(self, start: int, end: int) -> int:
        """Where the sign of an item stands that ends before `end`."""
        for token in _GAP.finditer(self._text, start, end):
            if token[2] == "-":
                return token.start()
        return end

    def _gap(self, start: int, end: int) -> tuple[str, int]:
        """The signs between two places, and the number of the comments there; "!" for what should not be there."""
        if start >= end:
            return "", NO_NOTES
        signs, comments, at = "", list[Hashable](), start
        for token in _GAP.finditer(self._text, start, end):
            if token.start() != at:
                return "!", NO_NOTES
            at = token.end()
            signs += token[2] or ""
            if token[1]:
                comments.append(token[1].rstrip())
        if at != end:
            return "!", NO_NOTES
        return signs, self._numbers.of(("comments", *comments)) if comments else NO_NOTES

    def _comments(self, text: str) -> int:
        comments = [comment.rstrip() for comment in _COMMENT.findall(text)]
        return self._numbers.of(("comments", *comments)) if comments else NO_NOTES
