"""For every facet method a call that goes through: what has to be there first, and the arguments."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

from lattice_console.contract.backend import Backend
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.mutation import ImportedCommit
from lattice_console.contract.models.review import Anchor
from tests.support.changes import create, modify
from tests.support.house import House, carry_out, propose

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Scene:
    """Who acts, and whether they may: those who may not find the same things, made by the owner."""

    house: House
    actor: Backend
    may: bool = True

    @property
    def owner(self) -> Backend:
        return self.house.backend()

    @property
    def author(self) -> Backend:
        return self.actor if self.may else self.owner


def _path() -> str:
    return f"notes/{next(_numbers)}.txt"


async def _nothing(scene: Scene) -> dict[str, Any]:
    return {}


async def _document(scene: Scene) -> dict[str, Any]:
    [document] = await scene.owner.documents.track([TrackedFile(path=_path(), content=b"one\n")])
    return {"document": document.path}


async def _content(scene: Scene) -> dict[str, Any]:
    [document] = await scene.owner.documents.track([TrackedFile(path=_path(), content=b"one\n")])
    return {"hash": document.hash}


async def _known(scene: Scene) -> dict[str, Any]:
    return {"hashes": ["0" * 64]}


async def _since(scene: Scene) -> dict[str, Any]:
    return {"seq": 0}


async def _file(scene: Scene) -> dict[str, Any]:
    return {"files": [TrackedFile(path=_path(), content=b"one\n")]}


async def _spec(scene: Scene) -> dict[str, Any]:
    content = b'{"name": "billing", "version": "1.0.0", "type": "generic"}\n'
    await scene.owner.documents.track([TrackedFile(path=".lattice/specs/billing.json", content=content)])
    return {"name": "billing"}


async def _another_spec(scene: Scene) -> str:
    name = f"spec-{next(_numbers)}"
    content = f'{{"name": "{name}", "version": "1.0.0", "type": "generic"}}\n'.encode()
    await scene.owner.documents.track([TrackedFile(path=f".lattice/specs/{name}.json", content=content)])
    return name


async def _specs(scene: Scene) -> dict[str, Any]:
    return {"names": [await _another_spec(scene)]}


async def _one_spec(scene: Scene) -> dict[str, Any]:
    return {"name": await _another_spec(scene)}


async def _two_specs(scene: Scene) -> dict[str, Any]:
    return {"source": await _another_spec(scene), "target": await _another_spec(scene)}


async def _new_spec(scene: Scene) -> dict[str, Any]:
    return {"name": f"spec-{next(_numbers)}", "template": "requirements"}


async def _proposal(scene: Scene) -> dict[str, Any]:
    return {"title": "a change", "changes": [create(_path())]}


async def _by_author(scene: Scene) -> dict[str, Any]:
    return {"mutation": (await propose(scene.author, create(_path()))).id}


async def _resolved(scene: Scene) -> dict[str, Any]:
    """A mutation whose base had moved on, and that was brought to what stands there now."""
    lines = b"".join(b"%d\n" % number for number in range(20))
    [document] = await scene.owner.documents.track([TrackedFile(path=_path(), content=lines)])
    proposed = await propose(scene.author, modify(document.path, lines.replace(b"\n3\n", b"\nours\n")))
    theirs = modify(document.path, lines.replace(b"\n15\n", b"\ntheirs\n"))
    await carry_out(_helper(scene), theirs, approver=scene.owner, executor=scene.owner)
    done = await scene.author.conflicts.resolve(proposed.id, strategy="auto_merge")
    assert (done.resolved, done.patchset) == (True, 2)
    return {"mutation": proposed.id}


async def _to_resolve(scene: Scene) -> dict[str, Any]:
    return {**await _by_author(scene), "strategy": "auto_merge"}


async def _by_owner(scene: Scene) -> dict[str, Any]:
    return {"mutation": (await propose(scene.owner, create(_path()))).id}


async def _look(scene: Scene) -> dict[str, Any]:
    return {**await _by_owner(scene), "window": "the first"}


async def _patchset(scene: Scene) -> dict[str, Any]:
    return {**await _by_owner(scene), "number": 1}


async def _update(scene: Scene) -> dict[str, Any]:
    return {**await _by_author(scene), "title": "another title"}


async def _draft(scene: Scene) -> dict[str, Any]:
    draft = await scene.author.mutations.create(title="a draft", changes=[create(_path())], draft=True)
    return {"mutation": draft.id}


async def _cancelled(scene: Scene) -> dict[str, Any]:
    proposed = await _by_author(scene)
    await scene.author.mutations.cancel(proposed["mutation"])
    return proposed


async def _commit(scene: Scene) -> dict[str, Any]:
    number = next(_numbers)
    commit = ImportedCommit(
        commit=f"{number:040x}",
        title="a commit",
        description="",
        author_name="Lin",
        author_email="lin@example.org",
        authored_at=datetime(2020, 2, 2, tzinfo=UTC),
        changes=(create(_path()),),
    )
    return {"commit": commit}


async def _vote(scene: Scene) -> dict[str, Any]:
    return {**await _by_owner(scene), "vote": "request_changes"}


async def _requested(scene: Scene) -> dict[str, Any]:
    """Somebody's mutation, to be reviewed by its owner."""
    return {**await _by_author(scene), "reviewers": [(await scene.owner.team.whoami()).name]}


async def _voted(scene: Scene) -> dict[str, Any]:
    proposed = await _by_owner(scene)
    await scene.author.reviews.vote(proposed["mutation"], vote="request_changes")
    return proposed


async def _comment(scene: Scene) -> dict[str, Any]:
    return {**await _by_owner(scene), "text": "a remark"}


