"""The one module that knows libgit2: its line comparison and its three-way merge, on plain buffers.

pygit2 brings the library and fills in the options of the version it carries. The work itself is called through
`ctypes`, which gives the interpreter lock back while it runs; pygit2's own `Patch.create_from` holds it, for seconds
on the largest documents, and its merge takes no plain buffers. The library is loaded on first use, not when this
module is imported.
"""

import ctypes
import os
import struct
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Literal

__all__ = ["Favor", "Libgit2Error", "Style", "Whitespace", "changed_ranges", "merge_lines"]

Whitespace = Literal["exact", "trailing", "amount", "all"]
"""What of whitespace counts: all of it; not that at a line's end; not its amount; none."""

Style = Literal["merge", "diff3", "zdiff3"]
"""How markers show a conflict: both sides; with the base; with the base, and without what both sides begin or end with.
"""

Favor = Literal["ours", "theirs", "union"]
"""What settles every conflict: one side of it, or the lines of both."""

_OPTIONS_VERSION = 1
# `git_diff_hunk` begins with old_start, old_lines, new_start and new_lines.
_HUNK_RANGE = struct.Struct("=4i")


class Libgit2Error(RuntimeError):
    """libgit2 could not compare or merge buffers; its message says why."""


class _ErrorRecord(ctypes.Structure):
    """`git_error`: what failed last on this thread."""

    _fields_ = (("message", ctypes.c_char_p), ("klass", ctypes.c_int))


class _MergeInput(ctypes.Structure):
    """`git_merge_file_input`: one side of a merge."""

    _fields_ = (
        ("version", ctypes.c_uint),
        ("ptr", ctypes.c_char_p),
        ("size", ctypes.c_size_t),
        ("path", ctypes.c_char_p),
        ("mode", ctypes.c_uint),
    )


class _MergeOptions(ctypes.Structure):
    """`git_merge_file_options`: how conflicts are shown."""

    _fields_ = (
        ("version", ctypes.c_uint),
        ("ancestor_label", ctypes.c_char_p),
        ("our_label", ctypes.c_char_p),
        ("their_label", ctypes.c_char_p),
        ("favor", ctypes.c_int),
        ("flags", ctypes.c_uint),
        ("marker_size", ctypes.c_ushort),
    )


class _MergeOutput(ctypes.Structure):
    """`git_merge_file_result`: what came of a merge; the library owns what it points to."""

    _fields_ = (
        ("automergeable", ctypes.c_uint),
        ("path", ctypes.c_void_p),
        ("mode", ctypes.c_uint),
        ("ptr", ctypes.c_void_p),
        ("len", ctypes.c_size_t),
    )


@cache
def _library() -> ctypes.CDLL:
    """The functions of the library, typed."""
    # The symbols resolve through the extension to the libgit2 that it is linked with, wherever that lies.
    functions = ctypes.CDLL(import_module("pygit2._libgit2").__file__)
    buffer = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p)
    functions.git_patch_from_buffers.argtypes = (ctypes.c_void_p, *buffer, *buffer, ctypes.c_void_p)
    functions.git_patch_from_buffers.restype = ctypes.c_int
    functions.git_patch_num_hunks.argtypes = (ctypes.c_void_p,)
    functions.git_patch_num_hunks.restype = ctypes.c_size_t
    functions.git_patch_get_hunk.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
    functions.git_patch_get_hunk.restype = ctypes.c_int
    functions.git_patch_free.argtypes = (ctypes.c_void_p,)
    functions.git_patch_free.restype = None
    functions.git_error_last.argtypes = ()
    functions.git_error_last.restype = ctypes.POINTER(_ErrorRecord)
    functions.git_merge_file_input_init.argtypes = (ctypes.POINTER(_MergeInput), ctypes.c_uint)
    functions.git_merge_file_input_init.restype = ctypes.c_int
    functions.git_merge_file_options_init.argtypes = (ctypes.POINTER(_MergeOptions), ctypes.c_uint)
    functions.git_merge_file_options_init.restype = ctypes.c_int
    functions.git_merge_file.argtypes = (
        ctypes.POINTER(_MergeOutput),
        *(ctypes.POINTER(_MergeInput),) * 3,
        ctypes.POINTER(_MergeOptions),
    )
    functions.git_merge_file.restype = ctypes.c_int
    functions.git_merge_file_result_free.argtypes = (ctypes.POINTER(_MergeOutput),)
    functions.git_merge_file_result_free.restype = None
    return functions


@dataclass(frozen=True, slots=True)
class _DiffOptions:
    """The options of a comparison."""

    owner: Any  # Owns the memory that `address` points to.
    address: int


@cache
def _diff_options(whitespace: Whitespace, indent_heuristic: bool) -> _DiffOptions:
    from pygit2.enums import DiffOption
    from pygit2.ffi import C as lib
    from pygit2.ffi import ffi

    options = ffi.new("git_diff_options *")
    if lib.git_diff_options_init(options, _OPTIONS_VERSION) < 0:
        raise Libgit2Error("this libgit2 does not know the diff options that pygit2 was built with")
    ignored = {
        "exact": DiffOption(0),
        "trailing": DiffOption.IGNORE_WHITESPACE_EOL,
        "amount": DiffOption.IGNORE_WHITESPACE_CHANGE,
        "all": DiffOption.IGNORE_WHITESPACE,
    }
    heuristic = DiffOption.INDENT_HEURISTIC if indent_heuristic else DiffOption(0)
    # Callers have judged what is binary by git's rule, which is not libgit2's.
    options.flags = int(DiffOption.FORCE_TEXT | heuristic | ignored[whitespace])
    options.context_lines = 0
    options.interhunk_lines = 0
    return _DiffOptions(options, int(ffi.cast("uintptr_t", options)))


