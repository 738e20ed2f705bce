"""A diff as rows, in any layout, with anything opened, collapsed and said about it."""

from collections.abc import Iterator
from itertools import dropwhile, takewhile

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.diff import Side
from lattice_console.merge.lines import split_lines
from lattice_console.widgets.diff_document import (
    BlankRow,
    Cover,
    CoverRow,
    DiffDocument,
    FileRow,
    FoldRow,
    LineRow,
    NoteRow,
    Row,
    Selection,
    Spot,
    WordsRow,
)
from lattice_console.widgets.diff_layout import DiffLayout
from lattice_console.widgets.diff_notes import Note, Thread
from lattice_console.widgets.file_change import FileChange

LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"\n"]), max_size=60).map(b"".join)
SIDES: tuple[Side, Side] = ("old", "new")


def modified(old: bytes, new: bytes, path: str = "a.txt") -> FileChange:
    return FileChange.between("modify", path, None, old, new)


def numbered(count: int, **replaced: bytes) -> bytes:
    """Lines with their numbers, from 1; `_5=b"five"` stands for line 5."""
    return b"".join(replaced.get(f"_{number}", b"%d" % number) + b"\n" for number in range(1, count + 1))


def every(layout: DiffLayout) -> list[Row]:
    return [layout.row(number) for number in range(layout.total)]


def text(layout: DiffLayout, row: Row) -> str:
    """A row in words."""
    match row:
        case CoverRow(line):
            return line
        case BlankRow():
            return ""
        case FileRow(index):
            return f"# {layout.document.files[index].path}"
        case WordsRow(_, said):
            return f"note {said}"
        case FoldRow():
            return f"... {row.lines}"
        case NoteRow(thread, index, folded):
            return f"> {thread.notes[index].text}" + " folded" * folded
        case LineRow(file, old, new, block):
            compared = layout.document.files[file].diff
            shown = {
                side: compared.lines(side, line, line + 1)[0].decode()
                for side, line in zip(SIDES, (old, new), strict=True)
                if line is not None
            }
            if layout.split and compared.old is not None and compared.new is not None:
                return f"{shown.get('old', '')}|{shown.get('new', '')}"
            return f" {shown['new']}" if block is None else f"-{shown['old']}" if new is None else f"+{shown['new']}"


def words(layout: DiffLayout) -> list[str]:
    return [text(layout, row) for row in every(layout)]


def thread(
    id: str, line: int | None, *, side: Side = "new", file: int | None = 0, replies: int = 0, resolved: bool = False
) -> Thread:
    notes = tuple(Note(f"{id}-{number}", "raj", None, f"{id}{number}") for number in range(replies + 1))
    return Thread(id, notes, file, side, line, resolved=resolved)


@st.composite
def layouts(draw: st.DrawFn) -> DiffLayout:
    """One to three files, in either layout, after some folds were opened, files collapsed and threads given."""
    texts = draw(st.lists(st.tuples(LINES, LINES), min_size=1, max_size=3))
    files = [modified(old, new, f"{at}.txt") for at, (old, new) in enumerate(texts)]
    layout = DiffLayout(DiffDocument(files, [Cover(("why",))]), split=draw(st.booleans()))
    places = st.tuples(st.integers(0, len(files) - 1), st.sampled_from(SIDES), st.integers(1, 70), st.integers(0, 2))
    threads = [
        thread(f"t{number}-", line, side=side, file=file, replies=replies, resolved=draw(st.booleans()))
        for number, (file, side, line, replies) in enumerate(draw(st.lists(places, max_size=4)))
    ]
    layout.remark(threads, frozenset(known.id for known in threads if draw(st.booleans())))
    for _ in range(draw(st.integers(0, 3))):
        folds = [row for row in every(layout) if isinstance(row, FoldRow)]
        if folds:
            layout.open_fold(draw(st.sampled_from(folds)))
    layout.collapse({index: True for index in range(len(files)) if draw(st.integers(0, 3)) == 0})
    if draw(st.booleans()):
        layout.split = not layout.split
    return layout


def lines_shown(layout: DiffLayout, index: int) -> Iterator[tuple[Side, int]]:
    """Every line of a file that a row shows, or a fold hides, in order."""
    for row in every(layout):
        if isinstance(row, FoldRow) and row.file == index:
            old, new, _ = layout.files[index].gap(row.gap)
            for at in range(row.first, row.first + row.lines):
                yield "old", old + at
                yield "new", new + at
        elif isinstance(row, LineRow) and row.file == index:
            for side, line in zip(SIDES, (row.old, row.new), strict=True):
                if line is not None:
                    yield side, line


