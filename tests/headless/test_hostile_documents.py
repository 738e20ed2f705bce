"""Whatever stands in a document, commands take it, say what is wrong with it, and show it without obeying it."""

import re

import pytest

from tests.headless.driver import Lattice, Result
from tests.headless.hostile import CONTENTS, SAID

FOLDER = ".lattice/specs/"
LIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, and those that turn the direction of a line."""


def is_inert(result: Result) -> bool:
    shown = LIVE.sub("", result.text + result.err) == result.text + result.err
    return shown and "Traceback" not in result.err and "should not have" not in result.err


@pytest.fixture
def hostile(empty: Lattice, monkeypatch: pytest.MonkeyPatch) -> Lattice:
    """A project whose specs are all that, shown without our own colours."""
    monkeypatch.setenv("NO_COLOR", "1")
    empty.ok("init")
    for name, content in CONTENTS.items():
        empty.write(FOLDER + name, content)
    empty.ok("track", FOLDER)
    return empty


@pytest.mark.timeout(120)
def test_each_is_told_what_is_wrong_with_it_and_does_nothing(hostile: Lattice) -> None:
    found = hostile("spec", "validate", "--all", "--output", "json")
    assert found.code == 10
    said = {name: "" for name in CONTENTS}
    for finding in found.json["items"]:
        said[finding["path"].removeprefix(FOLDER)] += finding["message"]
    assert {name: said[name] for name, words in SAID.items() if words not in said[name]} == {}
    for command in ("spec validate --all", "spec list", "spec graph", "spec show quoted", "status", "doctor"):
        assert is_inert(hostile(*command.split(), terminal=True)), command
    assert not (hostile.root / "run-by-a-document").exists()


@pytest.mark.timeout(120)
def test_each_can_be_edited_looked_at_executed_and_rolled_back(hostile: Lattice) -> None:
    for name, content in CONTENTS.items():
        hostile.write(FOLDER + name, content and content + b"\n")
    edited = hostile.propose("Edit all of them", "--files", FOLDER)
    for command in ("show", "conflicts", "diff", "approve", "execute", "rollback --reason No"):
        verb, *more = command.split()
        done = hostile("mutation", verb, edited, *more, terminal=command != "diff")
        assert done.code == 0, done.err
        assert command == "diff" or is_inert(done), command
    for name, content in CONTENTS.items():
        assert hostile.read(FOLDER + name) == content
    assert hostile.ok("audit", "verify").text.startswith("ok")
