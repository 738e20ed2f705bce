"""Comments on places, threads, suggestions, and reviews sent at once."""

import json
from typing import Any

import pytest

from tests.headless.driver import Lattice, Result

API = "limit: 48\nunit: hours\nburst: 2\n"


@pytest.fixture
def name(lattice: Lattice) -> str:
    """A pending mutation of kim's, which changes two files."""
    lattice.write("docs/api.yaml", API)
    lattice.write("docs/guide.md", "# Guide\n\nRead it twice.\n")
    return lattice.propose("Raise the limit", "--files", "docs")


def said(lattice: Lattice, name: str, *options: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = lattice.ok("mutation", "comments", name, *options, "--output", "json").json["items"]
    return items


def comment(lattice: Lattice, name: str, *options: str, stdin: bytes = b"") -> dict[str, Any]:
    made: dict[str, Any] = lattice.ok(
        "mutation", "comment", name, "--as", "ana", *options, "--output", "json", stdin=stdin
    ).json
    return made


class TestPlaces:
    @pytest.mark.parametrize(
        ("options", "anchor"),
        [
            (("--file", "docs/api.yaml", "--line", "1"), {"line": 1, "end_line": None, "pointer": None}),
            (("--file", "docs/api.yaml", "--line", "1-3"), {"line": 1, "end_line": 3, "pointer": None}),
            (("--file", "docs/api.yaml", "--pointer", "/unit"), {"line": 2, "end_line": None, "pointer": "/unit"}),
            (("--file", "docs/api.yaml"), {"line": None, "end_line": None, "pointer": None}),
            (("--file", "docs/api.yaml", "--side", "old", "--line", "1"), {"side": "old", "line": 1}),
        ],
    )
    def test_a_comment_is_about_a_line_a_range_a_value_or_a_file(
        self, lattice: Lattice, name: str, options: tuple[str, ...], anchor: dict[str, Any]
    ) -> None:
        made = comment(lattice, name, "-m", "Why?", *options)
        assert made["open"]
        assert made["anchor"]["file_path"] == "docs/api.yaml"
        assert {key: made["anchor"][key] for key in anchor} == anchor

    def test_where_it_was_made_is_told(self, lattice: Lattice, name: str) -> None:
        told = lattice.ok("mutation", "comment", name, "-m", "Why?", "--file", "docs/api.yaml", "--line", "1-2").err
        assert told == "Commented on M-1 at docs/api.yaml:1-2. Next: lattice mutation comments M-1\n"

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (("--line", "1"), "name it with --file"),
            (("--file", "docs/api.yaml", "--line", "one"), "write it as 12 or 12-14"),
            (("--file", "docs/api.yaml", "--line", "3-1"), "does not come before"),
            (("--file", "docs/api.yaml", "--line", "9"), "has 3 lines, no 9"),
            (("--file", "docs/api.yaml", "--line", "1", "--pointer", "/unit"), "Take --line or --pointer"),
            (
                (
                    "--file",
                    "src/auth.py",
                ),
                "does not touch src/auth.py",
            ),
        ],
    )
    def test_a_place_that_is_none_is_refused(
        self, lattice: Lattice, name: str, options: tuple[str, ...], told: str
    ) -> None:
        result = lattice("mutation", "comment", name, "-m", "Why?", *options)
        assert (result.code, told in result.err) == (2, True)
        assert said(lattice, name) == []

    @pytest.mark.parametrize("options", [(), ("text", "-m", "text")])
    def test_something_has_to_be_said_and_once(self, lattice: Lattice, name: str, options: tuple[str, ...]) -> None:
        assert lattice("mutation", "comment", name, *options).code == 2


