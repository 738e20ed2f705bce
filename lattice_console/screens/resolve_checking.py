"""Whether results of a merge can stand: what their bytes say here, and what the engine's rules have against them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.document import TrackedFile
from lattice_console.contract.models.spec import SpecCheck
from lattice_console.merge.choices import Fault, faults
from lattice_console.merge.reading import syntax_of
from lattice_console.screens.session import Session

__all__ = ["Verdict", "check", "judge_here", "violations"]

_DEADLINE = 10.0
"""Seconds after which an answer about a result is no longer waited for."""

_MARKDOWN = (".md", ".markdown")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a result, if anything, and in words what was found to be well."""

    faults: tuple[Fault, ...]
    well: str = ""


def _says_something(path: str) -> bool:
    """Whether a document at a path has a form that rules are about."""
    return syntax_of(path) is not None or path.lower().endswith(_MARKDOWN)


def judge_here(path: str, content: bytes) -> Verdict:
    """Whether a result parses and repeats no key; takes time, so it belongs off the event loop."""
    return Verdict(faults(path, content), "parses, no key twice" if syntax_of(path) else "")


async def check(session: Session, path: str, content: bytes) -> Verdict:
    """As `judge_here`, and what the rules for documents and their schema say, as far as they can be asked in time."""
    here = await asyncio.to_thread(judge_here, path, content)
    if here.faults or not _says_something(path):
        return here
    try:
        [found] = await _ask(session, path, [content])
    except (LatticeError, TimeoutError):
        return Verdict((), f"{here.well}, schema not checked".removeprefix(", "))
    wrong = tuple(Fault(one.said, one.line) for one in found.findings)
    schema = "schema holds" if found.has_schema else "sound as a spec" if found.spec else ""
    return Verdict(wrong, ", ".join(filter(None, (here.well, schema))))


async def violations(session: Session, path: str, contents: Sequence[bytes]) -> Mapping[bytes, Sequence[str]]:
    """What the rules have against each of some contents, as far as they can be asked in time."""
    if not _says_something(path):
        return {}
    try:
        found = await _ask(session, path, contents)
    except (LatticeError, TimeoutError):
        return {}
    return {
        content: [finding.message for finding in one.findings] for content, one in zip(contents, found, strict=True)
    }


async def _ask(session: Session, path: str, contents: Sequence[bytes]) -> Sequence[SpecCheck]:
    async with asyncio.timeout(_DEADLINE):
        return await session.backend.specs.check([TrackedFile(path=path, content=one) for one in contents])
