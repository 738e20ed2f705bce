"""`lattice merge-file`: git's arguments, output and exit codes, in git's own merges too; `diff3`: a merge as data."""

import base64
import os
import shlex
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lattice_console
from tests.headless.driver import Lattice, Result
from tests.merge import git
from tests.merge.strategies import merges

BASE = b"a: 1\nb: 2\nc: 3\nd: 4\n"
OURS = b"a: 1\nb: ours\nc: 3\nd: 4\n"
THEIRS = b"a: 1\nb: theirs\nc: 3\nd: 4\n"
APART = b"a: 1\nb: 2\nc: 3\nd: theirs\n"
FILES = ("ours.yaml", "base.yaml", "theirs.yaml")


def write(place: Lattice, ours: bytes, base: bytes, theirs: bytes) -> None:
    for name, content in zip(FILES, (ours, base, theirs), strict=True):
        place.write(name, content)


def compared(place: Lattice, *arguments: str) -> Result:
    """What the command does, having been held against what git does with the same arguments."""
    before = [place.read(name) for name in FILES]
    by_git = git.run("merge-file", *arguments, *FILES, cwd=place.root)
    left = [place.read(name) for name in FILES]
    write(place, *before)
    done = place("merge-file", *arguments, *FILES)
    assert (done.code, done.out) == (by_git.returncode, by_git.stdout)
    assert [place.read(name) for name in FILES] == left
    return done


def test_a_clean_merge_is_written_into_the_current_file_and_exits_0(empty: Lattice) -> None:
    write(empty, OURS, BASE, APART)
    assert compared(empty).code == 0
    assert empty.read("ours.yaml") == b"a: 1\nb: ours\nc: 3\nd: theirs\n"


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "-p",
        "-p --diff3",
        "--zdiff3 -p",
        "--diff3 --zdiff3 -p",
        "-q --stdout",
        "-pq",
        "-p --ours",
        "-p --ours --theirs",
        "-p --union",
        "-p -L mine",
        "-p -Lmine -L 'the base' --diff3 -L theirs",
        "-p --marker-size 12",
        "-p --marker-size=1 --diff3",
        "-p --marker-size 0",
        "-p --marker-size=-3",
    ],
)
def test_conflicts_are_shown_and_counted_as_git_does(empty: Lattice, arguments: str) -> None:
    write(empty, OURS + b"e: 5\n", BASE, THEIRS + b"e: 6")
    compared(empty, *shlex.split(arguments))


def test_more_than_127_conflicts_exit_127(empty: Lattice) -> None:
    def document(value: bytes) -> bytes:
        return b"".join(b"k%d: %b\nw: 1\nx: 1\ny: 1\nz: 1\n" % (number, value) for number in range(130))

    write(empty, document(b"ours"), document(b"base"), document(b"theirs"))
    assert compared(empty, "-p").code == 127


@pytest.mark.parametrize("arguments", ["-p", "-p --diff3", "-p --diff3 --union", "-p --zdiff3 --ours"])
def test_what_both_sides_made_the_same_in_two_ways_is_a_conflict_where_git_has_it_so(
    empty: Lattice, arguments: str
) -> None:
    write(empty, b"a\nb\nc\n", b"b\nb\nc\n", b"a\nb\nc\nc\na\n")
    done = compared(empty, *arguments.split())
    assert done.code == (1 if arguments == "-p --diff3" else 0)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    case=merges(),
    style=st.sampled_from([[], ["--diff3"], ["--zdiff3"]]),
    favor=st.sampled_from([[], [], ["--ours"], ["--theirs"], ["--union"]]),
)
def test_whatever_the_files_hold_result_and_exit_code_are_those_of_git(
    empty: Lattice, case: tuple[bytes, bytes, bytes], style: list[str], favor: list[str]
) -> None:
    base, ours, theirs = case
    write(empty, ours, base, theirs)
    arguments = ["-p", *style, *favor]
    by_git = git.run("merge-file", *arguments, *FILES, cwd=empty.root)
    done = empty("merge-file", "--path", "a.txt", *arguments, *FILES)
    assert (done.code, done.out) == (by_git.returncode, by_git.stdout)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("ours.yaml base.yaml nothing.yaml", "nothing.yaml cannot be read"),
        ("ours.yaml base.yaml .", "cannot be read"),
        ("ours.yaml base.yaml binary", "Cannot merge binary files: binary"),
        ("binary binary ours.yaml", "Cannot merge binary files: binary"),
        ("ours.yaml base.yaml", "Missing argument"),
        ("--what ours.yaml base.yaml theirs.yaml", "--what"),
        ("-L a -L b -L c -L d ours.yaml base.yaml theirs.yaml", "Too many labels"),
        ("--limit 20 ours.yaml base.yaml theirs.yaml", "ours.yaml has 23 bytes or more, and 20 are the most"),
    ],
)
def test_what_cannot_be_merged_exits_255_and_changes_nothing(empty: Lattice, arguments: str, told: str) -> None:
    write(empty, OURS, BASE, THEIRS)
    empty.write("binary", b"a\0b\n")
    done = empty("merge-file", *arguments.split())
    assert (done.code, done.out) == (255, b"")
    assert told in done.err
    assert empty.read("ours.yaml") == OURS