@given(layouts())
def test_every_line_of_both_sides_is_shown_or_folded_once_and_in_order(layout: DiffLayout) -> None:
    for file in layout.files:
        shown = list(lines_shown(layout, file.index))
        for side in SIDES:
            lines = [line for other, line in shown if other == side]
            assert lines == ([] if file.collapsed else list(range(file.change.diff.count(side))))


@given(layouts())
def test_rows_are_as_many_as_were_counted_and_folds_hide_more_than_one_line(layout: DiffLayout) -> None:
    rows = every(layout)
    assert all(row.lines > 1 for row in rows if isinstance(row, FoldRow))
    for file in layout.files:
        assert rows[layout.file_row(file.index)] == FileRow(file.index)
    assert [row for row in rows if isinstance(row, FileRow)] == [FileRow(file.index) for file in layout.files]


@given(layouts(), st.sampled_from(SIDES))
def test_a_spot_leads_back_to_its_row(layout: DiffLayout, wanted: Side) -> None:
    for number, row in enumerate(every(layout)):
        spot = layout.spot(number, wanted)
        if isinstance(row, LineRow | FoldRow | NoteRow | FileRow):
            assert layout.row_of(spot) == number
        if isinstance(row, LineRow):
            assert spot.line is not None
            assert (spot.side == wanted) == ((row.old if wanted == "old" else row.new) is not None)


@given(layouts(), st.data())
def test_jumps_find_what_a_walk_over_all_rows_finds(layout: DiffLayout, data: st.DataObject) -> None:
    heads: list[int] = []
    firsts: list[int] = []
    threads: list[int] = []
    begins: set[tuple[int | None, int | None]] = set()
    for number, row in enumerate(every(layout)):
        if isinstance(row, FileRow):
            heads.append(number)
            begins = set(_first_changes(layout.document.files[row.file]))
        elif isinstance(row, LineRow) and row.block is not None:
            shown = {(row.old, None), (None, row.new)} - {(None, None)}
            if shown & begins:
                firsts.append(number)
                begins -= shown
        elif isinstance(row, NoteRow) and row.index == 0:
            threads.append(number)
    start = data.draw(st.integers(0, layout.total - 1))
    for forward, expected in ((layout.next_file, heads), (layout.next_hunk, firsts), (layout.next_thread, threads)):
        assert forward(start) == next((at for at in expected if at > start), None)
    for backward, expected in (
        (layout.previous_file, heads),
        (layout.previous_hunk, firsts),
        (layout.previous_thread, threads),
    ):
        assert backward(start) == next((at for at in reversed(expected) if at < start), None)


def _first_changes(file: FileChange) -> Iterator[tuple[int | None, int | None]]:
    """Where one goes to in each hunk: the first line added in its first block, else the first removed, from 0."""
    for hunk in file.diff.hunks:
        changed = dropwhile(lambda line: line.origin == " ", hunk.lines)
        block = list(takewhile(lambda line: line.origin != " ", changed))
        line = next((line for line in block if line.origin == "+"), block[0])
        yield (line.old_no - 1 if line.old_no else None, line.new_no - 1 if line.new_no else None)


@given(layouts(), st.data())
def test_a_selection_holds_the_lines_of_its_side_between_two_rows(layout: DiffLayout, data: st.DataObject) -> None:
    one, other = sorted(data.draw(st.tuples(*[st.integers(0, layout.total - 1)] * 2)))
    side = data.draw(st.sampled_from(SIDES))
    index = layout.file_at(one)
    selected = layout.selected(one, other, side)
    if index is None or layout.file_at(other) != index:
        assert selected is None
        return
    lines = []
    for row in every(layout)[one : other + 1]:
        if isinstance(row, LineRow):
            line = row.old if side == "old" else row.new
            lines += [] if line is None else [line + 1]
        elif isinstance(row, FoldRow):
            first = layout.files[index].gap(row.gap)[0 if side == "old" else 1] + row.first
            lines += range(first + 1, first + row.lines + 1)
    assert selected == (Selection(index, side, lines[0], lines[-1]) if lines else None)


