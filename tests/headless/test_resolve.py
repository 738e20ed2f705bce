"""`lattice mutation conflicts | rebase | resolve`: what others did meanwhile, merged into a new patchset."""

import pytest

from tests.headless.driver import Lattice

LINES = [f"line {number}\n" for number in range(1, 21)]


def with_line(number: int, text: str) -> str:
    return "".join(f"{text}\n" if at == number else line for at, line in enumerate(LINES, 1))


@pytest.fixture
def behind(lattice: Lattice) -> Lattice:
    """M-2, kim's, approved by ana, changes line 3 of a document whose line 17 M-3 has changed since; M-1 brought it."""
    lattice.write("docs/long.md", "".join(LINES))
    lattice.propose("Begin", "--files", "docs/long.md")
    carry_out(lattice, "1")
    lattice.write("docs/long.md", with_line(3, "ours"))
    lattice.propose("Ours", "--files", "docs/long.md")
    lattice.ok("mutation", "approve", "2", "--as", "ana")
    lattice.write("docs/long.md", with_line(17, "theirs"))
    lattice.propose("Theirs", "--files", "docs/long.md")
    carry_out(lattice, "3")
    return lattice


def carry_out(lattice: Lattice, mutation: str) -> None:
    lattice.ok("mutation", "approve", mutation, "--as", "ana")
    lattice.ok("mutation", "execute", mutation)


def test_a_rebase_merges_both_and_the_votes_stand(behind: Lattice) -> None:
    assert behind("mutation", "execute", "2").code == 12
    told = behind.ok("mutation", "rebase", "2").err
    assert told.startswith("Rebased M-2 (patchset 2, its votes stand): it is approved.")
    behind.ok("mutation", "execute", "2")
    merged = (behind.root / "docs/long.md").read_text()
    assert merged == with_line(3, "ours").replace("line 17\n", "theirs\n")


def test_a_second_rebase_has_nothing_to_do_and_says_so(behind: Lattice) -> None:
    behind.ok("mutation", "rebase", "2")
    again = behind.ok("mutation", "rebase", "2", "--output", "json")
    assert again.json["patchset"] == 2
    assert "there is nothing to rebase" in again.err


def test_a_conflict_is_named_exits_12_and_changes_nothing(behind: Lattice) -> None:
    behind.write("docs/long.md", with_line(17, "theirs").replace("line 3\n", "also\n"))
    behind.propose("Also", "--files", "docs/long.md")
    carry_out(behind, "4")
    refused = behind("mutation", "rebase", "2")
    assert refused.code == 12
    assert "docs/long.md: both change it at line 3" in refused.err
    assert behind.ok("mutation", "status", "2", "--output", "json").json["patchset"] == 1


def test_several_are_rebased_in_one_run(behind: Lattice) -> None:
    behind.write("docs/other.md", "other\n")
    behind.propose("Beside", "--files", "docs/other.md")
    would = behind("mutation", "rebase", "2", "4", "--dry-run", "--output", "json")
    assert {one["number"]: one["outcome"] for one in would.json["items"]} == {2: "would", 4: "unchanged"}
    done = behind("mutation", "rebase", "2", "4", "--output", "json")
    assert {one["number"]: one["outcome"] for one in done.json["items"]} == {2: "done", 4: "unchanged"}
    assert done.code == 0


@pytest.fixture
def meeting(behind: Lattice) -> Lattice:
    """As `behind`, and M-4 has changed line 3 as well."""
    behind.write("docs/long.md", with_line(17, "theirs").replace("line 3\n", "also\n"))
    behind.propose("Also", "--files", "docs/long.md")
    carry_out(behind, "4")
    return behind


def test_conflicts_are_shown_with_what_can_be_done_and_exit_12_where_one_is_to_decide(meeting: Lattice) -> None:
    shown = meeting("mutation", "conflicts", "2")
    assert shown.code == 12
    assert shown.text.startswith("error  docs/long.md  concurrent modification, with M-4, executed\n")
    assert "  - Merge the two by hand, into a new patchset.\n" in shown.text
    assert shown.err == "1 conflict of M-2 to decide. Next: lattice mutation resolve M-2 --strategy S\n"
    report = meeting("mutation", "conflicts", "2", "--output", "json").json
    assert (report["number"], report["has_conflicts"], report["conflict_count"]) == (2, True, 1)
    mutation = meeting.ok("mutation", "status", "2", "--output", "json").json
    assert (report["mutation_id"], mutation["status"]) == (mutation["id"], "needs_manual_resolution")
    [kept] = mutation["metadata"]["conflicts"]
    assert kept.items() <= report["conflicts"][0].items()
    assert kept["description"] == "docs/long.md: both change it at line 3 (against revision 3 by M-4)."


