"""Names of keys, as people write them and as the console knows them."""

import string

import pytest
from textual.keys import _character_to_key

from lattice_console.profile.keys import FORBIDDEN, key_name, key_names, types_text


@pytest.mark.parametrize("char", sorted(string.punctuation + string.ascii_letters + string.digits + "éß你"))
def test_a_character_has_the_name_that_the_console_gives_it(char: str) -> None:
    assert key_name(char) == _character_to_key(char)
    assert types_text(key_name(char))


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("ctrl+y", "ctrl+y"),
        ("Ctrl+Y", "ctrl+y"),
        ("control+y", "ctrl+y"),
        ("shift+ctrl+left", "ctrl+shift+left"),
        ("shift+a", "A"),
        ("alt+?", "alt+question_mark"),
        ("ctrl++", "ctrl+plus"),
        ("question_mark", "question_mark"),
        ("F12", "f12"),
        ("Esc", "escape"),
        ("PgDn", "pagedown"),
        ("Return", "enter"),
        ("Space", "space"),
        ("ctrl+i", "tab"),
        ("ctrl+[", "escape"),
    ],
)
def test_a_key_is_known_however_it_is_written(said: str, name: str) -> None:
    assert key_name(said) == name
    assert key_name(name) == name


@pytest.mark.parametrize("said", ["contrl+y", "ctrl+", "yy", "f0", "f25", "ctrl+yy", "\x01", "a b", "++a"])
def test_what_is_no_key_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        key_name(said)


@pytest.mark.parametrize("said", [*FORBIDDEN, "Ctrl+W", "F5"])
def test_what_others_own_is_refused_with_the_owner(said: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be used: (a browser|it copies)"):
        key_name(said)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("y", ("y",)),
        ("ctrl+y, Y ,y", ("ctrl+y", "Y", "y")),
        (["ctrl+y", ","], ("ctrl+y", "comma")),
        (",", ("comma",)),
        ("a,a", ("a",)),
    ],
)
def test_a_setting_may_name_several_keys(said: object, names: tuple[str, ...]) -> None:
    assert key_names(said) == names


@pytest.mark.parametrize("said", ["", " ", "a,,b", [], [""], ["a", 1], 7, None, {}])
def test_a_setting_without_keys_is_refused(said: object) -> None:
    with pytest.raises(ValueError, match="key"):
        key_names(said)


@pytest.mark.parametrize("key", ["ctrl+y", "f2", "escape", "up", "pagedown", "tab", "alt+x"])
def test_keys_that_type_nothing_are_told_from_those_that_do(key: str) -> None:
    assert not types_text(key)


@pytest.mark.parametrize("key", ["y", "Y", "space", "enter", "backspace", "question_mark"])
def test_keys_that_type_are_told_from_those_that_do_not(key: str) -> None:
    assert types_text(key)