def test_a_file_that_cannot_be_written_exits_255(empty: Lattice) -> None:
    write(empty, OURS, BASE, THEIRS)
    (empty.root / "pipe").symlink_to("/dev/full")
    done = empty("merge-file", "--limit", "100", "pipe", "base.yaml", "theirs.yaml")
    assert done.code == 255


def test_the_current_file_stays_the_same_file(empty: Lattice) -> None:
    write(empty, OURS, BASE, APART)
    place = empty.root / "ours.yaml"
    place.chmod(0o640)
    os.link(place, empty.root / "link.yaml")
    empty.ok("merge-file", *FILES)
    assert empty.read("link.yaml") == empty.read("ours.yaml") != OURS
    assert place.stat().st_mode & 0o777 == 0o640


TWICE = (b"new: ours\n" + BASE, BASE, BASE + b"new: theirs\n")
SHOWN = b"""<<<<<<< ours.yaml
new: ours
||||||| base.yaml
=======
>>>>>>> theirs.yaml
a: 1
b: 2
c: 3
d: 4
<<<<<<< ours.yaml
||||||| base.yaml
=======
new: theirs
>>>>>>> theirs.yaml
"""


def test_a_clean_merge_that_repeats_a_key_is_shown_as_conflicts(empty: Lattice) -> None:
    write(empty, *TWICE)
    done = empty("merge-file", "-p", "--diff3", *FILES)
    assert (done.code, done.out) == (2, SHOWN)
    assert done.err == "ours.yaml: merged line by line, it repeats a key: /new in lines 1, 6\n"
    assert empty("merge-file", "-p", "-q", *FILES).err == ""
    told = empty("merge-file", "-p", "--path", "notes.txt", *FILES)
    assert (told.code, told.out) == (0, b"new: ours\n" + BASE + b"new: theirs\n")


def test_a_side_settles_a_repeated_key_and_both_are_taken_where_asked_for(empty: Lattice) -> None:
    write(empty, *TWICE)
    assert empty.ok("merge-file", "-p", "--ours", *FILES).out == TWICE[0]
    assert empty.ok("merge-file", "-p", "--theirs", *FILES).out == TWICE[2]
    both = compared(empty, "-p", "--union")
    assert both.code == 0
    assert "it repeats a key: /new in lines 1, 6" in both.err


def test_markers_end_as_the_lines_of_the_document_do(empty: Lattice) -> None:
    write(empty, *(side.replace(b"\n", b"\r\n") for side in TWICE))
    assert empty("merge-file", "-p", "--diff3", *FILES).out == SHOWN.replace(b"\n", b"\r\n")


def test_a_marker_begins_a_line_also_behind_a_side_without_final_newline(empty: Lattice) -> None:
    ours, base, theirs = TWICE
    write(empty, ours, base, theirs[:-1])
    assert empty("merge-file", "-p", "--diff3", *FILES).out == SHOWN


def json_of(*members: str) -> bytes:
    return ("{\n" + ",\n".join(f"  {member}" for member in members) + "\n}\n").encode()


KEPT = [f'"k{number}": 1' for number in range(5)]


