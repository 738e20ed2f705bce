"""Applies patches to documents: exactly as `git apply` does, or not at all, with the hunk named.

The search is that of git's apply.c, read for its facts: the place that the header names, then one line forward, one
line back, two forward and so on; a hunk that begins at line 1 has to match the start, one without trailing context the
end; no context is ever dropped; what one hunk has written, the next does not match. It is found without walking: lines
are characters of a string here, which is searched in time linear in its length.

Two results of git's are refused, because they join two lines into one that nobody wrote: a hunk whose last context line
lacks its newline, at a place where the line has one and others follow; and lines put behind a last line that lacks its
newline.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from lattice_console.merge.lines import split_lines
from lattice_console.merge.patch_model import FilePatch, HunkName, Operation, PatchError, PatchHunk
from lattice_console.merge.patch_parse import parse

__all__ = ["FilePatch", "HunkName", "Operation", "PatchError", "PatchHunk", "apply", "parse"]

_SPACES = b" \t\r\n"
_LAST_CHARACTER = 0x10FFFF
_FIRST_RADIUS = 256
_RADIUS_GROWTH = 8
# How many lines may be looked at for all hunks of one file, about three seconds' work; and what counts as so many
# lines: a step of a search, and moving a replaced range because a hunk stands before earlier ones. Only thousands of
# hunks, each hundreds of thousands of lines from the one that it names, reach the limit.
_SEARCH_LIMIT = 2_000_000_000
_STEP_COST = 1000
_MOVE_COST = 30
# How far around its place, and for how many of its lines, a hunk that is not found is compared for the message.
_HINT_RADIUS = 500
_HINT_LINES = 50


def apply(base: bytes | None, file_patch: FilePatch) -> bytes | None:
    """What `file_patch` makes of `base`, the content of its `old_path`; None is a file that does not exist.

    Whether the new path of a created or renamed file is free is for the caller to say.

    Raises:
        PatchError: the file exists and should not, or the other way round; a hunk's lines are not found; a deletion
            would leave lines; or the search takes too long.
    """
    if file_patch.operation is Operation.CREATE:
        if base is not None:
            raise PatchError("it makes a new file, but the file exists", file=file_patch.path)
    elif base is None and not file_patch.creates_if_missing:
        raise PatchError("the file does not exist", file=file_patch.path)
    document = _Document(base or b"", file_patch)
    for hunk in file_patch.hunks:
        document.apply(hunk)
    result = document.content()
    if file_patch.operation is not Operation.DELETE:
        return result
    if result:
        raise PatchError(
            "it deletes the file, but the file holds more lines than the patch removes", file=file_patch.path
        )
    return None


class _Document:
    """A document while hunks are applied to it: its base, and what has been put in place of ranges of its lines.

    Lines have two numbers, both from 0: the one in the base, and the one that they have now. The replaced ranges are
    kept in order, and all that lies between them is as it was, so that a search is a search in the base.
    """

    def __init__(self, base: bytes, file_patch: FilePatch) -> None:
        self._path = file_patch.path
        self._hunks = file_patch.hunks
        self._base = split_lines(base)
        self._size = len(self._base)
        # Of each replaced range: where it begins and ends in the base, where it begins now, and its lines now.
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._now: list[int] = []
        self._lines: list[Sequence[bytes]] = []
        self._characters: dict[bytes, str] = {}
        self._text = ""
        self._reversed = ""
        self._work = 0

    def content(self) -> bytes:
        parts: list[bytes] = []
        at = 0
        for start, end, lines in zip(self._starts, self._ends, self._lines, strict=True):
            parts += self._base[at:start]
            parts += lines
            at = end
        parts += self._base[at:]
        return b"".join(parts)

    def apply(self, hunk: PatchHunk) -> None:
        at_start, at_end = hunk.old_start <= 1, not hunk.trailing
        if at_start or at_end:
            place = 0 if at_start else self._size - len(hunk.old)
            if at_end and place + len(hunk.old) != self._size:
                found = None
            else:
                found = self._place_in_base(hunk, place)
        else:
            found = self._nearest(hunk, min(max(hunk.new_start - 1, 0), self._size))
        if found is None:
            raise self._error(hunk, self._why_not(hunk, at_start, at_end))
        self._replace(hunk, found)

    def _place_in_base(self, hunk: PatchHunk, place: int) -> int | None:
        """The line of the base at which `hunk` matches if it is put at line `place` of now; None if it does not."""
        if place < 0:
            return None
        index = bisect_right(self._now, place) - 1
        if not hunk.old:
            return len(self._base)
        if index >= 0 and place < self._now[index] + len(self._lines[index]):
            return None
        start = place - self._growth(index)
        return start if self._is_free(start, len(hunk.old)) and self._fits(hunk, start) else None

    def _growth(self, index: int) -> int:
        """How many lines lie before the base's line behind range `index` that did not, or no longer if negative."""
        return self._now[index] + len(self._lines[index]) - self._ends[index] if index >= 0 else 0

    def _is_free(self, start: int, size: int) -> bool:
        """Whether the base has `size` lines from `start` on, none of them replaced."""
        return start + size <= len(self._base) and self._replaced_in(start, size) is None

    def _replaced_in(self, start: int, size: int) -> int | None:
        """The last replaced range that takes one of `size` lines of the base from `start` on."""
        index = bisect_left(self._starts, start + size) - 1
        return index if index >= 0 and self._ends[index] > start else None

    def _fits(self, hunk: PatchHunk, start: int) -> bool:
        """Whether the hunk's old lines are those of the base from `start` on, as git compares them."""
        size = len(hunk.old)
        found = self._base[start : start + size]
        return found[:-1] == hunk.old[:-1] and self._is_last(hunk, found[-1])

    def _is_last(self, hunk: PatchHunk, found: bytes) -> bool:
        # git compares bytes up to the hunk's last one, and lines but for their blanks. So a context line that lacks its
        # newline matches one that has it, or has blanks before it.
        last = hunk.old[-1]
        if last.endswith(b"\n") or not hunk.trailing:
            return found == last
        return found.startswith(last) and not found[len(last) :].strip(_SPACES)

    def _replace(self, hunk: PatchHunk, start: int) -> None:
        """Put the hunk's new lines in place of its old ones, which begin at line `start` of the base."""
        end = start + len(hunk.old)
        index = bisect_right(self._starts, start) if hunk.old else len(self._starts)
        now = start + self._growth(index - 1)
        follows = now + len(hunk.old) < self._size
        if hunk.new and follows and not hunk.new[-1].endswith(b"\n"):
            raise self._error(hunk, "its last line has no newline, but in the file other lines follow")
        if not hunk.old and hunk.new and self._size and not self._last_line().endswith(b"\n"):
            raise self._error(hunk, "it adds lines at the end, but the file's last line has no newline")
        growth = len(hunk.new) - len(hunk.old)
        self._spend(hunk, (len(self._starts) - index) * _MOVE_COST)
        for later in range(index, len(self._now)):
            self._now[later] += growth
        self._starts.insert(index, start)
        self._ends.insert(index, end)
        self._now.insert(index, now)
        self._lines.insert(index, hunk.new)
        self._size += growth

    def _last_line(self) -> bytes:
        if self._ends and self._ends[-1] == len(self._base):
            return next((lines[-1] for lines in reversed(self._lines) if lines), b"\n")
        return self._base[-1]

    def _nearest(self, hunk: PatchHunk, place: int) -> int | None:
        """The line of the base at which `hunk` matches nearest to line `place` of now, the one behind it first."""
        found = self._place_in_base(hunk, place)
        if found is not None:
            return found
        pattern = self._pattern(hunk)
        radius = _FIRST_RADIUS
        while True:
            after = self._first(hunk, pattern, self._base_from(place), self._base_from(place + radius))
            before = self._last(hunk, pattern, self._base_from(place - radius), self._base_before(place))
            distances = [
                (abs(self._now_of(start) - place), start < self._base_from(place), start)
                for start in (after, before)
                if start is not None
            ]
            distance, _, start = min(distances, default=(radius + 1, False, 0))
            if distance <= radius:
                return start
            if radius > self._size:
                return None
            radius *= _RADIUS_GROWTH

    def _base_from(self, place: int) -> int:
        """The first line of the base that is not replaced and stands at line `place` of now or behind it."""
        index = bisect_right(self._now, place) - 1
        if index >= 0 and place < self._now[index] + len(self._lines[index]):
            return self._ends[index]
        return min(max(place - self._growth(index), 0), len(self._base))

    def _base_before(self, place: int) -> int:
        """The line of the base behind the last one that is not replaced and stands before line `place` of now."""
        index = bisect_left(self._now, place) - 1
        if index >= 0 and place <= self._now[index] + len(self._lines[index]):
            return self._starts[index]
        return place - self._growth(index)

    def _now_of(self, start: int) -> int:
        return start + self._growth(bisect_right(self._starts, start) - 1)

    def _pattern(self, hunk: PatchHunk) -> str:
        """The old lines that have to be equal, as characters; makes the base such a string when first asked."""
        if not self._text:
            characters = self._characters
            for line in (line for each in self._hunks for line in each.old):
                if line not in characters:
                    if len(characters) == _LAST_CHARACTER:
                        raise self._error(hunk, f"the patch expects more than {_LAST_CHARACTER} different lines")
                    characters[line] = chr(len(characters) + 1)
            self._text = "".join([characters.get(line, "\0") for line in self._base])
            self._reversed = self._text[::-1]
        lines = hunk.old if hunk.old[-1].endswith(b"\n") else hunk.old[:-1]
        return "".join([self._characters[line] for line in lines])

    def _first(self, hunk: PatchHunk, pattern: str, low: int, high: int) -> int | None:
        """The first match that begins between lines `low` and `high` of the base, both included."""
        size = len(hunk.old)
        high = min(high, len(self._base) - size)
        while low <= high:
            start = self._text.find(pattern, low, high + len(pattern))
            self._spend(hunk, (high if start < 0 else start) - low)
            if start < 0:
                return None
            replaced = self._replaced_in(start, size)
            if replaced is not None:
                low = self._ends[replaced]
            elif self._is_last(hunk, self._base[start + size - 1]):
                return start
            else:
                low = start + 1
        return None

    def _last(self, hunk: PatchHunk, pattern: str, low: int, high: int) -> int | None:
        """The last match that begins at line `low` of the base or behind it, and before line `high`."""
        size, lines, pattern = len(hunk.old), len(self._base), pattern[::-1]
        high = min(high, lines - size + 1)
        while low < high:
            # Backwards, the match begins with its last line that is compared as a character.
            top = high - 1 + len(pattern)
            found = self._reversed.find(pattern, lines - top, lines - low)
            start = lines - found - len(pattern)
            self._spend(hunk, high - (low if found < 0 else start))
            if found < 0:
                return None
            replaced = self._replaced_in(start, size)
            if replaced is not None:
                high = self._starts[replaced] - size + 1
            elif self._is_last(hunk, self._base[start + size - 1]):
                return start
            else:
                high = start
        return None

    def _spend(self, hunk: PatchHunk, lines: int) -> None:
        self._work += max(lines, 0) + _STEP_COST
        if self._work > _SEARCH_LIMIT:
            raise self._error(hunk, "so many hunks are far from the lines they name that the search was given up")

    def _why_not(self, hunk: PatchHunk, at_start: bool, at_end: bool) -> str:
        if not hunk.leading and at_end and not at_start:
            return "it has no context lines, so it applies to the end of the file only, and the file ends otherwise"
        if at_start and at_end:
            return "it begins at line 1 and has no context after its changes, so the file should hold its lines alone"
        if at_start:
            reason = "it begins at line 1, but the file does not begin with its lines"
        elif at_end:
            reason = "it has no context after its changes, but the file does not end with its lines"
        elif self._starts and hunk.old[-1].endswith(b"\n") and self._pattern(hunk) in self._text:
            return "its lines overlap those of an earlier hunk"
        else:
            reason = "its context is not found"
        return reason + self._hint(hunk)

    def _hint(self, hunk: PatchHunk) -> str:
        """Where around the hunk's place most of its lines stand."""
        lines = hunk.old[:_HINT_LINES]
        place = min(max(hunk.old_start - 1, 0), len(self._base))
        best, matching = place, [False] * len(lines)
        for start in range(max(place - _HINT_RADIUS, 0), min(place + _HINT_RADIUS, len(self._base))):
            found = [old == new for old, new in zip(lines, self._base[start : start + len(lines)], strict=False)]
            if (sum(found), -abs(start - place)) > (sum(matching), -abs(best - place)):
                best, matching = start, found
        if not any(matching):
            return ""
        share = f"{sum(matching)} of its {'first ' if len(hunk.old) > len(lines) else ''}{len(lines)} lines match"
        if False in matching:
            share += f", the first that differs is line {best + matching.index(False) + 1}"
        return f"; nearest: line {best + 1}, {share}"

    def _error(self, hunk: PatchHunk, reason: str) -> PatchError:
        return PatchError(reason, file=self._path, hunk=hunk.name)
