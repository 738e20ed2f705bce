"""What `lattice doctor` says of one thing that it has looked at."""

from typing import Literal

from lattice_console.contract.errors import LatticeError
from lattice_console.contract.models.base import Model

MENDS = "lattice doctor --repair mends this."


class Check(Model):
    """One thing looked at.

    `warning` where one may go on, `problem` where something is broken, `mended` where it was and is no more.
    """

    name: str
    state: Literal["ok", "warning", "problem", "mended"]
    message: str

    @classmethod
    def failed(cls, name: str, error: LatticeError) -> "Check":
        """A look that ended in an error."""
        return cls(name=name, state="problem", message=error.message)
