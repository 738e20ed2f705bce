"""Asking the project's hooks before something happens to a mutation; what they answer is untrusted."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lattice_console.contract.errors import Blocked, NotFound
from lattice_console.contract.models.hook import HookAnswer
from lattice_console.contract.models.mutation import ChangeInput, Mutation
from lattice_console.contract.models.resolution import Resolution
from lattice_console.engine.features import requesting, stored, views
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import Ask, Finish, Steps
from lattice_console.engine.records import ChangeRecord, HookRecord, MutationRecord
from lattice_console.engine.rules import hooks as rules
from lattice_console.engine.rules import life, syntax

Moment = Literal["proposing", "updating", "executing"]
"""What is about to happen to the mutation that a pre-mutation hook is asked about."""

_INLINE = 1_000_000
"""Bytes of documents that one question carries as text; what is beyond is named without its content."""

_CONFIG = ".lattice/config.json"


@dataclass
class Question:
    """What a hook is given beside the event: the mutation, its spec, and the project's configuration."""

    mutation: dict[str, Any]
    spec: dict[str, Any] | None = None
    config: Any = None


@dataclass(frozen=True)
class Answers:
    """What the hooks that were asked have answered, by their names."""

    given: Sequence[tuple[str, HookAnswer]] = ()
    moment: Moment = "proposing"


NO_ANSWERS = Answers()


async def ask(steps: Steps, moment: Moment, describe: Callable[[Context], Question | None]) -> Answers:
    """Ask every trusted hook, one after the other, between transactions; raises Blocked where one refuses.

    Each is told what those before it have added. Where there is nothing to be asked about, `describe` gives None.
    """
    waiting = [hook for hook in steps.hooks("pre-mutation") if not hook.barred]
    question = await steps.read(describe) if waiting else None
    if question is None:
        return NO_ANSWERS
    end = time.monotonic() + steps.hook_seconds
    given: list[tuple[str, HookAnswer]] = []
    for hook in waiting:
        answer, refused = await _asked(steps, hook, _encoded(moment, question), end - time.monotonic())
        if refused:
            raise _blocked(moment, refused)
        given.append((hook.name, answer))
        question.mutation |= rules.added(question.mutation, [answer])
    return Answers(given, moment)


async def _asked(steps: Steps, hook: HookRecord, data: bytes, seconds: float) -> tuple[HookAnswer, str]:
    run = await steps.run_hook(hook.name, data, seconds)
    return (rules.NOTHING, run.problem) if run.problem else rules.read(run.name, run.status, run.output, run.errors)


def _encoded(moment: str, question: Question) -> bytes:
    said = {"event": moment, "mutation": question.mutation, "spec": question.spec, "config": question.config}
    return json.dumps(said).encode() + b"\n"


def _blocked(moment: Moment, reason: str) -> Blocked:
    done = {"proposing": "proposed", "updating": "changed", "executing": "executed"}[moment]
    blocker = {"name": "hooks_passed", "state": "unsatisfied", "reason": reason}
    return Blocked("BR_BLOCKED", f"Not {done}: hooks passed: {reason}", blockers=[blocker])


def before(moment: Moment, describe: Callable[..., Question | None]) -> Ask:
    """How the hooks are asked about a call, by what `describe` makes of its arguments."""

    async def asks(steps: Steps, given: Mapping[str, Any]) -> Finish:
        answers = await ask(steps, moment, lambda ctx: describe(ctx, **given))
        return lambda ctx, done: _finished(ctx, done, answers)

    return asks


def _finished(ctx: Context, done: Mutation | Resolution, answers: Answers) -> Mutation | Resolution:
    """What was done, with what the hooks add to it."""
    if not answers.given:
        return done
    record = views.find(ctx, done.id if isinstance(done, Mutation) else done.mutation_id)
    after = apply(ctx, record, answers)
    if after == record:
        return done
    if isinstance(done, Mutation):
        return views.mutation(ctx, after)
    return done.model_copy(update={"version": after.version})


def apply(ctx: Context, record: MutationRecord, answers: Answers) -> MutationRecord:
    """Write what the hooks have added to a mutation, and say so; raises Blocked for reviewers who are none."""
    before = {
        "labels": list(record.labels),
        "metadata": dict(record.metadata),
        "reviewers": _reviewers(ctx, record) if answers.given else [],
    }
    columns = rules.added(before, [answer for _, answer in answers.given])
    by = ", ".join(name for name, answer in answers.given if answer != rules.NOTHING)
    after = record
    # What is executed waits for no review any more.
    if "reviewers" in columns and record.status in life.OPEN:
        try:
            after = requesting.ask(ctx, record, columns["reviewers"])
        except NotFound as problem:
            raise _blocked(answers.moment, f"{by} asks for a review, but {problem.message}") from None
    columns.pop("reviewers", None)
    if not columns:
        return after
    after = stored.change(ctx, after, **columns)
    data: dict[str, Any] = {"number": record.number, "fields": sorted(columns), "hooks": by}
    ctx.record("mutation.updated", record.id, **data)
    ctx.announce("mutation.updated", record.id, after.version, **data, status=after.status, text=f"added by {by}"[:500])
    return after


def _reviewers(ctx: Context, record: MutationRecord) -> list[str]:
    """The handles of those whose review was asked for."""
    return sorted(ctx.person(user_id).handle for user_id in stored.requested(ctx, record))


