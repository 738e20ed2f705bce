"""The diff as a person works in it: keys in, what stands on the screen out."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from textual import on
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from lattice_console.widgets.diff_document import Cover, DiffDocument, Selection, Spot
from lattice_console.widgets.diff_notes import Note, Thread
from lattice_console.widgets.diff_pane import DiffPane
from lattice_console.widgets.diff_view import DiffView, Taste
from lattice_console.widgets.file_change import FileChange
from lattice_console.widgets.signs import ASCII, UNICODE, Look
from lattice_console.widgets.themes import DARK, THEMES

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
ADDED_WORD, REMOVED_WORD, MATCH, KEY = (
    DARK.variables[role] for role in ("added-word", "removed-word", "match", "syntax-key")
)
TALL = b"".join(b"line %d\n" % number for number in range(1, 201))


def modified(old: bytes, new: bytes, path: str = "a.txt") -> FileChange:
    return FileChange.between("modify", path, None, old, new)


def long() -> FileChange:
    """200 lines of which the 100th and the 150th changed."""
    return modified(TALL, TALL.replace(b"line 100\n", b"line one hundred\n").replace(b"line 150\n", b"row 150\n"))


def remark(id: str, line: int | None, text: str = "why?", **rest: object) -> Thread:
    notes = (Note(f"{id}.0", "raj", NOON - timedelta(hours=1), text),)
    return Thread(id, notes, 0, line=line)


class Shop(App[None]):
    """A diff alone, with its work done as a screen does it."""

    def __init__(self, files: Sequence[FileChange], *, theme: str = "dark", ascii: bool = False) -> None:
        super().__init__(ansi_color=True)
        for known in THEMES.values():
            self.register_theme(known)
        self.theme = THEMES[theme].name
        self.animation_level = "none"
        self.pane = DiffPane(Look(ASCII if ascii else UNICODE, lambda: NOON))
        self._files = files
        self.tastes: list[Taste] = []
        self.opened: list[Spot] = []
        self.refused: list[str] = []
        self.work: list[asyncio.Task[None]] = []

    def compose(self) -> ComposeResult:
        yield self.pane

    def on_mount(self) -> None:
        self.pane.focus()
        self.pane.view.show(DiffDocument(self._files, [Cover(("Because.",))]))

    @on(DiffView.Work)
    def _work(self, message: DiffView.Work) -> None:
        async def run() -> None:
            message.take(await asyncio.to_thread(message.run))

        self.work.append(asyncio.create_task(run()))

    @on(DiffView.Chosen)
    def _chosen(self, message: DiffView.Chosen) -> None:
        self.tastes.append(message.taste)

    @on(DiffView.Opened)
    def _opened(self, message: DiffView.Opened) -> None:
        self.opened.append(message.spot)

    @on(DiffView.Refused)
    def _refused(self, message: DiffView.Refused) -> None:
        self.refused.append(message.reason)


class Desk:
    """A person at the diff."""

    def __init__(self, app: Shop, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.view = app.pane.view

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        for _ in range(3):
            await self.pilot.pause()
            while self.app.work:
                await self.app.work.pop(0)
                await self.pilot.pause()

    @property
    def lines(self) -> list[str]:
        return [self.view.render_line(y).text.rstrip() for y in range(self.view.size.height)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def selected(self) -> list[str]:
        """The lines with a bar, without it."""
        return [line.replace(UNICODE.bar, "").strip() for line in self.lines if UNICODE.bar in line]

    def styles(self, words: str) -> list[tuple[str, str]]:
        """The pieces of the first line with these words, each with its background and attributes."""
        for y in range(self.view.size.height):
            strip = self.view.render_line(y)
            if words in strip.text:
                return [(text, str(style)) for text, style, _ in strip]
        raise AssertionError(f"no line has {words!r}:\n{self.text}")


@asynccontextmanager
async def at_desk(
    *files: FileChange, size: tuple[int, int] = (80, 24), theme: str = "dark", ascii: bool = False
) -> AsyncIterator[Desk]:
    app = Shop(files, theme=theme, ascii=ascii)
    async with app.run_test(size=size) as pilot:
        desk = Desk(app, pilot)
        await desk.settle()
        yield desk


# -- layouts


async def test_the_layout_follows_the_width_until_it_is_chosen() -> None:
    async with at_desk(long(), size=(119, 24)) as desk:
        assert "− line 100" in desk.text
        await desk.pilot.resize_terminal(120, 24)
        await desk.settle()
        assert "100 − line 100" in desk.text
        assert any("− line 100" in line and "+ line one hundred" in line for line in desk.lines)
        await desk.press("s")
        await desk.pilot.resize_terminal(160, 24)
        await desk.settle()
        assert not any("− line 100" in line and "+ line one hundred" in line for line in desk.lines)
        assert desk.app.tastes == [Taste(layout="unified")]


async def test_a_layout_chosen_on_a_narrow_screen_is_none_for_a_wide_one_nor_the_other_way() -> None:
    async with at_desk(long(), size=(130, 24)) as desk:

        def split() -> bool:
            return any("− line 100" in line and "+ line one hundred" in line for line in desk.lines)

        async def resize(width: int) -> None:
            await desk.pilot.resize_terminal(width, 24)
            await desk.settle()

        await desk.press("s", "s")
        assert split()
        await resize(80)
        assert not split()
        await desk.press("s")
        assert split()
        assert desk.app.tastes[-1] == Taste(layout="split", narrow="split")
        await resize(130)
        await desk.press("s")
        await resize(80)
        assert split()
        await resize(130)
        assert not split()


async def test_turning_to_the_other_layout_keeps_the_cursor_and_the_lines_around_it() -> None:
    async with at_desk(long()) as desk:
        await desk.press("right_square_bracket", "right_square_bracket")
        assert desk.view.at == Spot("line", 0, "new", 150)
        await desk.press("s")
        assert desk.view.at == Spot("line", 0, "new", 150)
        [selected] = desk.selected
        assert "line 150" in selected
        assert "row 150" in selected
        await desk.press("s", "s", "s")
        assert desk.view.at == Spot("line", 0, "new", 150)


async def test_in_split_either_side_can_be_stood_on_and_a_click_chooses_it() -> None:
    async with at_desk(long(), size=(130, 24)) as desk:
        await desk.press("right_square_bracket")
        assert desk.view.at == Spot("line", 0, "new", 100)
        await desk.press("H")
        assert desk.view.at == Spot("line", 0, "old", 100)
        await desk.press("L")
        assert desk.view.at.side == "new"
        y = next(y for y, line in enumerate(desk.lines) if "line 100" in line)
        await desk.pilot.click(DiffView, offset=(20, y))
        assert desk.view.at == Spot("line", 0, "old", 100)


async def test_a_line_without_a_counterpart_is_stood_on_where_it_is() -> None:
    async with at_desk(modified(b"a\nb\nc\n", b"a\nc\n"), size=(130, 24)) as desk:
        await desk.press("right_square_bracket")
        assert desk.view.at == Spot("line", 0, "old", 2)


async def test_no_wide_character_is_lost_where_the_sides_would_meet() -> None:
    text = "日本語" * 30
    for blank in ("", " "):
        created = FileChange.between("create", "new.txt", None, None, f"{blank}{text}\n".encode())
        async with at_desk(created, long(), size=(130, 24)) as desk:
            line = next(line for line in desk.lines if "日" in line)
            assert line.replace(" ", "").startswith(f"1+{text[:50]}")
            update = desk.app.screen._compositor.render_update(full=True)
            strips = getattr(update, "strips")  # noqa: B009 - a full update has them; its type says less
            assert any(text[:50] in "".join(strip.text for strip in line).replace(" ", "") for line in strips)


# -- words and colours


async def test_changed_words_stand_out_in_colour_and_without_it() -> None:
    file = modified(b'{"after": "24 hours"}\n', b'{"after": "48 hours"}\n', "a.json")
    async with at_desk(file) as desk:
        styles = dict(desk.styles("24 hours"))
        assert f"on {REMOVED_WORD}" in styles["24"]
        assert [text for text, style in desk.styles("24 hours") if f"on {REMOVED_WORD}" in style] == ["24"]
        assert f"on {ADDED_WORD}" in dict(desk.styles("48 hours"))["48"]
    async with at_desk(file, theme="ansi", ascii=True) as desk:
        styles = dict(desk.styles("48 hours"))
        assert "underline" in styles["48"]
        assert all("underline" not in style for text, style in desk.styles("48 hours") if text != "48")


async def test_a_line_that_changed_whole_has_no_words_that_stand_out() -> None:
    async with at_desk(modified(b"hello world\nx\n", b"something else entirely\nx\n")) as desk:
        assert all(ADDED_WORD not in style for _, style in desk.styles("something else"))


async def test_both_layouts_have_syntax_colours_context_included() -> None:
    file = modified(b'{\n"a": 1,\n"b": 2\n}\n', b'{\n"a": 1,\n"b": 3\n}\n', "a.json")
    for width in (80, 130):
        async with at_desk(file, size=(width, 24)) as desk:
            for words in ('"a": 1', '"b": 3'):
                styles = [style for text, style in desk.styles(words) if text in ('"a"', '"b"')]
                assert styles
                assert all(KEY in style for style in styles)


async def test_tabs_control_and_bidirectional_characters_are_inert_and_words_still_found() -> None:
    file = modified("a\told\u202e\x1b[31m\n".encode(), "a\tnew\u202e\x1b[31m\n".encode())
    async with at_desk(file) as desk:
        assert "a   old⟨U+202E⟩⟨U+001B⟩[31m" in desk.text
        assert f"on {REMOVED_WORD}" in dict(desk.styles("a   old"))["old⟨U+202E⟩"]


# -- folds


async def test_folds_open_by_steps_with_enter_and_close_again() -> None:
    async with at_desk(long()) as desk:
        assert "⋯ 96 unchanged lines" in desk.text
        await desk.press("j", "j", "j")
        assert desk.view.at == Spot("fold", 0, "new", 1)
        await desk.press("enter")
        assert "⋯ 76 unchanged lines" in desk.text
        await desk.press("enter")
        assert desk.view.at == Spot("line", 0, "new", 1)
        await desk.press("minus")
        assert "⋯ 96 unchanged lines" in desk.text
        await desk.press("right_square_bracket", "minus")
        assert desk.app.refused == ["No fold was opened here."]


async def test_plus_opens_the_nearest_fold_below_and_keeps_the_cursor() -> None:
    async with at_desk(long()) as desk:
        await desk.press("right_square_bracket", "plus")
        assert desk.view.at == Spot("line", 0, "new", 100)
        assert "line 115" in desk.text
        assert "⋯ 96 unchanged lines" in desk.text


async def test_everything_is_shown_with_one_key_and_folded_with_the_same() -> None:
    async with at_desk(long()) as desk:
        await desk.press("right_square_bracket", "F")
        assert desk.view.at == Spot("line", 0, "new", 100)
        assert "unchanged" not in desk.text
        await desk.press("F")
        assert "⋯" in desk.text


async def test_a_click_on_a_fold_opens_it() -> None:
    async with at_desk(long()) as desk:
        await desk.pilot.click(DiffView, offset=(20, 3))
        await desk.settle()
        assert "⋯ 76 unchanged lines" in desk.text


async def test_a_fold_has_an_ascii_twin() -> None:
    async with at_desk(long(), ascii=True) as desk:
        assert "... 96 unchanged lines" in desk.text
        assert desk.text.isascii()


# -- files


async def test_a_viewed_file_is_its_name_and_comes_back_when_the_mark_goes() -> None:
    async with at_desk(long(), modified(b"a\n", b"b\n", "b.txt")) as desk:
        desk.view.viewed = frozenset([0])
        await desk.settle()
        assert "✓ viewed" in desk.text
        assert "line 100" not in desk.text
        assert "− a" in desk.text
        desk.view.viewed = frozenset()
        await desk.press("g")
        assert "line 100" in desk.text


async def test_enter_on_a_name_folds_the_file_and_opens_it_again() -> None:
    async with at_desk(long()) as desk:
        await desk.press("right_curly_bracket", "enter")
        assert "line 100" not in desk.text
        await desk.press("enter")
        assert "line 100" in desk.text


async def test_renames_binaries_and_missing_newlines_are_said() -> None:
    files = [
        FileChange.between("rename", "old.md", "new.md", b"a\nb\nc\nd\n", b"a\nb\nc\nD"),
        FileChange.between("modify", "logo.png", None, b"\0" * 1500, b"\0" * 2500),
    ]
    async with at_desk(*files) as desk:
        assert "old.md → new.md" in desk.text
        assert "renamed, 75 % unchanged" in desk.text
        assert "+ D no newline at end of file" in desk.text
        assert "binary, 1.5 kB becomes 2.5 kB" in desk.text
        assert "sha256 " in desk.text


async def test_a_change_of_line_ends_alone_is_seen() -> None:
    async with at_desk(modified(b"a\r\nb\r\n", b"a\nb\r\n")) as desk:
        assert "− a^M" in desk.text
        assert any(line.endswith("+ a") for line in desk.lines)
        assert desk.text.count("^M") == 1


# -- whitespace


async def test_whitespace_is_ignored_by_steps_and_said() -> None:
    async with at_desk(modified(b"a  b\nc\nd\n", b"a b\nc \nd d\n")) as desk:
        await desk.press("right_square_bracket", "W")
        assert "ignoring trailing whitespace" in desk.view.where
        assert "− c" not in desk.text
        assert "− a  b" in desk.text
        await desk.press("W")
        assert "− a  b" not in desk.text
        assert "− d" in desk.text
        await desk.press("W", "W")
        assert "ignoring" not in desk.view.where
        assert "+ a b" in desk.text
        assert [taste.whitespace for taste in desk.app.tastes] == ["trailing", "amount", "all", "exact"]


# -- long lines


async def test_long_lines_are_scrolled_or_wrapped() -> None:
    words = " ".join(f"word{number}" for number in range(30)).encode()
    async with at_desk(modified(b"a\n", words + b"\n" + b"b\n" * 40)) as desk:
        assert "word29" not in desk.text
        assert "…" in desk.text
        await desk.press("l")
        assert "word0" not in desk.text
        # What stands to the left is told of, also where nothing else of the line is in sight.
        assert desk.lines[3].endswith("1     − …")
        assert " 1 + …" in desk.lines[4]
        assert desk.lines[4].endswith("…")
        await desk.press("h")
        assert desk.lines[3].endswith("1     − a")
        await desk.press("z")
        assert "word0" in desk.text
        assert "word29" in desk.text
        shown = "".join(line[11:] for line in desk.lines[4:8]).rstrip()
        assert shown.startswith(words.decode())
        await desk.press("G")
        assert desk.selected[0].endswith("+ b")
        assert desk.lines[-1].startswith(UNICODE.bar)


async def test_wide_characters_are_wrapped_between_and_not_within() -> None:
    text = "日本語" * 40
    async with at_desk(modified(b"a\n", text.encode() + b"\n")) as desk:
        await desk.press("z")
        assert "".join(line[9:].replace("+", " ").strip() for line in desk.lines[4:9]) == text


async def test_the_cursor_stays_in_sight_when_the_screen_gets_lower() -> None:
    async with at_desk(long()) as desk:
        await desk.press("right_square_bracket", "F", "pagedown", "pagedown")
        [before] = desk.selected
        await desk.pilot.resize_terminal(80, 6)
        await desk.settle()
        assert desk.selected == [before]


# -- ranges


async def test_a_range_grows_with_the_cursor_and_ends_with_esc() -> None:
    async with at_desk(long()) as desk:
        await desk.press("right_square_bracket", "v", "j", "j")
        assert desk.view.selection == Selection(0, "new", 100, 102)
        assert desk.view.selected_text() == "line one hundred\nline 101\nline 102"
        assert len(desk.selected) == 3
        await desk.press("escape")
        assert desk.view.selection == Selection(0, "new", 102, 102)
        assert len(desk.selected) == 1


async def test_a_range_stays_in_its_file_and_on_its_side() -> None:
    async with at_desk(modified(b"a\nb\n", b"c\nd\n"), modified(b"x\n", b"y\n", "b.txt")) as desk:
        await desk.press("right_square_bracket", "k", "k", "v", "G")
        assert desk.view.selection == Selection(0, "old", 1, 2)
        assert desk.view.selected_text() == "a\nb"


async def test_on_a_remark_a_range_begins_at_the_line_above_it_and_esc_ends_that() -> None:
    async with at_desk(long()) as desk:
        desk.view.threads = [remark("t", 100)]
        await desk.press("right_square_bracket", "j")
        assert desk.view.at.kind == "note"
        await desk.press("v")
        assert desk.view.selection == Selection(0, "new", 100, 100)
        assert "line one hundred" in desk.selected[0]
        await desk.press("j", "j")
        assert desk.view.selection == Selection(0, "new", 100, 101)
        await desk.press("escape")
        assert not desk.view.has_range
        assert desk.app.refused == []


async def test_a_range_stays_on_its_lines_when_others_come_above_it() -> None:
    async with at_desk(long()) as desk:
        await desk.press("right_square_bracket", "v", "j", "j")
        desk.view.threads = [remark("t", 99)]
        await desk.press("plus")
        assert desk.view.selection == Selection(0, "new", 100, 102)


async def test_dragging_selects_a_range() -> None:
    async with at_desk(long()) as desk:
        y = next(y for y, line in enumerate(desk.lines) if "line one hundred" in line)
        await desk.pilot.mouse_down(DiffView, offset=(30, y))
        await desk.pilot.hover(DiffView, offset=(30, y + 2))
        await desk.pilot.mouse_up(DiffView, offset=(30, y + 2))
        assert desk.view.selection == Selection(0, "new", 100, 102)


async def test_without_a_range_the_line_is_the_selection_and_a_name_its_path() -> None:
    async with at_desk(long()) as desk:
        await desk.press("right_curly_bracket")
        assert desk.view.selection is None
        assert desk.view.selected_text() == "a.txt"
        await desk.press("v")
        assert desk.app.refused == ["A range begins on a line of a file; move to one first."]
        await desk.press("right_square_bracket")
        assert desk.view.selected_text() == "line one hundred"


# -- remarks


async def test_a_thread_stands_under_its_line_and_can_be_stood_on() -> None:
    async with at_desk(long()) as desk:
        desk.view.threads = [remark("t", 100)]
        await desk.settle()
        y = next(y for y, line in enumerate(desk.lines) if "+ line one hundred" in line)
        assert "┃ raj 1h: why?" in desk.lines[y + 1]
        await desk.press("greater_than_sign")
        assert desk.view.at == Spot("note", 0, "new", 100, "t", "t.0")
        assert desk.view.selected_text() == "why?"
        await desk.press("enter")
        assert desk.app.opened == [desk.view.at]
        await desk.press("greater_than_sign")
        assert desk.app.refused == ["There is no thread below."]


async def test_new_remarks_leave_the_cursor_where_it_was() -> None:
    async with at_desk(long(), size=(80, 10)) as desk:
        await desk.press("right_square_bracket", "right_square_bracket")
        before = desk.lines.index(next(line for line in desk.lines if line.startswith(UNICODE.bar)))
        desk.view.threads = [remark("t", 100), remark("u", 40)]
        await desk.settle()
        assert desk.view.at == Spot("line", 0, "new", 150)
        assert desk.lines[before].startswith(UNICODE.bar)


async def test_a_long_remark_is_wrapped_and_hostile_text_in_it_inert() -> None:
    async with at_desk(long()) as desk:
        desk.view.threads = [remark("t", 100, "\x1b[31m[bold]red[/]\u202e " + "and so on " * 20)]
        await desk.settle()
        assert "⟨U+001B⟩[31m[bold]red[/]⟨U+202E⟩" in desk.text
        assert sum("┃" in line for line in desk.lines) == 4
        assert max(len(line) for line in desk.lines) <= 80


async def test_a_resolved_thread_is_one_line_that_enter_opens() -> None:
    notes = (Note("n", "raj", NOON, "First."), Note("o", "ana", NOON, "Second."))
    async with at_desk(long()) as desk:
        desk.view.threads = [Thread("t", notes, 0, "new", 100, resolved=True)]
        await desk.press("greater_than_sign")
        assert "Second." not in desk.text
        assert "resolved" in desk.text
        await desk.press("enter")
        assert "Second." in desk.text
        await desk.press("enter")
        assert "Second." not in desk.text


async def test_drafts_suggestions_and_threads_that_lost_their_line_are_told_apart() -> None:
    threads = [
        Thread("d", (Note("d", "kim", None, "Mine.", draft=True),), 0, "new", 100),
        Thread("s", (Note("s", "raj", NOON, "", suggestion="line C\n"),), 0, "new", 100),
        Thread("g", (Note("g", "raj", NOON, "Gone."),), 0, "new", 7, gone=True, about="on line 7 of patchset 1"),
    ]
    async with at_desk(long(), size=(80, 40)) as desk:
        desk.view.threads = threads
        await desk.settle()
        assert "kim draft: Mine." in desk.text
        assert "┃ − line one hundred" in desk.text
        assert "┃ + line C" in desk.text
        y = next(y for y, line in enumerate(desk.lines) if "raj now on line 7 of patchset 1: Gone." in line)
        assert "a.txt" in desk.lines[y - 1]


async def test_going_to_a_thread_opens_the_file_that_it_is_in() -> None:
    async with at_desk(long()) as desk:
        desk.view.threads = [remark("t", 40)]
        desk.view.viewed = frozenset([0])
        desk.view.go_to_thread("t")
        await desk.settle()
        assert desk.view.at.thread == "t"
        assert "┃ raj 1h: why?" in desk.text


async def test_a_remark_higher_than_the_screen_is_read_before_it_is_left() -> None:
    async with at_desk(long()) as desk:
        desk.view.threads = [remark("t", 100, "\n".join(f"line {number} of it" for number in range(60)))]
        await desk.press("greater_than_sign")
        seen = set[str]()
        for _ in range(12):
            seen |= {line.strip(" ▌┃") for line in desk.lines}
            if desk.view.at.kind != "note":
                break
            await desk.press("j")
        assert {f"line {number} of it" for number in range(1, 60)} <= seen
        assert desk.view.at == Spot("line", 0, "new", 101)


# -- the search


async def typed(desk: Desk, text: str) -> None:
    await desk.press("slash", *({" ": "space"}.get(char, char) for char in text))


async def test_a_search_counts_what_it_finds_and_n_goes_through_folds() -> None:
    async with at_desk(long()) as desk:
        await typed(desk, "line 7")
        await desk.press("enter")
        assert desk.view.found == "match 1 of 11"
        assert desk.view.at == Spot("line", 0, "new", 7)
        assert desk.selected == ["7   7   line 7"]
        await desk.press("n")
        assert desk.view.at == Spot("line", 0, "new", 70)
        assert desk.view.found == "match 2 of 11"
        await desk.press("N")
        assert desk.view.found == "match 1 of 11"
        await desk.press("N")
        assert desk.view.found == "match 11 of 11, from the end again"
        await desk.press("n")
        assert desk.view.found == "match 1 of 11, from the top again"
        await desk.press("n", "N", "N")
        assert MATCH in dict(desk.styles("line 79"))["line 7"]
        await desk.press("escape")
        assert desk.view.found == ""
        assert all(MATCH not in style for _, style in desk.styles("line 79"))


async def test_a_search_looks_at_both_sides_and_lower_case_finds_capitals() -> None:
    async with at_desk(modified(b"Alpha\nbeta\n", b"ALPHABET\nbeta\n")) as desk:
        await typed(desk, "alpha")
        await desk.press("enter")
        assert desk.view.found == "match 1 of 2"
        assert desk.view.at.side == "old"
        await desk.press("n")
        assert desk.view.at == Spot("line", 0, "new", 1)
        await typed(desk, "Alpha")
        await desk.press("enter")
        assert desk.view.found == "match 1 of 1, from the top again"


async def test_a_search_without_a_find_says_so_and_esc_leaves_it() -> None:
    async with at_desk(long()) as desk:
        await typed(desk, "nowhere")
        assert desk.view.found == "no match for nowhere"
        await desk.press("escape", "n")
        assert desk.view.found == ""
        assert desk.app.refused == ["Search for something first."]


async def test_a_search_without_a_find_ends_with_enter_and_says_so() -> None:
    async with at_desk(long()) as desk:
        await desk.press("right_square_bracket")
        where = desk.view.where
        await typed(desk, "zzzz")
        await desk.press("enter")
        assert desk.view.where == where
        assert desk.app.refused == ["There is no match for zzzz."]


async def test_what_is_typed_in_vain_leaves_the_cursor_where_the_search_began() -> None:
    async with at_desk(long()) as desk:
        await desk.press("right_square_bracket")
        begun = desk.view.at
        for key in ("enter", "escape"):
            # There is an "r" in row 150, and nothing that goes on like this.
            await typed(desk, "rx")
            await desk.press(key)
            assert desk.view.at == begun
        await typed(desk, "line 7")
        assert desk.view.found == "match 1 of 11, from the top again"
        await desk.press("escape")
        assert desk.view.at == begun


async def test_from_an_unchanged_line_of_the_old_side_the_next_match_is_the_one_below() -> None:
    old = b"a\nb\nmatch\nc\nmatch\n"
    async with at_desk(modified(b"gone\n" + old, old), size=(120, 24)) as desk:
        await desk.press("j", "j", "H", "j", "j", "j", "j")
        assert desk.view.at == Spot("line", 0, "old", 4)
        await typed(desk, "match")
        assert desk.view.found == "match 1 of 2"
        await desk.press("enter", "j", "H", "n")
        assert desk.view.found == "match 2 of 2"


async def test_a_search_opens_a_collapsed_file() -> None:
    async with at_desk(long()) as desk:
        desk.view.viewed = frozenset([0])
        await typed(desk, "one hundred")
        await desk.press("enter")
        assert desk.view.at == Spot("line", 0, "new", 100)
        assert len(desk.selected) == 1


# -- moving


async def test_a_move_of_the_cursor_draws_two_numbers_anew_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for width in (80, 130):
        async with at_desk(long(), size=(width, 24)) as desk:
            await desk.press("right_square_bracket")
            drawn: list[Region] = []
            refresh = desk.view.refresh

            def keep(*regions: Region, drawn: list[Region] = drawn, **how: bool) -> DiffView:
                drawn.extend(regions or [desk.view.region])
                return desk.view

            monkeypatch.setattr(desk.view, "refresh", keep)
            desk.view.action_move(1)
            monkeypatch.setattr(desk.view, "refresh", refresh)
            assert len(drawn) == 2
            assert sum(region.area for region in drawn) <= 20


async def test_pages_ends_and_the_wheel_keep_the_cursor_in_sight() -> None:
    async with at_desk(long()) as desk:
        await desk.press("F")
        for key in ("pagedown", "pagedown", "pageup", "G", "pageup", "g"):
            await desk.press(key)
            assert len(desk.selected) == 1
        for _ in range(20):
            await desk.pilot._post_mouse_events([_wheel()], DiffView, offset=(5, 5))
        assert len(desk.selected) == 1
        assert "Because." not in desk.text


def _wheel() -> type:
    from textual.events import MouseScrollDown

    return MouseScrollDown


async def test_nothing_to_show_is_no_trouble() -> None:
    async with at_desk() as desk:
        desk.view.show(DiffDocument())
        for key in ("j", "k", "G", "g", "enter", "s", "z", "F", "plus", "minus", "v", "n", "W", "f", "f", "slash"):
            await desk.press(key)
        assert desk.view.at == Spot("cover")
        assert desk.view.selection is None
        assert desk.view.selected_text() == ""
        assert desk.text.strip() == ""


# -- the tree of files


async def test_the_tree_takes_the_place_of_the_diff_where_it_is_narrow() -> None:
    files = [modified(b"a\n", b"b\n", path) for path in ("src/auth/a.py", "src/auth/b.py", "docs/c.md")]
    async with at_desk(*files) as desk:
        await desk.press("f")
        assert not desk.view.display or not desk.view.region
        await desk.press("g", "j", "enter")
        assert desk.view.at == Spot("file", 2)
        assert desk.view.has_focus
        await desk.press("f", "escape")
        assert desk.view.has_focus


async def test_the_tree_stands_beside_the_diff_where_there_is_room() -> None:
    files = [modified(b"a\n", b"b\n", path) for path in ("src/auth/a.py", "src/auth/b.py", "docs/c.md")]
    async with at_desk(*files, size=(160, 24)) as desk:
        await desk.press("f")
        assert desk.view.region.x == 40
        await desk.press("G", "enter")
        assert desk.view.at == Spot("file", 1)
        assert desk.view.has_focus
        await desk.press("f")
        assert desk.view.region.x == 0
