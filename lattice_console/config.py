"""Settings: flags, then environment, `.lattice/local.json`, `.lattice/config.json`, and the user's profile.

A bad value names the setting, where it stands, and what is allowed. `${NAME}` in a value of a file is replaced from the
environment. What is secret, as the URLs of servers are, is not repeated, and does not count where it stands itself in
`.lattice/config.json`, which goes into the team's git.
"""

import getpass
import json
import os
import subprocess
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lattice_console import servers
from lattice_console.contract.errors import NotFound, ValidationFailed
from lattice_console.json_file import Unusable, read_object
from lattice_console.profile.folder import work_folder
from lattice_console.servers import Kind, Servers
from lattice_console.sources import Sources, boolean, one_of, positive, seconds, text, whole

FOLDER = ".lattice"
"""What makes a folder a project."""

THEMES = ("dark", "light", "contrast", "ansi")
"""The themes that can be asked for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for one run: places, the actor and where the name comes from, limits (bytes, seconds), looks.

    `root` is None without a project's folder. `project_id` is None where the folder was not set up; from
    LATTICE_PROJECT_ID it may be a name. `theme` is None where the console chooses. `remarks` are sentences on what is
    better changed.
    """

    root: Path | None
    servers: Servers
    project_id: str | None
    actor: str
    actor_source: str
    document_limit: int = 10_000_000
    lease: float = 30.0
    hook_seconds: float = 30.0
    ascii: bool = False
    theme: str | None = None
    remarks: tuple[str, ...] = ()

    @property
    def names_project(self) -> bool:
        """Whether `project_id` is a name that has to be looked up."""
        return self.project_id is not None and not _is_id(self.project_id)

    @property
    def title(self) -> str:
        """What to call the project as long as its own name is not known."""
        return self.root.name if self.root else self.project_id or ""

    @property
    def state(self) -> Path:
        """Where this machine keeps what is no document: database, checkout record, backups, log."""
        if self.root is None:
            return work_folder(self.project_id or "", self.actor)
        return self.root / FOLDER / "state"


def find_root(start: Path) -> Path | None:
    """The nearest folder upward from `start` that is a project."""
    for folder in (start, *start.parents):
        if (folder / FOLDER).is_dir():
            return folder
    return None


def load(start: Path | None = None, *, actor: str | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings for the project that LATTICE_PROJECT_ID names, or `start` (the current folder) lies in.

    Raises NotFound (`NF_PROJECT`) where there is neither, ValidationFailed (`VAL_SETTING`) for a bad value.
    """
    start = (start or Path.cwd()).resolve()
    root = find_root(start)
    settings = at_root(root, actor=actor, environ=environ)
    if settings.root is not None and settings.servers.kind != "postgres" and _lies_on_server(settings.root):
        raise ValidationFailed(
            "VAL_SETTING",
            f"{root} is a checkout of a project on a Postgres server, and nothing says where that is. Set "
            f"DATABASE_URL, or write it as database.url into {settings.root / FOLDER / 'local.json'}.",
            field="DATABASE_URL",
        )
    if settings.project_id is not None:
        return settings
    if root is not None:
        # Where its database is, it was; or setting it up was cut off, which init finishes.
        was = (root / FOLDER / "state" / "lattice.db").is_file()
        advice = "lattice doctor --repair, else lattice init" if was else "lattice init"
        raise NotFound("NF_PROJECT", f"{root} has a {FOLDER} folder, but was not set up here. Run: {advice}")
    if settings.servers.kind == "postgres":
        advice = "Name one of the server's, by id or name, in LATTICE_PROJECT_ID, or start one here with: lattice init"
    else:
        advice = "Start one here with: lattice init"
    raise NotFound("NF_PROJECT", f"{start} is in no project. {advice}")


def at_root(root: Path | None, *, actor: str | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings for the project at `root`, set up or not; None is for work without a folder."""
    sources = _sources(root, environ)
    environ = sources.environ
    name, source = (actor, "--as") if actor else _actor(sources, root)
    found = _servers(sources, root)
    own = _own_project(root, found)
    wanted = environ.get("LATTICE_PROJECT_ID") or None
    if root is not None and wanted == declared_name(root):
        wanted = own
    return Settings(
        # The folder is a checkout of its own project, and of no other.
        root=root if wanted in (None, own) else None,
        servers=found,
        project_id=wanted or own,
        actor=name,
        actor_source=source,
        document_limit=_document_limit(sources),
        lease=sources.find("LATTICE_CLAIM_LEASE", "execution.lease_seconds", seconds, 30.0),
        hook_seconds=sources.find("LATTICE_HOOK_TIMEOUT", "hooks.timeout_seconds", seconds, 30.0),
        ascii=sources.find("LATTICE_ASCII", "console.ascii", boolean, False),
        theme=sources.find("LATTICE_THEME", "console.theme", one_of(THEMES), None),
        remarks=sources.remarks(),
    )


def document_limit(root: Path | None) -> int:
    """`Settings.document_limit` alone, for whom no other setting has to be usable here."""
    return _document_limit(_sources(root, None))


def _document_limit(sources: Sources) -> int:
    found: int = sources.find("LATTICE_DOCUMENT_LIMIT", "documents.limit", positive(int), 10_000_000)
    return found


def _sources(root: Path | None, environ: Mapping[str, str] | None) -> Sources:
    environ = os.environ if environ is None else environ
    return Sources(
        environ,
        local=root / FOLDER / "local.json" if root else None,
        tracked=root / FOLDER / "config.json" if root else None,
        profile=profile_path(environ),
    )


def bind_project(root: Path, project_id: str, kind: Kind = "local") -> None:
    """Note on this machine which project the folder is, and what kind of database that lies in."""
    place = _binding(root)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"id": project_id, "database": kind}) + "\n", encoding="utf-8")


