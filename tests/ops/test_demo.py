"""The demonstration project: what it holds, that its story is true, and the walk through it."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from lattice_console import cli, config
from lattice_console.backends.connect import connect
from lattice_console.config import Settings
from lattice_console.contract.backend import Backend
from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.filters import parse
from lattice_console.contract.models.mutation import Mutation
from lattice_console.contract.models.review import Comment
from lattice_console.headless.exits import Exit
from lattice_console.headless.session import Session
from lattice_console.ops import demo_walk
from lattice_console.ops.demo import EDITED, OWNER, Demonstration, build
from lattice_console.ops.demo_story import Remark, Told, edited, lines_of, story
from lattice_console.workspace.checkout import Checkout

Answer = TypeVar("Answer")

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """The project, for tests that only read it."""
    return asyncio.run(build(tmp_path_factory.mktemp("demo"), now=NOW))


def ask(built: Demonstration, question: Callable[[Backend], Awaitable[Answer]], actor: str = OWNER) -> Answer:
    async def answer() -> Answer:
        backend = await connect(config.load(built.root, actor=actor))
        try:
            return await question(backend)
        finally:
            await backend.close()

    return asyncio.run(answer())


def all_of(built: Demonstration) -> dict[str, Mutation]:
    """Every mutation of the story, by its key."""

    async def question(backend: Backend) -> dict[str, Mutation]:
        return {key: await backend.mutations.get(str(number)) for key, number in built.numbers.items()}

    return ask(built, question)


def test_every_mutation_ends_as_its_story_says(built: Demonstration) -> None:
    told = {one.key: one.ends for one in story()}
    assert {key: mutation.status for key, mutation in all_of(built).items()} == told


def test_there_are_forty_in_every_state_that_can_be_reached(built: Demonstration) -> None:
    statuses = Counter(mutation.status for mutation in all_of(built).values())
    assert sum(statuses.values()) == 40
    ended = {"rejected", "cancelled", "completed", "rolled_back", "failed"}
    assert set(statuses) == ended | {"draft", "pending", "approved", "needs_manual_resolution"}


def test_numbers_follow_age(built: Demonstration) -> None:
    assert list(built.numbers.values()) == list(range(1, 41))
    created = [mutation.created_at for mutation in all_of(built).values()]
    assert created == sorted(created)


def test_ages_range_from_minutes_to_weeks_and_nothing_is_yet_to_come(built: Demonstration) -> None:
    events = ask(built, lambda backend: backend.events.since(0))
    times = [event.at for event in events]
    assert times == sorted(times)
    assert times[0] < NOW - timedelta(weeks=4)
    assert NOW - timedelta(hours=1) < times[-1] <= NOW


def test_several_are_blocked_and_for_every_reason_there_is(built: Demonstration) -> None:
    waiting = ("pending", "needs_manual_resolution")
    held = [mutation for mutation in all_of(built).values() if mutation.status in waiting]
    reasons = {frozenset(blocker.name for blocker in mutation.blockers) for mutation in held}
    assert frozenset.union(*reasons) == {
        "approvals",
        "no_objections",
        "specs_valid",
        "base_current",
        "parents_executed",
        "no_open_conflict",
    }
    assert len(reasons) >= 5


def test_the_owner_can_execute_some_at_once_and_others_after_one_approval(built: Demonstration) -> None:
    def ready(mutation: Mutation) -> bool:
        return mutation.action("execute").allowed and not mutation.blockers

    def lacks_one(mutation: Mutation) -> bool:
        one_short = mutation.approvals == mutation.approvals_required - 1
        return (
            one_short
            and mutation.action("approve").allowed
            and [one.name for one in mutation.blockers] == ["approvals"]
        )

    mutations = all_of(built).values()
    assert sum(map(ready, mutations)) >= 3
    assert sum(map(lacks_one, mutations)) >= 3


def test_there_are_stacks_of_two_and_of_three(built: Demonstration) -> None:
    mutations = all_of(built)
    depth = {mutation.number: 1 for mutation in mutations.values()}
    for mutation in mutations.values():
        for parent in mutation.parents:
            depth[mutation.number] = depth[parent.number] + 1
    assert {2, 3} <= set(depth.values())


def test_the_failed_one_lost_a_race_and_nothing_of_it_was_applied(built: Demonstration) -> None:
    lost = all_of(built)["drop-legacy-plans"]
    assert lost.execution is not None
    assert lost.execution.status == "failed"
    won = built.numbers["seat-limit"]
    assert f"M-{won}" in lost.execution.errors[0].error
    assert '"legacy_plans"' in (built.root / "specs/plans.json").read_text()


def test_a_second_patchset_left_votes_stale(built: Demonstration) -> None:
    rotated = all_of(built)["rotate-tokens"]
    assert (rotated.patchset, rotated.approvals) == (2, 0)
    assert [review.current for review in rotated.reviews] == [False]


def comments_of(built: Demonstration) -> dict[str, tuple[Comment, ...]]:
    """What was said about each mutation of the story, by its key."""

    async def question(backend: Backend) -> dict[str, tuple[Comment, ...]]:
        return {key: await backend.reviews.comments(str(number)) for key, number in built.numbers.items()}

    return ask(built, question)


def test_there_are_threads_of_every_kind(built: Demonstration) -> None:
    said = [one for comments in comments_of(built).values() for one in comments]
    threads = [one for one in said if one.anchor is not None]
    assert sum(one.open for one in threads) >= 6
    assert sum(one.resolved_by is not None for one in threads) >= 6
    assert sum(one.is_reply for one in said) >= 8
    assert any(one.gone and one.open for one in threads)
    assert any(one.place != one.anchor and one.place is not None for one in threads)
    assert any(one.place is not None and one.place.end_line is not None for one in threads)
    assert any(one.anchor is None and not one.is_reply for one in said)


def test_some_suggestions_were_applied_and_others_fit_as_they_are(built: Demonstration) -> None:
    suggestions = [one for comments in comments_of(built).values() for one in comments if one.suggestion is not None]
    assert sum(one.applied is not None for one in suggestions) >= 2
    open_ones = [one for one in suggestions if one.applied is None]
    assert len(open_ones) >= 2
    assert not any(one.gone for one in open_ones)


def test_several_await_the_owner_and_some_changed_since_the_owners_review(built: Demonstration) -> None:
    def listed(text: str) -> list[int]:
        page = ask(built, lambda backend: backend.mutations.list(filter=parse(text), limit=100))
        return [row.number for row in page.items]

    assert len(listed("is:awaiting")) >= 8
    assert built.numbers["rotate-tokens"] in listed("is:changed is:awaiting")
    assert len(listed("is:open has:parents")) >= 4
    assert len(listed("is:ready")) >= 3


def test_specs_of_all_types_depend_on_each_other_and_are_in_order(built: Demonstration) -> None:
    specs = ask(built, lambda backend: backend.specs.list())
    assert {spec.type for spec in specs} == {"api", "database", "requirements", "generic"}
    assert {Path(spec.path).suffix for spec in specs if spec.path} == {".json", ".yaml", ".md"}
    names = {spec.name for spec in specs}
    needed = {name for spec in specs for name in spec.depends_on}
    assert needed
    assert needed <= names
    assert ask(built, lambda backend: backend.specs.validate()) == ()


def test_several_people_with_every_role_took_part(built: Demonstration) -> None:
    members = ask(built, lambda backend: backend.team.list())
    assert {member.role for member in members} == {"owner", "admin", "developer", "reviewer", "viewer"}
    assert len({mutation.author.handle for mutation in all_of(built).values()}) >= 6


def test_the_folder_is_the_head_with_one_edit_on_top(built: Demonstration) -> None:
    files = ask(built, Checkout(built.root).status)
    assert [(file.path, file.state) for file in files] == [(EDITED, "modified")]


def test_the_audit_log_holds(built: Demonstration) -> None:
    assert ask(built, lambda backend: backend.audit.verify()).ok


def test_whoever_opens_the_folder_acts_as_its_owner(built: Demonstration) -> None:
    assert config.load(built.root).actor == OWNER


def test_building_it_twice_gives_the_same_but_for_ids(built: Demonstration, tmp_path: Path) -> None:
    again = asyncio.run(build(tmp_path / "again", now=NOW))
    assert [without_ids(one) for one in all_of(again).values()] == [without_ids(one) for one in all_of(built).values()]


OF_IDS = ("_id", "_changes", "policy_version")
"""How the names of fields end that hold ids, or a hash of a document with the project's id."""