@given(layouts(), st.data())
def test_a_line_that_is_revealed_has_its_row(layout: DiffLayout, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(layout.files) - 1))
    side = data.draw(st.sampled_from(SIDES))
    count = layout.files[index].change.diff.count(side)
    if not count:
        return
    line = data.draw(st.integers(0, count - 1))
    layout.reveal(index, side, line)
    row = layout.row(layout.line_row(index, side, line))
    assert isinstance(row, LineRow)
    assert (row.old if side == "old" else row.new) == line


@given(layouts())
def test_every_thread_has_its_notes_under_its_line_or_its_file(layout: DiffLayout) -> None:
    rows = every(layout)
    for thread in layout._threads:
        assert thread.file is not None
        if layout.files[thread.file].collapsed:
            continue
        at = [number for number, row in enumerate(rows) if isinstance(row, NoteRow) and row.thread is thread]
        assert at == list(range(at[0], at[-1] + 1))
        before = next(row for row in reversed(rows[: at[0]]) if not isinstance(row, NoteRow | WordsRow))
        if isinstance(before, LineRow):
            assert (before.old if thread.side == "old" else before.new) == (thread.line or 0) - 1
        else:
            # Its line does not exist.
            assert before == FileRow(thread.file)
            assert (thread.line or 0) > layout.files[thread.file].change.diff.count(thread.side)


def test_a_document_reads_from_its_cover_down() -> None:
    logo = FileChange.between("create", "logo.png", None, None, b"\0" * 1500)
    moved = FileChange.between("rename", "old.md", "new.md", b"x\ny\n", b"x\ny\n")
    layout = DiffLayout(
        DiffDocument([modified(numbered(20), numbered(20, _10=b"ten")), logo, moved], [Cover(("why",))])
    )
    assert words(layout) == [
        "why",
        "",
        "# a.txt",
        "... 6",
        *(f" {number}" for number in (7, 8, 9)),
        "-10",
        "+ten",
        *(f" {number}" for number in (11, 12, 13)),
        "... 7",
        "",
        "# logo.png",
        "note new, binary, 1.5 kB",
        "note sha256 6249da5c681dd8a5",
        "",
        "# old.md",
        "note renamed, content unchanged",
        "... 2",
    ]
    assert [layout.file_at(row) for row in (0, 2, 12, 14, 18)] == [None, 0, 0, 1, 2]


def test_side_by_side_a_replaced_block_is_paired_line_by_line() -> None:
    layout = DiffLayout(
        DiffDocument([modified(b"a\nb\nc\n", b"a\nB\nc\nd\n"), modified(b"x\ny\n", b"z\n")]), split=True
    )
    assert words(layout) == ["# a.txt", "a|a", "b|B", "c|c", "|d", "", "# a.txt", "x|z", "y|"]


def test_a_file_with_one_side_is_not_put_beside_nothing() -> None:
    created = FileChange.between("create", "a.txt", None, None, b"a\nb\n")
    layout = DiffLayout(DiffDocument([created]), split=True)
    assert words(layout) == ["# a.txt", "note new", "+a", "+b"]


def test_a_fold_opens_by_steps_and_then_whole_and_closes_again() -> None:
    layout = DiffLayout(DiffDocument([modified(numbered(200), numbered(200, _1=b"one", _200=b"end"))]))
    assert "... 192" in words(layout)
    [fold] = [row for row in every(layout) if isinstance(row, FoldRow)]
    layout.open_fold(fold)
    assert "... 152" in words(layout)
    assert words(layout)[:4] == ["# a.txt", "-1", "+one", " 2"]
    [fold] = [row for row in every(layout) if isinstance(row, FoldRow)]
    layout.open_fold(fold)
    assert not any(isinstance(row, FoldRow) for row in every(layout))
    assert layout.has_opened(50)
    layout.close_folds(50)
    assert "... 192" in words(layout)
    assert not layout.has_opened(3)


def test_a_fold_at_the_start_of_a_file_opens_towards_the_change() -> None:
    layout = DiffLayout(DiffDocument([modified(numbered(200), numbered(200, _200=b"end"))]))
    layout.open_fold(next(row for row in every(layout) if isinstance(row, FoldRow)))
    assert words(layout)[1:3] == ["... 176", " 177"]