def bound_project(root: Path) -> str | None:
    """The id that `bind_project` noted; None where the folder was not set up on this machine."""
    found = _bound(root)
    return str(found["id"]) if found else None


def _lies_on_server(root: Path) -> bool:
    return (_bound(root) or {}).get("database") == "postgres"


def _binding(root: Path) -> Path:
    return root / FOLDER / "state" / "project.json"


def _bound(root: Path) -> dict[str, Any] | None:
    place = _binding(root)
    try:
        found = read_object(place)
        return None if found is None else {**found, "id": found["id"]}
    except (Unusable, KeyError):
        raise ValidationFailed(
            "VAL_SETTING",
            f"{place} cannot be read. To write it anew from the project's database: lattice doctor --repair",
            source=str(place),
        ) from None


def declared_project(root: Path) -> str | None:
    """The id that the folder's `.lattice/config.json` gives the project, if it gives one."""
    declared = _declared(root).get("id")
    return str(uuid.UUID(declared)) if isinstance(declared, str) and _is_id(declared) else None


def declared_name(root: Path) -> str | None:
    """The name that it gives the project."""
    return _declared(root).get("name")


def _is_id(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def _declared(root: Path) -> dict[str, Any]:
    try:
        described = (read_object(root / FOLDER / "config.json") or {}).get("project")
    except Unusable:
        return {}
    return described if isinstance(described, dict) else {}


def profile_path(environ: Mapping[str, str] | None = None) -> Path:
    """The user's own settings on this machine."""
    environ = os.environ if environ is None else environ
    base = environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "lattice" / "profile.json"


def _servers(sources: Sources, root: Path | None) -> Servers:
    """What the engine stands on; without settings a SQLite file in the project's folder."""

    def url(*schemes: str) -> Callable[[Any], str]:
        return lambda value: servers.server(text(value), schemes)

    # As with SQLAlchemy, a relative path starts from the current folder; in a file, from the project's.
    base = Path.cwd() if sources.environ.get("DATABASE_URL") or root is None else root
    otherwise = root / FOLDER / "state" / "lattice.db" if root else None

    def truth(value: Any) -> Path | str | None:
        return servers.database(text(value), base)

    database = sources.find("DATABASE_URL", "database.url", truth, otherwise)
    neo4j = sources.find(("LATTICE_NEO4J_URL", "NEO4J_URL", "NEO4J_URI"), "neo4j.url", url(*servers.NEO4J), None)
    if neo4j is not None:
        user = sources.find("LATTICE_NEO4J_USER", "neo4j.user", text, None)
        password = sources.find("LATTICE_NEO4J_PASSWORD", "neo4j.password", text, None)
        neo4j = servers.with_login(neo4j, user, password)

    def replica(value: Any) -> str:
        if not isinstance(database, str):
            raise ValueError("only a Postgres database has a replica; set DATABASE_URL to one as well")
        return servers.postgres(text(value))

    return Servers(
        database=database,
        replica=sources.find("DATABASE_REPLICA_URL", "database.replica_url", replica, None),
        redis=sources.find(("LATTICE_REDIS_URL", "REDIS_URL"), "redis.url", url(*servers.REDIS), None),
        neo4j=neo4j,
        pool_size=sources.find("DATABASE_POOL_SIZE", "database.pool_size", whole(1), 5),
        max_overflow=sources.find("DATABASE_MAX_OVERFLOW", "database.max_overflow", whole(0), 10),
        echo=sources.find("DATABASE_ECHO", "database.echo", lambda value: str(value).lower() == "true", False),
    )


def _own_project(root: Path | None, found: Servers) -> str | None:
    """The id of the project that the folder is: as was noted here; on a server also as its configuration says."""
    if root is None:
        return None
    return bound_project(root) or (declared_project(root) if found.kind == "postgres" else None)


def _actor(sources: Sources, folder: Path | None) -> tuple[str, str]:
    named = sources.find("LATTICE_ACTOR", "actor", str, None)
    if named:
        return named, "LATTICE_ACTOR" if sources.environ.get("LATTICE_ACTOR") else "settings"
    email = _git_email(folder or Path.cwd())
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
