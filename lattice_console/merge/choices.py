"""What a person chose for each conflict of a merge, and everything that follows from it.

The state is a tuple of choices, one for each conflict; the result, what is open, the places in the result and what can
be undone are derived from it. A choice that was taken back is not lost before another one is made.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Literal

from lattice_console.merge.merging import Conflict, MergeResult, Range, Valid

__all__ = [
    "Choice",
    "Choices",
    "Fault",
    "History",
    "Take",
    "Written",
    "as_data",
    "carried",
    "faults",
    "from_data",
    "open_conflicts",
    "result",
    "result_lines",
    "text_of",
    "texts",
    "whole",
]

Take = Literal["ours", "theirs", "ours+theirs", "theirs+ours", "base"]
"""What can be taken as it is: a side, both in either order, or what both started from."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text of the person's own; or `proposed`, one that was offered."""

    content: bytes
    proposed: bool = False


Choice = Take | Written
Choices = tuple[Choice | None, ...]
"""One for each conflict, in order; None where it is open."""

Step = tuple[tuple[int, Choice | None], ...]
"""What was chosen at once: the number of a conflict, from 0, and its choice."""


@dataclass(frozen=True, slots=True)
class History:
    """What was chosen, step by step, for so many conflicts; of the steps, the first `done` hold."""

    conflicts: int
    steps: tuple[Step, ...] = ()
    done: int = 0

    @property
    def choices(self) -> Choices:
        """What is chosen now."""
        state: list[Choice | None] = [None] * self.conflicts
        for step in self.steps[: self.done]:
            for at, choice in step:
                state[at] = choice
        return tuple(state)

    def choose(self, *step: tuple[int, Choice | None]) -> "History":
        """Choose for some conflicts at once; what is chosen there already is no step."""
        now = self.choices
        changes = tuple((at, choice) for at, choice in step if now[at] != choice)
        if not changes:
            return self
        return replace(self, steps=(*self.steps[: self.done], changes), done=self.done + 1)

    @property
    def last(self) -> int | None:
        """The first conflict that `undo` changes; None where there is nothing to undo."""
        return self.steps[self.done - 1][0][0] if self.done else None

    @property
    def next(self) -> int | None:
        """The first conflict that `redo` changes; None where there is nothing to redo."""
        return self.steps[self.done][0][0] if self.done < len(self.steps) else None

    def undo(self) -> "History":
        """Take the last step back, if there is one."""
        return replace(self, done=max(0, self.done - 1))

    def redo(self) -> "History":
        """Do again what was taken back last, if anything was."""
        return replace(self, done=min(len(self.steps), self.done + 1))


def carried(before: MergeResult, choices: Choices, after: MergeResult) -> History:
    """What was chosen in one merge, for the conflicts of another in which the same three texts meet."""
    known = {_meeting(one): choice for one, choice in zip(before.conflicts, choices, strict=True)}
    step = [(at, known.get(_meeting(one))) for at, one in enumerate(after.conflicts)]
    return History(len(after.conflicts)).choose(*step)


def _meeting(conflict: Conflict) -> tuple[bytes, bytes, bytes]:
    return conflict.base, conflict.ours, conflict.theirs


def whole(base: bytes, ours: bytes, theirs: bytes) -> MergeResult:
    """Sides that are not merged by lines, as one conflict about everything in them."""
    old, one, other = (Range(1, _lines(content)) for content in (base, ours, theirs))
    return MergeResult(None, (Conflict(base, ours, theirs, old, one, other, old, None),), (b"", b""))


def text_of(conflict: Conflict, choice: Choice | None) -> bytes:
    """What a choice puts in the place of a conflict; the base's text where it is open."""
    match choice:
        case Written(content):
            return content
        case "ours":
            return conflict.ours
        case "theirs":
            return conflict.theirs
        case "ours+theirs":
            return _ended(conflict.ours, conflict.theirs) + conflict.theirs
        case "theirs+ours":
            return _ended(conflict.theirs, conflict.ours) + conflict.ours
    return conflict.base


def texts(merge: MergeResult, choices: Choices) -> list[bytes]:
    """The texts of all conflicts in order, each ending its last line where another one follows."""
    _check(merge, choices)
    found = [text_of(conflict, choice) for conflict, choice in zip(merge.conflicts, choices, strict=True)]
    follows = b""
    for at in range(len(found) - 1, -1, -1):
        follows = merge.settled[at + 1] or follows
        found[at] = _ended(found[at], follows)
        follows = found[at] or follows
    return found