def without_ids(mutation: Mutation) -> Any:
    def stripped(value: Any) -> Any:
        if isinstance(value, dict):
            kept = {name: one for name, one in value.items() if name != "id" and not name.endswith(OF_IDS)}
            return {name: stripped(one) for name, one in kept.items()}
        return [stripped(one) for one in value] if isinstance(value, list | tuple) else value

    # A patchset's hash covers the ids of its parents, and an execution lists its changes by id.
    dumped = mutation.model_dump(exclude={"patchset_hash"})
    dumped["parents"] = [parent["number"] for parent in dumped["parents"]]
    return stripped(dumped)


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(ValidationFailed, match="is not empty"):
        asyncio.run(build(tmp_path))
    assert [place.name for place in tmp_path.iterdir()] == ["mine.txt"]


def test_a_database_of_the_environment_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/team.db")
    with pytest.raises(ValidationFailed, match="unset DATABASE_URL"):
        asyncio.run(build(tmp_path / "demo"))
    assert not (tmp_path / "team.db").exists()


def test_on_a_terminal_the_console_opens_on_it_as_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Settings] = []

    def console(session: Session) -> int:
        opened.append(session.settings)
        return 0

    monkeypatch.setattr(cli, "_console", console)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True, raising=False)
    assert cli.lattice(["demo", str(tmp_path / "demo")]) == Exit.OK
    assert [(settings.root, settings.actor) for settings in opened] == [((tmp_path / "demo").resolve(), OWNER)]