def test_structured_takes_a_proposal_where_lines_conflict_and_tells_what_it_brings(empty: Lattice) -> None:
    write(empty, json_of('"a": 1', '"x": 1', *KEPT), json_of('"a": 1', *KEPT), json_of('"a": 1', '"y": 2', *KEPT))
    files = ["--path", "api.json", *FILES]
    assert empty("merge-file", "-p", *files).code == 1
    done = empty("merge-file", "-p", "--structured", *files)
    assert (done.code, done.out) == (0, json_of('"a": 1', '"x": 1', '"y": 2', *KEPT))
    assert done.err.startswith("api.json: took a proposal at /x: adds /y")
    assert empty("merge-file", "-p", "--structured", "-q", *files).err == ""
    assert empty("merge-file", "-p", "--structured", "--path", "notes.txt", *FILES).code == 1


def test_structured_leaves_the_conflicts_that_only_a_person_can_settle(empty: Lattice) -> None:
    def document(value: int, *new: str) -> bytes:
        return json_of(f'"a": {value}', *KEPT, '"b": 1', *new, '"c": 1')

    write(empty, document(1, '"x": 1'), document(0), document(2, '"y": 2'))
    arguments = ["merge-file", "-p", "--structured", "--path", "api.json"]
    done = empty(*arguments, *FILES)
    assert done.code == 1
    conflict = b'<<<<<<< ours.yaml\n  "a": 1,\n=======\n  "a": 2,\n>>>>>>> theirs.yaml\n'
    assert done.out == document(0, '"x": 1', '"y": 2').replace(b'  "a": 0,\n', conflict)
    assert empty.ok(*arguments, "--ours", *FILES).out == document(1, '"x": 1', '"y": 2')
    assert empty.ok(*arguments, "--theirs", *FILES).out == document(2, '"x": 1', '"y": 2')


@pytest.fixture
def repository(empty: Lattice) -> Lattice:
    """A git repository with the merge driver of the README, run by this interpreter."""
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    configure, attributes = readme.partition("### As git's merge driver")[2].split("```")[1].split("\n")[1:3]
    package = Path(lattice_console.__file__).parents[1]
    command = f"PYTHONPATH={shlex.quote(str(package))} {shlex.quote(sys.executable)} -m lattice_console merge-file"
    driver = shlex.split(configure)[-1].replace("lattice merge-file", command)
    git.run("init", "-q", "-b", "main", cwd=empty.root)
    for name, value in {"user.name": "kim", "user.email": "kim@example.org", "merge.lattice.driver": driver}.items():
        assert git.run("config", name, value, cwd=empty.root).returncode == 0
    assert os.system(f"cd {shlex.quote(str(empty.root))} && {attributes}") == 0
    assert empty.read(".gitattributes") == b"*.json merge=lattice\n*.yaml merge=lattice\n*.yml merge=lattice\n"
    return empty


def merged(repository: Lattice, base: dict[str, bytes], ours: dict[str, bytes], theirs: dict[str, bytes]) -> int:
    """Merge a branch with their files into one with ours, both made from the base; git's exit code."""

    def commit(files: dict[str, bytes]) -> None:
        for name, content in files.items():
            repository.write(name, content)
        git.run("add", "-A", cwd=repository.root)
        assert git.run("commit", "-q", "-m", "some", cwd=repository.root).returncode == 0

    commit(base)
    git.run("checkout", "-q", "-b", "other", cwd=repository.root)
    commit(theirs)
    git.run("checkout", "-q", "main", cwd=repository.root)
    commit(ours)
    return git.run("merge", "-q", "-m", "merged", "other", cwd=repository.root).returncode


def test_a_real_git_merge_with_the_driver_is_clean_where_documents_are_sound(repository: Lattice) -> None:
    name = "docs/it's an api.yaml"
    assert merged(repository, {name: BASE}, {name: OURS}, {name: APART}) == 0
    assert repository.read(name) == b"a: 1\nb: ours\nc: 3\nd: theirs\n"
    assert git.run("status", "--porcelain", cwd=repository.root).stdout == b""


def test_a_real_git_merge_with_the_driver_stops_at_conflicts(repository: Lattice) -> None:
    assert merged(repository, {"a.yml": BASE}, {"a.yml": OURS}, {"a.yml": THEIRS}) == 1
    conflict = b"<<<<<<< ours\nb: ours\n=======\nb: theirs\n>>>>>>> theirs\n"
    assert repository.read("a.yml") == BASE.replace(b"b: 2\n", conflict)
    assert git.run("status", "--porcelain", cwd=repository.root).stdout == b"UU a.yml\n"


