"""Proposals for real merges of JSON and YAML, beside what people committed, where the merges are at hand."""

import json
import tarfile
from pathlib import Path
from typing import NamedTuple

import pytest

from lattice_console.merge.keys import repeated_keys
from lattice_console.merge.merging import MergeResult, three_way
from lattice_console.merge.reading import Unreadable, syntax_of
from tests import real_data


class Real(NamedTuple):
    """A merge that lines did not settle: its path, its sides, what people committed, and what we make of it."""

    path: str
    sides: tuple[bytes, bytes, bytes]
    committed: bytes
    result: MergeResult


@pytest.fixture(scope="module")
def conflicted(tmp_path_factory: pytest.TempPathFactory) -> list[Real]:
    archive = real_data.find("merges-openapi.tar.xz")
    place: Path = tmp_path_factory.mktemp("real")
    with tarfile.open(archive) as packed:
        packed.extractall(place, filter="data")
    found = []
    for line in (place / "cases.jsonl").read_text().splitlines():
        case = json.loads(line)
        if syntax_of(case["path"]):
            base, ours, theirs, committed = (
                (place / "blobs" / case[side]).read_bytes() for side in ("base", "ours", "theirs", "result")
            )
            result = three_way(base, ours, theirs, path=case["path"])
            if not result.clean:
                found.append(Real(case["path"], (base, ours, theirs), committed, result))
    return found


def test_real_conflicts_get_proposals_and_some_are_what_people_committed(conflicted: list[Real]) -> None:
    proposed = [each for each in conflicted if each.result.proposed is not None]
    equal = [each for each in proposed if each.result.proposed == each.committed]
    assert (len(conflicted), len(proposed), len(equal)) == (27, 14, 6)
    assert all(proposal.reasons for each in conflicted for proposal in each.result.proposals)


def test_a_real_proposal_can_be_read_and_repeats_no_key(conflicted: list[Real]) -> None:
    for path, sides, _, result in conflicted:
        texts = [
            conflict.ours if proposal.text is None else proposal.text
            for conflict, proposal in zip(result.conflicts, result.proposals, strict=True)
        ]
        if any(proposal.text is not None for proposal in result.proposals):
            syntax = syntax_of(path)
            assert syntax
            before = [repeated_keys(syntax, side) for side in sides]
            assert len(repeated_keys(syntax, result.settled_with(texts))) <= max(map(len, before))


def test_a_side_that_cannot_be_read_gets_no_proposal(conflicted: list[Real]) -> None:
    for path, sides, _, result in conflicted:
        syntax = syntax_of(path)
        assert syntax
        try:
            for side in sides:
                repeated_keys(syntax, side)
        except Unreadable:
            assert result.proposed is None
