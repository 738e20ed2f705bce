"""Resolutions: how what stands between a mutation and others was settled, and what of it is left."""

from typing import Literal

from lattice_console.contract.models.base import Model, Moment, PathText
from lattice_console.contract.models.conflict import Strategy
from lattice_console.contract.models.mutation import Status
from lattice_console.contract.models.people import Person


class ResolvedFile(Model):
    """What a person made of one document: its whole content, or None where there is to be no such file.

    `path` is any of the document's paths: before or after the change, or where it stands now. `new_path` is where it is
    to be, if that is another place than the merge would give it.
    """

    path: PathText
    content: bytes | None
    new_path: PathText | None = None


class SettledFile(Model):
    """A document that was settled, and how; `chosen` where a side or a person decided it, not the merge alone."""

    path: str
    how: str
    chosen: bool


class LeftFile(Model):
    """A document that is still open, and why."""

    path: str
    why: str


class CarriedMutation(Model):
    """A mutation stacked on the resolved one: the patchset that brought it along, or None and `why` there is none."""

    number: int
    patchset: int | None
    why: str


class Resolution(Model):
    """What a resolution came to; `resolved` where nothing is left open.

    `against` is the number of the other mutation, None where it was what stands there now. `patchset` and `version` are
    the mutation's afterwards, the same as before where nothing was settled. `votes_stand` says whether the votes on the
    patchset before still count. `message` says all that in a sentence.
    """

    mutation_id: str
    number: int
    strategy: Strategy
    against: int | None
    resolved: bool
    patchset: int
    version: int
    status: Status
    votes_stand: bool
    settled: tuple[SettledFile, ...]
    left: tuple[LeftFile, ...]
    carried: tuple[CarriedMutation, ...]
    message: str


class RememberedText(Model):
    """A text that stood where the same met before: an offer, which nobody has applied.

    `index` is the place among the conflicts of the document, from 0, in its order; `pointer` its JSON pointer, where
    known. `number`, `title` and `patchset` say in which mutation it was settled, `actor` and `at` by whom and when.
    `valid` says whether the document holds with it, and theirs in all other places; `problem` what is wrong otherwise.
    """

    path: str
    index: int
    pointer: str | None
    content: bytes
    number: int
    title: str
    patchset: int
    strategy: Strategy
    actor: Person
    at: Moment
    valid: bool
    problem: str


TRAIN_LIMIT = 1000
"""How many mutations one merge train can have."""

Passage = Literal["passes", "passes_rebased", "loses_votes", "conflicts", "blocked"]
"""How a mutation would fare in a merge train: as it is; rebased, with its votes; rebased, but to be approved anew."""


class TrainCar(Model):
    """A mutation of a merge train, tried on the result of those before it that pass.

    `conflicts_with` are the numbers of those before it, or in the head, whose changes it meets in the files that are
    `left`.
    """

    mutation_id: str
    number: int
    title: str
    status: Status
    passage: Passage
    why: str
    conflicts_with: tuple[int, ...]
    left: tuple[LeftFile, ...]

    @property
    def passes(self) -> bool:
        """Whether it could be executed in its turn."""
        return self.passage in ("passes", "passes_rebased")
