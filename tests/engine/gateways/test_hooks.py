"""Hooks are real processes: bounded in time and output, alone in their group, and run as trusted or not at all."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lattice_console.engine.gateways.hook_files import find, idle
from lattice_console.engine.gateways.hooks import OUTPUT, FolderHooks
from lattice_console.engine.records import HookRun
from tests.support.hooks import PATIENCE, hooks_at, write_hook

NAME = "pre-mutation.sh"


async def run(root: Path, script: str, data: bytes = b"", *, seconds: float = PATIENCE) -> HookRun:
    """Run a script as a trusted hook."""
    write_hook(root, NAME, script)
    hooks, trusted = hooks_at(root, "p")
    trusted.trust()
    return await hooks.run(NAME, data, seconds)


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something that another process does."""

    def wait() -> None:
        end = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < end
            time.sleep(0.01)

    await asyncio.to_thread(wait)


async def gone(pid: Path) -> None:
    """Wait until the process whose number is in that file is no more."""

    def is_gone() -> bool:
        try:
            return "\nState:\tZ" in Path(f"/proc/{pid.read_text('utf-8').strip()}/status").read_text("utf-8")
        except FileNotFoundError:
            return True

    await until(is_gone)


async def test_a_hook_reads_what_it_is_asked_and_its_answer_and_exit_status_come_back(tmp_path: Path) -> None:
    data = b"x" * 300_000
    assert await run(tmp_path, "cat; echo told >&2; exit 3", data) == HookRun(NAME, 3, data, b"told\n")


async def test_a_hook_that_reads_nothing_is_no_failure(tmp_path: Path) -> None:
    assert await run(tmp_path, "exec true", b"x" * 300_000) == HookRun(NAME)


async def test_a_hook_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    done = await run(tmp_path, "sleep 1000 & echo $! > child\nsleep 1000", seconds=0.3)
    assert f"took too long, and was stopped: hooks have {PATIENCE:g} seconds together" in done.problem
    await gone(tmp_path / "child")


async def test_what_a_hook_leaves_behind_is_ended_with_it_and_nobody_waits_for_it(tmp_path: Path) -> None:
    done = await run(tmp_path, "sleep 1000 & echo $! > child; echo '{}'")
    assert (done.status, done.output, done.problem) == (0, b"{}\n", "")
    await gone(tmp_path / "child")


@pytest.mark.parametrize("flood", ["yes", "yes >&2", "while :; do echo; done"])
async def test_a_hook_that_floods_is_stopped(tmp_path: Path, flood: str) -> None:
    done = await run(tmp_path, flood)
    assert f"wrote more than {OUTPUT:,} bytes" in done.problem
    assert max(len(done.output), len(done.errors)) < 2 * OUTPUT


async def test_a_hook_that_was_killed_says_by_which_signal(tmp_path: Path) -> None:
    assert (await run(tmp_path, "kill -9 $$")).status == -9


async def test_who_stops_waiting_ends_the_hook(tmp_path: Path) -> None:
    waiting = asyncio.create_task(run(tmp_path, "echo $$ > child; exec sleep 1000"))
    await until(lambda: (tmp_path / "child").exists() and bool((tmp_path / "child").read_text("utf-8").strip()))
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await gone(tmp_path / "child")


def test_a_loop_that_ends_ends_the_hooks_that_run_on_it(tmp_path: Path) -> None:
    begun, late = tmp_path / "begun", tmp_path / "late"

    async def leave() -> "asyncio.Task[HookRun]":
        left = asyncio.create_task(run(tmp_path, "touch begun; sleep 30; touch late"))
        await until(begun.exists)
        return left

    for _ in range(5):
        asyncio.run(leave())
        assert not late.exists()
        begun.unlink()


async def test_a_hook_has_a_session_of_its_own_and_works_in_the_projects_folder(tmp_path: Path) -> None:
    done = await run(tmp_path, "pwd; cut -d' ' -f1,5,6 /proc/$$/stat")
    folder, numbers = done.output.decode().splitlines()
    assert folder == str(tmp_path)
    pid, group, session = numbers.split()
    assert pid == group == session != str(os.getsid(0))


