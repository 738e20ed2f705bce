"""The hooks of a project's folder, run as processes where they are trusted."""

import asyncio
import os
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from lattice_console.contract.errors import LatticeError
from lattice_console.engine.gateways.hook_files import FOLDER, HookFile, find
from lattice_console.engine.gateways.hook_process import Ended, run
from lattice_console.engine.ports import HookKind
from lattice_console.engine.records import HookRecord, HookRun

OUTPUT = 1_000_000
"""Bytes that a hook may write to each of its outputs."""

INSIDE = "LATTICE_HOOK"
"""The variable of the environment that has the name of the hook that runs."""

_HANDED_ON = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR")
"""What of the environment a hook gets to see: nothing that may hold a secret."""

_PATH = "/usr/local/bin:/usr/bin:/bin"

Trust = Literal["trusted", "changed", "new"]
"""How a hook stands: `changed` where another content of its name is trusted."""

Trusts = Callable[[str, str], Trust]
"""Says how the hook of that name stands, with the content that has that digest; raises LatticeError."""


class FolderHooks:
    """The hooks in the folder `root` of one project. `seconds` is what those of one event may take together."""

    def __init__(
        self, root: Path, project_id: str, trusts: Trusts, *, seconds: float, environ: Mapping[str, str] = os.environ
    ) -> None:
        self.seconds = seconds
        self._root = root
        self._project_id = project_id
        self._trusts = trusts
        self._environ = environ

    def found(self, project_id: str, kind: HookKind) -> list[HookRecord]:
        """Those of that kind, in the order in which they are run."""
        if project_id != self._project_id:
            return []
        try:
            return [HookRecord(one.name, self._barred(one)) for one in find(self._root) if one.kind == kind]
        except LatticeError as error:
            return [HookRecord(FOLDER, error.message)]

    def _barred(self, hook: HookFile) -> str:
        if hook.problem:
            return f"{hook.name} {hook.problem}."
        if within := self._environ.get(INSIDE):
            return f"{hook.name} is not run for what the hook {within} does: it would never end."
        trust = self._trusts(hook.name, hook.digest)
        if trust == "trusted":
            return ""
        why = "is new here" if trust == "new" else "has changed since you trusted it"
        return (
            f"{hook.name} {why}, and is not run before you trust it. Read {FOLDER}/{hook.name}, then: "
            f"lattice hooks trust {shlex.quote(hook.name)}"
        )

    async def run(self, name: str, data: bytes, seconds: float) -> HookRun:
        """Run one of them, if it is trusted as it is now, with `data` on its stdin.

        Who is cancelled ends it, and goes on once it has ended.
        """
        stop, waiting = os.pipe()
        work = asyncio.ensure_future(asyncio.to_thread(self._run_in_thread, name, data, seconds, stop))
        try:
            return await asyncio.shield(work)
        finally:
            # The thread has the other end: it sees that nobody waits any more, also where a loop that ends cancels all.
            os.close(waiting)
            if not work.done():
                await asyncio.wait([work])

    def _run_in_thread(self, name: str, data: bytes, seconds: float, stop: int) -> HookRun:
        try:
            return self._run(name, data, seconds, stop)
        finally:
            os.close(stop)

    def _run(self, name: str, data: bytes, seconds: float, stop: int) -> HookRun:
        try:
            hook = next((one for one in find(self._root) if one.name == name), None)
            if hook is None:
                return HookRun(name, problem=f"{name} is no longer there.")
            if barred := self._barred(hook):
                return HookRun(name, problem=barred)
            ended = self._start(hook, data, seconds, stop)
        except LatticeError as error:
            return HookRun(name, problem=error.message)
        except OSError as error:
            return HookRun(
                name, problem=f"{name} cannot be started: {error.strerror}. Look at its first line and its rights."
            )
        return HookRun(name, ended.status, ended.output, ended.errors, self._stopped(name, ended))

    def _stopped(self, name: str, ended: Ended) -> str:
        """Why a hook was not left to its end; empty where it was."""
        if ended.stopped == "time":
            together = f"hooks have {self.seconds:g} seconds together (LATTICE_HOOK_TIMEOUT)"
            return f"{name} took too long, and was stopped: {together}."
        if ended.stopped == "output":
            return f"{name} wrote more than {OUTPUT:,} bytes, and was stopped."
        return f"{name} was stopped, as nobody waits for it any more." if ended.stopped else ""

    def _start(self, hook: HookFile, data: bytes, seconds: float, stop: int) -> Ended:
        environ = {name: self._environ[name] for name in _HANDED_ON if name in self._environ}
        return run(
            hook.path,
            data,
            folder=self._root,
            environ={"PATH": _PATH, **environ, INSIDE: hook.name},
            seconds=seconds,
            most=OUTPUT,
            stop=stop,
        )
