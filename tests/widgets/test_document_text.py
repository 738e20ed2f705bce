"""A document to read."""

from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.models.spec import Finding
from lattice_console.widgets.document_text import CHUNK, DocumentText, NoteRow

JSON = b'{\n  "name": "auth",\n  "depends_on": ["plans"]\n}\n'


def finding(line: int | None, message: str = "It is wrong.") -> Finding:
    return Finding(path="a.json", rule="schema", severity="error", message=message, line=line)


@given(st.integers(1, 30), st.lists(st.one_of(st.none(), st.integers(1, 40)), max_size=8), st.integers(20, 60))
def test_every_line_has_its_row_and_every_finding_stands_beneath_its_line(
    count: int, places: list[int | None], width: int
) -> None:
    text = DocumentText("a.json", b"x\n" * count)
    text.arrange([finding(place, "It is wrong because of this and that.") for place in places], width)
    rows = [text.row(index) for index in range(text.total)]
    assert [row for row in rows if isinstance(row, int)] == list(range(count))
    for line in range(count):
        assert rows[text.row_of(line)] == line
    under = 0
    for row in rows:
        if isinstance(row, NoteRow):
            assert under == min(row.finding.line or 0, count)
            assert len(row.text) <= width
        else:
            under = row + 1
    assert sum(isinstance(row, NoteRow) and row.first for row in rows) == len(places)


def test_one_goes_from_finding_to_finding() -> None:
    text = DocumentText("a.json", JSON)
    text.arrange([finding(3), finding(None), finding(2)], 60)
    found, row = [], text.note_after(-1, 1)
    while row is not None:
        note = text.row(row)
        assert isinstance(note, NoteRow)
        found.append(note.finding.line)
        row = text.note_after(row, 1)
    assert found == [None, 2, 3]
    assert text.note_after(0, -1) is None
    assert text.note_after(text.total, -1) == text.row_of(2) + 1


def test_colours_join_to_the_lines_and_are_kept_by_chunks() -> None:
    text = DocumentText("a.json", JSON + b'{"more": 1}\n' * (2 * CHUNK))
    assert text.uncoloured(0, text.lines) == [0, 1, 2]
    text.keep(text.colour([0, 1]))
    assert text.uncoloured(0, text.lines) == [2]
    for line in range(2 * CHUNK):
        assert "".join(piece for _, piece in text.runs(line) or []) == text.text(line)
    assert ("key", '"name"') in (text.runs(1) or [])
    assert text.runs(2 * CHUNK) is None


def test_what_has_no_lines_is_told_in_words() -> None:
    assert DocumentText("a.png", b"\x89PNG\0" * 400).plain[0] == "It is binary: 2.0 kB."
    assert DocumentText("a.md", b"").plain == ("It is empty.",)
    assert DocumentText("a.md", b"").total == 0
    assert not DocumentText("a.md", b"text").plain


def test_hostile_bytes_are_shown_and_do_nothing() -> None:
    text = DocumentText("a.txt", b"\x1b[31mred \xe2\x80\xae \xff\tend\r\n")
    shown = text.text(0)
    assert shown.startswith("⟨U+001B⟩[31mred ⟨U+202E⟩ ⟨FF⟩ ")
    assert shown.endswith("end")
    assert shown.isprintable()