def changed_ranges(
    old: bytes, new: bytes, whitespace: Whitespace = "exact", *, indent_heuristic: bool = True
) -> list[tuple[int, int, int, int]]:
    """What differs between two texts, line by line: Myers with the indent heuristic, git's default for a diff.

    Without the heuristic they are the changes that a merge compares. Each tuple is (old_start, old_lines, new_start,
    new_lines), in order, without context and never adjoining, in the numbers of a hunk header: counted from 1, and
    where a side has no lines, the line after which they would stand. Where whitespace is ignored, the lines between two
    tuples are as many on both sides, but need not have equal bytes.

    Raises:
        Libgit2Error: libgit2 refused the buffers (more than 1 GB) or ran out of memory.
    """
    library, options = _library(), _diff_options(whitespace, indent_heuristic)
    patch = ctypes.c_void_p()
    code = library.git_patch_from_buffers(
        ctypes.byref(patch), old, len(old), None, new, len(new), None, options.address
    )
    if code < 0:
        raise _error("compare", code)
    try:
        return _ranges(library, patch)
    finally:
        library.git_patch_free(patch)


def _ranges(library: ctypes.CDLL, patch: ctypes.c_void_p) -> list[tuple[int, int, int, int]]:
    get_hunk, string_at, size = library.git_patch_get_hunk, ctypes.string_at, _HUNK_RANGE.size
    hunk = ctypes.c_void_p()
    out = ctypes.byref(hunk)
    heads: list[bytes] = []
    for index in range(library.git_patch_num_hunks(patch)):
        code = get_hunk(out, None, patch, index)
        if code < 0 or hunk.value is None:
            raise _error("compare", code)
        heads.append(string_at(hunk.value, size))
    return [(a, b, c, d) for a, b, c, d in _HUNK_RANGE.iter_unpack(b"".join(heads))]


def merge_lines(
    base: bytes,
    ours: bytes,
    theirs: bytes,
    *,
    style: Style = "merge",
    favor: Favor | None = None,
    labels: tuple[bytes, bytes, bytes] = (b"ours", b"base", b"theirs"),
    marker_size: int = 7,
) -> tuple[bool, bytes]:
    """Merge two descendants of a base by lines, as `git merge-file` does: whether that is clean, and the bytes.

    The bytes of a merge that is not clean hold conflicts between markers of `marker_size` (1 to 65535) signs, in
    `style`, with `labels` for ours, base and theirs; `favor` takes one side of each conflict, or both, instead.
    The caller has looked for NUL in the first 8000 bytes of each side: libgit2 merges no such text.

    Raises:
        Libgit2Error: libgit2 refused the buffers (more than 1 GB) or ran out of memory.
    """
    from pygit2.enums import MergeFavor, MergeFileFlag

    library = _library()
    options = _MergeOptions()
    sides = [_MergeInput() for _ in range(3)]
    codes = [library.git_merge_file_options_init(options, _OPTIONS_VERSION)]
    codes += [library.git_merge_file_input_init(side, _OPTIONS_VERSION) for side in sides]
    if min(codes) < 0:
        raise Libgit2Error("this libgit2 does not know the merge options of its first version")
    for side, content in zip(sides, (base, ours, theirs), strict=True):
        side.ptr, side.size = content, len(content)
    styles = {
        "merge": MergeFileFlag.STYLE_MERGE,
        "diff3": MergeFileFlag.STYLE_DIFF3,
        "zdiff3": MergeFileFlag.STYLE_ZDIFF3,
    }
    favors = {
        None: MergeFavor.NORMAL,
        "ours": MergeFavor.OURS,
        "theirs": MergeFavor.THEIRS,
        "union": MergeFavor.UNION,
    }
    # Conflicts with nothing but signs and blanks between them are shown as one, as git's command does.
    options.flags = int(styles[style] | MergeFileFlag.SIMPLIFY_ALNUM)
    options.favor = int(favors[favor])
    options.our_label, options.ancestor_label, options.their_label = labels
    options.marker_size = marker_size
    output = _MergeOutput()
    code = library.git_merge_file(output, *sides, options)
    if code < 0:
        raise _error("merge", code)
    try:
        return bool(output.automergeable), ctypes.string_at(output.ptr, output.len) if output.len else b""
    finally:
        library.git_merge_file_result_free(output)


def drawn_label() -> bytes:
    """A label for markers that nobody can have written into a document; its signs are quick to look for."""
    return bytes(1 + byte % 8 for byte in os.urandom(40))


def _error(verb: str, code: int) -> Libgit2Error:
    record = _library().git_error_last()
    text = record.contents.message if record else None
    reason = (text or b"no reason given").decode(errors="replace")
    return Libgit2Error(f"libgit2 could not {verb} the texts: {reason} ({code})")
