import os
from pathlib import Path

import pytest

from lattice_console.engine.stores import filesystems

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /home rw - nfs4 server:/home rw
31 30 0:41 / /home/kim/My\\040Disk rw,nosuid - ext4 /dev/sdb1 rw
32 22 0:42 / /mnt rw - fuse.sshfs kim@server:/ rw
33 22 0:43 / /mnt rw - tmpfs tmpfs rw
34 22 0:44 / /srv rw - fuse.sshfs kim@server:/ rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/kim/specs", "nfs4"),
        ("/home/kim/My Disk/specs", None),
        ("/homework", None),
        ("/mnt/specs", None),
        ("/srv", "fuse.sshfs"),
    ],
)
def test_a_network_file_system_is_known_by_the_deepest_mount(tmp_path: Path, folder: str, kind: str | None) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert filesystems.network(Path(folder), mounts) == kind


def test_where_the_system_does_not_tell_nothing_is_said(tmp_path: Path) -> None:
    assert filesystems.network(tmp_path, tmp_path / "nowhere") is None
    assert filesystems.writer(tmp_path / "lattice.db", tmp_path / "nowhere") is None


def test_a_lock_that_another_process_sees_holds_and_one_that_it_does_not_see_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert filesystems.locks_hold(tmp_path)
    monkeypatch.setattr(filesystems, "_TRY", "")
    assert not filesystems.locks_hold(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_process_that_writes_is_found_by_its_lock(tmp_path: Path) -> None:
    database, locks = tmp_path / "lattice.db", tmp_path / "locks"
    shared = Path(f"{database}-shm")
    shared.write_bytes(b"")
    status = shared.stat()
    where = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    readers = f"1: POSIX  ADVISORY  READ 41 {where} 128 128\n2: FLOCK  ADVISORY  WRITE 42 {where} 0 EOF\n"
    locks.write_text(readers)
    assert filesystems.writer(database, locks) is None
    locks.write_text(f"{readers}3: POSIX  ADVISORY  WRITE 43 {where} 120 120\n")
    assert filesystems.writer(database, locks) == 43
