"""The diff and the patch applier beside git, on documents of which every tenth line changed.

`diff ready` is what a console waits for before it draws: every hunk is there, lines become objects as they are drawn.
`diff as a patch` writes all of it, as `git diff` does. git's figures hold the start of its process, about 3 ms.
"""

import random
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.beside_git import git, median, row
from lattice_console.merge.diff import diff, unified
from lattice_console.merge.patch import apply, parse


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Rows of {name, n, seconds, peer, peer_seconds, ratio}: medians, `n` in lines, a ratio below 1 is ours faster."""
    rounds = 3 if quick else 15
    for count in (1_000,) if quick else (1_000, 50_000):
        old, new = _documents(count)
        patch = unified(old, new, old_path="f", new_path="f")
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "a").write_bytes(old)
            (folder / "b").write_bytes(new)
            (folder / "f.patch").write_bytes(patch)

            git_diff = partial(git, folder, "diff", "--no-index", "a", "b", expected=1)
            git_apply = partial(git, folder, "apply", "--whitespace=nowarn", "f.patch", expected=0)
            restore = partial((folder / "f").write_bytes, old)

            peer = median(git_diff, rounds)
            yield row("diff ready", count, median(partial(diff, old, new), rounds), "git diff", peer)
            written = median(partial(unified, old, new, old_path="f", new_path="f"), rounds)
            yield row("diff as a patch", count, written, "git diff", peer)
            peer = median(git_apply, rounds, before=restore)
            yield row("patch applied", count, median(partial(_apply, old, patch), rounds), "git apply", peer)
            if (folder / "f").read_bytes() != new:
                raise RuntimeError("git did not make of the patch what the diff was made from")


def _documents(count: int) -> tuple[bytes, bytes]:
    """A document of so many lines, and the same with a tenth of them changed."""
    chance = random.Random(count)
    old = [b'  "key-%d": "%016x",\n' % (number, chance.getrandbits(64)) for number in range(count)]
    new = list(old)
    for number in chance.sample(range(count), count // 10):
        new[number] = b'  "key-%d": "changed",\n' % number
    return b"".join(old), b"".join(new)


def _apply(old: bytes, patch: bytes) -> None:
    [file] = parse(patch)
    apply(old, file)
