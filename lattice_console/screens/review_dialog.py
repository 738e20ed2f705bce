"""The dialog before a verdict: every draft that goes with it, every open thread, and the text for all of it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static, TextArea

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.review import Anchor, Comment
from lattice_console.profile.drafts import Draft
from lattice_console.screens.dialog import Dialog
from lattice_console.screens.review_sending import Review
from lattice_console.screens.review_threads import lines_of
from lattice_console.screens.undoing import Drop
from lattice_console.text import count, inert
from lattice_console.widgets.bottom_line import BottomLine
from lattice_console.widgets.editor import Editor
from lattice_console.widgets.item_list import Item, ItemList
from lattice_console.widgets.pieces import MUTED, paragraph
from lattice_console.widgets.signs import Look

__all__ = ["ReviewDialog"]


class ReviewDialog(Dialog[Review | None]):
    """Lists drafts and open threads above the field of the text; None where the person leaves.

    `sentence` says what will happen to so many drafts. Where nothing but drafts is sent there is no field (`verb` says
    what ctrl+s does; `voting` is False). `required` is what to say where neither a draft nor a text goes with a verdict
    that needs one. `keep` is told of every change of the text; `drop` forgets a draft, and `restore` takes that back.
    """

    DEFAULT_CSS = """
    ReviewDialog {
        & ItemList { height: auto; max-height: 50vh; background: $surface; color: $surface-text; }
        & #label { padding: 0 1; margin: 1 0 0 0; height: 1; color: $muted; text-style: $muted-style; }
        & Editor { height: 4; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send", id="review.send", priority=True),
        Binding("escape", "leave", "Leave", id="review.leave", priority=True),
        Binding("tab,shift+tab", "turn", "Drafts or text", id="review.turn", priority=True),
        Binding("space", "choose", "Send this draft, or leave it for later", id="review.choose"),
        Binding("D", "drop", "Drop this draft", id="review.drop"),
        Binding("u", "restore", "Bring back the draft dropped last", id="review.restore"),
    ]

    def __init__(
        self,
        sentence: Callable[[int], str],
        verb: str,
        look: Look,
        drafts: Sequence[Draft],
        open_threads: Sequence[Comment] = (),
        *,
        voting: bool = True,
        required: str = "",
        text: str = "",
        keep: Callable[[str], None],
        drop: Callable[[Draft], Awaitable[Drop]],
        restore: Callable[[Drop], Awaitable[None]],
    ) -> None:
        super().__init__(sentence(len(drafts)), ())
        self._say = sentence
        self._verb = verb
        self._look = look
        self._drafts = tuple(drafts)
        self._threads = tuple(open_threads)
        self._left: set[str] = set()
        self._dropped: list[tuple[int, Draft, Drop]] = []
        self._voting = voting
        self._required = required
        self._text = text
        self._keep = keep
        self._drop = drop
        self._restore = restore

    def compose_field(self) -> ComposeResult:
        yield ItemList(self._look)
        if self._voting:
            yield Static("With the verdict:", id="label", markup=False)
            yield Editor(self._text)
        yield Static("", id="missing", markup=False)

    def on_mount(self) -> None:
        self._show()
        (self.query_one(Editor) if self._voting else self.query_one(ItemList)).focus()

    def _show(self) -> None:
        self.query_one(ItemList).fill(self._items)
        self.query_one("#sentence", Static).update(Content(self._say(len(self._chosen))))
        self._hint()

    @on(events.DescendantFocus)
    def _hint(self) -> None:
        """Show the keys of what has the focus."""
        send = ("ctrl+s", self._verb)
        if self._voting and self.query_one(Editor).has_focus:
            hints = (send, ("Tab", "drafts"), ("Esc", "leave, all is kept"))
        else:
            turn = (("Tab", "text"),) if self._voting else ()
            back = (("u", "bring back"),) if self._dropped else ()
            hints = (send, *turn, ("Space", "not now"), ("D", "drop"), *back, ("Esc", "leave"))
        self.query_one(BottomLine).hints = hints

    def _items(self, width: int) -> list[Item]:
        items = [self._draft(draft, width) for draft in self._drafts]
        if not items:
            items.append(Item((Content.assemble((" There are no drafts.", MUTED)),), title=True))
        if self._threads:
            title = f" {count(len(self._threads), 'open thread')} of this mutation:"
            items += [Item((Content(""),), title=True), Item((Content.assemble((title, MUTED)),), title=True)]
            items += [self._thread(comment, width) for comment in self._threads]
        return items

    def _draft(self, draft: Draft, width: int) -> Item:
        signs = self._look.signs
        goes = draft.id not in self._left
        head = [(f" {signs.check if goes else signs.dash} ", "$good" if goes else MUTED)]
        where = _where(draft.anchor, signs.crumb) if draft.anchor else "reply" if draft.reply_to else "on the mutation"
        about = f" {signs.dot} patchset {draft.patchset}" + ("" if goes else f" {signs.dot} kept for later")
        lines = [Content.assemble(*head, (inert(where), "bold"), (about, MUTED))]
        lines += paragraph(draft.text, width, 3, "" if goes else MUTED) if draft.text.strip() else []
        if draft.suggestion is not None:
            new = draft.suggestion.removesuffix("\n").split("\n") if draft.suggestion else []
            lines += [Content.assemble((f"   + {inert(line)}", "$added-sign")) for line in new]
            lines += [] if new else [Content.assemble(("   the lines go", "$removed-sign"))]
        return Item(tuple(lines), draft)

    def _thread(self, comment: Comment, width: int) -> Item:
        where = inert(_where(comment.anchor, self._look.signs.crumb)) if comment.anchor else ""
        age = f" {self._look.signs.dot} {self._look.age(comment.created_at)}"
        head = Content.assemble(f"   {inert(comment.author.handle)} ", (f"{where}{age}", MUTED))
        return Item((head, *paragraph(comment.text or "suggests other lines", width, 5, MUTED)))

    @property
    def _chosen(self) -> tuple[Draft, ...]:
        return tuple(draft for draft in self._drafts if draft.id not in self._left)

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        self._text = event.text_area.text
        self._keep(self._text)
        self.query_one("#missing", Static).update("")

    def action_turn(self) -> None:
        """Turn between the drafts and the text."""
        listed = self.query_one(ItemList)
        (self.query_one(Editor) if listed.has_focus and self._voting else listed).focus()

    def action_choose(self) -> None:
        """Leave the draft under the cursor out, or take it in again."""
        draft = self.query_one(ItemList).value
        if isinstance(draft, Draft):
            self._left ^= {draft.id}
            self._show()

    async def action_drop(self) -> None:
        """Forget the draft under the cursor."""
        draft = self.query_one(ItemList).value
        if not isinstance(draft, Draft):
            return
        try:
            step = await self._drop(draft)
        except LatticeError as error:
            self._tell(f"Not dropped: {error.message}")
            return
        at = self._drafts.index(draft)
        self._dropped.append((at, draft, step))
        self._drafts = (*self._drafts[:at], *self._drafts[at + 1 :])
        self._show()

    async def action_restore(self) -> None:
        """Bring back the draft that was dropped last here."""
        if not self._dropped:
            self._tell("No draft was dropped here.")
            return
        at, draft, step = self._dropped[-1]
        try:
            await self._restore(step)
        except LatticeError as error:
            self._tell(f"Not brought back: {error.message}")
            return
        self._dropped.pop()
        self._drafts = (*self._drafts[:at], draft, *self._drafts[at:])
        self._show()

    @on(ItemList.Opened)
    def _entered(self) -> None:
        self._tell(f"Press ctrl+s to {self._verb}.")

    def action_send(self) -> None:
        """Send what is chosen, with the verdict."""
        text = self._text.strip()
        if not self._voting and not self._chosen:
            self._tell("There is no draft to send. Esc leaves.")
        elif self._required and not text and not self._chosen:
            self._tell(self._required)
        else:
            self.dismiss(Review(self._chosen, text))

    def action_leave(self) -> None:
        """Leave; drafts and text are kept."""
        self.dismiss(None)

    def _tell(self, text: str) -> None:
        self.query_one("#missing", Static).update(Content(text))


def _where(anchor: Anchor, parted: str) -> str:
    return f"{anchor.file_path}, {lines_of(anchor, parted)}"
