"""The structured layer of the three-way merge, beside what it may take: a second for each MB of the document.

Measured is what proposals add to the merge by lines behind the validity gate, `n` in bytes. A document in one line is
more than is read of it in that time, and gets no proposal; it is measured to say how long that takes.
"""

import json
from collections.abc import Iterator
from functools import partial

from benchmarks.beside_git import median, row
from lattice_console.merge.merging import three_way

Sides = tuple[bytes, bytes, bytes]
"""Base, ours and theirs."""


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Rows of {name, n, seconds, peer, peer_seconds, ratio}: medians, a ratio below 1 is within the budget."""
    rounds, count = (1, 500) if quick else (5, 12_000)
    for syntax in ("json", "yaml"):
        for places in (1, 50):
            sides = _document(syntax, count, places)
            name = f"{syntax}, {2 * places} conflicts"
            yield _measured(name, f"a.{syntax}", sides, rounds, settled=2 * places)
    large = json.dumps(list(range(count * 10))).encode()
    in_a_line = large, large.replace(b" 700,", b" 701,"), large.replace(b" 800,", b" 801,")
    yield _measured("json in one line", "a.json", in_a_line, rounds, settled=None)


def _measured(name: str, path: str, sides: Sides, rounds: int, *, settled: int | None) -> dict[str, object]:
    found = three_way(*sides, path=path)
    if settled is not None and (found.proposed is None or len(found.proposals) != settled):
        raise RuntimeError(f"not all conflicts have a proposal: {name}")
    lines = median(partial(three_way, *sides, path=path, propose=False), rounds)
    whole = median(partial(three_way, *sides, path=path), rounds)
    return row(name, len(sides[0]), whole - lines, "a second for each MB", len(sides[0]) / 1_000_000)


def _document(syntax: str, count: int, places: int) -> Sides:
    """A document of so many keys; in so many places both sides add a key and change one."""
    if syntax == "json":
        lines = [
            f'  "key-{number}": {{\n    "value": {number},\n    "of": ["a", "b"]\n  }},\n' for number in range(count)
        ]
        begin, end, added = "{\n", '  "end": 1\n}\n', '  "{}": {{\n    "of": ["a"]\n  }},\n'
    else:
        lines = [f"key-{number}:\n  # about it\n  value: {number}\n  of: [a, b]\n" for number in range(count)]
        begin, end, added = "begin: 1\n", "end: 1\n", "{}:\n  - x: 1\n    y: 2\n"
    ours, theirs = list(lines), list(lines)
    for number in range(places):
        at = (2 * number + 1) * count // (2 * places)
        ours[at] = added.format(f"ours-{number}") + ours[at].replace("value", "amount")
        theirs[at] = added.format(f"theirs-{number}") + theirs[at].replace("b]", "b, c]").replace('"b"]', '"b", "c"]')
    base, one, other = ((begin + "".join(each) + end).encode() for each in (lines, ours, theirs))
    return base, one, other
