"""Hooks are asked between transactions: what they add is written, what they refuse does not happen."""

import asyncio
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lattice_console.contract.models.mutation import Mutation
from tests.support.changes import create, modify
from tests.support.hooks import HOOK, PATIENCE, Hooked, open_hooked, write_hook
from tests.support.house import OWNER, head_of, propose, track
from tests.support.refusals import refusal

SECONDS = PATIENCE


@pytest.fixture
async def hooked(tmp_path: Path) -> AsyncIterator[Hooked]:
    async with open_hooked(tmp_path) as hooked:
        yield hooked


def hooks_passed(mutation: Mutation) -> tuple[str, str]:
    """State and reason of the requirement."""
    return next((one.state, one.reason) for one in mutation.requirements if one.name == "hooks_passed")


async def test_a_hook_is_told_of_what_is_about_to_be_proposed(hooked: Hooked) -> None:
    config = b'{"project": {"name": "house"}}\n'
    await track(hooked.backend, {".lattice/config.json": config, "spec.json": b'{"name": "s", "type": "api"}\n'})
    hooked.hook("cat >> asked")
    await hooked.backend.mutations.create(
        title="A title",
        description="Why.",
        spec="s",
        labels=["x"],
        metadata={"ticket_id": "T-1"},
        changes=[create("b.txt", b"two\n"), create("c.bin", b"\xff")],
    )
    [asked] = hooked.asked()
    assert (asked["event"], asked["config"]) == ("proposing", json.loads(config))
    assert (asked["spec"]["name"], asked["spec"]["path"]) == ("s", "spec.json")
    mutation = asked["mutation"]
    told = {name: mutation[name] for name in ("id", "number", "title", "description", "author", "spec_id", "status")}
    assert told == {
        "id": None,
        "number": None,
        "title": "A title",
        "description": "Why.",
        "author": OWNER,
        "spec_id": "s",
        "status": "pending",
    }
    assert (mutation["labels"], mutation["metadata"]) == (["x"], {"ticket_id": "T-1"})
    assert [(one["file_path"], one["content"]) for one in mutation["changes"]] == [("b.txt", "two\n"), ("c.bin", None)]


async def test_a_hook_may_add_what_the_policy_asks_for(hooked: Hooked) -> None:
    config = b'{"workflows": {"require_ticket": true, "ticket_pattern": "SEC-[0-9]+"}}\n'
    await track(hooked.backend, {".lattice/config.json": config})
    hooked.hook("""cat > /dev/null; echo '{"metadata": {"ticket_id": "SEC-7"}}'""")
    assert (await propose(hooked.backend, create("a.txt"))).metadata["ticket_id"] == "SEC-7"
    hooked.hook("""cat > /dev/null; echo '{"metadata": {"ticket_id": "seven"}}'""")
    with refusal("BR_POLICY_TICKET"):
        await propose(hooked.backend, create("b.txt"))


async def test_hooks_add_labels_and_metadata_one_after_the_other(hooked: Hooked) -> None:
    hooked.hook("""cat > /dev/null; echo '{"labels": ["x", "risky"], "metadata": {"n": 1}}'""", "pre-mutation-1")
    hooked.hook("cat >> asked", "pre-mutation-2")
    made = await hooked.backend.mutations.create(title="t", labels=["x"], changes=[create("a.txt")])
    assert (made.labels, made.metadata) == (("x", "risky"), {"n": 1})
    assert await hooked.backend.mutations.get(made.id) == made
    [asked] = hooked.asked()
    assert (asked["mutation"]["labels"], asked["mutation"]["metadata"]) == (["x", "risky"], {"n": 1})
    timeline = await hooked.backend.mutations.timeline(made.id)
    assert [one.detail for one in timeline if one.name == "mutation.updated"] == ["added by pre-mutation-1"]


async def test_a_hook_asks_people_for_their_review_and_only_those_who_may(hooked: Hooked) -> None:
    await hooked.house.member("sam", "reviewer")
    hooked.hook("""cat >> asked; echo '{"reviewers": ["sam"]}'""", "pre-mutation-1")
    hooked.hook("cat >> asked", "pre-mutation-2")
    made = await propose(hooked.backend, create("a.txt"))
    assert [person.handle for person in made.reviewers] == ["sam"]
    assert [one["mutation"]["reviewers"] for one in hooked.asked()] == [[], ["sam"]]
    hooked.hook("""echo '{"reviewers": ["eve"]}'""", "pre-mutation-2")
    with refusal("BR_BLOCKED") as refused:
        await propose(hooked.backend, create("b.txt"))
    assert "eve is no member who may review" in refused.value.message
    assert len((await hooked.backend.mutations.list()).items) == 1


