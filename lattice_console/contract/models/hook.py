"""What a hook of the project may answer."""

from typing import Annotated

from pydantic import Field, ValidationError

from lattice_console.contract.errors import from_validation
from lattice_console.contract.models.base import SEVERAL_LIMIT, Metadata, Model, RequiredLine, Text


class HookAnswer(Model):
    """What a pre-mutation hook adds to the mutation that it is asked about, or why it refuses it."""

    refuse: Text | None = None
    reviewers: Annotated[tuple[RequiredLine, ...], Field(max_length=SEVERAL_LIMIT)] = ()
    labels: Annotated[tuple[RequiredLine, ...], Field(max_length=SEVERAL_LIMIT)] = ()
    metadata: Metadata = Field(default_factory=dict)

    @staticmethod
    def read(output: bytes) -> "HookAnswer":
        """The answer that a hook wrote as JSON; raises ValidationFailed."""
        try:
            return HookAnswer.model_validate_json(output)
        except ValidationError as error:
            raise from_validation(error) from None
