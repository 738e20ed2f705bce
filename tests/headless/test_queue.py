"""The queue, saved views, and lists by filter, view and order."""

from pathlib import Path

import pytest

from tests.headless.driver import Lattice


@pytest.fixture
def queue(lattice: Lattice) -> Lattice:
    """Four of kim's: M-2 stands on M-1, M-3 is cancelled, M-4 is a draft."""
    lattice.write("docs/api.yaml", "limit: 48\n")
    lattice.propose("Bottom", "--files", "docs")
    lattice.write("src/auth.py", "LIMIT = 48\n")
    lattice.propose("Top", "--files", "src", "--parent", "1")
    lattice.propose("Away", "--spec", "deployment")
    lattice.ok("mutation", "cancel", "3")
    lattice.propose("Later", "--spec", "deployment", "--draft")
    return lattice


def numbers(lattice: Lattice, *arguments: str) -> list[int]:
    return [one["number"] for one in lattice.ok(*arguments, "--output", "ndjson").lines]


def test_the_queue_is_what_is_open_with_stacks_and_what_waits_for_me(queue: Lattice) -> None:
    shown = queue.ok("queue", "--as", "ana").text.splitlines()
    assert [line.split()[:3] for line in shown[1:]] == [
        ["M-4", "draft", "Later"],
        ["!", "M-1", "pending"],
        ["!", "M-2", "pending"],
    ]
    assert "└─ Top" in shown[3]
    assert shown[1].endswith("author")


def test_its_branches_have_an_ascii_twin(queue: Lattice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATTICE_ASCII", "1")
    shown = queue.ok("queue")
    assert "`- Top" in shown.text
    assert shown.out.isascii()


def test_words_views_filters_and_orders_go_together(queue: Lattice) -> None:
    assert numbers(queue, "queue", "status:cancelled") == [3]
    assert numbers(queue, "queue", "--view", "all", "--sort", "number") == [1, 2, 3, 4]
    assert numbers(queue, "queue", "--view", "mine", "-status:draft") == [1, 2]
    assert numbers(queue, "queue", "--filter", "Top or Later", "--sort", "-number") == [4, 2]
    assert numbers(queue, "mutation", "list", "--view", "Awaiting me", "--as", "ana") == [1, 2]
    assert numbers(queue, "mutation", "list", "-author:me") == []
    assert numbers(queue, "mutation", "list", "--filter", "is:open", "Top") == [2]


def test_a_limit_is_told(queue: Lattice) -> None:
    assert queue.ok("queue", "--limit", "2").err == "2 of 3 mutations; --limit N shows more.\n"


def test_a_view_is_saved_listed_with_its_count_used_and_removed(queue: Lattice) -> None:
    said = queue.ok("view", "save", "Old ones", "is:open -status:draft", "--sort", "-number").err
    assert said == "Saved the view old-ones. Next: lattice queue --view old-ones\n"
    listed = {one["name"]: one for one in queue.ok("view", "list", "--output", "json").json["items"]}
    assert (listed["old-ones"]["count"], listed["old-ones"]["built_in"]) == (2, False)
    assert (listed["all"]["count"], listed["all"]["built_in"]) == (4, True)
    assert numbers(queue, "queue", "--view", "old-ones") == [2, 1]
    assert numbers(queue, "queue", "--view", "old ones", "--sort", "number") == [1, 2]
    queue.ok("view", "remove", "old-ones")
    assert queue("queue", "--view", "old-ones").code == 1


def test_views_are_the_persons_and_need_no_project(empty: Lattice, tmp_path: Path) -> None:
    empty.ok("view", "save", "payments", "spec:payments")
    assert '"payments"' in (tmp_path / "config/lattice/profile.json").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("save", "x", "state:open"), 2, "there is no filter state:"),
        (("save", "mine", "is:open"), 2, "is built in"),
        (("save", "x", "is:open", "--sort", "size"), 2, "'size' is not one of"),
        (("remove", "all"), 2, "cannot be removed"),
        (("remove", "none"), 1, "There is no view"),
    ],
)
def test_a_view_that_is_none_is_refused(lattice: Lattice, arguments: tuple[str, ...], code: int, told: str) -> None:
    result = lattice("view", *arguments)
    assert (result.code, told in result.err) == (code, True)
