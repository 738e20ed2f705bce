"""A diff as rows."""

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.merge.lines import split_lines
from lattice_console.widgets.diff_document import Body, Cover, DiffDocument, FileHead, Fold, Note
from lattice_console.widgets.file_change import FileChange

LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"\n"]), max_size=60).map(b"".join)


def modified(old: bytes, new: bytes, path: str = "a.txt") -> FileChange:
    return FileChange.between("modify", path, None, old, new)


def rows(document: DiffDocument) -> list[str]:
    """Every row in words."""
    shown: list[str] = []
    for row in range(document.total):
        part, place = document.part(row)
        match part:
            case Cover():
                shown.append(part.lines[place])
            case FileHead():
                shown.append(f"# {part.file.path}")
            case Fold():
                shown.append(f"... {part.lines}")
            case Note():
                shown.append(f"note {part.text}")
            case Body():
                line = part.hunk.lines[place]
                shown.append(f"{line.origin}{line.content.decode()}")
            case _:
                shown.append("")
    return shown


@given(LINES, LINES)
def test_both_sides_can_be_read_back_from_the_rows(old: bytes, new: bytes) -> None:
    document = DiffDocument([modified(old, new)])
    sides: dict[str, list[bytes]] = {"-": [], "+": []}
    texts = {"-": split_lines(old), "+": split_lines(new)}
    for row in range(document.total):
        part, place = document.part(row)
        if isinstance(part, Fold):
            assert place == 0
            for side, lines in sides.items():
                lines.extend(texts[side][len(lines) : len(lines) + part.lines])
        elif isinstance(part, Body):
            line = part.hunk.lines[place]
            for side, lines in sides.items():
                if line.origin in (" ", side):
                    lines.append(line.content + b"\n" * line.newline)
    if old != new:
        assert b"".join(sides["-"]) == old
        assert b"".join(sides["+"]) == new


@given(st.lists(st.tuples(LINES, LINES), min_size=1, max_size=4), st.data())
def test_jumps_find_what_a_walk_over_all_rows_finds(texts: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    files = [modified(old, new, f"{at}.txt") for at, (old, new) in enumerate(texts)]
    document = DiffDocument(files, [Cover(("why",))])
    heads: list[int] = []
    firsts: list[int] = []
    known: set[int] = set()
    for row in range(document.total):
        part, place = document.part(row)
        if isinstance(part, FileHead):
            heads.append(row)
        elif isinstance(part, Body) and part.number not in known and part.hunk.lines[place].origin != " ":
            known.add(part.number)
            firsts.append(row)
    row = data.draw(st.integers(0, document.total - 1))
    assert document.next_file(row) == next((head for head in heads if head > row), None)
    assert document.previous_file(row) == next((head for head in reversed(heads) if head < row), None)
    assert document.next_hunk(row) == next((first for first in firsts if first > row), None)
    assert document.previous_hunk(row) == next((first for first in reversed(firsts) if first < row), None)
    assert document.hunks == len(firsts)


def test_a_document_reads_from_its_cover_down() -> None:
    old = b"".join(b"%d\n" % number for number in range(1, 21))
    new = old.replace(b"10\n", b"ten\n")
    logo = FileChange.between("create", "logo.png", None, None, b"\0" * 1500)
    moved = FileChange.between("rename", "old.md", "new.md", b"x\n", b"x\n")
    document = DiffDocument([modified(old, new), logo, moved], [Cover(("because",))])
    assert rows(document) == [
        "because",
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
        "",
        "# old.md",
        "note renamed, content unchanged",
    ]
    assert document.widest >= 13
    assert [document.file_at(row) for row in (0, 2, 12, 14, 17)] == [None, 0, 0, 1, 2]


def test_what_a_dry_run_could_not_do_is_said_under_the_file() -> None:
    file = FileChange.between("create", "a.txt", None, None, b"x\n", "There is a file already.")
    assert rows(DiffDocument([file]))[:3] == ["# a.txt", "note There is a file already.", "note new"]


def test_fifty_thousand_lines_with_five_thousand_changes_are_rows_without_making_lines() -> None:
    lines = [b"line %d of the document\n" % number for number in range(50_000)]
    changed = [b"changed\n" if number % 10 == 0 else line for number, line in enumerate(lines)]
    document = DiffDocument([modified(b"".join(lines), b"".join(changed))])
    assert document.hunks == 5000
    last, place = document.part(document.total - 2)
    assert isinstance(last, Body)
    assert last.hunk.lines[place].old_no is not None