async def test_a_hook_sees_nothing_of_the_environment_that_may_be_secret(tmp_path: Path) -> None:
    write_hook(tmp_path, NAME, "env")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": "/home/kim",
        "DATABASE_URL": "postgresql://kim:pw@db",
        "API_KEY": "k",
    }
    hooks = FolderHooks(tmp_path, "p", lambda *_: "trusted", seconds=PATIENCE, environ=environ)
    told = (await hooks.run(NAME, b"", PATIENCE)).output.decode()
    assert {line.partition("=")[0] for line in told.splitlines()} - {"PWD", "OLDPWD", "SHLVL", "_"} == {
        "PATH",
        "HOME",
        "LATTICE_HOOK",
    }


@pytest.mark.parametrize("first_line", ["no program", "#!/no/such/program"])
async def test_a_hook_that_cannot_be_started_says_why(tmp_path: Path, first_line: str) -> None:
    write_hook(tmp_path, NAME, "").write_text(f"{first_line}\n", encoding="utf-8")
    hooks = FolderHooks(tmp_path, "p", lambda *_: "trusted", seconds=PATIENCE)
    assert "cannot be started" in (await hooks.run(NAME, b"", PATIENCE)).problem


async def test_a_hook_runs_as_it_was_trusted_and_not_once_it_has_changed(tmp_path: Path) -> None:
    path = write_hook(tmp_path, NAME, "echo ran > ran")
    hooks, trusted = hooks_at(tmp_path, "p")
    assert "is new here, and is not run before you trust it" in (await hooks.run(NAME, b"", PATIENCE)).problem
    assert not (tmp_path / "ran").exists()
    trusted.trust()
    assert (await hooks.run(NAME, b"", PATIENCE)).problem == ""
    (tmp_path / "ran").unlink()
    path.write_text(path.read_text("utf-8") + "# more\n", encoding="utf-8")
    assert "has changed since you trusted it" in (await hooks.run(NAME, b"", PATIENCE)).problem
    path.rename(path.with_name("pre-mutation-2.sh"))
    assert "no longer there" in (await hooks.run(NAME, b"", PATIENCE)).problem
    assert not (tmp_path / "ran").exists()


async def test_what_a_hook_does_is_put_to_no_hook(tmp_path: Path) -> None:
    write_hook(tmp_path, NAME, "true")
    hooks = FolderHooks(tmp_path, "p", lambda *_: "trusted", seconds=1.0, environ={"LATTICE_HOOK": "post-mutation"})
    [found] = hooks.found("p", "pre-mutation")
    assert "never end" in found.barred
    assert (await hooks.run(NAME, b"", 1.0)).problem == found.barred


def test_hooks_are_the_executables_of_their_names_in_order(tmp_path: Path) -> None:
    for name in ("pre-mutation-b", "post-mutation", "pre-mutation", "pre-mutation-a.py", "other"):
        write_hook(tmp_path, name, "true")
    (tmp_path / ".lattice/hooks/pre-mutation.sample").write_text("no", encoding="utf-8")
    (tmp_path / ".lattice/hooks/pre-mutation.d").mkdir()
    (tmp_path / ".lattice/hooks/pre-mutation-z").symlink_to("/bin/sh")
    write_hook(tmp_path, "pre-mutation-z\033[31m\n", "true")
    hooks, trusted = hooks_at(tmp_path, "p")
    trusted.trust()
    found = hooks.found("p", "pre-mutation")
    odd = "pre-mutation-z\ufffd[31m\ufffd"
    names = ["pre-mutation", "pre-mutation-a.py", "pre-mutation-b", "pre-mutation-z", odd]
    assert [one.name for one in found] == names
    assert [bool(one.barred) for one in found] == [False, False, False, True, True]
    assert [one.name for one in hooks.found("p", "post-mutation")] == ["post-mutation"]
    assert hooks.found("another project", "pre-mutation") == []
    assert idle(tmp_path) == ["pre-mutation.sample"]


def test_name_and_content_make_a_digest(tmp_path: Path) -> None:
    for name in ("pre-mutation-a", "pre-mutation-b"):
        write_hook(tmp_path, name, "true")
    first, second = find(tmp_path)
    assert first.digest != second.digest
    write_hook(tmp_path, "pre-mutation-a", "false")
    assert first.digest not in {one.digest for one in find(tmp_path)}
