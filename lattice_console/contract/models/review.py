"""Votes, comments in threads, and whose turn it is."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from lattice_console.contract.models.base import COUNT_LIMIT, Count, Line, Model, Moment, PathText, Reference, Text
from lattice_console.contract.models.people import Person
from lattice_console.contract.models.project import Vote

Side = Literal["old", "new"]
LineNumber = Annotated[int, Field(ge=1, le=COUNT_LIMIT)]


class Review(Model):
    """One person's vote on one patchset. A vote that is not `current` is stale: outdated or withdrawn."""

    id: str
    author: Person
    vote: Vote
    patchset: int
    comment: str
    policy_version: str
    current: bool
    withdrawn: bool
    created_at: Moment


class Anchor(Model):
    """What a comment is about: lines of a file, the value at a JSON pointer, or without both the file itself.

    Lines count from 1, and the last one (`end_line`, absent for a single line) belongs to it. They are lines of the
    file after the change (`new`) or before it (`old`). A pointer gets the lines at which its value stands.
    """

    file_path: PathText
    side: Side = "new"
    line: LineNumber | None = None
    end_line: LineNumber | None = None
    pointer: Line | None = None

    @model_validator(mode="after")
    def _check_lines(self) -> Self:
        if self.end_line is not None and (self.line is None or self.end_line < self.line):
            raise ValueError("end_line needs a line that it does not come before")
        return self

    @property
    def last(self) -> int | None:
        """The last line that it is about; None where it is about the file."""
        return self.end_line or self.line


class NewComment(Model):
    """A comment to make: a remark on the mutation, or on what `anchor` names in `patchset` (None: the newest).

    `reply_to` is a comment of the thread that it joins. `suggestion` is what the anchor's lines should become; it
    needs lines of the new side. Without one, a text is needed.
    """

    text: Text = ""
    anchor: Anchor | None = None
    reply_to: Reference | None = None
    suggestion: Text | None = None
    patchset: Count | None = None

    @model_validator(mode="after")
    def _check_parts(self) -> Self:
        if self.suggestion is None and not self.text.strip():
            raise ValueError("says nothing; give a text or a suggestion")
        if self.anchor is not None and self.reply_to is not None:
            raise ValueError("a reply stands where its thread does; give no anchor")
        where = self.anchor
        if self.suggestion is not None and (where is None or where.side == "old" or not (where.line or where.pointer)):
            raise ValueError("a suggestion replaces lines of the new side; anchor it to a line, a range or a pointer")
        return self


class Comment(Model):
    """A remark on a mutation, made on `patchset`; the first of a thread, or a reply in the thread `thread`.

    `place` is where its anchor stands on the patchset that was asked for, None where it is `gone` or there is no
    anchor. `open` threads wait for somebody. `applied` is the patchset that took the suggestion over.
    """

    id: str
    author: Person
    patchset: int
    text: str
    created_at: Moment
    thread: str
    anchor: Anchor | None = None
    place: Anchor | None = None
    gone: bool = False
    suggestion: str | None = None
    applied: int | None = None
    open: bool = False
    resolved_by: Person | None = None
    resolved_at: Moment | None = None

    @property
    def is_reply(self) -> bool:
        """Whether it answers in a thread that another comment began."""
        return self.thread != self.id


Turn = Literal["author", "reviewers", "executors", "nobody"]
"""Who has to act next."""


class Attention(Model):
    """Whose turn it is with a mutation, and why; `people` are those it waits for, `mine` whether the asker is one.

    That goes further than a summary's `mine`, which does not count what only waits to be executed.
    """

    turn: Turn
    people: tuple[Person, ...]
    reason: str
    mine: bool
