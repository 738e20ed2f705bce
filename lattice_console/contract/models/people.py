"""Users, members and the actor behind a call."""

from lattice_console.contract.models.base import Model, Moment


class Person(Model):
    """A user as others see one: `handle` is unique, `name` is for people."""

    id: str
    handle: str
    name: str


class Member(Model):
    """A user's membership of a project, with the role that it gives."""

    user: Person
    email: str | None
    role: str
    since: Moment
    version: int


class Looker(Model):
    """Somebody who has a mutation, by its id, open in front of them."""

    person: Person
    mutation: str


class Actor(Model):
    """Who a Backend acts for; `role` is None where the user is no member of the project."""

    user: Person | None
    name: str
    role: str | None
    permissions: tuple[str, ...]
