"""A branch holds in each commit what it was told, whatever names and folders come and go."""

import hashlib
import tempfile
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pygit2
from hypothesis import given, settings
from hypothesis import strategies as st

from lattice_console.contract.models.document import HeadEntry
from lattice_console.ops.git_branch import Branch
from lattice_console.ops.git_signature import Signature

NAMES = ("a", "a/b", "a/b/c", "b", "c d", "x\\y", "C:", "con", "-x", "näme", "d/.gitignore", "git~1", ".git /x")
UNHEARD_OF = {"git~1", ".git /x"}
WHO = Signature("Ana", "ana@example.com", datetime(2024, 1, 1, tzinfo=UTC))


def possible(head: dict[str, bytes]) -> bool:
    """Whether no file lies where a folder does."""
    return not any(other.startswith(f"{path}/") for path in head for other in head)


HEADS = st.lists(
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from([b"", b"1", b"2"]), max_size=6).filter(possible), max_size=6
)


def tree(repository: pygit2.Repository, commit: pygit2.Oid) -> dict[str, bytes]:
    index = pygit2.Index()
    index.read_tree(repository[commit].peel(pygit2.Tree))
    return {entry.path: repository[entry.id].peel(pygit2.Blob).data for entry in index}


@settings(max_examples=15)
@given(HEADS)
def test_each_commit_holds_what_stood_then_and_the_same_steps_are_the_same_commits(
    heads: list[dict[str, bytes]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "out"
        held = [{path: content for path, content in head.items() if path not in UNHEARD_OF} for head in heads]
        expected = [after for before, after in pairwise([{}, *held]) if after != before]
        assert grow(place, heads) == len(expected)
        repository = pygit2.Repository(str(place))
        if expected:
            walked = [commit.id for commit in repository.walk(repository.head.target)]
            assert [tree(repository, commit) for commit in reversed(walked)] == expected
            assert repository.status() == {}
        assert grow(place, heads) == 0
        assert grow(place, [*heads, {"z": b"last"}]) == 1


def grow(place: Path, heads: list[dict[str, bytes]]) -> int:
    """Bring the branch to those states, one after the other; returns how many commits were new."""
    branch = Branch.open(place, "main")
    made = 0
    for before, after in pairwise([{}, *heads]):
        for content in after.values():
            branch.put(hashlib.sha256(content).hexdigest(), content)
        changed = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
        hashes = {path: hashlib.sha256(content).hexdigest() for path, content in after.items()}
        made += branch.commit([HeadEntry(path=path, hash=hashes.get(path)) for path in changed], "m\n", WHO, WHO)
    assert branch.refused.keys() <= UNHEARD_OF
    return branch.finish() if made else 0
