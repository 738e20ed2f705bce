"""What hooks are trusted is kept for one account and one project, and what cannot be read trusts nothing."""

from pathlib import Path

from lattice_console.profile.trusted_hooks import TrustedHooks
from tests.profile.support import Listener


def trusted(folder: Path, project: str, told: Listener) -> TrustedHooks:
    return TrustedHooks(project, told, {"XDG_STATE_HOME": str(folder)})


def test_trust_is_for_a_name_with_its_content_in_one_project(tmp_path: Path, told: Listener) -> None:
    mine = trusted(tmp_path, "p", told)
    mine.trust({"pre-mutation": "a", "post-mutation": "b"})
    again = trusted(tmp_path, "p", told)
    assert (again.state("pre-mutation", "a"), again.state("pre-mutation", "b")) == ("trusted", "changed")
    assert (again.trusts("post-mutation", "b"), again.trusts("post-mutation", "a")) == (True, False)
    assert trusted(tmp_path, "another", told).state("pre-mutation", "a") == "new"
    mine.untrust("pre-mutation", "unknown")
    assert (again.state("pre-mutation", "a"), again.trusts("post-mutation", "b")) == ("new", True)


def test_what_cannot_be_read_trusts_nothing_and_is_set_aside(tmp_path: Path, told: Listener) -> None:
    mine = trusted(tmp_path, "p", told)
    mine.trust({"pre-mutation": "a"})
    [file] = tmp_path.rglob("trusted.json")
    assert file.stat().st_mode & 0o077 == 0
    file.write_bytes(b'{"hooks": [')
    assert trusted(tmp_path, "p", told).state("pre-mutation", "a") == "new"
    assert "set aside" in " ".join(told)