async def test_the_example_in_the_documentation_does_what_is_said_of_it(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (Path(__file__).parents[3] / "docs" / "hooks.md").read_text("utf-8")
    [example] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    for name in ("sam", "sue"):
        await hooked.house.member(name, "reviewer")
    hooked.hook("true")
    (hooked.root / ".lattice" / "hooks" / HOOK).write_text(example, encoding="utf-8")
    hooked.trust()
    with refusal("BR_BLOCKED") as refused:
        await propose(hooked.backend, create("a.txt"))
    assert f"{HOOK} refuses: Name a ticket: --meta ticket_id=SEC-123" in refused.value.message
    plain = await hooked.backend.mutations.create(title="t", metadata={"ticket_id": "T-1"}, changes=[create("a.txt")])
    assert (plain.reviewers, plain.labels) == ((), ())
    risky = await hooked.backend.mutations.create(
        title="t", metadata={"ticket_id": "T-2", "risk_score": "high"}, changes=[create("b.txt")]
    )
    assert [person.handle for person in risky.reviewers] == ["sam", "sue"]
    assert risky.labels == ("security-review",)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo 'A ticket is missing.' >&2; exit 1", "refuses: A ticket is missing."),
        ("""printf '{"refuse": "A ticket\\\\nis missing."}'""", "refuses: A ticket is missing."),
        ("""echo '{"refuse": ""}'; exit 4""", "refuses without saying why (exit status 4)."),
        ("exit 7", "refuses without saying why (exit status 7)."),
        ("kill -9 $$", "was ended by SIGKILL."),
        ("echo '{'", "gave an answer that cannot be read"),
        ("""echo '{"labels": "x"}'""", "gave an answer that cannot be read"),
        ("""echo '{"status": "approved"}'""", "gave an answer that cannot be read"),
        ("""printf '{"labels": ["\\\\u001b]0;x"]}'""", "gave an answer that cannot be read"),
        ("""echo '{"metadata": {"n": NaN}}'""", "gave an answer that cannot be read"),
        ("""head -c 50000 /dev/zero | tr '\\0' '['""", "gave an answer that cannot be read"),
        ("""printf '\\033[31mno\\000\\377' >&2; exit 1""", "refuses: \ufffd[31mno\ufffd\ufffd"),
    ],
)
async def test_a_hook_that_refuses_or_fails_keeps_a_mutation_from_being_proposed(
    hooked: Hooked, script: str, said: str
) -> None:
    hooked.hook(script)
    with refusal("BR_BLOCKED") as refused:
        await propose(hooked.backend, create("a.txt"))
    [blocker] = refused.value.details["blockers"]
    assert blocker["name"] == "hooks_passed"
    assert f"{HOOK} {said}" in blocker["reason"]
    assert len(blocker["reason"]) < 700
    assert (await hooked.backend.mutations.list()).items == ()


async def test_an_update_asks_with_what_it_changes_and_a_refused_one_changes_nothing(hooked: Hooked) -> None:
    made = await propose(hooked.backend, create("a.txt"))
    hooked.hook("cat >> asked")
    after = await hooked.backend.mutations.update(made.id, title="new", metadata={"k": 1}, expected_version=1)
    hooked.hook("cat >> asked; exit 1")
    with refusal("BR_BLOCKED"):
        await hooked.backend.mutations.update(made.id, changes=[create("b.txt")])
    assert await hooked.backend.mutations.get(made.id) == after
    first, second = hooked.asked()
    assert (first["event"], first["mutation"]["number"], first["mutation"]["title"]) == ("updating", 1, "new")
    assert first["mutation"]["metadata"] == {"k": 1}
    assert first["mutation"]["changes"][0]["content"] == "one\n"
    assert second["mutation"]["files_modified"] == [{"path": "b.txt"}]


async def test_a_draft_is_asked_about_when_it_is_handed_in(hooked: Hooked) -> None:
    hooked.hook("cat >> asked")
    draft = await hooked.backend.mutations.create(title="t", changes=[create("a.txt")], draft=True)
    await hooked.backend.mutations.update(draft.id, title="u")
    await hooked.backend.mutations.submit(draft.id)
    [asked] = hooked.asked()
    assert (asked["event"], asked["mutation"]["title"]) == ("proposing", "u")


async def test_a_hook_that_is_not_trusted_is_not_run_and_nothing_executes(hooked: Hooked) -> None:
    write_hook(hooked.root, HOOK, "echo ran > ran")
    made = await propose(hooked.backend, create("a.txt"))
    approved = await hooked.backend.reviews.vote(made.id, vote="approve")
    state, reason = hooks_passed(approved)
    assert state == "unsatisfied"
    assert "lattice hooks trust pre-mutation.sh" in reason
    with refusal("BR_BLOCKED") as refused:
        await hooked.backend.executions.execute(made.id)
    assert [one["name"] for one in refused.value.details["blockers"]] == ["hooks_passed"]
    assert (await hooked.backend.mutations.get(made.id)).status == "approved"
    assert not (hooked.root / "ran").exists()
    assert hooks_passed(await hooked.house.backend().mutations.get(made.id))[0] == "not_applicable"


