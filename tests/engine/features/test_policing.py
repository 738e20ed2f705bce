"""What the policy asks of a mutation that is handed in, and what it is advised of."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.advice import SpecVersion
from lattice_console.contract.models.mutation import ChangeInput
from lattice_console.engine.features import versioned
from lattice_console.engine.rules.policy import COLLABORATION
from lattice_console.engine.rules.versioning import comparing
from tests.support.changes import create, delete, modify, rename
from tests.support.house import carry_out, open_house, track
from tests.support.refusals import refusal

CONFIG, AUTH = ".lattice/config.json", ".lattice/specs/auth.json"


@pytest.fixture
async def ann(tmp_path: Path) -> AsyncIterator[Backend]:
    async with open_house("local", tmp_path) as house:
        yield house.backend()


def written(**keys: Any) -> bytes:
    return json.dumps(keys).encode()


def spec(name: str = "auth", version: str = "1.0.0", **keys: Any) -> bytes:
    return written(name=name, version=version, type="generic", **keys)


async def propose(ann: Backend, *changes: ChangeInput, draft: bool = False, **fields: Any) -> str:
    return (await ann.mutations.create(title="A change", changes=changes, draft=draft, **fields)).id


async def test_a_mutation_about_a_spec_changes_what_that_allows(ann: Backend) -> None:
    await track(ann, {AUTH: spec(allowed_files=["src/auth/**", "src/*.md"]), "src/auth/a.py": b"a\n"})
    await propose(ann, modify(AUTH, spec(more=1, allowed_files=["src/auth/**"])), spec="auth")
    await propose(ann, create("src/auth/deep/b.py"), rename("src/auth/a.py", "src/a.md"), spec="auth")
    await propose(ann, create("docs/b.py"))
    await propose(ann, create("docs/c.py"), spec="new")
    refused: list[tuple[ChangeInput, ...]] = [
        (create("src/auth.py"),),
        (create("src/auth/c.py"), create("x/src/auth/c.py")),
        (rename("src/auth/a.py", "lib/a.py"),),
        # What it allows is what the head says, not what the mutation makes of it.
        (modify(AUTH, spec(allowed_files=["**/*"])), create("lib/a.py")),
    ]
    for changes in refused:
        with refusal("BR_POLICY_FILES") as caught:
            await propose(ann, *changes, spec="auth")
        assert changes[-1].new_path or changes[-1].file_path in caught.value.message
        assert "allowed_files are src/auth/**, src/*.md" in caught.value.message


async def test_a_draft_is_asked_when_it_is_handed_in_and_a_mutation_when_it_changes(ann: Backend) -> None:
    await track(ann, {AUTH: spec(allowed_files=["src/**"])})
    draft = await propose(ann, create("lib/a.py"), spec="auth", draft=True)
    with refusal("BR_POLICY_FILES"):
        await ann.mutations.submit(draft)
    await ann.mutations.update(draft, changes=[create("src/a.py")])
    assert (await ann.mutations.submit(draft)).status == "pending"
    with refusal("BR_POLICY_FILES"):
        await ann.mutations.update(draft, changes=[create("lib/b.py")])
    assert (await ann.mutations.get(draft)).patchset == 2


async def test_a_ticket_is_asked_for_where_the_policy_says_so(ann: Backend) -> None:
    wanted = written(workflows={"require_ticket": True, "ticket_pattern": "SEC-[0-9]+"})
    await carry_out(ann, create(CONFIG, wanted))
    for ticket in (None, "", "SEC-", "XSEC-1", "SEC-1\n", 7, ["SEC-1"], "SEC-" + "1" * 1000):
        with refusal("BR_POLICY_TICKET") as caught:
            await propose(ann, create("a.py"), metadata={} if ticket is None else {"ticket_id": ticket})
        assert "--ticket" in caught.value.message
    draft = await propose(ann, create("a.py"), draft=True)
    [remark] = (await ann.mutations.advice(draft)).remarks
    assert remark.rule == "ticket"
    assert remark.message.startswith("A mutation needs a ticket of the form SEC-[0-9]+ here, and this one names none.")
    await ann.mutations.cancel(draft)
    named = await propose(ann, create("a.py"), metadata={"ticket_id": "SEC-12"})
    assert [(await ann.mutations.advice(one)).remarks for one in (draft, named)] == [(), ()]
    with refusal("BR_POLICY_TICKET"):
        await ann.mutations.update(named, metadata={"ticket_id": "none"})


async def test_versions_that_are_left_alone_are_written_and_what_was_sent_is_kept(ann: Backend) -> None:
    await track(ann, {AUTH: spec(size=1), ".lattice/specs/b.yaml": b"name: b\nversion: '0.1.0' # b\na: 1\n"})
    await carry_out(ann, create(COLLABORATION, written(version_control={"auto_version": True})))
    sent = spec(size=1, more=2)
    made = await propose(ann, modify(AUTH, sent), modify(".lattice/specs/b.yaml", b"name: b\nversion: '0.1.0' # b\n"))
    whole = await ann.mutations.get(made)
    first = await ann.mutations.patchset(made, 1)
    last = await ann.mutations.patchset(made, 2)
    assert whole.patchset == 2
    assert last.message == "auth states 1.1.0: added key more; b states 0.2.0: removed key a"
    contents = [
        await ann.documents.content(one.result_hash or "") for patchset in (first, last) for one in patchset.changes
    ]
    assert contents[0] == sent
    assert contents[2] == spec(version="1.1.0", size=1, more=2)
    assert contents[3] == b"name: b\nversion: '0.2.0' # b\n"
    assert not any(one.short for one in (await ann.mutations.advice(made)).versions)

    raised = await propose(ann, modify(AUTH, spec(version="1.0.1", size=1, more=2)))
    assert (await ann.mutations.get(raised)).patchset == 1
    [remark] = (await ann.mutations.advice(raised)).remarks
    assert remark.rule == "version"
    told = await ann.mutations.update(raised, changes=[modify(AUTH, spec(size="1"))])
    assert told.patchset == 3
    assert (await ann.mutations.get(await propose(ann, delete(AUTH)))).patchset == 1
    draft = await propose(ann, modify(AUTH, sent), draft=True)
    assert (await ann.mutations.get(draft)).patchset == 1
    submitted = await ann.mutations.submit(draft)
    assert (submitted.status, submitted.patchset) == ("pending", 2)


async def test_what_is_compared_is_compared_once_whoever_asks_for_it(
    ann: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []

    def compare(*arguments: Any) -> SpecVersion | None:
        compared.append(arguments[0])
        return comparing.compare(*arguments)

    await track(ann, {AUTH: spec(size=1)})
    await carry_out(ann, create(COLLABORATION, written(version_control={"auto_version": True})))
    monkeypatch.setattr(versioned, "compare", compare)
    made = await propose(ann, modify(AUTH, spec(size=1, more=2)))
    await ann.mutations.update(made, changes=[modify(AUTH, spec())])
    assert (await ann.mutations.advice(made)).versions[0].states == "2.0.0"
    assert compared == [AUTH, AUTH]


async def test_a_spec_is_created_for_a_ticket(ann: Backend) -> None:
    await carry_out(ann, create(CONFIG, written(workflows={"require_ticket": True})))
    with refusal("BR_POLICY_TICKET"):
        await ann.specs.create(name="shop", template="api")
    made = await ann.specs.create(name="shop", template="api", metadata={"ticket_id": "T-1"})
    assert made.metadata == {"ticket_id": "T-1", "template": "api"}


async def test_a_version_that_is_less_takes_a_reason_where_the_policy_says_so(ann: Backend) -> None:
    await track(ann, {AUTH: spec(size=1)})
    await carry_out(ann, create(COLLABORATION, written(version_control={"comment_required": True})))
    with refusal("BR_POLICY_VERSION") as caught:
        await propose(ann, modify(AUTH, spec(version="1.0.1")))
    assert "auth states 1.0.1, and 2.0.0 is proposed: removed key size" in caught.value.message
    await propose(ann, modify(AUTH, spec(version="2.0.0")))
    await propose(ann, modify(AUTH, spec(version="1.0.1")), metadata={"version_reason": "Nobody asked for the size."})


async def test_several_changes_under_one_title_are_advised_against_and_never_refused(ann: Backend) -> None:
    files = {
        AUTH: spec(depends_on=["users"], allowed_files=["src/auth/**"]),
        ".lattice/specs/users.json": spec("users"),
        ".lattice/specs/shop.json": spec("shop"),
    }
    await track(ann, files)

    async def advised(*changes: ChangeInput, **fields: Any) -> str:
        made = await propose(ann, *changes, **fields)
        return " ".join(one.message for one in (await ann.mutations.advice(made)).remarks if one.rule == "atomicity")

    def changed(path: str) -> ChangeInput:
        return modify(path, files[path].replace(b"1.0.0", b"1.0.1"))

    auth, users, shop = map(changed, files)
    assert "2 specs that have nothing to do with each other (auth, shop)" in await advised(auth, users, shop)
    assert await advised(auth, users, create("src/auth/a.py"), create("docs/a.md"), create("README.md")) == ""
    several = [create(f"{folder}/a.py") for folder in ("billing", "src/auth", "src/mail", "src/mail/smtp", "tests")]
    assert "files in 3 folders" in await advised(*several)
    assert await advised(*several[1:]) == ""
    spread = [create(f"{folder}/b.py") for folder in ("src/auth/a", "src/auth/b", "src/auth/c")]
    assert "files in 3 folders" in await advised(*spread)
    assert await advised(*[create(one.file_path + "c") for one in spread], spec="auth") == ""
