"""What every use case works with: the actor, the project, the clock, and the record of what it did."""

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from lattice_console.contract import permissions
from lattice_console.contract.errors import Conflict, NotAllowed, NotFound
from lattice_console.contract.events import DATA_LIMIT, EventName
from lattice_console.contract.models.people import Person
from lattice_console.engine.features.trials import Errors, Places, Readings, Splices, Stated, Trials, Versions
from lattice_console.engine.ports import Cache, HookKind, Hooks, Presence, Tables
from lattice_console.engine.presence import LocalPresence
from lattice_console.engine.records import (
    EventRecord,
    GraphQuestion,
    HookRecord,
    MembershipRecord,
    ProjectedRecord,
    ProjectRecord,
    StandingRecord,
    UserRecord,
)
from lattice_console.engine.rules.hashes import canonical
from lattice_console.engine.rules.policy import PolicyReading


@dataclass(frozen=True, slots=True)
class Limits:
    """`document` is in bytes, `lease` in seconds: how long a claim holds before others may take it back.

    `graph` is how many specs a question may come by to be answered by SQL, in some 50 ms, where there is a server for
    graphs, which takes 20 ms or more for any question, and a sixth of SQL's time for one that comes by 100,000.
    """

    document: int = 10_000_000
    lease: float = 30.0
    graph: int = 5000


def utc_now() -> datetime:
    """The clock that engines have, where they are given no other."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the engine has around it, the same for every call."""

    limits: Limits = Limits()
    now: Callable[[], datetime] = utc_now
    granted: frozenset[str] = permissions.INSTALLATION
    """The permissions at the installation's level that every actor has."""
    presence: Presence = field(default_factory=LocalPresence)
    """Who looks at what."""
    cache: Cache | None = None
    """What keeps answers that took long, if anything does."""
    hooks: Hooks | None = None
    """The hooks of the folder that the engine works in, if it works in one."""
    trials: Trials = field(default_factory=Trials)
    """What trial merges of mutations said."""
    said: Readings = field(default_factory=Readings)
    """What documents say of dependencies."""
    places: Places = field(default_factory=Places)
    """Which places in documents, that others refer to, are there."""
    errors: Errors = field(default_factory=lambda: Errors(500))
    """What is wrong with documents; each may have hundreds of findings."""
    versions: Versions = field(default_factory=Versions)
    """What changes of specs ask of their versions."""
    splices: Splices = field(default_factory=Splices)
    """What puts versions into specs."""
    stated: Stated = field(default_factory=Stated)
    """The versions that specs state."""

    @property
    def may_foresee(self) -> bool:
        """Whether a write may have to find out about versions: no policy is known, or one that asks for that."""
        known = [found.versions for _, found in list(self.policies.values())]
        return not known or any(one.auto_version or one.comment_required for one in known)

    policies: dict[str, tuple[tuple[str, ...], PolicyReading]] = field(default_factory=dict)
    """Policies read so far, with their sources, by version; a version never changes its meaning."""

    def hooks_of(self, project_id: str | None, kind: HookKind) -> list[HookRecord]:
        """The hooks of that kind that are asked or told about a project's mutations, in their order."""
        return self.hooks.found(project_id, kind) if self.hooks is not None and project_id is not None else []