class TestThreads:
    def test_a_reply_joins_its_thread_and_resolving_closes_it(self, lattice: Lattice, name: str) -> None:
        first = comment(lattice, name, "Why?", "--file", "docs/api.yaml", "--line", "1")["id"]
        lattice.ok("mutation", "comment", name, "As agreed.", "--reply-to", first)
        shown = lattice.ok("mutation", "comments", name).text
        assert shown.splitlines()[0] == "docs/api.yaml:1  open"
        assert shown.index("Why?") < shown.index("As agreed.")
        told = lattice.ok("mutation", "resolve", name, first, "--as", "ana").err
        assert told.startswith("Resolved the thread at docs/api.yaml:1.")
        assert "resolved by ana" in lattice.ok("mutation", "comments", name).text
        assert said(lattice, name, "--open") == []
        lattice.ok("mutation", "resolve", name, first, "--reopen")
        assert len(said(lattice, name, "--open")) == 2

    def test_ids_are_cut_to_what_tells_them_apart_and_name_their_comments(self, lattice: Lattice, name: str) -> None:
        for line in "123":
            comment(lattice, name, f"On {line}.", "--file", "docs/api.yaml", "--line", line)
        shown = [
            line.split()[-1] for line in lattice.ok("mutation", "comments", name).text.splitlines() if " ana " in line
        ]
        assert len(set(shown)) == 3
        for id in shown:
            lattice.ok("mutation", "resolve", name, id)
        assert said(lattice, name, "--open") == []

    def test_a_comment_follows_its_line_and_is_gone_with_it(self, lattice: Lattice, name: str) -> None:
        comment(lattice, name, "Follows.", "--file", "docs/api.yaml", "--line", "2")
        comment(lattice, name, "Goes.", "--file", "docs/api.yaml", "--line", "1")
        lattice.write("docs/api.yaml", "# new\nlimit: 72\nunit: hours\nburst: 2\n")
        lattice.ok("mutation", "update", name, "--files", "docs")
        shown = lattice.ok("mutation", "comments", name).text
        assert "docs/api.yaml:3  open" in shown
        assert "docs/api.yaml:1  gone since patchset 1  open" in shown
        assert [one["place"]["line"] for one in said(lattice, name, "--patchset", "1")] == [2, 1]

    def test_show_has_open_threads_whose_turn_it_is_and_the_stack(self, lattice: Lattice, name: str) -> None:
        comment(lattice, name, "Why?", "--file", "docs/api.yaml", "--line", "1")
        lattice.write("src/auth.py", "LIMIT = 48\n")
        lattice.propose("On top", "--files", "src", "--parent", name)
        shown = lattice.ok("mutation", "show", name).text
        assert "turn      author (you): A thread waits for the author's answer." in shown
        assert "threads   1 open, of 1 comment" in shown
        assert "  STACK\n> M-1  pending  Raise the limit\n    M-2  pending  On top\n" in shown
        assert "  OPEN THREADS\n  docs/api.yaml:1  open\n" in shown
        ana = lattice.ok("mutation", "show", name, "--as", "ana").text
        assert "author (kim):" in ana

    def test_history_says_what_a_patchset_does_and_that_threads_were_settled(self, lattice: Lattice, name: str) -> None:
        first = comment(lattice, name, "Why?", "--file", "docs/api.yaml", "--line", "1")["id"]
        lattice.ok("mutation", "resolve", name, first)
        lattice.write("docs/api.yaml", "limit: 72\n")
        lattice.ok("mutation", "update", name, "--files", "docs", "--message", "As agreed on Monday")
        told = [
            (one["summary"], one["detail"]) for one in lattice.ok("mutation", "history", name, "-o", "ndjson").lines
        ]
        assert told[1:4] == [
            ("commented", "Why?"),
            ("resolved a thread", ""),
            ("brought patchset 2", "As agreed on Monday"),
        ]


class TestSuggestions:
    def test_a_suggestion_from_a_file_is_applied_as_a_new_patchset(self, lattice: Lattice, name: str) -> None:
        lattice.write("better.txt", "limit: 36\n")
        made = comment(lattice, name, "--file", "docs/api.yaml", "--line", "1", "--suggestion", "better.txt")
        assert "    + limit: 36" in lattice.ok("mutation", "comments", name).text
        told = lattice.ok("mutation", "apply-suggestion", name, made["id"], "--message", "As ana says").err
        assert told.startswith("Applied a suggestion to M-1 (patchset 2): it is pending")
        diff = lattice.ok("mutation", "diff", name, "--patchsets", "1..2").text
        assert "-limit: 48\n+limit: 36\n" in diff
        (after,) = said(lattice, name)
        assert (after["applied"], after["open"]) == (2, False)
        assert "suggests, applied in patchset 2:" in lattice.ok("mutation", "comments", name).text

    def test_an_empty_suggestion_takes_the_lines_out(self, lattice: Lattice, name: str) -> None:
        made = comment(lattice, name, "--file", "docs/api.yaml", "--line", "2-3", "--suggestion", "-")
        assert "suggests to take the lines out" in lattice.ok("mutation", "comments", name).text
        lattice.ok("mutation", "apply-suggestion", name, made["id"])
        assert "-unit: hours\n-burst: 2\n" in lattice.ok("mutation", "diff", name, "--patchsets", "1..").text

    def test_a_suggestion_for_lines_that_changed_is_refused(self, lattice: Lattice, name: str) -> None:
        made = comment(
            lattice, name, "--file", "docs/api.yaml", "--line", "1", "--suggestion", "-", stdin=b"limit: 1\n"
        )
        lattice.write("docs/api.yaml", "limit: 72\n")
        lattice.ok("mutation", "update", name, "--files", "docs")
        result = lattice("mutation", "apply-suggestion", name, made["id"])
        assert (result.code, "have changed since patchset 1" in result.err) == (1, True)


ENTRIES: list[dict[str, Any]] = [
    {"file": "docs/api.yaml", "line": 1, "end_line": 2, "text": "Together?"},
    {"file": "docs/api.yaml", "pointer": "/burst", "suggestion": "burst: 3\n"},
    {"file": "docs/guide.md", "text": "Good."},
    {"text": "All in all, fine."},
]