# --- What hooks are told


def about_new(
    ctx: Context,
    *,
    title: str,
    description: str,
    spec: str | None,
    type: str,
    labels: Sequence[str],
    metadata: Mapping[str, Any],
    changes: Sequence[ChangeInput],
    draft: bool,
    **_: Any,
) -> Question | None:
    """A mutation that is about to be proposed, which has no id and no number yet; None for a draft."""
    if draft:
        return None
    told: dict[str, Any] = {
        "id": None,
        "number": None,
        "title": title,
        "description": description,
        "author": ctx.me.handle,
        "status": "pending",
        "patchset": 1,
        "reviewers": [],
        "created_at": ctx.now.isoformat(),
        "updated_at": ctx.now.isoformat(),
    }
    return _question(ctx, told, spec, type, labels, metadata, _proposed(changes))


def about(
    ctx: Context,
    record: MutationRecord,
    *,
    title: str | None = None,
    description: str | None = None,
    labels: Sequence[str] | None = None,
    metadata: Mapping[str, Any] | None = None,
    changes: Sequence[ChangeInput] | None = None,
    **_: Any,
) -> Question:
    """A mutation as it stands, with what is about to be changed of it."""
    told = {
        "id": record.id,
        "number": record.number,
        "title": record.title if title is None else title,
        "description": record.description if description is None else description,
        "author": ctx.person(record.author_id).handle,
        "status": record.status,
        "patchset": record.patchset,
        "reviewers": _reviewers(ctx, record),
        "created_at": record.created_at.isoformat(),
        "updated_at": record.updated_at.isoformat(),
    }
    contents = _stored(ctx, stored.of(ctx, record).changes) if changes is None else _proposed(changes)
    now = {**record.metadata, **(metadata or {})}
    return _question(
        ctx, told, record.spec_name, record.type, record.labels if labels is None else labels, now, contents
    )


def about_changed(ctx: Context, *, mutation: str, **given: Any) -> Question | None:
    """A mutation with what is about to be changed of it; None for a draft."""
    record = views.find(ctx, mutation)
    return about(ctx, record, **given) if record.status != "draft" else None


def about_remade(ctx: Context, *, mutation: str, **_: Any) -> Question | None:
    """A mutation whose next patchset the engine is about to make, as it stands; None for a draft."""
    return about_changed(ctx, mutation=mutation)


def about_draft(ctx: Context, *, mutation: str, **_: Any) -> Question:
    """A draft that is about to be handed in."""
    return about(ctx, views.find(ctx, mutation))


def _question(
    ctx: Context,
    told: dict[str, Any],
    spec: str | None,
    type: str,
    labels: Sequence[str],
    metadata: Mapping[str, Any],
    changes: Sequence[Mapping[str, Any]],
) -> Question:
    room = [_INLINE]
    changed = [{**change, **{name: _text(change[name], room) for name in ("content", "diff")}} for change in changes]
    paths = dict.fromkeys(path for change in changes for path in (change["file_path"], change["new_path"]) if path)
    mutation = {
        **told,
        "project_id": ctx.project.id,
        "spec_id": spec,
        "type": type,
        "labels": list(dict.fromkeys(labels)),
        "metadata": dict(metadata),
        "changes": changed,
        "files_modified": [{"path": path} for path in paths],
    }
    return Question(mutation, _spec(ctx, spec, room), _config(ctx))


def _proposed(changes: Sequence[ChangeInput]) -> list[dict[str, Any]]:
    return [change.model_dump(exclude={"base_hash"}) for change in changes]


def _stored(ctx: Context, changes: Sequence[ChangeRecord]) -> list[dict[str, Any]]:
    held = stored.blobs(ctx, {change.result_hash for change in changes if change.result_hash})
    return [
        {
            "operation_type": change.operation,
            "file_path": change.path,
            "new_path": change.new_path,
            "content": held.get(change.result_hash) if change.result_hash else None,
            "diff": None,
        }
        for change in changes
    ]


def _spec(ctx: Context, name: str | None, room: list[int]) -> dict[str, Any] | None:
    """The spec that the mutation is about, as it stands in the head; None where there is none yet."""
    record = ctx.tables.specs.by_name(ctx.project.id, name) if name is not None else None
    if record is None:
        return None
    ids = [record.document_id] if record.document_id else []
    head = ctx.tables.documents.in_head(ctx.project.id, ids).get(record.document_id or "")
    content = stored.blobs(ctx, [head.hash]).get(head.hash) if head else None
    return {
        "id": record.id,
        "name": record.name,
        "type": record.type,
        "version": record.version,
        "description": record.description,
        "path": head.path if head else None,
        "content": _text(content, room),
    }


def _config(ctx: Context) -> Any:
    """What the head's configuration says; None where it cannot be read."""
    head = stored.at_paths(ctx, [_CONFIG]).get(_CONFIG)
    return syntax.parse(_CONFIG, stored.blobs(ctx, [head.hash])[head.hash]).data if head else None


def _text(content: bytes | None, room: list[int]) -> str | None:
    """The content as text, as long as there is room for it; None for what is none."""
    if content is None or len(content) > room[0]:
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    room[0] -= len(content)
    return text
