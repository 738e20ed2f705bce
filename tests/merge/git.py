"""The real git, as the measure of the project's own diff and patch."""

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    # No repository around the temporary folder is looked at.
    "GIT_CEILING_DIRECTORIES": tempfile.gettempdir(),
}


def run(*arguments: str, cwd: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git with no one's settings and return what it said, whether or not it succeeded."""
    return subprocess.run(
        ["git", *arguments], cwd=cwd, input=stdin, env=ENVIRONMENT, capture_output=True, check=False, timeout=60
    )


def apply(files: Mapping[str, bytes], patch: bytes) -> dict[str, bytes] | None:
    """The files after `git apply`; None if it refused the patch."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if run("apply", "--whitespace=nowarn", "-", cwd=folder, stdin=patch).returncode:
            return None
        return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def apply_each(cases: Sequence[tuple[bytes, bytes]]) -> list[bytes | None]:
    """What `git apply` makes of each (base, hunks without header), in one process; None where it refuses one."""
    with tempfile.TemporaryDirectory() as folder:
        patch: list[bytes] = []
        for number, (base, hunks) in enumerate(cases):
            Path(folder, f"f{number}").write_bytes(base)
            name = b"f%d" % number
            patch.append(b"diff --git a/%b b/%b\n--- a/%b\n+++ b/%b\n" % (name, name, name, name) + hunks)
        # With --reject, a hunk that fails leaves its file's .rej behind and the other files are still patched.
        run("apply", "--reject", "--whitespace=nowarn", "-", cwd=folder, stdin=b"".join(patch))
        return [
            None if Path(folder, f"f{number}.rej").exists() else Path(folder, f"f{number}").read_bytes()
            for number in range(len(cases))
        ]


def diff(old: bytes, new: bytes, *, context: int = 3, name: str = "f") -> bytes:
    """The hunks and headers of `git diff` between two contents of one file, without the `index` line."""
    with tempfile.TemporaryDirectory() as folder:
        for side, content in (("a", old), ("b", new)):
            path = Path(folder, side, name)
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
        said = run("diff", "--no-index", "--no-prefix", f"-U{context}", f"a/{name}", f"b/{name}", cwd=folder).stdout
    return without_index_lines(said)


def without_index_lines(patch: bytes) -> bytes:
    """A patch without the lines that name git's objects, which documents are not."""
    kept, in_header = [], False
    for line in patch.split(b"\n"):
        in_header = line.startswith(b"diff --git ") or (in_header and not line.startswith(b"@@ "))
        if not (in_header and line.startswith((b"index ", b"similarity index "))):
            kept.append(line)
    return b"\n".join(kept)
