"""Bringing a git history in: mutations a second, as the history grows, on SQLite and on Postgres."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.servers import database, started
from tests.services.__main__ import LastingPostgres
from tests.services.server import Unavailable

_DOCUMENTS = 200
_LATTICE = str(Path(sys.executable).with_name("lattice"))


def run(quick: bool) -> Iterator[dict[str, object]]:
    """Seconds for a history of so many commits, each of which changes one of 200 documents."""
    with TemporaryDirectory(prefix="lattice-benchmarks-") as name, ExitStack() as servers:
        folder = Path(name)
        # The server may run as another user.
        folder.chmod(0o755)
        try:
            truth = servers.enter_context(started(LastingPostgres, folder / "postgres"))
        except Unavailable as missing:
            truth = None
            yield {"name": "import", "store": "postgres", "skipped": str(missing)}
        for count in (50, 100) if quick else (1_000, 10_000):
            repository = folder / f"history-{count}"
            _write_history(repository, count)
            yield _imported(folder / f"sqlite-{count}", repository, count, "sqlite", {})
            if truth is not None:
                url = database(truth, f"import_{count}")
                yield _imported(folder / f"postgres-{count}", repository, count, "postgres", {"DATABASE_URL": url})


def _imported(place: Path, repository: Path, count: int, store: str, environ: Mapping[str, str]) -> dict[str, object]:
    place.mkdir()
    kept = {"HOME": str(place.with_name(f"{place.name}-home")), "LATTICE_ACTOR": "kim"}
    settings = {**{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}, **kept, **environ}
    subprocess.run([_LATTICE, "init"], cwd=place, env=settings, check=True, capture_output=True)
    start = time.perf_counter()
    subprocess.run([_LATTICE, "import-git", str(repository)], cwd=place, env=settings, check=True, capture_output=True)
    seconds = time.perf_counter() - start
    figures = {"commits": count, "seconds": round(seconds, 1), "per_second": round(count / seconds, 1)}
    return {"name": "import", "store": store, **figures}


def _write_history(repository: Path, count: int) -> None:
    """A repository whose first commit makes the documents, and each other one changes one of them."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", str(repository)], check=True)
    stream = "".join(_commit(number) for number in range(count))
    subprocess.run(["git", "fast-import", "--quiet"], cwd=repository, input=stream.encode(), check=True)


def _commit(number: int) -> str:
    changed = range(_DOCUMENTS) if number == 0 else (number % _DOCUMENTS,)
    message = f"Change {number}"
    files = "".join(_file(document, number) for document in changed)
    who = f"Kim <kim@example.org> {1_700_000_000 + number * 60} +0000"
    return f"commit refs/heads/main\ncommitter {who}\ndata {len(message)}\n{message}\n{files}\n"


def _file(document: int, number: int) -> str:
    content = f'{{"name": "doc-{document}", "changed": {number}}}\n'
    return f"M 100644 inline area-{document % 10}/doc-{document}.json\ndata {len(content)}\n{content}\n"
