"""What becomes of one change of a mutation on what stands there now: the three sides of a file, and a choice.

*ours* is the mutation, *theirs* the head or another mutation, everywhere. Where lines meet, a choice decides them and
nothing else: what either side changed elsewhere is in the result, whoever is chosen.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from lattice_console.contract.models.conflict import Strategy
from lattice_console.contract.models.mutation import ChangeInput, Operation
from lattice_console.engine.rules import specs
from lattice_console.engine.rules.soundness import sound
from lattice_console.merge.merging import Conflict, MergeResult, Rejection, three_way

Choice = Literal["neither", "ours", "theirs"]
"""Whose is taken where both sides meet; with `neither` what meets stays open."""

CHOICES: Mapping[Strategy, Choice] = {
    "manual": "neither",
    "auto_merge": "neither",
    "rebase": "neither",
    "accept_theirs": "theirs",
    "accept_ours": "ours",
}
"""What each strategy chooses. They differ in what they do with what stays open: `rebase` then does nothing at all."""


class Place(NamedTuple):
    """A file: where it is, and its bytes."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sides:
    """One change with what it was made on and what its document has become.

    `base` and `ours` are the bytes before and after it, None where there are none; `theirs` is None where the document
    is gone. Of a create, `theirs` is what stands at its path now, if anything does.
    """

    operation: Operation
    path: str
    new_path: str | None
    base: bytes | None
    ours: bytes | None
    theirs: Place | None

    @property
    def target(self) -> str:
        """Where the mutation wants the file."""
        return self.new_path or self.path


@dataclass(frozen=True, slots=True)
class Settled:
    """The change made anew on what stands there; `change` is None where nothing of it is left to do.

    `chosen` says that one side gave way to the other: a choice decided it, not the merge alone.
    """

    change: ChangeInput | None
    how: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """Why a person has to decide; `merge` has the places, where lines meet."""

    why: str
    merge: MergeResult | None = None


Outcome = Settled | Open

_NOTHING = "nothing of it is left to do"


def settle(sides: Sides, choice: Choice, barred: str = "") -> Outcome:
    """What becomes of a change; `barred` is why the path that it wants cannot be taken."""
    if barred and choice != "theirs":
        return Open(f"{sides.target} cannot be taken, {barred}; choose another path")
    if sides.operation == "create":
        return _create(sides, choice, barred)
    if sides.theirs is None:
        return _gone(sides, choice)
    if sides.operation == "delete":
        return _delete(sides, sides.theirs, choice)
    return _edit(sides, sides.theirs, choice, barred)


def _create(sides: Sides, choice: Choice, barred: str) -> Outcome:
    theirs = sides.theirs
    if barred:
        return Settled(None, f"given up, as {barred}", chosen=True)
    if theirs is None:
        return Settled(_change("create", sides.path, None, sides.ours), "created as it was")
    if theirs.content == sides.ours:
        return Settled(None, f"{_NOTHING}: it is there already, with the same content")
    if choice == "theirs":
        return Settled(None, "given up: what stands there stays", chosen=True)
    if choice == "ours":
        return Settled(_change("modify", theirs.path, None, sides.ours), "replaces what stands there", chosen=True)
    # There is no base that both began from, so every line that differs is for a person.
    return Open(
        "both create it, with different content", three_way(b"", sides.ours or b"", theirs.content, propose=False)
    )


def _gone(sides: Sides, choice: Choice) -> Outcome:
    if sides.operation == "delete":
        return Settled(None, f"{_NOTHING}: it is deleted already")
    if choice == "theirs":
        return Settled(None, "given up: it stays deleted", chosen=True)
    if choice == "ours":
        return Settled(
            _change("create", sides.target, None, sides.ours), "created again, as it was deleted", chosen=True
        )
    return Open(f"it was deleted, and this one {'renames' if sides.operation == 'rename' else 'changes'} it")


def _delete(sides: Sides, theirs: Place, choice: Choice) -> Outcome:
    if theirs == (sides.path, sides.base):
        return Settled(_change("delete", sides.path, None, None), "deleted as it was")
    if choice == "theirs":
        return Settled(None, "given up: it stays", chosen=True)
    if choice == "ours":
        return Settled(
            _change("delete", theirs.path, None, None), f"{theirs.path} is deleted all the same", chosen=True
        )
    done = "changed" if theirs.content != sides.base else f"renamed to {theirs.path}"
    return Open(f"this one deletes it, and it was {done}")


def _edit(sides: Sides, theirs: Place, choice: Choice, barred: str) -> Outcome:
    path, chosen = sides.target if sides.operation == "rename" else theirs.path, bool(barred)
    if barred:
        path = theirs.path
    elif sides.operation == "rename" and theirs.path not in (sides.path, path):
        if choice == "neither":
            return Open(f"both rename it, to {path} and to {theirs.path}")
        path, chosen = (theirs.path if choice == "theirs" else path), True
    base, ours = sides.base or b"", sides.ours or b""
    valid = sound(path, base, ours, theirs.content)
    merge = three_way(base, ours, theirs.content, path=path, valid=valid, propose=False)
    content = merge.content
    if content is None:
        if choice == "neither":
            return Open(_where(merge, path), merge)
        content, chosen = _taken(merge, ours, theirs.content, choice), True
    return Settled(*_made(theirs, path, content, _how(sides, theirs, chosen)), chosen)


