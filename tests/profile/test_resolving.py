"""What was chosen for conflicts and not applied: kept for the texts that met, and for no others."""

import json
from pathlib import Path

import pytest

from lattice_console.merge.choices import History, Written
from lattice_console.profile.resolving import Meeting, Resolving
from tests.profile.support import Listener

HERE = Meeting("m-1", "docs/a.md", "base", "ours", "theirs")
CHOSEN = History(2).choose((0, "ours")).choose((1, Written(b"\xff typed\r\n"))).undo()


@pytest.fixture
def kept(tmp_path: Path, told: Listener) -> Resolving:
    return Resolving(tmp_path, told)


def test_what_was_chosen_is_there_for_another_console_with_what_can_be_redone(kept: Resolving, tmp_path: Path) -> None:
    kept.save(HERE, CHOSEN)
    assert Resolving(tmp_path, print).of(HERE) == CHOSEN


@pytest.mark.parametrize("part", ["mutation_id", "path", "base", "ours", "theirs"])
def test_it_is_for_the_same_document_and_the_same_three_texts_alone(kept: Resolving, part: str) -> None:
    kept.save(HERE, CHOSEN)
    assert kept.of(HERE._replace(**{part: "another"})) is None


def test_of_one_document_the_newest_choices_stay(kept: Resolving) -> None:
    kept.save(HERE, CHOSEN)
    kept.save(HERE._replace(theirs="newer"), History(1))
    assert kept.of(HERE) is None
    assert kept.of(HERE._replace(theirs="newer")) == History(1)


def test_what_was_applied_is_forgotten_with_all_documents_of_the_mutation(kept: Resolving) -> None:
    other = HERE._replace(mutation_id="m-2")
    for meeting in (HERE, HERE._replace(path="docs/b.md"), other):
        kept.save(meeting, CHOSEN)
    kept.forget("m-1")
    assert kept.of(HERE) is None
    assert kept.of(HERE._replace(path="docs/b.md")) is None
    assert kept.of(other) == CHOSEN


def test_what_is_no_history_is_as_if_nothing_was_chosen(kept: Resolving, tmp_path: Path, told: Listener) -> None:
    kept.save(HERE, CHOSEN)
    file = tmp_path / "resolving.json"
    content = json.loads(file.read_text())
    content["resolving"]["m-1"]["docs/a.md"]["history"]["done"] = 9
    file.write_text(json.dumps(content))
    assert Resolving(tmp_path, told).of(HERE) is None
