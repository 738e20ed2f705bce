"""Votes, comments, cancel, reopen; and reading: list, status, show, history."""

import pytest

from tests.headless.driver import Lattice


@pytest.fixture
def name(lattice: Lattice) -> str:
    """A pending mutation of kim's."""
    lattice.write("docs/api.yaml", "limit: 48\nunit: hours\n")
    return lattice.propose("Raise the limit", "--files", "docs", "--spec", "user-auth")


def status(lattice: Lattice, name: str) -> str:
    return str(lattice.ok("mutation", "show", name, "--output", "json").json["status"])


@pytest.mark.parametrize("form", ["M-1", "1", "id"])
def test_a_mutation_is_named_by_number_or_by_id(lattice: Lattice, name: str, form: str) -> None:
    shown = lattice.ok("mutation", "show", name, "--output", "json").json
    assert lattice.ok("mutation", "show", shown["id"] if form == "id" else form, "--output", "json").json == shown


def test_an_approval_of_another_member_approves(lattice: Lattice, name: str) -> None:
    voted = lattice.ok("mutation", "approve", name, "--as", "ana", "--comment", "Fine.", "--output", "json").json
    assert voted["status"] == "approved"
    assert [(one["vote"], one["comment"]) for one in voted["reviews"]] == [("approve", "Fine.")]


@pytest.mark.parametrize("flag", ["--comment", "--reason"])
def test_an_approval_can_carry_suggestions_from_stdin(lattice: Lattice, name: str, flag: str) -> None:
    voted = lattice.ok(
        "mutation", "approve", name, "--as", "ana", "--with-suggestions", flag, "-", "--output", "json",
        stdin=b"Say why.\n\nIn the guide.\n",
    ).json  # fmt: skip
    assert voted["reviews"][0]["vote"] == "approve_with_suggestions"
    assert voted["reviews"][0]["comment"] == "Say why.\n\nIn the guide."


def test_nobody_approves_their_own(lattice: Lattice, name: str) -> None:
    result = lattice("mutation", "approve", name)
    assert result.code == 1
    assert "nobody approves their own patchset" in result.err
    assert status(lattice, name) == "pending"


def test_a_request_for_changes_stands_in_the_way_until_it_is_withdrawn(lattice: Lattice, name: str) -> None:
    lattice.ok("team", "add", "raj", "--role", "reviewer")
    lattice.ok("mutation", "approve", name, "--as", "raj")
    lattice.ok("mutation", "request-changes", name, "--as", "ana", "--reason", "A test.")
    assert status(lattice, name) == "pending"
    taken = lattice.ok("mutation", "withdraw-vote", name, "--as", "ana")
    assert "Took your vote back" in taken.err
    assert status(lattice, name) == "approved"


def test_a_rejection_needs_a_reason_and_can_be_reopened(lattice: Lattice, name: str) -> None:
    assert lattice("mutation", "reject", name, "--as", "ana").code == 2
    lattice.ok("mutation", "reject", name, "--as", "ana", "--reason", "No.")
    assert status(lattice, name) == "rejected"
    lattice.ok("mutation", "reopen", name)
    assert status(lattice, name) == "pending"


def test_what_was_cancelled_can_be_reopened(lattice: Lattice, name: str) -> None:
    lattice.ok("mutation", "cancel", name, "--reason", "Later.")
    assert status(lattice, name) == "cancelled"
    assert lattice.ok("mutation", "reopen", name, "--output", "json").json["status"] == "pending"


@pytest.mark.parametrize("text", ["Does the token follow?", "-"])
def test_a_comment_is_an_argument_or_stdin(lattice: Lattice, name: str, text: str) -> None:
    made = lattice.ok("mutation", "comment", name, text, "--as", "ana", "--output", "json", stdin=b"From a file\n")
    assert made.json["text"] == ("From a file" if text == "-" else text)
    assert lattice.ok("mutation", "show", name, "--output", "json").json["comments"] == 1


def test_a_vote_on_what_one_read_fails_once_there_is_something_newer(lattice: Lattice, name: str) -> None:
    read = lattice.ok("mutation", "show", name, "--output", "json").json
    lattice.write("docs/api.yaml", "limit: 72\n")
    lattice.ok("mutation", "update", name, "--files", "docs")
    for option in (("--patchset", "1"), ("--expected-version", str(read["version"]))):
        assert lattice("mutation", "approve", name, "--as", "ana", *option).code == 12
    assert status(lattice, name) == "pending"


def test_whoever_is_no_member_is_denied(lattice: Lattice, name: str) -> None:
    result = lattice("mutation", "approve", name, "--as", "mallory")
    assert result.code == 4
    assert "mallory is no member" in result.err


def test_status_shows_every_requirement_with_its_reason(lattice: Lattice, name: str) -> None:
    table = lattice.ok("mutation", "status", name).text
    assert table.startswith("M-1  pending  Raise the limit\n")
    assert "approvals         unsatisfied     0 of 1 approval" in table
    assert "base current      satisfied" in table


