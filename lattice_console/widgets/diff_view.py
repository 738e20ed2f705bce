"""A diff to read and to work in: unified or side by side, drawn from a window however long the documents are.

What leaves the view counts files from 0 and lines from 1. What takes time is asked of the screen by a message,
`DiffView.Work`, which runs it in a thread and hands back the result.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal

from textual.binding import Binding, BindingType
from textual.message import Message

from lattice_console.cells import shorten_path
from lattice_console.merge.diff import Whitespace
from lattice_console.text import count, inert
from lattice_console.widgets.diff_cursor import DiffCursor
from lattice_console.widgets.diff_document import DiffDocument, FileRow, FoldRow, NoteRow, Spot
from lattice_console.widgets.diff_layout import DiffLayout
from lattice_console.widgets.diff_notes import Thread
from lattice_console.widgets.diff_paint import Paint
from lattice_console.widgets.diff_rows import Drawing
from lattice_console.widgets.diff_search import Found, Hit, Search, following, place_of
from lattice_console.widgets.signs import Look

__all__ = ["SPLIT_FROM", "DiffView", "Taste"]

SPLIT_FROM = 120
"""Cells from which both sides have room beside each other, and stand so unless the person chose."""

_STEP = 16
_WIDEST = 4000
_WHITESPACE: tuple[Whitespace, ...] = ("exact", "trailing", "amount", "all")
_IGNORED = {
    "exact": "",
    "trailing": "ignoring trailing whitespace",
    "amount": "ignoring amounts of whitespace",
    "all": "ignoring whitespace",
}


@dataclass(frozen=True, slots=True)
class Taste:
    """How a person likes diffs, where both sides have room and where it is `narrow`: kept by whoever shows them."""

    layout: Literal["auto", "unified", "split"] = "auto"
    narrow: Literal["auto", "unified", "split"] = "auto"
    whitespace: Whitespace = "exact"
    wrap: bool = False


class DiffView(DiffCursor):
    """A `DiffDocument` with a cursor, a range, folds, remarks and a search.

    The screen gives `show(document)`, `threads`, `viewed` and `taste`, and asks for `at`, `selection` and `where`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open or close what is under the cursor", id="diff.open"),
        Binding("plus", "unfold", "More unchanged lines", key_display="+", id="diff.unfold"),
        Binding("minus", "fold", "Fewer unchanged lines", key_display="-", id="diff.fold"),
        Binding("F", "everything", "All unchanged lines, or none", id="diff.everything"),
        Binding("s", "split", "Side by side, or unified", id="diff.split"),
        Binding("W", "whitespace", "Ignore whitespace, by steps", id="diff.whitespace"),
        Binding("z", "wrap", "Wrap long lines", id="diff.wrap"),
        Binding("l,right", "sideways(1)", "Scroll right", id="diff.right"),
        Binding("h,left", "sideways(-1)", "Scroll left", id="diff.left"),
        Binding("n", "found(1)", "Next line found", id="diff.find_next"),
        Binding("N", "found(-1)", "Previous line found", id="diff.find_previous"),
        Binding("escape", "clear", "Drop the range, or the search", id="diff.clear"),
    ]

    @dataclass
    class Shown(Message):
        """Another document is shown."""

    @dataclass
    class Marked(Message):
        """Other threads or viewed marks are shown."""

    @dataclass
    class Work(Message):
        """Something that takes time: `run` belongs in a thread, and `take` back on the loop with its result.

        Work of the same `group` replaces what came before it. `label` says what runs, where that is worth saying.
        """

        group: str
        run: Callable[[], Any]
        take: Callable[[Any], None]
        label: str = ""

    @dataclass
    class Chosen(Message):
        """The person chose how diffs are shown."""

        taste: Taste

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(look, id=id)
        self._taste = Taste()
        self._threads: Sequence[Thread] = ()
        self._unfolded: frozenset[str] = frozenset()
        self._viewed: frozenset[int] = frozenset()
        self._shift = 0
        self._search: Search | None = None
        self._found: Found | None = None
        self._start: Spot | None = None
        self._typing = False
        # The hit that was come to past an end of the diff, and what to say of it while the cursor is there.
        self._round: tuple[Hit, str] | None = None

    # -- what the screen gives

    @property
    def document(self) -> DiffDocument:
        """What is shown."""
        return self._document

    def show(self, document: DiffDocument) -> None:
        """Show a document from its top, without threads and viewed marks; a search goes on in it."""
        self._threads, self._unfolded, self._viewed = (), frozenset(), frozenset()
        self._wanted, self._range, self._shift = None, None, 0
        self._rows.collapse({file.index: False for file in self._rows.files})
        self._change_document(document)
        self._land(Spot("cover"), 0)
        self.post_message(self.Shown())
        self._tell()
        if self._taste.whitespace != "exact":
            self._compare()

    @property
    def threads(self) -> Sequence[Thread]:
        """The threads that are shown."""
        return self._threads

    @threads.setter
    def threads(self, threads: Sequence[Thread]) -> None:
        if tuple(threads) == tuple(self._threads):
            return
        self._threads = tuple(threads)
        self._rearrange(self._remark)
        self.post_message(self.Marked())

    @property
    def viewed(self) -> frozenset[int]:
        """The files that are marked as viewed; marking one shows its name alone, taking the mark back opens it."""
        return self._viewed

    @viewed.setter
    def viewed(self, viewed: frozenset[int]) -> None:
        changed = {index: index in viewed for index in self._viewed ^ viewed}
        self._viewed = viewed
        if changed:
            self._rearrange(lambda: self._rows.collapse(changed))
            self.post_message(self.Marked())

    @property
    def taste(self) -> Taste:
        """How the diff is shown."""
        return self._taste

    @taste.setter
    def taste(self, taste: Taste) -> None:
        before, self._taste = self._taste, taste
        if taste.whitespace != before.whitespace:
            self._compare()
        self._rearrange(self._arrange)

    # -- what the screen asks for

    @property
    def where(self) -> str:
        """Where the cursor is and how the diff is shown, in inert words."""
        dot = f" {self._look.signs.dot} "
        words: list[str] = []
        file, hunk = self._rows.file_at(self.cursor), self._rows.hunk_at(self.cursor)
        if file is not None:
            words.append(shorten_path(inert(self._document.files[file].result_path), 30, self._look.signs.ellipsis))
        if hunk is not None:
            words.append(f"hunk {hunk + 1} of {self._document.hunks}")
        # The end stays where there is little room.
        return dot.join([*words, *(word for word in (_IGNORED[self._taste.whitespace], self.found) if word)])

    @property
    def found(self) -> str:
        """What the search found, in words: `match 3 of 17`; empty without a search."""
        if self._search is None:
            return ""
        if self._found is None:
            return f"searching{self._look.signs.ellipsis}"
        hits = self._found.hits
        if not hits:
            return f"no match for {inert(self._search.text)}"
        place = place_of(self._document, self.at)
        number = bisect_left(hits, place)
        if hits[number : number + 1] != [place]:
            return count(len(hits), "matching line")
        words = f"match {number + 1:,} of {len(hits):,}"
        return f"{words}, {self._round[1]}" if self._round is not None and self._round[0] == place else words

    # -- going

    def go_to(self, spot: Spot) -> None:
        """Put the cursor on a spot, out of its fold and its collapsed file."""
        file, side, line = spot.file, spot.side, spot.line
        if file is not None and self._rows.files[file].collapsed:
            self._rearrange(lambda: self._rows.collapse({file: False}))
        row = self._rows.row_of(spot)
        if spot.kind == "line" and file is not None and line is not None:
            self._to_side(side)
            if isinstance(self._rows.row(row), FoldRow):
                self._rearrange(lambda: self._rows.reveal(file, side, line - 1))
                row = self._rows.row_of(spot)
        above = None if self._in_sight(row) else self.size.height // 3
        self._jump(row, above)

    def go_to_file(self, index: int) -> None:
        """Put the cursor on a file's name."""
        self._jump(self._rows.file_row(index), above=0)

    def go_to_thread(self, thread: str) -> None:
        """Put the cursor on the first note of a thread, if it is shown."""
        for known in self._threads:
            if known.id == thread:
                self.go_to(Spot("note", known.file, known.side, known.line, thread, known.notes[0].id))

    @property
    def searched(self) -> str:
        """The text that is looked for; empty without a search."""
        return self._search.text if self._search else ""

    def find(self, text: str, start: Spot | None = None, *, typing: bool = False) -> None:
        """Look for a text from a spot on, or from the cursor; an empty text ends the search, and goes back there.

        While the person is `typing`, finding nothing is no end yet: `keep_search` says when they are done.
        """
        self._search = Search(self._document, text) if text else None
        self._found, self._round = None, None
        self._start, self._typing = start, typing
        self._redraw()
        self._tell()
        if self._search is not None:
            self.post_message(self.Work("search", self._search.run, self._take_found))
        elif start is not None:
            self.go_to(start)

    def keep_search(self) -> None:
        """Go on with the search that was typed. One that finds nothing ends, and says so."""
        self._typing = False
        if self._found is not None and not self._found.hits:
            self._refuse(f"There is {self.found}.")
            self.find("")

    def _take_found(self, found: Found) -> None:
        if found.search is not self._search:
            return
        self._found = found
        start = place_of(self._document, self._start or self.at)
        if found.hits and start not in found.hits:
            self._go_on(found.hits, start, 1)
        elif self._start is not None:
            # What was found of the text so far may have led away from there.
            self.go_to(self._start)
        if not self._typing:
            self.keep_search()
        self._tell()

    def _go_on(self, hits: list[Hit], place: Hit, by: int) -> None:
        """Go to the hit after a place, or before it, round the ends."""
        number, past = following(hits, place, by)
        self._round = (hits[number], "from the top again" if by > 0 else "from the end again") if past else None
        self.go_to(hits[number].spot)
        self._tell()

    # -- keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "clear":
            return self._range is not None or self._search is not None
        return True

    def action_sideways(self, by: int) -> None:
        shift = 0 if self._taste.wrap else max(0, min(self._shift + by * _STEP, _WIDEST))
        if shift != self._shift:
            self._shift = shift
            self._redraw()

    def action_clear(self) -> None:
        if self._range is not None:
            self.end_range()
        elif self._search is not None:
            self.find("")

    def action_open(self) -> None:
        """Open the fold, file or resolved thread under the cursor, or close it; else tell the screen."""
        if not self._rows.total:
            return
        match self._rows.row(self.cursor):
            case FoldRow() as fold:
                self._rearrange(lambda: self._rows.open_fold(fold))
            case FileRow(index):
                collapsed = not self._rows.files[index].collapsed
                self._rearrange(lambda: self._rows.collapse({index: collapsed}))
            case NoteRow(thread) if thread.resolved:
                self._unfolded ^= {thread.id}
                self._rearrange(self._remark)
            case _:
                self.post_message(self.Opened(self.at))

    def action_unfold(self) -> None:
        """Open the next fold at or below the cursor in this hunk's neighbourhood."""
        fold = self._rows.near_fold(self.cursor)
        if fold is None:
            self._refuse("Nothing is folded near here.")
        else:
            self._rearrange(lambda: self._rows.open_fold(fold))

    def action_fold(self) -> None:
        """Fold again what was opened around the cursor."""
        if self._rows.everything:
            self._refuse("All lines are shown; fold those that did not change first.")
        elif not self._rows.has_opened(self.cursor):
            self._refuse("No fold was opened here.")
        else:
            self._rearrange(lambda: self._rows.close_folds(self.cursor))

    def action_everything(self) -> None:
        self._rearrange(lambda: self._rows.show_everything(not self._rows.everything))

    def action_split(self) -> None:
        chosen: Literal["unified", "split"] = "unified" if self._rows.split else "split"
        roomy = self.size.width >= SPLIT_FROM
        self._choose(replace(self._taste, layout=chosen) if roomy else replace(self._taste, narrow=chosen))

    def action_whitespace(self) -> None:
        following = _WHITESPACE[(_WHITESPACE.index(self._taste.whitespace) + 1) % len(_WHITESPACE)]
        self._choose(replace(self._taste, whitespace=following))

    def action_wrap(self) -> None:
        self._shift = 0
        self._choose(replace(self._taste, wrap=not self._taste.wrap))

    def action_found(self, by: int) -> None:
        if self._search is None:
            self._refuse("Search for something first.")
        elif self._found is None:
            self._refuse("The search is still under way.")
        elif not self._found.hits:
            self._refuse(f"There is {self.found}.")
        else:
            self._go_on(self._found.hits, place_of(self._document, self.at), by)

    def _choose(self, taste: Taste) -> None:
        self.taste = taste
        self.post_message(self.Chosen(taste))
        self._tell()

    # -- rows

    def _drawing(self) -> Drawing:
        return Drawing(
            self.size.width,
            self._rows.split,
            self._taste.wrap,
            self._shift,
            self._search.pattern if self._search else None,
            self._viewed,
            frozenset(file.index for file in self._rows.files if file.collapsed),
        )

    def _looked(self) -> None:
        paint = self._missing()
        if paint is not None:
            self.post_message(self.Work("colours", paint.make, self._take_paint))

    def _take_paint(self, paint: Paint) -> None:
        self._painted(paint)

    def on_resize(self) -> None:
        self._rearrange(self._arrange)

    def _arrange(self) -> None:
        roomy = self.size.width >= SPLIT_FROM
        layout = self._taste.layout if roomy else self._taste.narrow
        self._rows.split = roomy if layout == "auto" else layout == "split"

    def _remark(self) -> None:
        self._rows.remark(self._threads, self._unfolded)

    def _change_document(self, document: DiffDocument) -> None:
        collapsed = {file.index: True for file in self._rows.files if file.collapsed}
        self._replace(document, DiffLayout(document, split=self._rows.split))
        self._arrange()
        self._remark()
        self._rows.collapse(collapsed)
        if self._search is not None:
            self.find(self._search.text, typing=self._typing)

    def _compare(self) -> None:
        """Compare the files anew, with other whitespace ignored."""
        document, whitespace = self._document, self._taste.whitespace

        def run() -> DiffDocument:
            return DiffDocument([file.compared(whitespace) for file in document.files], document.cover)

        def take(compared: DiffDocument) -> None:
            if self._document is document and self._taste.whitespace == whitespace:
                self._rearrange(lambda: self._change_document(compared))
                self._tell()

        if document.files:
            self.post_message(self.Work("compare", run, take, "comparing"))
