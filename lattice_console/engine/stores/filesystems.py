"""The file system that a SQLite database lies on: whether its locks can be trusted, and who holds one."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

_NETWORK = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|ncpfs|ceph|lustre|gpfs|beegfs|ocfs2|gfs2|vboxsf|prl_fs|virtiofs|davfs2?"
    r"|fuse\.(?:sshfs|glusterfs|ceph|s3fs|rclone|gcsfuse|smbnetfs|davfs2?|moosefs|juicefs)"
)
"""Kinds of file systems that several machines may work on at once."""

_TRY = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0)
    except BlockingIOError:
        sys.exit(3)
"""
_SEEN = 3

_PATIENCE = 30
"""Seconds that a child process has."""

_WRITE_LOCK = 120
"""The byte of the -shm file that is locked while somebody writes: https://www.sqlite.org/walformat.html"""


def network(folder: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    """The kind of the file system that a folder lies on, where that is one of a network, as far as the system says."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    there = folder.resolve()
    # proc(5): ... mount point at the fifth place, with octal escapes; the kind follows a lone hyphen.
    found = [
        (Path(_unescaped(fields[4])), fields[fields.index("-") + 1])
        for fields in (line.split() for line in lines)
        if len(fields) > 6 and "-" in fields[6:]
    ]
    # Of those mounted one over the other, the last one counts.
    deepest = max(
        ((len(point.parts), at, kind) for at, (point, kind) in enumerate(found) if there.is_relative_to(point)),
        default=None,
    )
    return deepest[2] if deepest and _NETWORK.fullmatch(deepest[2]) else None


def _unescaped(text: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def locks_hold(folder: Path) -> bool:
    """Whether a lock that this process holds on a file of the folder is seen by another; raises OSError."""
    import fcntl

    with tempfile.NamedTemporaryFile(dir=folder, prefix=".locked-") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 0)
        except OSError:
            return False
        child = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _TRY, file.name], capture_output=True, check=False, timeout=_PATIENCE
        )
        return child.returncode == _SEEN


def writer(database: Path, locks: Path = Path("/proc/locks")) -> int | None:
    """The number of the process that is writing to the database now, as far as the system says."""
    try:
        status = os.stat(f"{database}-shm")
        lines = locks.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    where = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    for line in lines:
        # proc(5): number, POSIX, ADVISORY, WRITE, process, device and inode, first byte, last byte.
        fields = line.split()
        if fields[3:4] == ["WRITE"] and fields[5:7] == [where, str(_WRITE_LOCK)] and fields[4].isdigit():
            return int(fields[4]) or None
    return None
