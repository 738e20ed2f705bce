"""From comments and drafts to the threads that a diff shows: where each stands in a comparison, and what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lattice_console.contract.models.review import Anchor, Comment
from lattice_console.profile.drafts import Draft
from lattice_console.screens.comparing import Compared
from lattice_console.text import pointed
from lattice_console.widgets.diff_document import Spot
from lattice_console.widgets.diff_notes import Note, Thread
from lattice_console.widgets.signs import UNICODE

__all__ = ["Place", "Remarks", "lines_of", "spot_of", "threads"]

Place = tuple[int, Anchor]
"""A patchset, and an anchor on it."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """All that was said about a mutation, and what is still to be: `carried` has the places of drafts by their ids.

    `hints` are the words at the right of a draft, of an open thread, and of one whose suggestion can be applied;
    `parted` stands between the keys on the way to a value.
    """

    comments: Sequence[Comment] = ()
    drafts: Sequence[Draft] = ()
    carried: Mapping[str, Place | None] | None = None
    author: str = ""
    hints: tuple[str, str, str] = ("", "", "")
    parted: str = UNICODE.crumb


def threads(remarks: Remarks, compared: Compared) -> tuple[Thread, ...]:
    """What there is to show in a comparison: threads in the order of their first comments, then drafts.

    What is about a file that the comparison leaves out is not among them, nor are remarks on the mutation as a whole.
    """
    replies: dict[str, list[Note]] = {}
    thread_of = {comment.id: comment.thread for comment in remarks.comments}
    for comment in remarks.comments:
        if comment.is_reply:
            replies.setdefault(comment.thread, []).append(_note(comment))
    for draft in remarks.drafts:
        if draft.reply_to is not None:
            replies.setdefault(thread_of.get(draft.reply_to, ""), []).append(_draft_note(draft, remarks.author))
    found: list[Thread] = []
    for comment in remarks.comments:
        if not comment.is_reply and comment.anchor is not None:
            notes = (_note(comment), *replies.get(comment.id, ()))
            thread = _thread(comment, notes, compared, remarks)
            if thread is not None:
                found.append(thread)
    for draft in remarks.drafts:
        if draft.reply_to is None:
            shown = _draft(draft, remarks, compared)
            if shown is not None:
                found.append(shown)
    return tuple(found)


def _note(comment: Comment) -> Note:
    return Note(
        comment.id, comment.author.handle, comment.created_at, comment.text, comment.suggestion, comment.applied
    )


def _draft_note(draft: Draft, author: str) -> Note:
    return Note(draft.id, author, None, draft.text, draft.suggestion, draft=True)


def _thread(comment: Comment, notes: tuple[Note, ...], compared: Compared, remarks: Remarks) -> Thread | None:
    hints = remarks.hints
    places = [(comment.patchset, comment.anchor)] if comment.anchor else []
    if comment.place is not None:
        places.insert(0, (compared.comparison.newer, comment.place))
    applicable = comment.open and any(note.suggestion is not None and note.applied is None for note in notes)
    hint = "" if not comment.open else hints[2] if applicable and hints[2] else hints[1]
    for patchset, anchor in places:
        at = compared.find(patchset, anchor)
        if at is not None:
            first, last = (anchor.line, anchor.last) if anchor.line is not None else (None, None)
            about = _told(anchor, remarks.parted)
            return Thread(
                comment.id, notes, at[0], at[1], last, first, resolved=not comment.open, about=about, hint=hint
            )
    if comment.anchor is None or not comment.gone:
        return None
    about = f"{lines_of(comment.anchor, remarks.parted)} of patchset {comment.patchset}, gone"
    file = compared.file_at(comment.anchor.file_path)
    if file is None:
        about = f"{comment.anchor.file_path}, {about}"
    return Thread(comment.id, notes, file, resolved=not comment.open, gone=True, about=about, hint=hint)


def _draft(draft: Draft, remarks: Remarks, compared: Compared) -> Thread | None:
    notes, hint = (_draft_note(draft, remarks.author),), remarks.hints[0]
    if draft.anchor is None:
        return Thread(draft.id, notes, hint=hint)
    place = (remarks.carried or {}).get(draft.id, (draft.patchset, draft.anchor))
    at = compared.find(*place) if place is not None else None
    if place is None or at is None:
        file = compared.file_at(draft.anchor.file_path)
        about = f"{draft.anchor.file_path}, {lines_of(draft.anchor, remarks.parted)} of patchset {draft.patchset}"
        return Thread(draft.id, notes, file, gone=True, about=about, hint=hint)
    anchor = place[1]
    about = _told(anchor, remarks.parted)
    return Thread(draft.id, notes, at[0], at[1], anchor.last, anchor.line, about=about, hint=hint)


def _told(anchor: Anchor, parted: str) -> str:
    """What a remark is about, where that is more than the line above it: a value, or a range."""
    if anchor.pointer:
        return pointed(anchor.pointer, parted)
    return lines_of(anchor, parted) if anchor.end_line is not None else ""


def lines_of(anchor: Anchor, parted: str) -> str:
    """Where within its file an anchor points, in inert words; `parted` stands between the keys to a value."""
    side = " before the change" if anchor.side == "old" else ""
    if anchor.line is None:
        return f"the file{side}"
    if anchor.pointer:
        return pointed(anchor.pointer, parted)
    if anchor.end_line is None:
        return f"line {anchor.line}{side}"
    return f"lines {anchor.line}-{anchor.end_line}{side}"


def spot_of(thread: str, shown: Sequence[Thread]) -> Spot | None:
    """Where a thread stands among those that are shown."""
    for known in shown:
        if known.id == thread:
            return Spot("note", known.file, known.side, known.line, thread, known.notes[0].id)
    return None
