"""What an event says, in words for people: who did what to what; and what becomes of a spec's version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from pydantic import JsonValue

from lattice_console.contract.events import Event
from lattice_console.contract.models.advice import SpecVersion, VersionStep
from lattice_console.contract.models.mutation import Status
from lattice_console.text import count, inert

__all__ = ["STEPS", "Told", "tell", "version_summary"]

STEPS: Final[Mapping[VersionStep, str]] = {"major": "breaking", "minor": "new", "patch": "other"}
"""What each step of a version means."""

Kind = Literal["mutation", "document", "spec", "policy", "team", "other"]

_STATUSES: tuple[str, ...] = get_args(Status)

_DONE = {
    "mutation.submitted": ("submitted", "for review"),
    "mutation.approved": ("", "is approved"),
    "mutation.rejected": ("rejected", ""),
    "mutation.cancelled": ("cancelled", ""),
    "mutation.reopened": ("reopened", ""),
    "mutation.executed": ("executed", ""),
    "mutation.rolled_back": ("rolled back", ""),
    "mutation.review_requested": ("asked for reviews of", ""),
    "mutation.hook_failed": ("told a hook of", "which failed"),
}
_VOTES = {
    "approve": ("voted to approve", ""),
    "approve_with_suggestions": ("voted to approve", "with suggestions"),
    "request_changes": ("requested changes to", ""),
    "reject": ("voted to reject", ""),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence in parts, all of them inert: `before`, what it happened to, `after`; `detail` is a reason or a remark.

    `name` is what the object is found by: a mutation's number (`M-12`), a path, the name of a spec; empty for none.
    `status` is what a mutation came to, None where that is not said.
    """

    kind: Kind
    before: str
    name: str
    after: str = ""
    detail: str = ""
    status: Status | None = None

    @property
    def number(self) -> int | None:
        """The mutation's number, None for anything else."""
        return int(self.name.removeprefix("M-")) if self.kind == "mutation" and self.name else None

    def sentence(self, title: str = "") -> str:
        """All but the detail, as one line; `title` (inert) is the object's."""
        return " ".join(part for part in (self.before, self.name, title, self.after) if part)


def tell(event: Event) -> Told:
    """The words for an event; one that is not known is told by its name."""
    data = event.data
    if event.name.startswith("mutation."):
        return _tell_mutation(event.name, data)
    if event.name == "document.tracked":
        paths = data.get("paths")
        named = [inert(path) for path in paths if isinstance(path, str)] if isinstance(paths, list) else []
        more = f"and {count(len(named) - 1, 'more document')}" if len(named) > 1 else ""
        first, *others = named or ["documents"]
        return Told("document", "took", first, f"{more} under review".strip(), ", ".join(others))
    if event.name == "spec.updated":
        version = _text(data, "spec_version")
        return Told("spec", "updated the spec", _text(data, "name"), f"({version})" if version else "")
    if event.name == "spec.removed":
        return Told("spec", "removed the spec", _text(data, "name"))
    if event.name == "graph.changed":
        name = _text(data, "name")
        return Told("spec", "changed the graph at" if name else "brought the graph up to date", name)
    if event.name == "policy.changed":
        return Told("policy", "changed", "the policy")
    if event.name == "team.changed":
        return Told("team", "gave", _text(data, "user"), f"the role {_text(data, 'role')}")
    return Told("other", inert(event.name), "")


def _tell_mutation(name: str, data: dict[str, JsonValue]) -> Told:
    number, status = data.get("number"), data.get("status")
    before, after = _mutation_words(name, data)
    return Told(
        "mutation",
        before,
        f"M-{number}" if isinstance(number, int) else "",
        after,
        _detail(name, data),
        cast("Status", status) if status in _STATUSES else None,
    )


def _mutation_words(name: str, data: dict[str, JsonValue]) -> tuple[str, str]:
    status = data.get("status")
    if name == "mutation.created":
        return ("drafted", "") if status == "draft" else ("proposed", "")
    if name == "mutation.reviewed":
        return _VOTES.get(str(data.get("vote")), ("took the vote back on", ""))
    if name == "mutation.commented":
        if "resolved" in data:
            return ("settled a thread on" if data["resolved"] else "opened a thread again on"), ""
        return "commented on", ""
    if name == "mutation.updated":
        return _update_words(data)
    if name == "mutation.conflicted":
        with_head = status == "needs_manual_resolution"
        return "", f"is in conflict with {'what stands there' if with_head else 'another mutation'}"
    if name == "mutation.failed":
        return ("", "could not be rolled back" if status == "rollback_failed" else "failed")
    return _DONE.get(name, (inert(name), ""))


def _update_words(data: dict[str, JsonValue]) -> tuple[str, str]:
    fields, status = data.get("fields"), data.get("status")
    if fields == ["conflicts"]:
        left = data.get("conflicts")
        return "", f"has {count(left, 'conflict')} left" if isinstance(left, int) and left else "has no conflict left"
    if isinstance(fields, list):
        if "patchset" in fields:
            return f"brought patchset {inert(str(data.get('patchset')))} of", ""
        named = " and ".join(inert(str(field)) for field in fields[:3])
        return (f"changed {named} of" if named else "changed"), ""
    if status == "in_progress":
        return "began to execute", ""
    return "", f"is {inert(str(status)).replace('_', ' ')} again"


def _detail(name: str, data: dict[str, JsonValue]) -> str:
    # Of a vote, `comment` is its text; of a remark, its id.
    keys = ("comment",) if name == "mutation.reviewed" else ("reason", "text", "error")
    said = next((inert(text, lines=True) for key in keys if isinstance(text := data.get(key), str) and text), "")
    path, line = data.get("file_path"), data.get("line")
    if isinstance(path, str):
        where = inert(path) + (f":{line}" if isinstance(line, int) else "")
        return f"{where}: {said}" if said else where
    return said


def _text(data: dict[str, JsonValue], key: str) -> str:
    value = data.get(key)
    return inert(value) if isinstance(value, str) else ""


def version_summary(one: SpecVersion) -> str:
    """What becomes of a spec's version, on one line that is inert."""
    states = f"states {one.states}" if one.states else "states no version"
    if one.now is None:
        said = f"new, {states}" if one.proposed else f"had no version, {states}"
    elif one.proposed is None:
        said = f"{one.now}, {states}"
    elif one.step is None:
        said = f"{one.now}, {states}: it says what it said"
    else:
        said = f"{one.now} -> {one.proposed} proposed ({STEPS[one.step]}), {states}"
    return inert(said)