def new_id() -> str:
    """A UUIDv7: 48 bits of milliseconds, 12 of the part of one that has passed, then random bits.

    So ids sort by time, also those that one call makes one after the other (RFC 9562, section 6.2, method 3).
    """
    stamp, part = divmod(time.time_ns(), 1_000_000)
    value = (stamp & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(8), "big")
    value |= 0x7 << 76 | (part << 12) // 1_000_000 << 64
    value = value & ~(0x3 << 62) | 0x2 << 62
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@dataclass
class Context:
    """One call inside one transaction. What `record` and `announce` are told is written last, by `flush`."""

    tables: Tables
    actor_name: str
    project_id: str | None
    around: Surroundings
    now: datetime
    answers: Mapping[GraphQuestion, ProjectedRecord | None] | None = None
    """What a projection of the graph has said already; None where there is no projection to be asked."""
    memo: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    """What was read in this transaction and is known not to have changed since."""
    at_last: list[Callable[[], None]] = field(default_factory=list)
    """What is asked once all is done, hooks' additions included; what raises undoes it all."""
    told: list[EventRecord] = field(default_factory=list)
    """The events that this transaction has put into the outbox, with their numbers."""
    _audited: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)
    _announced: list[EventRecord] = field(default_factory=list)
    _people: dict[str, Person] = field(default_factory=dict)

    @cached_property
    def project(self) -> ProjectRecord:
        """The project of this call, as it was when first asked for; raises NotFound."""
        if self._standing is None:
            raise NotFound("NF_PROJECT", "There is no such project here. Start one with: lattice init")
        return self._standing.project

    @property
    def knows_project(self) -> bool:
        """Whether the project was asked for already, and is there."""
        return "project" in self.__dict__

    @cached_property
    def user(self) -> UserRecord | None:
        """The actor as a user, if there is one."""
        standing = self._standing
        found = standing.user if standing else self.tables.people.find(self.actor_name)
        if found is not None:
            self._people[found.id] = _person(found)
        return found

    @cached_property
    def membership(self) -> MembershipRecord | None:
        """The actor's membership of the project, if there is one."""
        # Whoever asks for a membership asks for one of a project that is there.
        self.project  # noqa: B018 - raises NotFound
        return self._standing.membership if self._standing else None

    @cached_property
    def members(self) -> int:
        """How many members the project has."""
        return self._standing.members if self._standing else self.tables.people.member_count(self.project.id)

    @cached_property
    def _standing(self) -> StandingRecord | None:
        return self.tables.projects.standing(self.project_id, self.actor_name) if self.project_id else None

    def after(self, moment: datetime) -> datetime:
        """Now; or right after `moment`, where the clock has been set back since, or another machine's is ahead.

        So what is read in the order of time comes in the order in which it happened.
        """
        return max(self.now, moment + timedelta(microseconds=1))

    @property
    def hook_seconds(self) -> float:
        """How long the hooks may take that are asked about a mutation of the project; 0 where there are none."""
        waiting = self.around.hooks is not None and self.around.hooks_of(self.project_id, "pre-mutation")
        return self.around.hooks.seconds if self.around.hooks is not None and waiting else 0.0

    @cached_property
    def permitted(self) -> frozenset[str]:
        """What the actor may do in the project; nothing for who is no member."""
        if self.membership is None:
            return frozenset()
        return permissions.ROLES.get(self.membership.role, frozenset())

    @property
    def me(self) -> UserRecord:
        """The actor, who is known by now; raises NotAllowed."""
        if self.user is None:
            raise self._no_member()
        return self.user

    def authorise(self, method: str) -> None:
        """Raise NotAllowed unless the actor may call that facet method; a method without a rule is denied."""
        rule = permissions.RULES.get(method)
        if rule is None:
            raise NotAllowed("AUTH_FORBIDDEN", f"Nobody may call {method}.", permission=None)
        if rule.scope == "anyone":
            return
        if rule.scope == "installation":
            if rule.permission not in self.around.granted:
                raise self._denied(rule.permission)
            return
        if self.membership is None:
            raise self._no_member()
        self.need(rule.permission)

    def need(self, permission: str) -> None:
        """Raise NotAllowed unless the actor has that permission."""
        if permission not in self.permitted:
            raise self._denied(permission)

    def _no_member(self) -> NotAllowed:
        meant = self._meant()
        return NotAllowed(
            "AUTH_FORBIDDEN",
            f"{self.actor_name} is no member of {self.project.name}{f', {meant} is' if meant else ''}. "
            f"An owner can change that: lattice team add {self.actor_name} --role reviewer",
            permission=None,
            actor=self.actor_name,
        )

    def _meant(self) -> str | None:
        """The member whose handle has the same letters and digits as the name of who is none: that much they know."""
        ids = [membership.user_id for membership in self.tables.people.members(self.project.id)]
        handles = sorted(user.handle for user in self.tables.people.get(ids).values())
        return next((handle for handle in handles if _letters(handle) == _letters(self.actor_name)), None)

    def _denied(self, permission: str) -> NotAllowed:
        role = f"as {self.membership.role} " if self.membership else ""
        roles = permissions.roles_with(permission)
        may = f"the roles that may are {roles}" if " and " in roles else f"only the role {roles} may"
        return NotAllowed(
            "AUTH_FORBIDDEN",
            f"{self.actor_name} may not do this {role}here: {may if roles else 'nobody may'}.",
            permission=permission,
            actor=self.actor_name,
        )

    def persons(self, user_ids: Iterable[str]) -> dict[str, Person]:
        """Users as others see them, by id."""
        if self.user is not None and self.user.id not in self._people:
            self._people[self.user.id] = _person(self.user)
        missing = set(user_ids) - self._people.keys()
        if missing:
            for user in self.tables.people.get(missing).values():
                self._people[user.id] = _person(user)
        return self._people

    def person(self, user_id: str) -> Person:
        """One user as others see one."""
        return self.persons([user_id])[user_id]

    def expect(self, expected: int | None, actual: int, what: str, changed: Callable[[], str] = str) -> None:
        """Raise Conflict (`CF_VERSION`) where the caller saw another version; `changed` says what happened since."""
        if expected is not None and expected != actual:
            since = changed()
            raise Conflict(
                "CF_VERSION",
                f"{what} has changed since you looked (version {expected}, now {actual})"
                f"{f': {since}' if since else ''}. Look again, then repeat.",
                expected=expected,
                actual=actual,
            )

    def record(self, action: str, subject: str, /, *, installation: bool = False, **data: Any) -> None:
        """Put a row into the audit log of the project, or of the installation."""
        entry = {
            "at": _stamp(self.now),
            "actor": self.user.handle if self.user else self.actor_name,
            "action": action,
            "subject": subject,
            "data": data,
        }
        self._audited.append((None if installation else self.project_id, entry))

    def announce(self, event: EventName, subject: str, version: int, /, **data: Any) -> None:
        """Put an event into the outbox; data over the limit loses the ends of its longest values."""
        self._announced.append(EventRecord(0, new_id(), event, self.now, self.me.id, subject, version, _fit(data)))

    def flush(self) -> None:
        """Write what was recorded and announced: last, so that the numbers are taken under the shortest lock."""
        while self.at_last:
            self.at_last.pop()()
        installations = [entry for scope, entry in self._audited if scope is None]
        entries = [entry for scope, entry in self._audited if scope is not None]
        if installations:
            self.tables.audit.append(None, installations)
        if entries or self._announced:
            before = self.project
            newest, head = self.tables.audit.append(before, entries)
            last = self.tables.events.append(before, self._announced)
            self.project = before._replace(event_seq=last, audit_sequence=newest, audit_head=head)
            self.tables.projects.count(before, self.project)
            self.told += [one._replace(seq=seq) for seq, one in enumerate(self._announced, before.event_seq + 1)]
        self._audited.clear()
        self._announced.clear()


def _letters(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _person(user: UserRecord) -> Person:
    return Person(id=user.id, handle=user.handle, name=user.name)


def _fit(data: dict[str, Any]) -> dict[str, Any]:
    while len(canonical(data)) > DATA_LIMIT:
        name = max(data, key=lambda name: len(canonical(data[name])))
        value = data[name]
        data = {**data, name: value[: len(value) // 2]} if isinstance(value, str | list) else {**data, name: None}
    return data


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
