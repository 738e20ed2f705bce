"""The person's own keys: what can be had is had, and the rest is said in a sentence."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.binding import Binding, BindingsMap

from lattice_console.profile.keymap import Keymap, read_keymap

KNOWN = {
    "app.quit": ("q", "ctrl+q"),
    "go.queue": ("f2",),
    "queue.filter": ("slash",),
    "act.approve": ("a",),
    "act.reject": ("X",),
    "act.copy_id": ("y",),
    "diff.next_hunk": ("right_square_bracket",),
    "diff.top": ("g", "home"),
    "overview.top": ("g", "home"),
    "help.close": ("escape", "q"),
}
COMMON = {"app.quit", "go.queue", "act.approve", "act.reject", "act.copy_id"}
PLACES = {
    "the queue": COMMON | {"queue.filter"},
    "the diff": COMMON | {"diff.next_hunk", "diff.top"},
    "the overview": COMMON | {"overview.top"},
    "the help": {"app.quit", "go.queue", "help.close"},
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile.json"


def read(path: Path, keys: object) -> Keymap:
    path.write_text(json.dumps({"console": {"theme": "light"}, "keys": keys}))
    return read_keymap(path, KNOWN, PLACES, while_typing={"go.queue"})


def test_without_a_profile_every_key_is_as_it_ships(path: Path) -> None:
    assert read_keymap(path, KNOWN, PLACES) == Keymap({}, ())


def test_rebound_actions_have_the_keys_that_were_asked_for(path: Path) -> None:
    keymap = read(path, {"act.approve": "Ctrl+Y", "queue.filter": ["?", "F3"], "act.reject": "x,X"})
    assert keymap == Keymap({"act.approve": "ctrl+y", "queue.filter": "question_mark,f3", "act.reject": "x,X"}, ())


def test_two_actions_may_change_their_keys(path: Path) -> None:
    keymap = read(path, {"act.approve": "y", "act.copy_id": "a"})
    assert keymap == Keymap({"act.approve": "y", "act.copy_id": "a"}, ())


def test_the_console_takes_what_was_read(path: Path) -> None:
    bindings = BindingsMap([Binding(",".join(keys), "run", id=action) for action, keys in KNOWN.items()])
    clashed = bindings.apply_keymap(read(path, {"act.approve": "y", "act.copy_id": "a", "act.reject": "?"}).keys)
    found = {key: [one.id for one in bound] for key, bound in bindings.key_to_bindings.items()}
    assert not clashed.clashed_bindings
    assert (found["y"], found["a"], found["question_mark"]) == (["act.approve"], ["act.copy_id"], ["act.reject"])
    assert "X" not in found


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        (
            {"act.aprove": "z"},
            "There is no action 'act.aprove'; perhaps act.approve was meant (keys in {path}).",
        ),
        (
            {"something": "z"},
            "There is no action 'something'; the help (?) shows what can be done where you are (keys in {path}).",
        ),
        (
            {"act.approve": "ctrl+w"},
            "act.approve stays on a: ctrl+w cannot be used: a browser keeps it for itself; choose another key "
            "(keys in {path}).",
        ),
        (
            {"app.quit": "hyperspace"},
            "app.quit stays on q ctrl+q: hyperspace is the name of no key; choose another key (keys in {path}).",
        ),
        (
            {"act.approve": ""},
            "act.approve stays on a: it needs a key; choose another key (keys in {path}).",
        ),
        (
            {"act.approve": "y"},
            "act.approve stays on a: y is act.copy_id in the queue. Choose another key for one of them.",
        ),
        (
            {"act.approve": "z", "act.copy_id": "z"},
            "act.copy_id stays on y: z is act.approve in the queue. Choose another key for one of them.",
        ),
        (
            {"diff.next_hunk": "g"},
            "diff.next_hunk stays on right_square_bracket: g is diff.top in the diff. Choose another key for one of "
            "them.",
        ),
        (
            {"go.queue": "Q"},
            "go.queue stays on f2: it acts while you type, and Q would not reach the text; take one with ctrl, or F1 "
            "to F12 (keys in {path}).",
        ),
    ],
)
def test_what_cannot_be_had_is_said_and_the_rest_applies(path: Path, keys: dict[str, str], problem: str) -> None:
    keymap = read(path, {**keys, "queue.filter": "ctrl+f"})
    assert keymap.problems == (problem.format(path=path),)
    assert "queue.filter" in keymap.keys
    assert keymap.keys.keys() <= {"queue.filter", *list(keys)[:-1]}


def test_actions_of_different_places_may_share_a_key(path: Path) -> None:
    assert read(path, {"diff.next_hunk": "n", "queue.filter": "n", "overview.top": "n"}).problems == ()


def test_what_shares_a_key_as_it_ships_goes_on_sharing_it(path: Path) -> None:
    assert read(path, {"help.close": "q,z"}) == Keymap({"help.close": "q,z"}, ())


def test_an_action_that_no_place_lists_is_taken_to_be_everywhere(path: Path) -> None:
    path.write_text(json.dumps({"keys": {"new.thing": "g", "other.thing": "w"}}))
    known = {**KNOWN, "new.thing": ("m",), "other.thing": ("w",), "third.thing": ("w",)}
    keymap = read_keymap(path, known, PLACES)
    assert keymap.keys == {"other.thing": "w"}
    assert keymap.problems == ("new.thing stays on m: g is diff.top in the diff. Choose another key for one of them.",)


def test_a_key_that_was_not_given_up_after_all_is_not_given_away(path: Path) -> None:
    # act.copy_id cannot have q, so it keeps y, which act.approve then cannot have.
    keymap = read(path, {"act.approve": "y", "act.copy_id": "q"})
    assert keymap.keys == {}
    assert [problem.partition(" ")[0] for problem in keymap.problems] == ["act.copy_id", "act.approve"]


@pytest.mark.parametrize("text", ["{", "[]", '{"keys": ["act.approve"]}'])
def test_a_profile_that_cannot_be_used_is_said_to_be(path: Path, text: str) -> None:
    path.write_text(text)
    keymap = read_keymap(path, KNOWN, PLACES)
    assert keymap.keys == {}
    (problem,) = keymap.problems
    assert str(path) in problem
    assert path.read_text() == text


@given(st.dictionaries(st.sampled_from(list(KNOWN)), st.sampled_from("aXygqzw/"), max_size=8))
def test_no_two_actions_of_one_place_meet_on_a_key_that_was_rebound(
    tmp_path_factory: pytest.TempPathFactory, keys: dict[str, str]
) -> None:
    keymap = read(tmp_path_factory.mktemp("keys") / "profile.json", keys)
    effective: Mapping[str, tuple[str, ...]] = {
        action: tuple(keymap.keys[action].split(",")) if action in keymap.keys else shipped
        for action, shipped in KNOWN.items()
    }
    for actions in PLACES.values():
        for one in actions & keymap.keys.keys():
            for other in actions - {one}:
                shared = set(effective[one]) & set(effective[other])
                assert shared <= set(KNOWN[one]) & set(KNOWN[other])
    # Nothing is left out without a reason, and everything has its keys.
    assert len(keymap.problems) == len(keys) - len(keymap.keys)
    assert all(effective.values())