def test_status_without_an_id_is_that_of_ones_newest(lattice: Lattice, name: str) -> None:
    assert lattice.ok("mutation", "status", "--output", "json").json["number"] == int(name.removeprefix("M-"))
    result = lattice("mutation", "status", "--as", "ana")
    assert result.code == 1
    assert "You have proposed no mutation yet" in result.err


def test_the_exit_code_of_status_is_where_it_stands_when_asked(lattice: Lattice, name: str) -> None:
    def code() -> int:
        assert lattice("mutation", "status", name).code == 0
        return lattice("mutation", "status", name, "--exit-code").code

    assert code() == 8
    lattice.ok("mutation", "reject", name, "--as", "ana", "--reason", "No.")
    assert code() == 11
    lattice.ok("mutation", "withdraw-vote", name, "--as", "ana")
    lattice.ok("mutation", "approve", name, "--as", "ana")
    assert code() == 0
    lattice.ok("mutation", "execute", name)
    assert code() == 0
    lattice.ok("mutation", "rollback", name, "--reason", "No.")
    assert code() == 13


def test_approved_but_blocked_is_not_ready(lattice: Lattice, name: str) -> None:
    lattice.write("src/auth.py", "LIMIT = 48\n")
    child = lattice.approved("Child", "--files", "src", "--parent", name)
    assert lattice("mutation", "status", child, "--exit-code").code == 11


def test_show_has_everything_and_nothing_alive(lattice: Lattice, name: str) -> None:
    lattice.ok(
        "mutation", "update", name, "--description", "Why \u202e[b]bold[/b]\nand more", "--meta", "ticket_id=S-1"
    )
    lattice.ok("mutation", "approve", name, "--as", "ana", "--comment", "Fine.")
    table = lattice.ok("mutation", "show", name).text
    for told in (
        "author     kim",
        "spec       user-auth",
        "ticket_id  S-1",
        "  Why ⟨U+202E⟩[b]bold[/b]\n  and more\n",
        "modify  docs/api.yaml",
        "ana  approve  patchset 1",
        "    Fine.",
    ):
        assert told in table


def test_history_tells_what_happened_in_order(lattice: Lattice, name: str) -> None:
    lattice.ok("mutation", "comment", name, "Hm.", "--as", "ana")
    lattice.ok("mutation", "approve", name, "--as", "ana")
    names = [entry["name"] for entry in lattice.ok("mutation", "history", name, "--output", "ndjson").lines]
    assert names[0] == "mutation.created"
    assert names.index("mutation.commented") < names.index("mutation.approved")


class TestList:
    @pytest.fixture(autouse=True)
    def _several(self, lattice: Lattice) -> None:
        for number in range(1, 5):
            lattice.propose(f"Deploy {number}", "--spec", "deployment")
        lattice.ok("mutation", "cancel", "M-2")

    def numbers(self, lattice: Lattice, *arguments: str) -> list[int]:
        return [item["number"] for item in lattice.ok("mutation", "list", *arguments, "--output", "ndjson").lines]

    def test_it_is_newest_first(self, lattice: Lattice) -> None:
        assert self.numbers(lattice) == [4, 3, 2, 1]

    def test_words_narrow_it(self, lattice: Lattice) -> None:
        assert self.numbers(lattice, "status:cancelled") == [2]
        assert self.numbers(lattice, "--status", "pending", "Deploy", "3") == [3]
        assert self.numbers(lattice, "author:me") == [4, 3, 2, 1]
        assert self.numbers(lattice, "author:ana") == []
        assert self.numbers(lattice, "Deploy 3") == [3]
        assert self.numbers(lattice, "spec:deployment", "status:pending,cancelled") == [4, 3, 2, 1]

    def test_a_limit_is_told_and_all_is_all(self, lattice: Lattice) -> None:
        limited = lattice.ok("mutation", "list", "--limit", "3")
        assert limited.err == "3 of 4 mutations; --all lists every one.\n"
        page = lattice.ok("mutation", "list", "--limit", "3", "--output", "json").json
        assert (len(page["items"]), page["total"], page["has_more"]) == (3, 4, True)
        assert self.numbers(lattice, "--limit", "1", "--all") == [4, 3, 2, 1]

    def test_a_wrong_filter_names_what_is_known(self, lattice: Lattice) -> None:
        result = lattice("mutation", "list", "state:open")
        assert result.code == 2
        assert "known are status:, author:, spec:" in result.err


def test_people_are_asked_for_their_review(lattice: Lattice) -> None:
    lattice.write("docs/guide.md", "# Guide\n")
    name = lattice.propose("Shorter", "--files", "docs/guide.md")
    asked = lattice.ok("mutation", "request-review", name, "ana")
    assert "Asked ana to review" in asked.err
    assert "reviewers  ana" in lattice.ok("mutation", "show", name).text
    unknown = lattice("mutation", "request-review", name, "zoe")
    assert (unknown.code, "zoe is no member who may review" in unknown.err) == (1, True)
