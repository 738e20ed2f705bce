"""Which hooks a person has let run on this machine, by name and content, for each project."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from lattice_console.json_file import Content
from lattice_console.profile.folder import project_folder
from lattice_console.profile.store import JsonFile, Tell

__all__ = ["Trust", "TrustedHooks"]

Trust = Literal["trusted", "changed", "new"]
"""`changed`: another content of that name was trusted."""

_SECTION = "hooks"


class TrustedHooks:
    """The hooks of one project that are trusted here: the last content of each name.

    It is the trust of whose account they run under, whoever acts in the project. Every method raises what `JsonFile`
    does.
    """

    def __init__(self, project_id: str, tell: Tell, environ: Mapping[str, str] | None = None) -> None:
        # No actor's folder has a name that begins with a dot.
        folder: Path = project_folder(project_id, environ) / ".hooks"
        self._file = JsonFile(folder / "trusted.json", [_SECTION], tell)

    def state(self, name: str, digest: str) -> Trust:
        """How the hook of that name stands, with the content that has that digest."""
        known = self._file.section(_SECTION).get(name)
        return "new" if known is None else "trusted" if known == digest else "changed"

    def trusts(self, name: str, digest: str) -> bool:
        """Whether the hook of that name may run with that content."""
        return self.state(name, digest) == "trusted"

    def trust(self, digests: Mapping[str, str]) -> None:
        """Let those contents run, by the names of their hooks."""

        def change(content: Content) -> None:
            content.setdefault(_SECTION, {}).update(digests)

        self._file.update(change)

    def untrust(self, *names: str) -> None:
        """Let those hooks run no more, whatever they hold."""

        def change(content: Content) -> None:
            for name in names:
                content.get(_SECTION, {}).pop(name, None)

        self._file.update(change)
