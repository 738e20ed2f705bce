"""A disk that is really full: a small file system in memory, mounted for one child process."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.headless.driver import Lattice

SCRIPT = """
set -e
mount -t tmpfs -o size=4m tmpfs "$1" || exit 77
cp -r "$2/." "$1"
cd "$1"
say() { set +e; "$python" -m lattice_console "$@" >/dev/null 2>"$errors"; echo "$? $(cat "$errors")"; set -e; }
dd if=/dev/zero of=filler bs=1k 2>/dev/null || true
say mutation create --title Full --files docs/api.yaml
say restore-backup "$copy"
rm filler
say mutation create --title Room --files docs/api.yaml
say audit verify
say doctor
"""


@pytest.mark.soak
def test_on_a_full_disk_every_command_says_so_and_all_goes_on_once_there_is_room(
    lattice: Lattice, tmp_path: Path
) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("there is no unshare here")
    lattice.ok("backup", str(tmp_path / "copy.db"))
    lattice.write("docs/api.yaml", "limit: 48\n")
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    own = {"python": sys.executable, "errors": str(tmp_path / "errors"), "copy": str(tmp_path / "copy.db")}
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", SCRIPT, "sh", str(mounted), str(lattice.root)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **own, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    if done.returncode in (1, 77) and not done.stdout:
        pytest.skip(f"nothing can be mounted here: {done.stderr}")
    told = done.stdout.splitlines()
    assert [line.split(" ", 1)[0] for line in told] == ["1", "1", "0", "0", "0"], done.stdout
    for line in told[:2]:
        assert "is full" in line
        assert "free some space there" in line