def test_a_real_git_merge_with_the_driver_stops_at_a_repeated_key(repository: Lattice) -> None:
    ours, base, theirs = TWICE
    names = ("a.yaml", "a.txt")
    assert merged(repository, *(dict.fromkeys(names, side) for side in (base, ours, theirs))) == 1
    assert git.run("status", "--porcelain", cwd=repository.root).stdout == b"M  a.txt\nUU a.yaml\n"
    assert repository.read("a.txt") == b"new: ours\n" + BASE + b"new: theirs\n"
    assert b"=======\nnew: theirs\n>>>>>>> theirs\n" in repository.read("a.yaml")


def test_diff3_prints_a_merge_as_data(empty: Lattice) -> None:
    write(empty, OURS, BASE, THEIRS + b"e: 5\n")
    done = empty("diff3", *FILES, "--output", "json")
    assert done.code == 12
    assert done.json == {
        "schema_version": 1,
        "clean": False,
        "content": None,
        "conflicts": [
            {
                "pointer": "/b",
                "base": {"text": "b: 2\n", "base64": False},
                "ours": {"text": "b: ours\n", "base64": False},
                "theirs": {"text": "b: theirs\n", "base64": False},
                "base_lines": {"first": 2, "lines": 1},
                "our_lines": {"first": 2, "lines": 1},
                "their_lines": {"first": 2, "lines": 1},
                "result_lines": {"first": 2, "lines": 1},
            }
        ],
        "settled": [
            {"text": "a: 1\n", "base64": False},
            {"text": "c: 3\nd: 4\ne: 5\n", "base64": False},
        ],
        "rejected": None,
        "unmergeable": None,
        "proposals": [{"text": None, "reasons": ["both change /b, each in its way"]}],
    }
    assert empty.read("ours.yaml") == OURS


def test_diff3_of_a_clean_merge_has_its_content_and_exits_0(empty: Lattice) -> None:
    write(empty, OURS, BASE, APART)
    found = empty.ok("diff3", *FILES, "--output", "json").json
    assert (found["clean"], found["conflicts"]) == (True, [])
    assert found["content"] == {"text": "a: 1\nb: ours\nc: 3\nd: theirs\n", "base64": False}
    assert empty.ok("diff3", *FILES).text == "clean\n"


def test_diff3_gives_bytes_that_are_no_text_in_base64(empty: Lattice) -> None:
    write(empty, b"\xff\n", b"a\n", b"b\n")
    [conflict] = empty("diff3", *FILES, "--output", "json").json["conflicts"]
    assert conflict["ours"]["base64"] is True
    assert base64.b64decode(conflict["ours"]["text"]) == b"\xff\n"
    assert conflict["theirs"] == {"text": "b\n", "base64": False}


def test_diff3_says_why_a_clean_merge_is_not_taken(empty: Lattice) -> None:
    write(empty, *TWICE)
    rejected = empty("diff3", *FILES, "--output", "json").json["rejected"]
    assert (rejected["reason"], rejected["line"]) == ("repeated_key", None)
    assert rejected["keys"] == [{"pointer": "/new", "lines": [1, 6]}]
    assert rejected["content"]["text"].count("new") == 2


def test_diff3_tells_people_where_conflicts_are(empty: Lattice) -> None:
    write(empty, OURS.replace(b"c: 3\n", b"c: 4\n"), BASE, THEIRS.replace(b"c: 3\n", b""))
    done = empty("diff3", *FILES)
    assert done.code == 12
    assert [line.split() for line in done.text.splitlines()] == [
        ["1", "conflict"],
        ["AT", "OURS", "BASE", "THEIRS"],
        ["/b", "2-3", "2-3", "2"],
    ]


def test_diff3_says_which_side_is_binary(empty: Lattice) -> None:
    write(empty, OURS, BASE, b"\0")
    done = empty("diff3", *FILES)
    assert (done.code, done.text) == (
        12,
        "not merged: theirs is binary, which has no lines to merge; choose a side\n",
    )
