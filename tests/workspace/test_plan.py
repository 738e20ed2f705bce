"""Plans that this machine's file system gives no occasion for."""

from collections.abc import Mapping

from lattice_console.workspace.files import digest
from lattice_console.workspace.record import Record
from lattice_console.workspace.states import Held, Stamp
from lattice_console.workspace.survey import Heading, Survey
from lattice_console.workspace.sync import Write, plan


def survey(
    files: Mapping[str, bytes], head: Mapping[str, bytes | None], disk: Mapping[str, tuple[bytes, int]]
) -> Survey:
    """A survey of a folder brought to `files`, a changed `head`, and a disk of contents with their inodes."""
    record = Record(project_id="p", sequence=1, files={path: digest(content) for path, content in files.items()})
    changed = {path: None if content is None else digest(content) for path, content in head.items()}
    states = {
        path: Held(digest(content), 0o755, Stamp(len(content), 1, 1, inode)) for path, (content, inode) in disk.items()
    }
    known = frozenset(state.hash for state in states.values())
    return Survey(Heading(record, frozenset(), record, "p", 2, changed), states, known)


def test_on_a_file_system_that_folds_names_a_renamed_twin_is_written_after_the_removal() -> None:
    same = (b"same", 7)
    made = plan(survey({"README": b"same"}, {"README": None, "readme": b"same"}, {"README": same, "readme": same}))
    assert made.removals.keys() == {"README"}
    assert made.writes == {"readme": Write(digest(b"same"), None, 0o755)}


def test_a_twin_that_is_a_file_of_its_own_is_left_as_it_is() -> None:
    disk = {"README": (b"same", 7), "readme": (b"same", 8)}
    made = plan(survey({"README": b"same"}, {"README": None, "readme": b"same"}, disk))
    assert made.removals.keys() == {"README"}
    assert made.writes == {}
    assert made.files["readme"] == digest(b"same")
