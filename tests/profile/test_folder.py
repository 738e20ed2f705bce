"""Folders for projects and actors, whatever these are called."""

from hashlib import sha256
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lattice_console.profile.folder import file_name, work_folder

HOSTILE = [
    "../x",
    "..",
    ".",
    "",
    "/",
    "/etc/passwd",
    "a/b",
    "a\x00b",
    ".hidden",
    "\ud800",
    "x" * 5000,
    "%2F",
    "~",
    "CON",
]
NAMES = (
    st.text(alphabet=st.characters(exclude_categories=())) | st.sampled_from(HOSTILE) | st.text("aA%.2F/é", max_size=6)
)


def test_the_folder_is_the_state_folder_of_the_environment(tmp_path: Path) -> None:
    folder = work_folder("01a1fc25", "kim@example.org", {"XDG_STATE_HOME": str(tmp_path)})
    assert folder == tmp_path / "lattice" / "01a1fc25" / "kim@example.org"
    assert not folder.parent.parent.exists()


@pytest.mark.parametrize("environ", [{}, {"XDG_STATE_HOME": ""}, {"XDG_STATE_HOME": "not/absolute"}])
def test_without_one_it_is_the_usual_one(environ: dict[str, str]) -> None:
    assert work_folder("p", "kim", environ) == Path.home() / ".local/state/lattice/p/kim"


@given(NAMES, NAMES)
def test_no_name_leads_out_of_the_folder(project: str, actor: str) -> None:
    base = PurePosixPath("/state")
    folder = work_folder(project, actor, {"XDG_STATE_HOME": "/state"})
    assert folder.parts[:3] == ("/", "state", "lattice")
    assert len(folder.relative_to(base / "lattice").parts) == 2
    for part in folder.parts[3:]:
        assert part not in {"", ".", ".."}
        assert part.isascii()
        assert part.isprintable()
        assert len(part) <= 255


@given(NAMES, NAMES)
@example("", sha256(b"").hexdigest())
@example("kim", "Kim")
def test_no_two_share_a_folder_even_where_case_does_not_count(one: str, other: str) -> None:
    assert (file_name(one).lower() == file_name(other).lower()) == (one == other)


def test_hostile_names_make_files(tmp_path: Path) -> None:
    for name in HOSTILE:
        (tmp_path / file_name(name)).write_text(name, "utf-8", "surrogatepass")
    assert len(list(tmp_path.iterdir())) == len(HOSTILE)


def test_what_people_are_called_stays_readable() -> None:
    assert [file_name(name) for name in ("kim", "agent-7", "a.b@c.org", "Kim", "José")] == [
        "kim",
        "agent-7",
        "a.b@c.org",
        "%4Bim",
        "%4Aos%C3%A9",
    ]
