"""Keys that a person gave to actions."""

import json
from pathlib import Path

import pytest

from lattice_console.screens import rebinding
from tests.screens.console import make_app, open_console
from tests.screens.project import Office


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place of a profile, of which the console knows."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "lattice" / "profile.json"
    path.parent.mkdir()
    return path


def give(profile: Path, **keys: str) -> None:
    profile.write_text(json.dumps({"keys": {id.replace("__", "."): key for id, key in keys.items()}}), encoding="utf-8")


def spoil(profile: Path) -> None:
    profile.write_text("{", encoding="utf-8")


async def test_a_rebound_action_is_on_its_new_key_and_says_so(office: Office, profile: Path) -> None:
    give(profile, act__approve="ctrl+y")
    async with open_console(make_app(office)) as console:
        await console.go_to("Pay refunds")
        await console.sees("ctrl+y approve")
        await console.press("a")
        await console.sees("a does nothing here; ? lists the keys.")
        await console.press("ctrl+y")
        await console.sees("Approved M-6")


async def test_a_rebound_action_keeps_its_place_in_the_help(office: Office, profile: Path) -> None:
    give(profile, act__approve="ctrl+y")
    async with open_console(make_app(office), (120, 40)) as console:
        await console.go_to("Pay refunds")
        await console.press("question_mark")
        await console.sees("ctrl+y A  Approve, with suggestions")
        places = [console.lines.index(console.line(name)) for name in ("Approve, with", "Request changes, reject")]
        assert places == sorted(places)
        assert "The mutation under the cursor" in console.lines[places[0] - 1]


async def test_what_cannot_be_had_is_said_and_the_rest_applies(office: Office, profile: Path) -> None:
    give(profile, act__aprove="ctrl+y", act__reject="ctrl+w", act__execute="a", go__queue="ctrl+g")
    async with open_console(make_app(office), (120, 40)) as console:
        await console.press("m")
        await console.sees("There is no action 'act.aprove'; perhaps act.approve was meant")
        await console.sees("act.reject stays on X", "a browser keeps it for itself")
        await console.sees("act.execute stays on e", "a is act.approve")
        await console.press("escape", "ctrl+g")
        await console.sees("Pay refunds")


async def test_a_broken_profile_changes_no_key_and_is_said(office: Office, profile: Path) -> None:
    spoil(profile)
    async with open_console(make_app(office)) as console:
        await console.press("m")
        # Its path may be cut by the end of a line.
        await console.sees("mend or remove it")
        await console.press("escape")
        await console.sees("Enter open")


async def test_every_action_that_can_be_chosen_somewhere_is_one_that_the_place_lists(office: Office) -> None:
    known, places = rebinding.actions(), rebinding.places()
    listed = set().union(*places.values())
    everywhere = {id for id in known if id.startswith(("app.", "go."))}
    assert known.keys() - listed - {id for id in known if id.startswith("editor.")} <= everywhere | {"dry_run.back"}
    async with open_console(make_app(office)) as console:
        for name, *keys in (
            ("the queue",),
            ("a mutation", "enter"),
            ("Conflicts", "f3"),
            ("Specs", "f4"),
            ("Activity", "f6"),
            ("Home", "f9"),
        ):
            await console.press(*keys)
            await console.pilot.pause(0.3)
            here = {command.id for command in console.app.screen.commands()}  # type: ignore[attr-defined]  # a Place
            assert here - everywhere <= places[name], name


def test_a_profile_without_keys_costs_nothing_to_look_at(profile: Path) -> None:
    assert not rebinding.is_wanted(profile)
    profile.write_text('{"console": {"theme": "light"}}', encoding="utf-8")
    assert not rebinding.is_wanted(profile)
