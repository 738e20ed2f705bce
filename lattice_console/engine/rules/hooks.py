"""What comes of a hook that was asked: its answer is untrusted, and whatever is wrong with it refuses."""

import signal
from collections.abc import Mapping, Sequence
from typing import Any

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.base import SEVERAL_LIMIT, replace_controls
from lattice_console.contract.models.hook import HookAnswer

_SHOWN = 500
"""Characters of what a hook says that others get to see."""

NOTHING = HookAnswer()
"""The answer of a hook that has nothing to say."""


def read(name: str, status: int, output: bytes, errors: bytes) -> tuple[HookAnswer, str]:
    """What a hook that ran to its end answers, and why it refuses, empty where it does not.

    It refuses by its exit status, by `refuse` in its answer, and by an answer that cannot be read.
    """
    if status < 0:
        return NOTHING, f"{name} was ended by {_signal(-status)}."
    if not output.strip():
        return NOTHING, _refusal(name, status, errors) if status else ""
    try:
        answer = HookAnswer.read(output)
    except ValidationFailed as error:
        if status:
            return NOTHING, _refusal(name, status, errors or output)
        return NOTHING, f"{name} gave an answer that cannot be read: {_shown(error.message)}"
    if answer.refuse is not None or status:
        return NOTHING, _refusal(name, status, (answer.refuse or "").encode() or errors)
    return answer, ""


def failure(name: str, status: int, errors: bytes) -> str:
    """Why a hook that was told something has failed; empty where it has not."""
    if status < 0:
        return f"{name} was ended by {_signal(-status)}."
    why = _shown(errors.decode("utf-8", "replace"))
    return f"{name} failed (exit status {status}){f': {why}' if why else '.'}" if status else ""


def _refusal(name: str, status: int, said: bytes) -> str:
    why = _shown(said.decode("utf-8", "replace"))
    return f"{name} refuses: {why}" if why else f"{name} refuses without saying why (exit status {status})."


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _shown(said: str) -> str:
    text = " ".join(replace_controls(said[: 4 * _SHOWN].replace("\r\n", "\n"), lines=True).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def added(mutation: Mapping[str, Any], answers: Sequence[HookAnswer]) -> dict[str, Any]:
    """What the answers change of a mutation's labels, reviewers and metadata, by name; nothing that it has already.

    Labels beyond as many as anybody may give are left out.
    """
    labels = dict.fromkeys([*mutation["labels"], *(label for answer in answers for label in answer.labels)])
    reviewers = dict.fromkeys([*mutation["reviewers"], *(name for answer in answers for name in answer.reviewers)])
    metadata = dict(mutation["metadata"])
    for answer in answers:
        metadata |= answer.metadata
    now: dict[str, Any] = {
        "labels": list(labels)[: max(SEVERAL_LIMIT, len(mutation["labels"]))],
        "reviewers": list(reviewers),
        "metadata": metadata,
    }
    return {name: value for name, value in now.items() if value != mutation[name]}
