"""What lies at a path of a folder, as found; and what to say about it."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from lattice_console.contract.errors import ValidationFailed


class Stamp(NamedTuple):
    """What tells two states of a file apart without reading it; times in nanoseconds."""

    size: int
    modified: int
    changed: int
    inode: int


@dataclass(frozen=True, slots=True)
class Held:
    """A regular file: the SHA-256 of its bytes, its permission bits, and its stamp before it was read."""

    hash: str
    mode: int
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Absent:
    """Nothing."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that is no document: `reason` says what, to follow the path in a sentence.

    `directory`: the path is one. `inside_file`: a component above it is a file, `at`. `symlink`: a component, perhaps
    the last, is a symlink, `at`. `special`: a FIFO, socket or device. `size`: over the limit. `refused`: the system
    does not let us.
    """

    kind: Literal["directory", "inside_file", "symlink", "special", "size", "refused"]
    reason: str
    at: str = ""

    @property
    def is_absence(self) -> bool:
        """Whether no file lies at the path, though something else is in its place or on its way."""
        return self.kind in ("directory", "inside_file")

    def refusal(self, path: str) -> ValidationFailed:
        """The error for someone who named this path."""
        code = "VAL_SIZE" if self.kind == "size" else "VAL_PATH"
        return ValidationFailed(code, f"{path} {self.reason}.", field="path", path=path)


DiskState = Held | Absent | Obstacle

ABSENT = Absent()


class InTheWay(Exception):
    """A path cannot be written or removed now; nothing was changed there."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.reason)
        self.obstacle = obstacle