def result(merge: MergeResult, choices: Choices) -> bytes:
    """The merged document, with the base's text in the place of what is open.

    Raises:
        ValueError: there are more or fewer choices than conflicts.
    """
    return merge.settled_with(texts(merge, choices))


def result_lines(merge: MergeResult, choices: Choices) -> tuple[Range, ...]:
    """Where in the lines of `result` each conflict stands."""
    chosen = texts(merge, choices)
    sizes = [_lines(part) for pair in zip(merge.settled, [*chosen, b""], strict=False) for part in pair]
    starts = list(accumulate(sizes, initial=1))
    return tuple(Range(starts[at], sizes[at]) for at in range(1, 2 * len(chosen), 2))


def open_conflicts(choices: Choices) -> tuple[int, ...]:
    """The numbers, from 0, of the conflicts for which nothing is chosen."""
    return tuple(at for at, choice in enumerate(choices) if choice is None)


def _check(merge: MergeResult, choices: Choices) -> None:
    if len(choices) != len(merge.conflicts):
        raise ValueError(f"{len(merge.conflicts)} conflicts take as many choices, not {len(choices)}")


def _lines(text: bytes) -> int:
    return text.count(b"\n") + (text[-1:] not in (b"", b"\n"))


def _ended(text: bytes, follows: bytes) -> bytes:
    """A text that may lack its last line end, with one as its neighbours have it where another text follows."""
    if not text or not follows or text.endswith(b"\n"):
        return text
    return text + (b"\r\n" if b"\r\n" in follows else b"\n")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a document: why, and the line (from 1), where it is known."""

    reason: str
    line: int | None = None


def faults(path: str, content: bytes, valid: Valid | None = None) -> tuple[Fault, ...]:
    """What is wrong with a result: by its path, JSON, YAML and the front matter of Markdown have to parse and to repeat
    no key.

    Where that holds, `valid` is asked too. Takes time that grows with the document, so it belongs off an event loop.
    """
    # It brings a YAML reader, which the console's first frame does not wait for.
    from lattice_console.merge.keys import repeated_in
    from lattice_console.merge.reading import Unreadable

    try:
        repeated = repeated_in(path, content)
    except Unreadable as error:
        return (Fault(error.reason, error.line),)
    if repeated:
        return tuple(
            Fault(f"{pointer} stands there {len(lines)} times", lines[-1]) for pointer, lines in repeated.items()
        )
    return tuple(Fault(violation) for violation in valid(content)) if valid is not None else ()


# -- kept


def as_data(history: History) -> dict[str, Any]:
    """A history as JSON takes it."""
    return {
        "conflicts": history.conflicts,
        "steps": [[[at, _choice_data(choice)] for at, choice in step] for step in history.steps],
        "done": history.done,
    }


def from_data(data: object) -> History:
    """The history that `as_data` was given.

    Raises:
        ValueError: this is no history.
    """
    match data:
        case {"conflicts": int(conflicts), "steps": list(listed), "done": int(done)}:
            steps = tuple(_step(step, conflicts) for step in listed)
            if 0 <= done <= len(steps):
                return History(conflicts, steps, done)
    raise ValueError("no history of choices")


def _step(data: object, conflicts: int) -> Step:
    if not isinstance(data, list) or not data:
        raise ValueError("no step of choices")
    step: list[tuple[int, Choice | None]] = []
    for one in data:
        match one:
            case [int(at), choice] if 0 <= at < conflicts:
                step.append((at, _choice(choice)))
            case _:
                raise ValueError("no choice for a conflict")
    return tuple(step)


def _choice_data(choice: Choice | None) -> object:
    if isinstance(choice, Written):
        return {"text": b64encode(choice.content).decode(), "proposed": choice.proposed}
    return choice


def _choice(data: object) -> Choice | None:
    match data:
        case None:
            return None
        case {"text": str(text), "proposed": bool(proposed)}:
            try:
                return Written(b64decode(text, validate=True), proposed)
            except (NotBase64, ValueError):
                raise ValueError("no text of a choice") from None
        case "ours" | "theirs" | "ours+theirs" | "theirs+ours" | "base":
            return data
    raise ValueError("no choice")
