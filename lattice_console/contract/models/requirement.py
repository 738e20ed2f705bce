"""Requirements: the named conditions of approval and of execution, and what an actor may do."""

from typing import Literal

from lattice_console.contract.models.base import Model

RequirementState = Literal["satisfied", "unsatisfied", "overridden", "not_applicable", "error"]


class Requirement(Model):
    """One condition: `review` ones make `approved`, `execution` ones are checked at claim and at apply.

    `reason` says why the state is what it is and, where it blocks, what would satisfy it.
    """

    name: str
    kind: Literal["review", "execution"]
    state: RequirementState
    reason: str

    @property
    def blocks(self) -> bool:
        """Whether this condition stands in the way: anything unsatisfied, and every error."""
        return self.state in ("unsatisfied", "error")


class Action(Model):
    """Something that can be done to a mutation; `reason` says why not, where it cannot."""

    name: str
    allowed: bool
    reason: str = ""
