"""Where one left off is where one goes on."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.profile.left_off import Bookmark, Choices, LeftOff
from tests.profile.support import Listener

CHOICES = st.fixed_dictionaries(
    {},
    optional={
        "filter": st.text(max_size=20),
        "sort": st.sampled_from(["", "-age"]),
        "view": st.sampled_from(["", "mine"]),
        "layout": st.sampled_from(["auto", "unified", "split"]),
        "narrow": st.sampled_from(["auto", "unified", "split"]),
        "wrap": st.booleans(),
        "whitespace": st.sampled_from(["exact", "trailing", "amount", "all"]),
    },
)


def test_at_first_everything_is_as_it_ships(tmp_path: Path, told: Listener) -> None:
    assert Bookmark(tmp_path / "none", told).read() == LeftOff()
    assert not (tmp_path / "none").exists()


@given(st.lists(st.tuples(st.integers(0, 1), CHOICES)))
def test_of_two_consoles_the_last_choice_of_each_thing_stays(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[int, Choices]]
) -> None:
    folder, told = tmp_path_factory.mktemp("left"), Listener()
    consoles = (Bookmark(folder, told), Bookmark(folder, told))
    model: Choices = {}
    for which, choices in history:
        consoles[which].keep(**choices)
        model = {**model, **choices}
    assert Bookmark(folder, told).read() == LeftOff(**model)
    assert told == []


def test_a_choice_that_is_none_is_as_if_it_was_never_made(tmp_path: Path, told: Listener) -> None:
    bookmark = Bookmark(tmp_path, told)
    bookmark.keep(filter="is:open", view="mine")
    place = tmp_path / "left-off.json"
    content = json.loads(place.read_text())
    content["choices"] |= {"layout": "spiral", "wrap": [], "later": 1, "view": 7}
    place.write_text(json.dumps(content))
    assert bookmark.read() == LeftOff(filter="is:open")
    bookmark.keep(wrap=True)
    assert bookmark.read() == LeftOff(filter="is:open", wrap=True)
    assert json.loads(place.read_text())["choices"]["later"] == 1
