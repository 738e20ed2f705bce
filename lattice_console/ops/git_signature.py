"""Who made a git commit and when: as metadata of a mutation, and as git writes it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Self

import pygit2

from lattice_console.contract.models.base import LINE_LIMIT, replace_controls

_PERSON = re.compile(r"(.*?) ?<([^<>]*)>")
_UNWRITABLE = re.compile(r"[\0\n<>]")


@dataclass(frozen=True, slots=True)
class Signature:
    """A name, an e-mail and a moment with its own offset, any of which git lets be odd."""

    name: str
    email: str
    at: datetime

    @classmethod
    def of(cls, signature: pygit2.Signature) -> Self:
        """What a commit has: control characters replaced, what is too long cut, an impossible time as the epoch."""
        return cls(_line(signature.raw_name), _line(signature.raw_email), _moment(signature))

    @classmethod
    def read(cls, who: object, at: object) -> Self | None:
        """From metadata as `person` and `moment` write it; None for anything else."""
        found = _PERSON.fullmatch(who) if isinstance(who, str) else None
        try:
            moment = datetime.fromisoformat(at) if isinstance(at, str) else None
        except ValueError:
            return None
        if found is None or moment is None or moment.tzinfo is None:
            return None
        return cls(found[1], found[2], moment)

    @property
    def person(self) -> str:
        """Name and e-mail in one line."""
        return f"{self.name} <{self.email}>"

    @property
    def moment(self) -> str:
        """The time in ISO 8601, with its offset."""
        return self.at.isoformat()

    @property
    def header(self) -> str:
        """As it stands in a commit: `Name <email> seconds +hhmm`."""
        offset = int((self.at.utcoffset() or timedelta()).total_seconds()) // 60
        zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}{abs(offset) % 60:02}"
        name, email = (_UNWRITABLE.sub("", one) for one in (self.name, self.email))
        return f"{name} <{email}> {int(self.at.timestamp())} {zone}"


def provenance(commit: pygit2.Commit) -> dict[str, Any]:
    """What a mutation's metadata say of the commit that it comes from."""
    author, committer = Signature.of(commit.author), Signature.of(commit.committer)
    return {
        "commit": str(commit.id),
        "author": author.person,
        "authored_at": author.moment,
        "committer": committer.person,
        "committed_at": committer.moment,
    }


def _line(raw: bytes) -> str:
    text = replace_controls(raw.decode("utf-8", "replace"), lines=False)
    return text if len(text) <= LINE_LIMIT else f"{text[: LINE_LIMIT - 1]}…"


def _moment(signature: pygit2.Signature) -> datetime:
    try:
        return datetime.fromtimestamp(signature.time, timezone(timedelta(minutes=signature.offset)))
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
