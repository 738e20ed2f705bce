"""Answers that took long, kept for whoever asks the same of the same state.

An answer is kept with the numbers that the project had when it was computed. It is given again only in a transaction
that has authorised the caller and found the project at these very numbers: so it is what would be computed there, and
what is kept need neither be thrown away in time nor be trusted to be new.
"""

import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from lattice_console.contract.calls import Call
from lattice_console.engine.features.context import Context
from lattice_console.engine.features.registry import USE_CASES
from lattice_console.engine.ports import Cache
from lattice_console.engine.records import ProjectRecord

SLOW = 0.005
"""Seconds from which on an answer is worth keeping: asking for one that is kept takes about one millisecond."""

LIMIT = 4_000_000
"""Bytes that an answer may have at most to be kept."""


class Found(NamedTuple):
    """A kept answer as it was found: the state that it is of, and its JSON."""

    state: str
    body: bytes


class Computed(NamedTuple):
    """What a question came to, and how that is to be kept where it took long."""

    result: Any
    slow: bool = False
    value: bytes | None = None


Read = Callable[[Callable[[Context], Computed]], Awaitable[Computed]]
"""Runs work in a transaction in which the caller is authorised."""


class KeptAnswers:
    """Answers reads by what is kept, where that is right, and keeps what took long."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._slow: set[tuple[str, str]] = set()

    async def answer(self, call: Call, actor: str, project: str, checked: Mapping[str, Any], read: Read) -> Any:
        """The answer to a call with those arguments."""
        use_case = USE_CASES[call.name]
        whose = use_case.whose(**checked) if use_case.whose is not None else "nobody"
        asked = call.encode(checked) + (actor.encode() if whose == "actor" else b"")
        question = f"{call.name}:{hashlib.sha256(asked).hexdigest()}"
        found = None
        # What took long here once may take long again; of all else nobody is asked.
        if whose != "nobody" and (project, call.name) in self._slow:
            found = _open(question, await self._cache.get(project, question))
        computed = await read(lambda ctx: _compute(ctx, call, question, checked, found))
        if computed.slow and whose != "nobody":
            self._slow.add((project, call.name))
            if computed.value is not None:
                await self._cache.put(project, question, computed.value)
        return computed.result


def _compute(ctx: Context, call: Call, question: str, checked: Mapping[str, Any], found: Found | None) -> Computed:
    state = _state(ctx.project)
    if found is not None and found.state == state:
        try:
            return Computed(call.load(found.body))
        except ValidationError:
            """Of another release: what it says now is computed, and kept in its place."""
    start = time.perf_counter()
    result = USE_CASES[call.name].run(ctx, **checked)
    if time.perf_counter() - start < SLOW:
        return Computed(result)
    body = call.dump(result)
    return Computed(result, True, _close(question, Found(state, body)) if len(body) <= LIMIT else None)


def _state(project: ProjectRecord) -> str:
    """What moves with every write to a project: each takes a number for its events or its audit rows."""
    return f"{project.event_seq}.{project.audit_sequence}.{project.version}"


def _close(question: str, found: Found) -> bytes:
    return b"%b\n%b\n%b" % (_seal(question, found), found.state.encode(), found.body)


def _open(question: str, value: bytes | None) -> Found | None:
    """What was kept as an answer to that question; None for anything else."""
    seal, _, rest = (value or b"").partition(b"\n")
    state, _, body = rest.partition(b"\n")
    found = Found(state.decode(errors="replace"), body)
    return found if seal == _seal(question, found) else None


def _seal(question: str, found: Found) -> bytes:
    return hashlib.sha256(b"%b\n%b\n%b" % (question.encode(), found.state.encode(), found.body)).hexdigest().encode()
