"""Shell completion: the protocol in a process of its own, and bash that has really taken the script."""

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.headless.driver import Lattice
from tests.services.proxy import Proxy

COMMAND = Path(sys.executable).with_name("lattice")


def environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "LATTICE_ACTOR": "kim",
        "XDG_CONFIG_HOME": str(folder.parent / "config"),
        "PATH": f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}",
    }


def ask(folder: Path, line: str, shell: str = "bash", **more: str) -> list[str]:
    """What a shell is told for the end of a command line."""
    words = line.split(" ")
    asked = {
        "COMP_WORDS": "\n".join(words),
        "COMP_CWORD": str(len(words) - 1),
        "_LATTICE_COMPLETE": f"{shell}_complete",
    }
    if shell == "fish":
        asked["COMP_CWORD"] = words[-1]
    done = subprocess.run(
        [COMMAND], cwd=folder, env={**environment(folder), **asked, **more}, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.fixture
def project(lattice: Lattice) -> Lattice:
    lattice.write(".lattice/specs/user-auth.json", '{"name": "user-auth", "version": "1.0.0"}')
    lattice.ok("track", ".lattice/specs")
    lattice.write("docs/api.yaml", "limit: 48\n")
    lattice.propose("Raise the limit", "--files", "docs", "--spec", "user-auth")
    lattice.propose("Deploy", "--spec", "deployment")
    lattice.ok("mutation", "cancel", "2")
    return lattice


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("lattice mutation appr", ["approve"]),
        ("lattice mutation approve ", ["1", "2"]),
        ("lattice mutation approve M-", ["M-1", "M-2"]),
        ("lattice mutation approve 1 ", ["2"]),
        ("lattice mutation list --filter is:aw", ["awaiting"]),
        ("lattice queue -- -auth", ["-author:"]),
        ("lattice queue spec:", ["deployment", "user-auth"]),
        ("lattice queue author:a", ["ana"]),
        ("lattice queue status:pending,appr", ["pending,approved"]),
        ("lattice queue --view m", ["mine"]),
        ("lattice view remove r", ["ready"]),
        ("lattice spec show user", ["user-auth"]),
        ("lattice team update a", ["ana"]),
        ("lattice events --actor ", ["ana", "kim"]),
        ("lattice mutation approve nonsense", []),
        ("lattice mutation resolve nonsense ", []),
    ],
)
def test_what_stands_before_decides_what_is_offered(project: Lattice, line: str, told: list[str]) -> None:
    assert ask(project.root, line) == [f"plain,{one}" for one in told]


def test_comments_are_offered_by_their_ids(project: Lattice) -> None:
    made = project.ok("mutation", "comment", "1", "Why?", "--output", "json").json["id"]
    assert ask(project.root, "lattice mutation resolve 1 ") == [f"plain,{made}"]


def test_files_are_left_to_the_shell(project: Lattice) -> None:
    for line in ("lattice mutation review 1 --comments ", "lattice mutation create --files ", "lattice track "):
        assert ask(project.root, line) == ["file,"]


def test_fish_and_zsh_say_what_a_number_is(project: Lattice) -> None:
    assert "plain,1\tRaise the limit (pending)" in ask(project.root, "lattice mutation show ", "fish")
    assert ask(project.root, "lattice mutation show ", "zsh")[:3] == ["plain", "1", "Raise the limit (pending)"]


def test_a_title_can_do_nothing_to_a_shell(project: Lattice) -> None:
    project.propose("$(touch owned) \u202e `id`", "--spec", "deployment")
    (told,) = [line for line in ask(project.root, "lattice mutation show 3", "fish") if line.startswith("plain,3")]
    assert "⟨U+202E⟩" in told
    assert not (project.root / "owned").exists()


def test_outside_of_a_project_and_for_strangers_there_is_nothing(project: Lattice, tmp_path: Path) -> None:
    assert ask(tmp_path, "lattice mutation show ") == []
    assert ask(project.root, "lattice mutation show ", LATTICE_ACTOR="mallory") == []
    (project.root / ".lattice/state/lattice.db").write_bytes(b"no database")
    assert ask(project.root, "lattice mutation show ") == []


