"""events and dashboard: what happened, what happens, and where the project stands."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lattice_console.headless.session import Session
from tests.headless.driver import Lattice


@pytest.fixture
def name(lattice: Lattice) -> str:
    """A mutation of kim's that ana has approved."""
    lattice.write("docs/api.yaml", "limit: 48\n")
    return lattice.approved("Raise the limit", "--files", "docs")


def names(lattice: Lattice, *options: str) -> list[str]:
    return [one["name"] for one in lattice.ok("events", *options, "--output", "ndjson").lines]


def test_the_last_ones_come_oldest_first_in_words(lattice: Lattice, name: str) -> None:
    told = lattice.ok("events", "--limit", "2").text.splitlines()
    assert told[0].split() == ["SEQ", "AT", "(UTC)", "ACTOR", "WHAT", "DETAIL"]
    assert [line.split(maxsplit=3)[3] for line in told[1:]] == ["ana    voted to approve M-1", "ana    M-1 is approved"]


def test_they_are_narrowed_to_names_people_and_a_mutation(lattice: Lattice, name: str) -> None:
    assert names(lattice, "--name", "mutation.created") == ["mutation.created"]
    assert names(lattice, "--actor", "ana") == ["mutation.reviewed", "mutation.approved"]
    assert names(lattice, "--actor", "me", "--mutation", name) == ["mutation.created"]
    assert set(names(lattice, "--name", "team.*", "--name", "document.tracked")) == {"team.changed", "document.tracked"}


def test_from_a_number_on_none_is_missed(lattice: Lattice, name: str) -> None:
    every = lattice.ok("events", "--since", "0", "--output", "json").json["items"]
    assert [one["seq"] for one in every] == list(range(1, len(every) + 1))
    last = every[-1]["seq"]
    assert names(lattice, "--since", str(last)) == []
    assert names(lattice, "--since", str(last - 2), "--actor", "ana", "--limit", "1") == ["mutation.reviewed"]
    assert names(lattice, "--since", "0", "--name", "mutation.*", "--mutation", "1") == [
        "mutation.created",
        "mutation.reviewed",
        "mutation.approved",
    ]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--name", "mutation.exploded"), "there is no event mutation.exploded"),
        (("--actor", "nobody", "--since", "0"), "There is no user nobody"),
        (("--mutation", "99", "--since", "0"), "There is no mutation 99"),
        (("--follow", "--output", "json"), "Take --output ndjson"),
    ],
)
def test_what_is_not_there_is_refused(lattice: Lattice, options: tuple[str, ...], told: str) -> None:
    result = lattice("events", *options)
    assert result.code in (1, 2)
    assert told in result.err


def follow(lattice: Lattice, config: Path, *options: str) -> "subprocess.Popen[str]":
    """`lattice events --follow` in a process of its own."""
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("lattice")), "events", "--follow", "--output", "ndjson", *options],
        cwd=lattice.root,
        env={**os.environ, "LATTICE_ACTOR": "kim", "XDG_CONFIG_HOME": str(config)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_following_prints_each_as_it_happens_and_ctrl_c_ends_it(lattice: Lattice, name: str, tmp_path: Path) -> None:
    with follow(lattice, tmp_path, "--since", "0", "--name", "mutation.*") as running:
        assert running.stdout is not None
        assert running.stderr is not None
        seen = [json.loads(running.stdout.readline())["name"] for _ in range(3)]
        assert seen == ["mutation.created", "mutation.reviewed", "mutation.approved"]
        lattice.ok("mutation", "comment", name, "Now.")
        assert json.loads(running.stdout.readline())["data"]["text"] == "Now."
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 130
        assert running.stderr.read() == "Interrupted.\n"


def test_following_leaves_after_as_many_as_were_asked_for(lattice: Lattice, name: str, tmp_path: Path) -> None:
    with follow(lattice, tmp_path, "--since", "0", "--limit", "2") as running:
        out, _ = running.communicate(timeout=20)
    assert (running.returncode, len(out.splitlines())) == (0, 2)


class TestDashboard:
    def test_it_prints_what_home_shows(self, lattice: Lattice, name: str) -> None:
        lattice.propose("Deploy", "--spec", "deployment")
        lattice.ok("mutation", "execute", name)
        found = lattice.ok("dashboard", "--as", "ana", "--output", "json").json
        assert (found["awaiting"]["total"], found["awaiting"]["items"][0]["number"]) == (1, 2)
        assert found["counts"] == {"completed": 1, "pending": 1}
        assert found["oldest"]["number"] == 2
        assert [one["number"] for one in found["ran"]] == [1]
        assert found["activity"][0]["name"] == "mutation.executed"

    def test_away_from_a_terminal_it_is_text(self, lattice: Lattice, name: str) -> None:
        result = lattice.ok("dashboard")
        for told in ("AWAITING YOU (0)", "1 approved", "oldest open: M-1  approved  Raise the limit", "ACTIVITY"):
            assert told in result.text
        assert result.err == "0 mutations waiting for you. Next: lattice queue\n"

    def test_on_a_terminal_the_console_opens_at_home(self, lattice: Lattice, monkeypatch: pytest.MonkeyPatch) -> None:
        opened: list[str] = []

        def console(session: Session) -> int:
            opened.append(session.place)
            return 0

        monkeypatch.setattr("lattice_console.cli._console", console)
        lattice.ok("dashboard", terminal=True)
        lattice.ok("console", terminal=True)
        assert opened == ["home", "queue"]
        assert lattice.ok("dashboard", "--output", "table", terminal=True).text
        assert len(opened) == 2