class TestReview:
    def review(self, lattice: Lattice, name: str, entries: object, *options: str) -> Result:
        body = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
        return lattice("mutation", "review", name, "--as", "ana", "--comments", "-", *options, stdin=body)

    def test_comments_and_the_vote_arrive_together(self, lattice: Lattice, name: str) -> None:
        result = self.review(lattice, name, ENTRIES, "--vote", "request-changes", "--comment", "Nearly.", "-o", "json")
        assert result.code == 0
        assert [(one["vote"], one["comment"]) for one in result.json["reviews"]] == [("request_changes", "Nearly.")]
        assert [one["text"] for one in said(lattice, name)] == ["Together?", "", "Good.", "All in all, fine."]
        assert result.err.startswith("Requested changes of M-1 (with 4 comments): it is pending")

    def test_a_file_may_have_an_object_a_line(self, lattice: Lattice, name: str) -> None:
        lines = b"\n".join(json.dumps(one).encode() for one in ENTRIES) + b"\n"
        lattice.write("notes.ndjson", lines)
        lattice.ok("mutation", "review", name, "--as", "ana", "--comments", "notes.ndjson", "--vote", "approve")
        assert len(said(lattice, name)) == 4

    def test_with_a_vote_it_is_all_or_nothing(self, lattice: Lattice, name: str) -> None:
        wrong = [*ENTRIES, {"file": "docs/api.yaml", "line": 99, "text": "Where?"}]
        result = self.review(lattice, name, wrong, "--vote", "approve")
        assert result.code == 2
        assert result.err.startswith("error: Comment 5 of stdin (docs/api.yaml:99): Not commented: ")
        assert said(lattice, name) == []
        assert lattice.ok("mutation", "show", name, "-o", "json").json["reviews"] == []

    def test_without_a_vote_a_repeated_run_makes_none_twice(self, lattice: Lattice, name: str) -> None:
        wrong = [*ENTRIES[:2], {"file": "docs/api.yaml", "line": 99, "text": "Where?"}, *ENTRIES[2:]]
        failed = self.review(lattice, name, wrong)
        assert failed.code == 2
        assert "2 comments before it stand; mend it and run the same again." in failed.err
        assert "error: Comment 3 of stdin (docs/api.yaml:99):" in failed.err
        again = self.review(lattice, name, ENTRIES)
        assert again.err.startswith("Made 2 comments on M-1; 2 were there already.")
        assert len(said(lattice, name)) == 4

    def test_what_is_said_twice_in_one_file_is_made_twice(self, lattice: Lattice, name: str) -> None:
        assert self.review(lattice, name, [ENTRIES[3], ENTRIES[3]], "-o", "json").json["new"] == 2
        assert len(said(lattice, name)) == 2

    @pytest.mark.parametrize(
        ("entries", "told"),
        [
            (b"[{]", "stdin is no JSON: line 1, column 3"),
            (b"[]", "stdin has no comments."),
            ([{"text": "a"}, {"texts": "b"}], "Comment 2 of stdin: there is no field texts; known are file, line,"),
            ([{"text": "a"}, 7], "Comment 2 of stdin: "),
            ([{"line": 1, "text": "a"}], "Comment 1 of stdin: file: "),
            ([{"file": "docs/api.yaml", "line": "1", "text": "a"}], "Comment 1 of stdin: line: "),
            ([{"file": "docs/api.yaml", "line": 3, "end_line": 1, "text": "a"}], "Comment 1 of stdin: end_line needs"),
            ([{"file": "docs/api.yaml"}], "Comment 1 of stdin: says nothing; give a text or a suggestion"),
            ([{"text": "a\u0007"}], "Comment 1 of stdin: text: holds the control character U+0007"),
            (b"[" * 100_000, "nested deeper"),
            ([{"text": "a"}] * 101, "has 101 comments; a review has at most 100"),
            (b"\xff", "--comments on stdin is not UTF-8"),
        ],
    )
    def test_what_is_wrong_with_a_file_is_told_by_entry(
        self, lattice: Lattice, name: str, entries: object, told: str
    ) -> None:
        result = self.review(lattice, name, entries)
        assert (result.code, told in result.err) == (2, True), result.err
        assert said(lattice, name) == []

    def test_a_comment_on_the_whole_goes_with_a_vote(self, lattice: Lattice, name: str) -> None:
        assert "goes with a vote" in self.review(lattice, name, ENTRIES, "--comment", "Fine.").err

    def test_a_file_that_is_not_there_is_named(self, lattice: Lattice, name: str) -> None:
        result = lattice("mutation", "review", name, "--comments", "none.json")
        assert (result.code, "none.json cannot be read: No such file" in result.err) == (2, True)
