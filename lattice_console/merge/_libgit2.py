"""The one module that knows libgit2: its line comparison on plain buffers.

pygit2 brings the library and fills in the options of the version it carries. The comparison itself is called through
`ctypes`, which gives the interpreter lock back while it runs; pygit2's own `Patch.create_from` holds it, for seconds
on the largest documents. Both are loaded on the first comparison, not when this module is imported.
"""

import ctypes
import struct
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Literal

__all__ = ["Libgit2Error", "Whitespace", "changed_ranges"]

Whitespace = Literal["exact", "trailing", "amount", "all"]
"""What of whitespace counts: all of it; not that at a line's end; not its amount; none."""

_OPTIONS_VERSION = 1
# `git_diff_hunk` begins with old_start, old_lines, new_start and new_lines.
_HUNK_RANGE = struct.Struct("=4i")


class Libgit2Error(RuntimeError):
    """libgit2 could not compare two buffers; its message says why."""


class _ErrorRecord(ctypes.Structure):
    """`git_error`: what failed last on this thread."""

    _fields_ = (("message", ctypes.c_char_p), ("klass", ctypes.c_int))


@dataclass(frozen=True, slots=True)
class _Api:
    """The functions of the library, typed, and the options of a comparison."""

    functions: ctypes.CDLL
    options: Any  # Owns the memory that `options_address` points to.
    options_address: int


@cache
def _api(whitespace: Whitespace) -> _Api:
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
    # Callers have judged what is binary by git's rule, which is not libgit2's.
    options.flags = int(DiffOption.FORCE_TEXT | DiffOption.INDENT_HEURISTIC | ignored[whitespace])
    options.context_lines = 0
    options.interhunk_lines = 0

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
    return _Api(functions, options, int(ffi.cast("uintptr_t", options)))


def changed_ranges(old: bytes, new: bytes, whitespace: Whitespace = "exact") -> list[tuple[int, int, int, int]]:
    """What differs between two texts, line by line: Myers with the indent heuristic, git's default.

    Each tuple is (old_start, old_lines, new_start, new_lines), in order, without context and never adjoining, in the
    numbers of a hunk header: counted from 1, and where a side has no lines, the line after which they would stand.
    Where whitespace is ignored, the lines between two tuples are as many on both sides, but need not have equal bytes.

    Raises:
        Libgit2Error: libgit2 refused the buffers (more than 1 GB) or ran out of memory.
    """
    api = _api(whitespace)
    patch = ctypes.c_void_p()
    code = api.functions.git_patch_from_buffers(
        ctypes.byref(patch), old, len(old), None, new, len(new), None, api.options_address
    )
    if code < 0:
        raise Libgit2Error(_message(api, code))
    try:
        return _ranges(api, patch)
    finally:
        api.functions.git_patch_free(patch)


def _ranges(api: _Api, patch: ctypes.c_void_p) -> list[tuple[int, int, int, int]]:
    get_hunk, string_at, size = api.functions.git_patch_get_hunk, ctypes.string_at, _HUNK_RANGE.size
    hunk = ctypes.c_void_p()
    out = ctypes.byref(hunk)
    heads: list[bytes] = []
    for index in range(api.functions.git_patch_num_hunks(patch)):
        code = get_hunk(out, None, patch, index)
        if code < 0 or hunk.value is None:
            raise Libgit2Error(_message(api, code))
        heads.append(string_at(hunk.value, size))
    return [(a, b, c, d) for a, b, c, d in _HUNK_RANGE.iter_unpack(b"".join(heads))]


def _message(api: _Api, code: int) -> str:
    record = api.functions.git_error_last()
    text = record.contents.message if record else None
    return f"libgit2 could not compare the texts: {(text or b'no reason given').decode(errors='replace')} ({code})"