async def test_a_train_stops_where_a_hook_is_not_trusted(hooked: Hooked) -> None:
    approved = await hooked.approved()
    write_hook(hooked.root, HOOK, "true")
    [car] = await hooked.backend.conflicts.train()
    assert (car.mutation_id, car.passage, "lattice hooks trust" in car.why) == (approved.id, "blocked", True)
    hooked.trust()
    assert [car.passage for car in await hooked.backend.conflicts.train()] == ["passes"]


async def test_a_hook_is_asked_between_claim_and_apply_and_what_it_adds_is_written(hooked: Hooked) -> None:
    hooked.hook("""cat >> asked; echo '{"metadata": {"window": "night"}}'""")
    approved = await hooked.approved()
    assert hooks_passed(approved)[0] == "not_applicable"
    assert (await hooked.backend.executions.execute(approved.id)).status == "completed"
    [asked] = hooked.asked()
    assert (asked["event"], asked["mutation"]["status"]) == ("executing", "in_progress")
    assert (await hooked.backend.mutations.get(approved.id)).metadata["window"] == "night"


async def test_a_hook_that_refuses_an_execution_lets_nothing_be_applied(hooked: Hooked) -> None:
    hooked.hook("echo 'Not on a Friday.'; exit 1")
    approved = await hooked.approved()
    execution = await hooked.backend.executions.execute(approved.id)
    assert execution.status == "failed"
    assert "pre-mutation.sh refuses: Not on a Friday." in execution.errors[0].error
    told = (await hooked.backend.mutations.timeline(approved.id))[-1]
    assert (told.summary, told.detail) == ("execution failed", execution.errors[0].error)
    assert await head_of(hooked.backend) == {}
    hooked.hook("true")
    again = await hooked.backend.executions.retry(approved.id)
    assert (again.status, (await hooked.backend.executions.execute(approved.id)).status) == ("approved", "completed")


async def test_a_claim_holds_as_long_as_hooks_may_take_and_others_can_write_meanwhile(hooked: Hooked) -> None:
    hooked.hook("echo asked >> asked; until [ -e go ]; do sleep 0.02; done")
    approved = await hooked.approved()
    elsewhere = hooked.house.backend()
    executing = asyncio.create_task(hooked.backend.executions.execute(approved.id))
    await asyncio.to_thread(wait_for, hooked.root / "asked")
    hooked.house.clock.advance(SECONDS + 29)
    assert await elsewhere.executions.recover() == 0
    await propose(elsewhere, create("b.txt"))
    (hooked.root / "go").write_text("", encoding="utf-8")
    assert (await executing).status == "completed"


async def test_who_is_interrupted_while_hooks_are_asked_leaves_no_claim(hooked: Hooked) -> None:
    hooked.hook("echo asked >> asked; sleep 1000")
    approved = await hooked.approved()
    executing = asyncio.create_task(hooked.backend.executions.execute(approved.id))
    await asyncio.to_thread(wait_for, hooked.root / "asked")
    executing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await executing
    await hooked.backend.close()
    [execution] = await hooked.house.backend().executions.list(approved.id)
    assert (execution.status, "interrupted" in execution.errors[0].error) == ("failed", True)


async def test_a_stale_base_is_found_though_hooks_passed(hooked: Hooked) -> None:
    await track(hooked.backend, {"a.txt": b"one\n"})
    elsewhere = hooked.house.backend()
    slow = await propose(elsewhere, modify("a.txt", b"two\n"))
    await elsewhere.reviews.vote(slow.id, vote="approve")
    fast = await propose(elsewhere, modify("a.txt", b"three\n"))
    await elsewhere.reviews.vote(fast.id, vote="approve")
    hooked.hook("echo asked >> asked; until [ -e go ]; do sleep 0.02; done")
    executing = asyncio.create_task(hooked.backend.executions.execute(slow.id))
    await asyncio.to_thread(wait_for, hooked.root / "asked")
    await elsewhere.executions.execute(fast.id)
    (hooked.root / "go").write_text("", encoding="utf-8")
    assert (await executing).status == "failed"
    assert await head_of(elsewhere) == {"a.txt": b"three\n"}


async def test_a_call_that_is_repeated_with_its_key_asks_no_hook_again(hooked: Hooked) -> None:
    hooked.hook("cat >> asked")
    for _ in range(2):
        await hooked.backend.mutations.create(title="t", changes=[create("a.txt")], idempotency_key="once")
    assert len(hooked.asked()) == 1


def wait_for(path: Path) -> None:
    """Wait until a hook has written that file."""
    end = time.monotonic() + SECONDS
    while not path.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