def test_what_merges_by_itself_is_a_warning_and_no_conflict_is_told_as_well(behind: Lattice) -> None:
    warned = behind.ok("mutation", "conflicts", "2")
    assert warned.text.startswith("warning  docs/long.md  concurrent modification")
    assert warned.err == "M-2 merges by itself. Next: lattice mutation rebase M-2\n"
    behind.ok("mutation", "rebase", "2")
    assert behind.ok("mutation", "conflicts", "2").err == "M-2 has no conflicts.\n"


def test_what_merges_with_another_that_is_to_come_asks_for_nothing(lattice: Lattice) -> None:
    lattice.write("docs/long.md", with_line(3, "line 3"))
    lattice.ok("track", "docs/long.md")
    for number in (3, 5):
        lattice.write("docs/long.md", with_line(number, "mine"))
        lattice.propose(f"Line {number}", "--files", "docs/long.md")
        lattice.ok("restore", "docs/long.md")
    warned = lattice.ok("mutation", "conflicts", "2")
    assert warned.text.startswith("warning  docs/long.md  concurrent modification, with M-1\n")
    assert warned.err == "M-2 merges by itself with what else is to come. There is nothing to do.\n"


def test_the_history_of_a_resolution_stands_in_lines_of_one_entry_each(meeting: Lattice) -> None:
    meeting.ok("mutation", "resolve", "2", "--strategy", "accept_ours")
    [line] = [one for one in meeting.ok("mutation", "history", "2").text.splitlines() if "patchset 2" in one]
    assert "Resolved (accept ours) on what stands there now. docs/long.md: " in line


def settled(lattice: Lattice) -> str:
    lattice.ok("mutation", "approve", "2", "--as", "ana")
    lattice.ok("mutation", "execute", "2")
    return lattice.read("docs/long.md").decode()


def test_what_is_open_exits_12_and_is_named_with_what_to_do(meeting: Lattice) -> None:
    left = meeting("mutation", "resolve", "2", "--strategy", "auto_merge")
    assert left.code == 12
    assert left.text == "open     docs/long.md  both change it at line 3\n"
    assert "lattice mutation resolve M-2 --strategy accept_theirs|accept_ours|manual" in left.err


def test_a_side_is_accepted_where_both_meet(meeting: Lattice) -> None:
    gone = meeting("mutation", "resolve", "2", "--strategy", "accept_theirs")
    assert gone.code == 1
    assert "Nothing of M-2 is left to do" in gone.err
    done = meeting.ok("mutation", "resolve", "2", "--strategy", "accept_ours")
    assert done.text == "settled  docs/long.md  merged, with one side where both meet\n"
    assert done.err == "Patchset 2 of M-2 settles docs/long.md. Next: lattice mutation diff M-2\n"
    assert settled(meeting) == with_line(3, "ours").replace("line 17\n", "theirs\n")


def test_what_a_person_made_of_it_comes_from_a_file(meeting: Lattice) -> None:
    meeting.write("merged.md", "by hand\n")
    answer = meeting.ok(
        *("mutation", "resolve", "2", "--strategy", "manual", "--content", "docs/long.md=merged.md"),
        *("--output", "json"),
    ).json
    assert (answer["resolved"], answer["strategy"], answer["patchset"]) == (True, "manual", 2)
    mutation = meeting.ok("mutation", "status", "2", "--output", "json").json
    assert (answer["mutation_id"], mutation["metadata"]) == (mutation["id"], {})
    assert settled(meeting) == "by hand\n"


def test_a_resolution_is_taken_back_and_its_text_offered_from_then_on(meeting: Lattice) -> None:
    assert "Nothing of what is open was settled before." in meeting.ok("mutation", "remembered", "2").err
    meeting.ok("mutation", "resolve", "2", "--strategy", "accept_ours")
    told = meeting.ok("mutation", "resolve", "2", "--undo").err
    assert told.startswith("Took back the resolution of M-2 (patchset 3): it needs manual resolution.")
    [offer] = meeting.ok("mutation", "remembered", "2", "--output", "json").json["items"]
    assert (offer["number"], offer["patchset"], offer["actor"]["handle"], offer["valid"]) == (2, 2, "kim", True)
    assert "M-2 patchset 2" in meeting.ok("mutation", "remembered", "2").text
    told = meeting("mutation", "resolve", "2", "--strategy", "auto_merge").err
    assert "1 place of what is open was settled before by kim in M-2: lattice mutation remembered M-2" in told
    assert meeting("mutation", "resolve", "2", "--undo").code == 1