def test_everything_is_shown_and_folded_again() -> None:
    layout = DiffLayout(DiffDocument([modified(numbered(200), numbered(200, _100=b"hundred"))]))
    before = words(layout)
    layout.show_everything(True)
    assert layout.total == 202
    layout.show_everything(False)
    assert words(layout) == before


def test_a_thread_opens_the_fold_that_its_line_is_in() -> None:
    layout = DiffLayout(DiffDocument([modified(numbered(100), numbered(100, _90=b"ninety"))]))
    layout.remark([thread("t", 40, replies=1)], frozenset())
    assert words(layout)[:8] == ["# a.txt", "... 38", " 39", " 40", "> t0", "> t1", " 41", "... 45"]


def test_a_resolved_thread_is_one_row_until_it_is_opened() -> None:
    layout = DiffLayout(DiffDocument([modified(b"a\n", b"b\n")]))
    resolved = thread("t", 1, replies=2, resolved=True)
    layout.remark([resolved], frozenset())
    assert words(layout) == ["# a.txt", "-a", "+b", "> t0 folded"]
    layout.remark([resolved], frozenset(["t"]))
    assert words(layout)[3:] == ["> t0", "> t1", "> t2"]


def test_threads_without_a_line_stand_under_their_file_or_above_all_files() -> None:
    layout = DiffLayout(DiffDocument([modified(b"a\n", b"b\n")]))
    gone = Thread("gone", (Note("n", "raj", None, "gone"),), 0, "new", 1, gone=True)
    layout.remark([thread("file", None), gone, thread("all", None, file=None)], frozenset())
    assert words(layout) == ["> all0", "", "# a.txt", "> file0", "> gone", "-a", "+b"]


def test_a_collapsed_file_is_its_name_alone() -> None:
    layout = DiffLayout(DiffDocument([modified(b"a\n", b"b\n", name) for name in ("a", "b", "c")]))
    layout.collapse({0: True, 1: True})
    assert words(layout) == ["# a", "# b", "# c", "-a", "+b"]
    layout.reveal(1, "new", 0)
    assert words(layout) == ["# a", "# b", "-a", "+b", "", "# c", "-a", "+b"]


def test_what_a_dry_run_could_not_do_is_said_under_the_file() -> None:
    file = FileChange.between("create", "a.txt", None, None, b"x\n", "There is a file already.")
    assert words(DiffLayout(DiffDocument([file])))[:3] == ["# a.txt", "note There is a file already.", "note new"]


def test_a_change_of_whitespace_alone_is_said_where_that_is_ignored() -> None:
    file = modified(b"a\nb\n", b"a \nb\n").compared("trailing")
    assert words(DiffLayout(DiffDocument([file]))) == [
        "# a.txt",
        "note only whitespace changed, which is not shown",
        "... 2",
    ]


def test_a_rename_says_how_much_stayed() -> None:
    file = FileChange.between("rename", "a.md", "b.md", numbered(10), numbered(10, _10=b"ten"))
    assert words(DiffLayout(DiffDocument([file])))[1] == "note renamed, 81 % unchanged"


@given(LINES, LINES)
def test_a_rename_is_unchanged_in_a_share_between_none_and_all(old: bytes, new: bytes) -> None:
    assert 0 <= FileChange.between("rename", "a", "b", old, new)._alike() <= 100
    assert len(split_lines(old)) == modified(old, new).diff.count("old")


def test_a_cursor_above_the_files_is_nowhere_in_them() -> None:
    layout = DiffLayout(DiffDocument([modified(b"a\n", b"b\n")], [Cover(("why",))]))
    assert layout.spot(0) == Spot("cover")
    assert layout.spot(2) == Spot("file", 0)
    assert layout.spot(3) == Spot("line", 0, "old", 1)
    assert layout.spot(4, "old") == Spot("line", 0, "new", 1)
    assert DiffLayout(DiffDocument()).spot(0) == Spot("cover")


def test_fifty_thousand_lines_with_five_thousand_changes_are_rows_without_making_lines() -> None:
    lines = [b"line %d of the document\n" % number for number in range(50_000)]
    changed = [b"changed\n" if number % 10 == 0 else line for number, line in enumerate(lines)]
    layout = DiffLayout(DiffDocument([modified(b"".join(lines), b"".join(changed))]))
    assert layout.document.hunks == 5000
    assert layout.row(layout.total - 2) == LineRow(0, 49_993, 49_993, None)
