"""Writing comments: on lines, files and the mutation, and in threads; kept as drafts until they are sent."""

import asyncio
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType

from lattice_console.contract.models.review import Anchor
from lattice_console.merge.pointers import pointer_at
from lattice_console.profile.drafts import Draft
from lattice_console.screens.comment_dialog import CommentDialog, Written
from lattice_console.screens.review_threads import lines_of
from lattice_console.screens.reviewing import ReviewPlace
from lattice_console.text import inert, inert_bytes, inert_lines
from lattice_console.widgets.diff_document import Selection

__all__ = ["Drafting"]


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a comment is about, as inert lines; the lines that can be suggested anew; the pointer of the value there.

    `replacing` is the patchset and the place of the lines that replace those, where they are of the old side.
    """

    quoted: tuple[str, ...]
    lines: str | None = None
    pointer: str = ""
    replacing: tuple[int, Anchor] | None = None


class Drafting(ReviewPlace):
    """Keys that write, edit and drop drafts."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "comment", "Comment, or reply", id="act.comment"),
        Binding("C", "comment_file", "Comment on the file", id="review.comment_file"),
        Binding("E", "edit", "Edit the draft", id="review.edit"),
        Binding("D", "drop", "Drop the draft", id="review.drop"),
    ]

    # -- keys

    def action_comment(self) -> None:
        """Write about what is under the cursor: lines, a file, the mutation; or reply in its thread."""
        thread, draft = self.thread(), self.draft()
        ranged = self.view.selection if self.view.has_range and not self.overview_shown else None
        if ranged is not None:
            self._begin_at(ranged)
        elif draft is not None:
            self._write(draft)
        elif thread is not None:
            self._begin(f"Reply to {inert(thread.author.handle)}.", None, thread.id)
        elif self.overview_shown or self.view.at.kind == "cover":
            self._begin(f"Comment on M-{self.row.number} {inert(self.row.title)}.", None)
        elif self.view.selection is not None:
            self._begin_at(self.view.selection)
        elif self.view.at.kind == "file":
            self.action_comment_file()
        else:
            self.desk.say("These lines are folded: Enter opens them, then c comments on one.")

    def action_comment_file(self) -> None:
        """Write about the file under the cursor."""
        index = self.pane.file
        if self.overview_shown or index is None or self.compared is None:
            self.desk.say("There is no file under the cursor: c comments on the mutation.")
            return
        patchset, anchor = self.compared.file_anchor(index)
        self._begin(f"Comment on {inert(anchor.file_path)}.", (patchset, anchor))

    def action_edit(self) -> None:
        """Edit the draft under the cursor."""
        draft = self.draft()
        if draft is None:
            self.desk.say("There is no draft under the cursor: c begins one.")
        else:
            self._write(draft)

    def action_drop(self) -> None:
        """Forget the draft under the cursor."""
        draft = self.draft()
        if draft is None:
            self.desk.say("There is no draft under the cursor to drop.")
        else:
            self.app.run_worker(self.drop(draft), group="drafts", exit_on_error=False)

    # -- writing

    def _begin_at(self, selection: Selection) -> None:
        if self.compared is not None:
            patchset, anchor = self.compared.anchor(selection)
            self._begin(self._sentence(anchor), (patchset, anchor))

    def _sentence(self, anchor: Anchor) -> str:
        return f"Comment on {inert(anchor.file_path)}, {lines_of(anchor, self.session.look.signs.crumb)}."

    def _begin(self, sentence: str, place: tuple[int, Anchor] | None, reply_to: str | None = None) -> None:
        """Write a draft there, or go on with the one that is there already."""
        mutation = self.mutation
        if mutation is None:
            return
        allowed = mutation.action("comment")
        if not allowed.allowed:
            self.desk.say(f"Not commented: {allowed.reason}", "warning")
            return
        patchset, anchor = place or (mutation.patchset, None)
        same = [one for one in self.drafts if _about_the_same(one, patchset, anchor, reply_to)]
        draft = (
            same[0]
            if same
            else Draft(
                mutation_id=mutation.id,
                patchset=patchset,
                text="",
                anchor=anchor,
                reply_to=reply_to,
                created_at=self.session.look.now(),
            )
        )
        self._write(draft, sentence)

    def _write(self, draft: Draft, sentence: str = "") -> None:
        if not sentence:
            where = self._sentence(draft.anchor) if draft.anchor else f"Comment on M-{self.row.number}."
            sentence = "Reply." if draft.reply_to else where
        # On the app, so that leaving this place stops nothing half-way.
        work = self._edit(draft, sentence)
        self.desk.expect(self.app.run_worker(work, group="drafts", exclusive=True, exit_on_error=False))

    async def _edit(self, draft: Draft, sentence: str, *, suggesting: bool = False) -> None:
        keeping = self.session.keeping
        offer = await self._offer(draft)
        latest = draft

        def keep(written: Written) -> None:
            nonlocal latest
            anchor = draft.anchor
            if anchor is not None:
                anchor = anchor.model_copy(
                    update={"pointer": offer.pointer if written.pointed and offer.pointer else None}
                )
            # Lines suggested as they are suggest nothing.
            suggestion = None if written.suggestion == offer.lines else written.suggestion
            update = {"text": written.text, "suggestion": suggestion, "anchor": anchor}
            latest = draft.model_copy(update=update)
            keeping.typed(latest)

        pointed = draft.anchor is not None and draft.anchor.pointer is not None
        dialog = CommentDialog(
            sentence,
            Written(draft.text, draft.suggestion, pointed),
            keep,
            quoted=offer.quoted,
            lines=offer.lines,
            pointer=offer.pointer,
            parted=self.session.look.signs.crumb,
            replaced=offer.replacing is not None,
            suggesting=suggesting,
            folder=self.session.folder,
            covers=self.pane.keep_clear,
        )
        ending = await self.app.push_screen_wait(dialog)
        if self.is_mounted:
            self.pane.keep_clear(0)
        if ending == "replace" and offer.replacing is not None:
            patchset, anchor = offer.replacing
            moved = latest.model_copy(update={"patchset": patchset, "anchor": anchor})
            sentence = f"{self._sentence(anchor).removesuffix('.')}, which stands there after the change."
            await self._edit(moved, sentence, suggesting=True)
            return
        await keeping.settled()
        if self.is_mounted:
            self.drafts_changed()
            if ending == "keep" and self.view.has_range:
                self.view.end_range()
        if latest.text.strip() or latest.suggestion is not None:
            self._say_kept(latest, ending == "keep")

    def _say_kept(self, draft: Draft, wanted: bool) -> None:
        keys = self._keys()
        send = f"{keys.get('act.send', 'ctrl+s')} sends it, or goes with your verdict"
        self.desk.say(
            f"Draft kept: {send}." if wanted else f"Kept as a draft: {keys.get('review.drop', 'D')} drops it."
        )

    async def _offer(self, draft: Draft) -> _Offer:
        """What the dialog of a draft can show and do."""
        if draft.reply_to is not None:
            said = [one.text or "suggests other lines" for one in self.comments if one.thread == draft.reply_to]
            return _Offer(tuple(inert_lines(said[-1])) if said else ())
        anchor, compared = draft.anchor, self.compared
        at = compared.find(draft.patchset, anchor) if anchor and compared else None
        if anchor is None or anchor.line is None or anchor.last is None or compared is None or at is None:
            # What was written elsewhere can be written on; there is nothing to begin anew with.
            return _Offer((), draft.suggestion, (anchor.pointer or "") if anchor else "")
        diff = compared.files[at[0]].change.diff
        content = (diff.new if at[1] == "new" else diff.old) or b""
        pointer = await asyncio.to_thread(pointer_at, anchor.file_path, content, anchor.line)
        found = diff.lines(at[1], anchor.line - 1, anchor.last)
        quoted = tuple(inert_bytes(line.removesuffix(b"\r")) for line in found)
        lines, replacing = None, None
        if anchor.side == "new":
            try:
                lines = "\n".join(line.removesuffix(b"\r").decode() for line in found)
            except UnicodeDecodeError:
                lines = None
        elif at[1] == "old" and (there := compared.replacing(Selection(at[0], "old", anchor.line, anchor.last))):
            place = compared.anchor(there)
            replacing = place if place[1].side == "new" else None
        return _Offer(quoted, lines, pointer or "", replacing)


def _about_the_same(draft: Draft, patchset: int, anchor: Anchor | None, reply_to: str | None) -> bool:
    if draft.reply_to != reply_to or (draft.anchor is None) != (anchor is None):
        return False
    if draft.anchor is None or anchor is None:
        return True
    plain = draft.anchor.model_copy(update={"pointer": None})
    return draft.patchset == patchset and plain == anchor
