"""Documents, edits and patches that are hard on a diff and on a patch applier."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from lattice_console.merge.diff import diff

# Few different lines, so that a hunk fits in several places; some that differ in blanks alone.
LINE = st.sampled_from(
    [b"a", b"a", b"b", b"b", b"c", b"}", b"", b" ", b"a ", b"a\r", b"b\r", b"\xff\xfe", b"@@ -1 +1 @@"]
)
LINES = st.lists(LINE, max_size=25)
LONG_LINES = st.lists(LINE, min_size=12, max_size=30)


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    """A document of few different lines, at times with CRLF, a byte order mark or no final newline."""
    return joined(draw(LINES), draw(ENDINGS))


ENDINGS = st.sampled_from(["", "", "", "crlf", "bom", "incomplete", "incomplete"])


def joined(lines: list[bytes], ending: str) -> bytes:
    end = b"\r\n" if ending == "crlf" else b"\n"
    text = b"".join(line + end for line in lines)
    if ending == "bom":
        text = b"\xef\xbb\xbf" + text
    return text[:-1] if ending == "incomplete" and not text.endswith(b"\n\n") and text != b"\n" else text


@st.composite
def edited(draw: st.DrawFn, lines: list[bytes], most: int) -> list[bytes]:
    """`lines` with up to `most` ranges of them replaced."""
    result = list(lines)
    for _ in range(draw(st.integers(0, most))):
        at = draw(st.integers(0, len(result)))
        result[at : at + draw(st.integers(0, 3))] = draw(st.lists(LINE, max_size=4))
    return result


@dataclass(frozen=True)
class Rows:
    """A hunk as a patch writes it: where it begins, and its lines as (sign, content, whether a newline follows)."""

    old_start: int
    new_start: int
    rows: tuple[tuple[bytes, bytes, bool], ...]

    def render(self) -> bytes:
        """The hunk's text, with the numbers of lines that it really has."""
        old = sum(sign != b"+" for sign, _, _ in self.rows)
        new = sum(sign != b"-" for sign, _, _ in self.rows)
        text = b"@@ -%d,%d +%d,%d @@\n" % (self.old_start, old, self.new_start, new)
        for sign, content, newline in self.rows:
            text += sign + content + b"\n" + (b"" if newline else b"\\ No newline at end of file\n")
        return text


def hunks_between(old: bytes, new: bytes, context: int) -> list[Rows]:
    """The hunks of the diff between two documents."""
    return [
        Rows(
            hunk.old_start,
            hunk.new_start,
            tuple((line.origin.encode(), line.content, line.newline) for line in hunk.lines),
        )
        for hunk in diff(old, new, context=context).hunks
    ]


@st.composite
def _mutated(draw: st.DrawFn, hunks: list[Rows]) -> list[Rows]:
    """`hunks` as a careless hand might leave them, each still with something to change."""
    result = list(hunks)
    at = draw(st.integers(0, len(result) - 1))
    hunk = result[at]
    kind = draw(st.sampled_from(["shift", "shift", "trim", "trim", "number", "repeat", "swap", "drop", "newline"]))
    if kind == "shift":
        shift = draw(st.integers(-8, 8))
        result[at] = replace(hunk, old_start=max(hunk.old_start + shift, 0), new_start=max(hunk.new_start + shift, 0))
    elif kind == "trim":
        edge = draw(st.sampled_from([0, -1]))
        if hunk.rows[edge][0] == b" ":
            result[at] = replace(hunk, rows=hunk.rows[1:] if edge == 0 else hunk.rows[:-1])
    elif kind == "number":
        number = st.integers(0, 30)
        result[at] = replace(hunk, old_start=draw(number), new_start=draw(number))
    elif kind == "repeat":
        result.insert(draw(st.integers(0, len(result))), hunk)
    elif kind == "swap":
        result.insert(draw(st.integers(0, len(result) - 1)), result.pop(at))
    elif kind == "drop" and len(result) > 1:
        del result[at]
    elif kind == "newline" and hunk.rows[-1][1]:
        *others, (sign, content, newline) = hunk.rows
        result[at] = replace(hunk, rows=(*others, (sign, content, not newline)))
    return result


@st.composite
def drifted_patches(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A document and the hunks of a patch that was made for an earlier state of it, perhaps damaged since."""
    lines = draw(st.one_of(LINES, LONG_LINES, LONG_LINES, LONG_LINES))
    ending = draw(ENDINGS)
    old = joined(lines, ending)
    new = joined(draw(edited(lines, 4)), draw(st.sampled_from([ending, ending, "incomplete", ""])))
    hunks = hunks_between(old, new, draw(st.sampled_from([3, 3, 2, 1, 1, 0])))
    if hunks:
        for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
            hunks = draw(_mutated(hunks))
    base = joined(draw(edited(lines, 3)), draw(st.sampled_from([ending, ending, ending, "incomplete", ""])))
    return base, b"".join(hunk.render() for hunk in hunks)


@st.composite
def merges(draw: st.DrawFn) -> tuple[bytes, bytes, bytes]:
    """A base and two descendants that were edited apart from each other, often in the same places."""
    lines, ending = draw(st.one_of(LINES, LONG_LINES)), draw(ENDINGS)
    sides = [joined(draw(edited(lines, 4)), draw(st.sampled_from([ending, ending, ending, "incomplete", "crlf"])))]
    sides += [joined(draw(edited(lines, 4)), draw(st.sampled_from([ending, ending, ending, "incomplete"])))]
    return joined(lines, ending), sides[0], sides[1]