async def _thread(scene: Scene) -> dict[str, Any]:
    proposed = await _by_owner(scene)
    changed = (await scene.owner.mutations.get(proposed["mutation"])).changes[0]
    said = await scene.owner.reviews.comment(
        proposed["mutation"], text="why?", anchor=Anchor(file_path=changed.file_path, line=1)
    )
    return {**proposed, "thread": said.id}


async def _suggested(scene: Scene) -> dict[str, Any]:
    proposed = await _by_author(scene)
    changed = (await scene.owner.mutations.get(proposed["mutation"])).changes[0]
    said = await scene.owner.reviews.comment(
        proposed["mutation"], suggestion="two", anchor=Anchor(file_path=changed.file_path, line=1)
    )
    return {**proposed, "comments": [said.id]}


async def _approved(scene: Scene) -> dict[str, Any]:
    """A mutation that somebody proposed whose approval is another's."""
    proposed = await propose(_helper(scene), create(_path()))
    await scene.owner.reviews.vote(proposed.id, vote="approve")
    return {"mutation": proposed.id}


async def _failed(scene: Scene) -> dict[str, Any]:
    approved = await _approved(scene)
    changed = (await scene.owner.mutations.get(approved["mutation"])).changes[0]
    assert changed.result_hash
    with scene.house.damaged(await scene.owner.documents.content(changed.result_hash)):
        execution = await scene.owner.executions.execute(approved["mutation"])
    assert execution.status == "failed"
    return approved


async def _completed(scene: Scene) -> dict[str, Any]:
    done = await carry_out(_helper(scene), create(_path()), approver=scene.owner, executor=scene.owner)
    return {"mutation": done.mutation_id, "reason": "it was wrong"}


async def _rollback_failed(scene: Scene) -> dict[str, Any]:
    before = f"before {next(_numbers)}\n".encode()
    [document] = await scene.owner.documents.track([TrackedFile(path=_path(), content=before)])
    done = await carry_out(
        _helper(scene), modify(document.path, b"after\n"), approver=scene.owner, executor=scene.owner
    )
    with scene.house.damaged(before):
        broken = await scene.owner.executions.rollback(done.mutation_id, reason="it was wrong")
    assert broken.status == "rollback_failed"
    return {"mutation": done.mutation_id, "reason": "mended by hand"}


async def _new_member(scene: Scene) -> dict[str, Any]:
    return {"user": f"user-{next(_numbers)}", "role": "viewer"}


async def _member(scene: Scene) -> dict[str, Any]:
    member = await scene.owner.team.add(**await _new_member(scene))
    return {"user": member.user.handle, "role": "developer"}


def _helper(scene: Scene) -> Backend:
    """Somebody whose patchsets the owner can approve."""
    return scene.house.backend(HELPER)


HELPER = "hal"
"""The handle of a developer who must be a member where a sample needs something approved."""

SAMPLES: Mapping[str, Callable[[Scene], Awaitable[dict[str, Any]]]] = {
    "projects.get": _nothing,
    "projects.policy": _nothing,
    "documents.list": _nothing,
    "documents.get": _document,
    "documents.history": _document,
    "documents.head": _nothing,
    "documents.steps": _nothing,
    "documents.content": _content,
    "documents.known": _known,
    "documents.validate": _nothing,
    "documents.track": _file,
    "specs.list": _nothing,
    "specs.get": _spec,
    "specs.history": _one_spec,
    "specs.validate": _nothing,
    "specs.check": _file,
    "specs.graph": _nothing,
    "specs.chain": _two_specs,
    "specs.impact": _specs,
    "specs.templates": _nothing,
    "specs.create": _new_spec,
    "mutations.list": _nothing,
    "mutations.counts": _nothing,
    "mutations.get": _by_owner,
    "mutations.patchset": _patchset,
    "mutations.impact": _by_owner,
    "mutations.advice": _by_owner,
    "mutations.timeline": _by_owner,
    "mutations.create": _proposal,
    "mutations.update": _update,
    "mutations.submit": _draft,
    "mutations.cancel": _by_author,
    "mutations.reopen": _cancelled,
    "mutations.rebase": _by_author,
    "mutations.import_commit": _commit,
    "reviews.list": _by_owner,
    "reviews.vote": _vote,
    "reviews.withdraw": _voted,
    "reviews.request": _requested,
    "reviews.comments": _by_owner,
    "reviews.comment": _comment,
    "reviews.resolve": _thread,
    "reviews.apply_suggestions": _suggested,
    "conflicts.resolve": _to_resolve,
    "conflicts.undo": _resolved,
    "conflicts.remembered": _by_owner,
    "conflicts.train": _nothing,
    "conflicts.of": _by_owner,
    "conflicts.list": _nothing,
    "executions.list": _by_owner,
    "executions.dry_run": _by_owner,
    "executions.execute": _approved,
    "executions.retry": _failed,
    "executions.rollback": _completed,
    "executions.finish_rollback": _rollback_failed,
    "executions.recover": _nothing,
    "team.list": _nothing,
    "team.add": _new_member,
    "team.update": _member,
    "events.last": _nothing,
    "events.list": _nothing,
    "events.since": _since,
    "events.look": _look,
    "events.lookers": _nothing,
    "audit.log": _nothing,
    "audit.verify": _nothing,
    "health.check": _nothing,
}
"""By the method's name, of those that ask for a membership."""

WITHOUT_MEMBERSHIP = {"projects.create", "projects.list", "team.whoami"}
"""The methods that stand apart: they ask for none."""


async def call(backend: Backend, name: str, arguments: Mapping[str, Any]) -> Any:
    """Call a facet method by its name."""
    facet, _, method = name.partition(".")
    return await getattr(getattr(backend, facet), method)(**arguments)