def test_without_a_terminal_the_walk_does_what_it_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LATTICE_ACTOR", "somebody-else")
    before = Path.cwd()
    assert cli.lattice(["demo", str(tmp_path / "demo")]) == Exit.OK
    printed = capsys.readouterr()
    assert printed.err == ""
    commands = [line for line in printed.out.splitlines() if line.startswith("$ lattice ")]
    assert len(commands) == sum(isinstance(stop, demo_walk.Command) for stop in demo_walk.WALK)
    for exit in (Exit.OK, Exit.DENIED, Exit.BLOCKED, Exit.CONFLICT, Exit.DRIFT):
        assert f"(exit {exit:d})" in printed.out
    assert "Every command did what was expected." in printed.out
    assert Path.cwd() == before
    assert os.environ["LATTICE_ACTOR"] == "somebody-else"


def test_a_walk_with_a_surprise_says_so_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    surprises = (
        demo_walk.Command("A viewer may not vote.", "--as nora mutation approve {session-limit}", Exit.OK),
        demo_walk.Look("Nothing was executed:", "specs/user-auth.json", "Sessions expire after 48 hours."),
    )
    monkeypatch.setattr(demo_walk, "WALK", surprises)
    assert cli.lattice(["demo", str(tmp_path), "--no-console"]) == Exit.ERROR
    printed = capsys.readouterr().out
    assert "(exit 4, and not 0 as expected)" in printed
    assert "specs/user-auth.json has no line with: Sessions expire after 48 hours." in printed
    assert "2 stops not as expected." in printed


def test_an_edit_replaces_what_stands_there_once() -> None:
    edit = "@@\n a\n-b\n+c\n\n@@\n+first\n x\n"
    assert edited(b"x\na\nb\n\ny\n", edit) == b"first\nx\na\nc\n\ny\n"


@pytest.mark.parametrize("text", [b"b\n", b"a\nb\na\nb\n"])
def test_an_edit_that_does_not_fit_exactly_once_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="times in the text, not once"):
        edited(text, "@@\n a\n-b\n+c\n")


def test_a_remark_is_about_the_lines_that_begin_as_it_says() -> None:
    text = b"a\n  limit: 1\n  burst: 2\n"
    assert lines_of(text, Remark(at="limit:")) == (2, 2)
    assert lines_of(text, Remark(at="limit:", through="burst:")) == (2, 3)
    for wrong in ("none", "l" * 2, ""):
        with pytest.raises(ValueError, match="lines of the text, not one, begin with"):
            lines_of(text, Remark(at=wrong))


@pytest.mark.parametrize("told", story(), ids=lambda told: told.key)
def test_each_story_is_told_in_order(told: Told) -> None:
    ages = [told.age, *(step.age for step in told.then)]
    assert ages == sorted(ages, reverse=True)
