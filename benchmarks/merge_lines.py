"""The three-way merge by lines beside `git merge-file`, and what the validity gate adds to it.

Ours is `three_way` without a path, from bytes in memory: the verdict, and either the merged bytes or each conflict with
its three texts and the lines where they stand in each side and in the result. The peer is `git merge-file -p` as a
process, from its start until all that it prints has been read: it reads three files and writes one text with markers.
About 3 ms of that are the process, which `nothing to merge` shows by itself. The two are measured in turns.

The gate is measured on clean merges of JSON and YAML; its peer is the
merge by lines of the same documents, `n` their size in bytes.
"""

import random
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.beside_git import git, median, medians, row
from lattice_console.merge.marked import marked
from lattice_console.merge.merging import three_way

Sides = tuple[bytes, bytes, bytes]
"""Base, ours and theirs."""


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Rows of {name, n, seconds, peer, peer_seconds, ratio}: medians, `n` in lines, a ratio below 1 is ours faster."""
    rounds = 3 if quick else 9
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield _beside_git("nothing to merge", (b"a\n", b"b\n", b"c\n"), folder, rounds)
        for count in (1_000,) if quick else (1_000, 10_000, 100_000):
            yield _beside_git("clean", _edited(count, both=0), folder, rounds)
            conflicting = _edited(count, both=count // 100)
            yield _beside_git("with conflicts, as data", conflicting, folder, rounds)
            yield _beside_git("with conflicts, as text with markers", conflicting, folder, rounds, marked)
        for adversary, make in _ADVERSARIES.items():
            yield _beside_git(f"adversarial: {adversary}", make(500 if quick else 20_000), folder, rounds)
    for path in ("a.json", "a.yaml"):
        base, ours, theirs = _document(path, 1_000 if quick else 30_000)
        lines = median(partial(three_way, base, ours, theirs), rounds)
        whole = median(partial(three_way, base, ours, theirs, path=path), rounds)
        yield row(f"validity gate, {path[2:]}", len(base), whole - lines, "merge by lines", lines)


def _beside_git(
    name: str, sides: Sides, folder: Path, rounds: int, merge: Callable[..., object] = three_way
) -> dict[str, object]:
    for side, content in zip(("base", "ours", "theirs"), sides, strict=True):
        (folder / side).write_bytes(content)
    by_us = marked(*sides)
    peer = partial(git, folder, "merge-file", "-p", "ours", "base", "theirs", expected=min(by_us.conflicts, 127))
    if peer() != by_us.content or three_way(*sides).clean == bool(by_us.conflicts):
        raise RuntimeError(f"git merges otherwise: {name}")
    measured, by_git = medians(partial(merge, *sides), peer, rounds)
    return row(name, sides[0].count(b"\n"), measured, "git merge-file", by_git)


def _edited(count: int, both: int) -> Sides:
    """A document of so many lines, of which each side changed one in twenty, and both sides `both`."""
    chance = random.Random(count)
    base = [b'  "key-%d": "%016x",\n' % (number, chance.getrandbits(64)) for number in range(count)]
    places = chance.sample(range(0, count, 3), count // 10)
    ours, theirs = list(base), list(base)
    for at in places[: count // 20]:
        ours[at] = b'  "key-%d": "ours",\n' % at
    for at in places[count // 20 - both :]:
        theirs[at] = b'  "key-%d": "theirs",\n' % at
    return b"".join(base), b"".join(ours), b"".join(theirs)


def _shuffled(lines: list[bytes], seed: int) -> bytes:
    return b"".join(random.Random(seed).sample(lines, len(lines)))


def _of_two_lines(count: int) -> Sides:
    base, ours, theirs = (b"".join(random.Random(seed).choices((b"a\n", b"b\n"), k=count)) for seed in range(3))
    return base, ours, theirs


def _of_few_lines(count: int) -> Sides:
    base = [b"{\n", b"}\n", b"\n", b"  },\n"] * (count // 4)
    return b"".join(base), b"".join(base[::3]), _shuffled(base, 1)


def _reordered(count: int) -> Sides:
    base = [b"%d\n" % number for number in range(count)]
    return b"".join(base), b"".join(reversed(base)), _shuffled(base, 2)


def _unlike(count: int) -> Sides:
    base, ours, theirs = (b"".join(b"%d %d\n" % (side, number) for number in range(count)) for side in range(3))
    return base, ours, theirs


def _all_conflicts(count: int) -> Sides:
    base, ours, theirs = (
        b"".join(b"%d\n" % (number if number % 5 else number * 10 + side) for number in range(count))
        for side in range(3)
    )
    return base, ours, theirs


_ADVERSARIES: dict[str, Callable[[int], Sides]] = {
    "two lines at random": _of_two_lines,
    "four lines over and over": _of_few_lines,
    "lines in another order": _reordered,
    "no line in common": _unlike,
    "every fifth line conflicts": _all_conflicts,
}


def _document(path: str, count: int) -> Sides:
    """JSON or YAML of so many keys, at each end of which one side added a key."""
    if path.endswith("json"):
        lines = [b'  "key-%d": {"value": %d, "of": ["a", "b"]},\n' % (number, number) for number in range(count)]
        begin, end, ours, theirs = b"{\n", b'  "end": 1\n}\n', b'  "ours": 1,\n', b'  "theirs": 1,\n'
    else:
        lines = [b"key-%d:\n  value: %d\n  of: [a, b]\n" % (number, number) for number in range(count)]
        begin, end, ours, theirs = b"begin: 1\n", b"end: 1\n", b"ours: 1\n", b"theirs: 1\n"
    text = b"".join(lines)
    return begin + text + end, begin + ours + text + end, begin + text + theirs + end
