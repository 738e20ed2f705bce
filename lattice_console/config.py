"""Settings: flags, then environment, `.lattice/local.json`, `.lattice/config.json`, and the user's profile.

A bad value names the setting, where it stands, and what is allowed.
"""

import getpass
import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from lattice_console.contract.errors import NotFound, ValidationFailed

FOLDER = ".lattice"
"""What makes a folder a project."""

THEMES = ("dark", "light", "contrast", "ansi")
"""The themes that can be asked for."""

Value = TypeVar("Value")
Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for one run: places, the actor and where the name comes from, limits (bytes, seconds), looks.

    `database` is None for a database in memory; `theme` is None where the console chooses.
    """

    root: Path
    database: Path | None
    project_id: str | None
    actor: str
    actor_source: str
    document_limit: int = 10_000_000
    lease: float = 30.0
    ascii: bool = False
    theme: str | None = None

    @property
    def state(self) -> Path:
        """Where this machine keeps what is no document: database, checkout record, backups, log."""
        return self.root / FOLDER / "state"


def find_root(start: Path) -> Path | None:
    """The nearest folder upward from `start` that is a project."""
    for folder in (start, *start.parents):
        if (folder / FOLDER).is_dir():
            return folder
    return None


def load(start: Path | None = None, *, actor: str | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings for the project that `start` (the current folder) lies in.

    Raises NotFound (`NF_PROJECT`) outside of a project, ValidationFailed (`VAL_SETTING`) for a bad value.
    """
    start = (start or Path.cwd()).resolve()
    root = find_root(start)
    if root is None:
        raise NotFound("NF_PROJECT", f"{start} is in no project. Start one here with: lattice init")
    settings = at_root(root, actor=actor, environ=environ)
    if settings.project_id is None:
        raise NotFound("NF_PROJECT", f"{root} has a {FOLDER} folder, but was not set up here. Run: lattice init")
    return settings


def at_root(root: Path, *, actor: str | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings for the project at `root`, set up or not."""
    environ = os.environ if environ is None else environ
    sources = _Sources(root, environ)
    name, source = (actor, "--as") if actor else _actor(sources, root)
    state = root / FOLDER / "state"
    return Settings(
        root=root,
        database=_database(sources, state),
        project_id=_project_id(state / "project.json"),
        actor=name,
        actor_source=source,
        document_limit=sources.find("LATTICE_DOCUMENT_LIMIT", "documents.limit", _positive(int), 10_000_000),
        lease=sources.find("LATTICE_CLAIM_LEASE", "execution.lease_seconds", _positive(float), 30.0),
        ascii=sources.find("LATTICE_ASCII", "console.ascii", _boolean, False),
        theme=sources.find("LATTICE_THEME", "console.theme", _one_of(THEMES), None),
    )


def bind_project(root: Path, project_id: str) -> None:
    """Note on this machine which project the folder is."""
    place = root / FOLDER / "state" / "project.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"id": project_id}) + "\n", encoding="utf-8")


def profile_path(environ: Mapping[str, str] | None = None) -> Path:
    """The user's own settings on this machine."""
    environ = os.environ if environ is None else environ
    base = environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "lattice" / "profile.json"


class _Sources:
    """The places a setting can stand in, most telling first."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self._files: dict[Path, dict[str, Any]] = {}
        self._places = (root / FOLDER / "local.json", root / FOLDER / "config.json", profile_path(environ))

    def find(self, variable: str, key: str, read: Callable[[Any], Value], otherwise: Value | None) -> Any:
        """The first value given, read; `key` is a dotted path in the files."""
        if self.environ.get(variable):
            return _read(self.environ[variable], read, variable, "the environment")
        for place in self._places:
            value: Any = self._content(place)
            for part in key.split("."):
                value = value.get(part) if isinstance(value, dict) else None
            if value is not None:
                return _read(value, read, key, str(place))
        return otherwise

    def _content(self, place: Path) -> dict[str, Any]:
        if place not in self._files:
            try:
                found = json.loads(place.read_text(encoding="utf-8"))
            except FileNotFoundError:
                found = {}
            except (OSError, ValueError) as error:
                raise ValidationFailed(
                    "VAL_SETTING", f"{place} cannot be read as JSON: {error}. Mend or remove it.", source=str(place)
                ) from None
            self._files[place] = found if isinstance(found, dict) else {}
        return self._files[place]


def _read(value: Any, read: Callable[[Any], Value], name: str, source: str) -> Value:
    try:
        return read(value)
    except (TypeError, ValueError) as error:
        raise ValidationFailed("VAL_SETTING", f"{name} in {source}: {error}.", field=name, source=source) from None


def _positive(kind: type[Number]) -> Callable[[Any], Number]:
    def read(value: Any) -> Number:
        try:
            number = kind(value)
        except ValueError:
            number = kind(0)
        if number <= 0:
            raise ValueError(f"{value!r} is not a number above 0")
        return number

    return read


def _boolean(value: Any) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    said = str(value).lower()
    if said not in known:
        raise ValueError(f"{value!r} is neither true nor false")
    return known[said]


def _one_of(allowed: tuple[str, ...]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
        return str(value)

    return read


def _database(sources: _Sources, state: Path) -> Path | None:
    url = sources.environ.get("DATABASE_URL")
    if not url:
        return state / "lattice.db"
    scheme, _, place = url.partition("://")
    if scheme != "sqlite":
        raise ValidationFailed(
            "VAL_SETTING",
            f"DATABASE_URL in the environment: the scheme {scheme} is none of sqlite.",
            source="environment",
        )
    return None if place == "/:memory:" else Path(place.removeprefix("/"))


def _project_id(place: Path) -> str | None:
    try:
        return str(json.loads(place.read_text(encoding="utf-8"))["id"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise ValidationFailed(
            "VAL_SETTING", f"{place} cannot be read. Set the project up again: lattice init", source=str(place)
        ) from None


def _actor(sources: _Sources, folder: Path) -> tuple[str, str]:
    named = sources.find("LATTICE_ACTOR", "actor", str, None)
    if named:
        return named, "LATTICE_ACTOR" if sources.environ.get("LATTICE_ACTOR") else "settings"
    email = _git_email(folder)
    if email:
        return email, "git user.email"
    return getpass.getuser(), "the user of this machine"


def _git_email(folder: Path) -> str | None:
    try:
        answer = subprocess.run(
            ["git", "-C", str(folder), "config", "user.email"], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None
