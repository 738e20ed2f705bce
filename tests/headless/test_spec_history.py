"""spec history: who changed a spec, when, by which mutation, and what."""

import json

import pytest

from tests.headless.driver import Lattice

PLACE = ".lattice/specs/auth.json"


def spec(version: str) -> str:
    return json.dumps({"name": "auth", "version": version, "type": "requirements"}, indent=2) + "\n"


@pytest.fixture
def changed(lattice: Lattice) -> Lattice:
    """A spec that M-1 changed and M-2 renamed."""
    lattice.write(PLACE, spec("1.0.0"))
    lattice.ok("track", PLACE)
    lattice.write(PLACE, spec("1.1.0"))
    lattice.approved("Change", "--files", PLACE)
    lattice.ok("mutation", "execute", "1")
    (lattice.root / PLACE).rename(lattice.root / "auth.json")
    lattice.approved("Move", "--rename", f"{PLACE}:auth.json")
    lattice.ok("mutation", "execute", "2")
    return lattice


def test_revisions_come_newest_first_with_who_and_by_what(changed: Lattice) -> None:
    items = changed.ok("spec", "history", "auth", "--output", "json").json["items"]
    assert [(one["number"], one["version"], one["operation"], one["mutation"], one["path"]) for one in items] == [
        (3, "1.1.0", "rename", 2, "auth.json"),
        (2, "1.1.0", "modify", 1, PLACE),
        (1, "1.0.0", "baseline", None, PLACE),
    ]
    assert len(changed.ok("spec", "history", "auth", "--limit", "1").text.splitlines()) == 2


def test_each_can_be_shown_with_what_it_changed(changed: Lattice) -> None:
    told = changed.ok("spec", "history", "auth", "--word").text
    moved, modified, begun = told.split("\nrevision ")
    assert moved.startswith("revision 3 by M-2  kim")
    assert f"rename from {PLACE}\nrename to auth.json\n" in moved
    assert '"version": "1.[-0-]{+1+}.0"' in modified
    assert "new file mode 100644" in begun
    limited = changed.ok("spec", "history", "auth", "--patch", "--limit", "2").text
    assert '-  "version": "1.0.0",\n+  "version": "1.1.0",\n' in limited
    assert "new file" not in limited


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("auth", "--word", "--output", "json"), "A patch has one form"),
        (("deployment",), "has no document"),
        (("nothing",), "no spec nothing"),
    ],
)
def test_what_has_no_history_says_so(changed: Lattice, arguments: tuple[str, ...], told: str) -> None:
    changed.propose("Deploy", "--spec", "deployment")
    result = changed("spec", "history", *arguments)
    assert result.code in (1, 2)
    assert told in result.err


def test_what_the_policy_writes_is_told_with_why(changed: Lattice) -> None:
    policy = ".lattice/collaboration/spec-collaboration.json"
    changed.write(policy, '{"version_control": {"auto_version": true}}')
    changed.ok("track", policy)
    changed.write("auth.json", spec("1.1.0").replace("}", ', "requirements": ["Log in"]}'))
    drafted = changed.ok("mutation", "create", "--title", "More", "--files", "auth.json", "--draft")
    assert "Written by the policy" not in drafted.err
    told = changed.ok("mutation", "submit", "3").err
    assert "Written by the policy, as patchset 2: auth states 1.2.0: added requirement: Log in." in told
    shown = changed.ok("mutation", "show", "3").text
    assert "auth  1.1.0 -> 1.2.0 proposed (new), states 1.2.0" in shown
    assert "new       added requirement: Log in" in shown
    changed.ok("mutation", "approve", "3", "--as", "ana")
    changed.ok("mutation", "execute", "3")
    assert '"version": "1.2.0"' in (changed.root / "auth.json").read_text()