def _taken(merge: MergeResult, ours: bytes, theirs: bytes, choice: Choice) -> bytes:
    """The merge with one side where both meet; that side whole where it cannot be merged by lines."""
    if merge.conflicts:
        return merge.settled_with([one.ours if choice == "ours" else one.theirs for one in merge.conflicts])
    return ours if choice == "ours" else theirs


def _made(theirs: Place, path: str, content: bytes, how: str) -> tuple[ChangeInput | None, str]:
    if path != theirs.path:
        return _change("rename", theirs.path, path, content), how
    if content == theirs.content:
        return None, f"{_NOTHING}: it is there already"
    return _change("modify", path, None, content), how


def _how(sides: Sides, theirs: Place, chosen: bool) -> str:
    if theirs == (sides.path, sides.base):
        return "as it was"
    moved = f" at its new name {theirs.path}" if theirs.path != sides.path and sides.operation != "rename" else ""
    return f"{'merged, with one side where both meet' if chosen else 'merged'}{moved}"


def by_hand(sides: Sides, path: str, content: bytes | None) -> Settled:
    """What a person made of the three: the content at `path`, or with None no file at all."""
    theirs = sides.theirs
    if content is None:
        change = _change("delete", theirs.path, None, None) if theirs else None
        return Settled(change, "deleted, by hand" if change else _NOTHING, chosen=True)
    if theirs is None or (sides.operation == "create" and path != theirs.path):
        return Settled(_change("create", path, None, content), "settled by hand", chosen=True)
    return Settled(*_made(theirs, path, content, "settled by hand"), chosen=True)


def _where(merge: MergeResult, path: str) -> str:
    if merge.unmergeable is not None:
        return merge.unmergeable.message
    if merge.rejected is not None:
        return _broken(path, merge.rejected) if merge.rejected.violations else merge.rejected.message
    lines: Sequence[tuple[int, int]] = [one.our_lines for one in merge.conflicts]
    named = ", ".join(f"{first}" if size < 2 else f"{first}-{first + size - 1}" for first, size in lines[:3])
    more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
    several = len(lines) > 1 or lines[0][1] > 1
    return f"both change it at line{'s' if several else ''} {named}{more}"


def _broken(path: str, rejected: Rejection) -> str:
    """Everything that is wrong with a document as it would be merged, each with its JSON pointer."""
    found = (one for one in specs.check(path, rejected.content, None) if one.message in rejected.violations)
    told = "; ".join(f"{one.pointer or 'the whole'}: {one.message.rstrip('.')}" for one in found)
    return f"merged line by line, it breaks a rule that each side keeps: {told}"


def _change(operation: Operation, path: str, new_path: str | None, content: bytes | None) -> ChangeInput:
    return ChangeInput(operation_type=operation, file_path=path, new_path=new_path, content=content)


# --- What is remembered


def met(sides: Sides) -> tuple[str, MergeResult] | None:
    """The path and the merge of a change in whose lines both sides meet; None where they do not."""
    outcome = settle(sides, "neither")
    if not isinstance(outcome, Open) or outcome.merge is None or not outcome.merge.conflicts:
        return None
    return (sides.theirs.path if sides.theirs else sides.target), outcome.merge


def key(path: str, conflict: Conflict) -> str:
    """What met, whichever side is ours: SHA-256 over the path, the pointer, the base and the sorted sides."""
    parts = [path.encode(), (conflict.pointer or "").encode(), conflict.base, *sorted((conflict.ours, conflict.theirs))]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d\n" % len(part))
        digest.update(part)
    return digest.hexdigest()


def texts_in(merge: MergeResult, content: bytes) -> list[bytes] | None:
    """The text in the place of each conflict; None where the content does not show which it is.

    What stands between the conflicts must be there as it was settled, and once.
    """
    first, *others = merge.settled
    if not content.startswith(first):
        return None
    position, texts = len(first), []
    for conflict, after in zip(merge.conflicts, others[:-1], strict=False):
        end = _end(content, position, conflict, after)
        if end is None:
            return None
        texts.append(content[position:end])
        position = end + len(after)
    last = len(content) - len(others[-1])
    if last < position or not content.endswith(others[-1]):
        return None
    return [*texts, content[position:last]]


def _end(content: bytes, position: int, conflict: Conflict, after: bytes) -> int | None:
    """Where the text of a conflict ends that begins at a position, by what comes after it."""
    ours, theirs = conflict.ours, conflict.theirs
    for text in sorted({ours, theirs, conflict.base, ours + theirs, theirs + ours}, key=len, reverse=True):
        if content.startswith(text + after, position):
            return position + len(text)
    return content.find(after, position) if after and content.count(after, position) == 1 else None


def with_text(sides: Sides, merge: MergeResult, index: int, text: bytes) -> str:
    """What is wrong with the document with that text in one place and theirs in the others; empty where nothing is."""
    content = merge.settled_with([text if at == index else one.theirs for at, one in enumerate(merge.conflicts)])
    path = sides.theirs.path if sides.theirs else sides.target
    known = {finding.message for finding in specs.check(path, sides.theirs.content, None)} if sides.theirs else set()
    return next((one.message for one in specs.check(path, content, None) if one.message not in known), "")
