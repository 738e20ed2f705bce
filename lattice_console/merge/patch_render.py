"""Writes one file's part of a patch anew, to stand alone."""

from collections.abc import Iterable, Iterator

from lattice_console.merge.patch_model import FilePatch, Operation, PatchHunk
from lattice_console.merge.quoting import quote, quote_with_prefix

__all__ = ["render"]

_NO_NEWLINE = b"\\ No newline at end of file\n"


def render(file_patch: FilePatch) -> bytes:
    """A patch of that file alone, which applies exactly where `file_patch` does and with the same result.

    Context lines between two changed ones are written as removed and added: how they were told apart is forgotten.
    """
    old, new = (
        name.encode() for name in (file_patch.old_path or file_patch.path, file_patch.new_path or file_patch.path)
    )
    label_a, label_b = quote_with_prefix(b"a/", old), quote_with_prefix(b"b/", new)
    parts = []
    if not file_patch.creates_if_missing:
        parts.append(b"diff --git %b %b\n" % (label_a, label_b))
    match file_patch.operation:
        case Operation.CREATE:
            parts.append(b"new file mode 100644\n")
            label_a = b"/dev/null"
        case Operation.DELETE:
            parts.append(b"deleted file mode 100644\n")
            label_b = b"/dev/null"
        case Operation.RENAME:
            parts.append(b"rename from %b\nrename to %b\n" % (quote(old), quote(new)))
        case Operation.MODIFY:
            pass
    if file_patch.hunks:
        # A tab ends a name that holds a blank, for readers that take a blank for the end.
        parts.extend(
            b"%b %b%b\n" % (sign, label, b"\t" if b" " in label else b"")
            for sign, label in ((b"---", label_a), (b"+++", label_b))
        )
    for hunk in file_patch.hunks:
        parts.extend(_hunk(hunk))
    return b"".join(parts)


def _hunk(hunk: PatchHunk) -> Iterator[bytes]:
    old_size, new_size = len(hunk.old), len(hunk.new)
    yield b"@@ -%d,%d +%d,%d @@\n" % (hunk.old_start, old_size, hunk.new_start, new_size)
    yield from _lines(b" ", hunk.old[: hunk.leading])
    yield from _lines(b"-", hunk.old[hunk.leading : old_size - hunk.trailing])
    yield from _lines(b"+", hunk.new[hunk.leading : new_size - hunk.trailing])
    yield from _lines(b" ", hunk.old[old_size - hunk.trailing :])


def _lines(sign: bytes, lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        yield sign + line if line.endswith(b"\n") else sign + line + b"\n" + _NO_NEWLINE
