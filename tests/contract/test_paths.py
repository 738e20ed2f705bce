"""Which paths a document may have, and which two are twins."""

import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.paths import check_path, is_private, is_trackable, twin_key

texts = st.text(max_size=40)
pieces = st.sampled_from(
    ["", ".", "..", "a", "é", ".git", ".GIT", ".lattice", "state", "local.json", "x\\y", " ", "\n"]
)
paths = st.one_of(texts, st.lists(st.one_of(pieces, texts), max_size=5).map("/".join))


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "docs/api/users.json",
        ".lattice/config.json",
        ".lattice/specs/user-auth.json",
        ".gitignore",
        ".github/workflows/ci.yaml",
        "...",
        "a b/ leading and trailing ",
        "back\\slash",
        "-rf",
        "docs/ünï/日本語.yaml",
        "state/local.json",
        "docs/.lattice/state",
        "\u202ebidi.md",
        "a" * 255,
    ],
)
def test_ordinary_and_odd_names_are_legal(path: str) -> None:
    assert check_path(path) == path


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "is empty"),
        ("/etc/passwd", "is absolute"),
        ("../secrets", "'..'"),
        ("a/../b", "'..'"),
        ("./a", "'.'"),
        ("a//b", "empty component"),
        ("a/", "empty component"),
        ("a\nb", "control character U+000A at position 2"),
        ("a\x00", "control character U+0000"),
        ("a\x7f", "control character U+007F"),
        ("a\x9b", "control character U+009B"),
        ("a\udc80", "lone surrogate U+DC80"),
        ("é" * 128, "component longer than 255 bytes"),
        ("/".join(["abcdefgh"] * 500), "longer than 4096 bytes"),
        (".git/hooks/pre-commit", "git's own"),
        ("vendor/.git/config", "git's own"),
        ("vendor/.GIT", "git's own"),
        (".g\u200cit/config", "git's own"),
        (".lattice/state/lattice.db", "never tracked"),
        (".lattice/State/x", "never tracked"),
        (".lattice/local.json", "never tracked"),
        (".lattice/LOCAL.json", "never tracked"),
        (".lattice/.gitignore", "never tracked"),
        (".Lattice/config.json", "write the folder's name exactly"),
        (".lattice", "the project's own folder"),
        ("docs/.lattice-tmp-1", "temporary file"),
    ],
)
def test_illegal_paths_are_refused_with_the_reason(path: str, why: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        check_path(path, field="new_path")
    assert caught.value.code == "VAL_PATH"
    assert why in caught.value.message
    assert caught.value.details["field"] == "new_path"


@given(paths)
def test_a_legal_path_stays_inside_the_project_and_out_of_the_local_places(path: str) -> None:
    if not is_trackable(path):
        return
    parts = PurePosixPath(path).parts
    assert "/".join(parts) == path
    assert ".." not in parts
    assert not any(part.casefold() == ".git" for part in parts)
    assert [part.casefold() for part in parts[:2]] not in ([".lattice", "state"], [".lattice", "local.json"])
    assert path.encode().decode() == path


@pytest.mark.parametrize(
    "path",
    [".git", "vendor/.Git/config", ".lattice/state", ".lattice/State/x", ".lattice/local.json", "a/.lattice-tmp-1"],
)
def test_what_is_local_by_its_kind_is_private(path: str) -> None:
    assert is_private(path)


@pytest.mark.parametrize("path", [".lattice", ".lattice/config.json", "a\nb", "docs/state", ".gitignore", ""])
def test_other_paths_are_not_private(path: str) -> None:
    assert not is_private(path)


@given(paths)
def test_nothing_private_can_be_tracked(path: str) -> None:
    assert not (is_private(path) and is_trackable(path))


@given(paths)
def test_a_refusal_can_be_shown_and_sent(path: str) -> None:
    try:
        check_path(path)
    except ValidationFailed as error:
        error.message.encode()
        str(error.details["path"]).encode()
        assert not is_trackable(path)
    else:
        assert is_trackable(path)


@given(texts)
def test_a_twin_key_does_not_change_when_taken_again(path: str) -> None:
    assert twin_key(twin_key(path)) == twin_key(path)


@given(texts)
def test_case_and_unicode_form_make_twins(path: str) -> None:
    for form in ("NFC", "NFD"):
        assert twin_key(unicodedata.normalize(form, path)) == twin_key(path)
    assert twin_key(path.casefold()) == twin_key(path)


def test_twins_are_found_and_other_names_are_not() -> None:
    assert twin_key("Docs/README.md") == twin_key("docs/readme.MD")
    assert twin_key("caf\u00e9") == twin_key("cafe\u0301") == twin_key("CAFE\u0301")
    assert twin_key("stra\u00dfe") == twin_key("STRASSE")
    assert twin_key("a/b") != twin_key("a/c")