@pytest.fixture
def on_server(postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lattice:
    """The same project as `project`, on Postgres."""
    monkeypatch.setenv("DATABASE_URL", postgres_database)
    monkeypatch.setenv("LATTICE_ACTOR", "kim")
    root = tmp_path / "served"
    root.mkdir()
    lattice = Lattice(root)
    lattice.ok("init", "--name", "served")
    lattice.ok("team", "add", "ana", "--role", "reviewer")
    lattice.write(".lattice/specs/user-auth.json", '{"name": "user-auth", "version": "1.0.0"}')
    lattice.ok("track", ".lattice/specs")
    lattice.write("docs/api.yaml", "limit: 48\n")
    lattice.propose("Raise the limit", "--files", "docs", "--spec", "user-auth")
    lattice.propose("Deploy", "--spec", "deployment")
    lattice.ok("mutation", "cancel", "2")
    return lattice


def test_on_a_server_the_same_is_offered(on_server: Lattice) -> None:
    comment = on_server.ok("mutation", "comment", "1", "Why?", "--output", "json").json["id"]
    for line, told in {
        "lattice mutation approve ": ["1", "2"],
        "lattice mutation show 2": ["2"],
        "lattice mutation show 0": [],
        "lattice mutation resolve 1 ": [comment],
        "lattice spec show user": ["user-auth"],
        "lattice team update a": ["ana"],
    }.items():
        assert ask(on_server.root, line) == [f"plain,{one}" for one in told]


def test_on_a_server_strangers_are_offered_nothing(on_server: Lattice) -> None:
    for line in ("lattice mutation show ", "lattice spec show ", "lattice team update ", "lattice mutation resolve 1 "):
        assert ask(on_server.root, line, LATTICE_ACTOR="mallory") == []


def test_a_server_is_asked_without_an_engine(on_server: Lattice) -> None:
    code = "import sys; from lattice_console.cli import main; main(); print(*sys.modules, file=sys.stderr)"
    asked = {"COMP_WORDS": "lattice\nmutation\nshow\n", "COMP_CWORD": "3", "_LATTICE_COMPLETE": "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=on_server.root,
        env={**environment(on_server.root), **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "plain,1\nplain,2\n"
    assert "asyncpg" in done.stderr.split()
    assert not {"sqlalchemy", "textual", "pygit2", "lattice_console.engine.engine"} & set(done.stderr.split())


def test_a_server_that_is_away_or_stalls_keeps_no_key_waiting(
    on_server: Lattice, proxy_to: Callable[[str], Proxy], postgres_database: str
) -> None:
    proxy = proxy_to(postgres_database)
    assert ask(on_server.root, "lattice mutation show ", DATABASE_URL=proxy.url) == ["plain,1", "plain,2"]
    proxy.stall()
    began = time.monotonic()
    assert ask(on_server.root, "lattice mutation show ", DATABASE_URL=proxy.url) == []
    # The wait is 0.3 s; the rest is Python's start on a busy machine.
    assert time.monotonic() - began < 4
    closed = "postgresql://kim:secret@127.0.0.1:9/team"
    assert ask(on_server.root, "lattice mutation show ", DATABASE_URL=closed) == []


def test_it_is_quick_and_starts_no_engine(project: Lattice) -> None:
    took = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ask(project.root, "lattice mutation approve ")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    # 0.2 s of work; how long that takes depends on what else the machine does.
    assert min(took) < 0.6
    code = "import sys; from lattice_console.cli import main; main(); print(*sys.modules, file=sys.stderr)"
    asked = {"COMP_WORDS": "lattice\nmutation\nshow\n", "COMP_CWORD": "3", "_LATTICE_COMPLETE": "bash_complete"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.root,
        env={**environment(project.root), **asked},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "plain,1\nplain,2\n"
    assert not {"sqlalchemy", "textual", "pygit2", "lattice_console.engine.engine"} & set(done.stderr.split())


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_has_its_script(empty: Lattice, shell: str) -> None:
    script = empty.ok("completion", shell).text
    assert f"_LATTICE_COMPLETE={shell}_complete" in script


BASH = r"""
eval "$(lattice completion bash)"
complete -p lattice
complete_line() {
    COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=()
    _lattice_completion lattice
    echo "${COMPREPLY[*]}"
}
complete_line lattice mutation approve ""
complete_line lattice queue spec : us
complete_line lattice queue -- -author : ""
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
def test_bash_takes_the_script_and_completes_with_it(project: Lattice) -> None:
    done = subprocess.run(
        ["bash", "--norc", "-c", BASH],
        cwd=project.root,
        env=environment(project.root),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    registered, ids, specs, authors = done.stdout.splitlines()
    assert registered == "complete -o nosort -F _lattice_completion lattice"
    assert (ids, specs, authors) == ("1 2", "user-auth", "me ana kim")