def test_against_another_it_is_stacked_on_that_one(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 48\nunit: hours\n")
    lattice.propose("One", "--files", "docs/api.yaml")
    lattice.write("docs/api.yaml", "limit: 72\nunit: hours\n")
    lattice.propose("Two", "--files", "docs/api.yaml")
    lattice.ok("mutation", "resolve", "2", "--strategy", "accept_ours", "--against", "M-1")
    status = lattice.ok("mutation", "status", "2", "--output", "json").json
    assert [parent["number"] for parent in status["parents"]] == [1]
    assert "Superseded where both meet" in lattice.ok("mutation", "comments", "1").text


def test_no_conflict_is_no_error(lattice: Lattice) -> None:
    lattice.write("docs/api.yaml", "limit: 48\nunit: hours\n")
    lattice.propose("One", "--files", "docs/api.yaml")
    told = lattice.ok("mutation", "resolve", "1", "--strategy", "auto_merge").err
    assert told.startswith("M-1 has no conflicts with what stands there now.")


def test_where_only_another_pending_one_is_met_the_way_that_is_told_names_it_and_settles(lattice: Lattice) -> None:
    for value in (36, 48):
        lattice.write("docs/api.yaml", f"limit: {value}\nunit: hours\n")
        lattice.propose(f"To {value}", "--files", "docs/api.yaml")
    told = lattice("mutation", "conflicts", "2")
    assert told.code == 12
    way = told.err.strip().partition("Next: lattice ")[2]
    assert way == "mutation resolve M-2 --strategy S --against M-1"
    settled = lattice.ok(*way.replace(" S ", " accept_ours ").split())
    assert "Superseded" in lattice.ok("mutation", "comments", "1").text
    assert "has no conflicts" not in settled.err


def test_a_strategy_or_a_comment_is_asked_for(lattice: Lattice) -> None:
    assert lattice("mutation", "resolve", "1").code == 2
    assert lattice("mutation", "resolve", "1", "0199f3a2", "--strategy", "rebase").code == 2
    assert lattice("mutation", "resolve", "1", "0199f3a2", "--against", "2").code == 2
    assert lattice("mutation", "resolve", "1", "--strategy", "rebase", "--reopen").code == 2
    assert lattice("mutation", "resolve", "1", "--strategy", "rebase", "--undo").code == 2


@pytest.fixture
def waiting(lattice: Lattice) -> Lattice:
    """Approved: M-2 and M-3 in lines of their own, M-4 in the line of M-2, M-5 elsewhere."""
    lattice.write("docs/long.md", "".join(LINES))
    lattice.propose("Begin", "--files", "docs/long.md")
    carry_out(lattice, "1")
    for title, number, text in (("One", 3, "one"), ("Two", 17, "two"), ("Three", 3, "three")):
        lattice.write("docs/long.md", with_line(number, text))
        lattice.propose(title, "--files", "docs/long.md")
    lattice.ok("restore", ".")
    lattice.write("src/auth.py", "LIMIT = 48\n")
    lattice.propose("Four", "--files", "src")
    lattice.ok("restore", ".")
    lattice.ok("mutation", "approve", "2", "3", "4", "5", "--as", "ana")
    return lattice


def test_a_merge_train_says_what_would_pass_and_changes_nothing(waiting: Lattice) -> None:
    dry = waiting("mutation", "merge-train", "--dry-run")
    assert dry.code == 12
    for told in ("M-2  passes ", "M-3  passes, rebased", "M-4  conflicts", "it conflicts with M-2", "M-5  passes "):
        assert told in dry.text
    assert dry.err == "3 of 4 mutations would pass. Nothing was changed.\n"
    assert waiting.read("docs/long.md").decode() == "".join(LINES)


def test_a_merge_train_executes_what_passes(waiting: Lattice) -> None:
    done = waiting("mutation", "merge-train", "--output", "json")
    assert done.code == 12
    assert {one["number"]: one["outcome"] for one in done.json["items"]} == {
        2: "done",
        3: "done",
        4: "refused",
        5: "done",
    }
    assert waiting.read("docs/long.md").decode() == with_line(3, "one").replace("line 17\n", "two\n")
    assert waiting.read("src/auth.py") == b"LIMIT = 48\n"
