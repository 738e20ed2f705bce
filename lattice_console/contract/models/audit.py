"""The audit log as it is read."""

from typing import Annotated

from pydantic import Field

from lattice_console.contract.models.base import COUNT_LIMIT, Hash, Model, Moment


class AuditRow(Model):
    """One row of a chain: `text` is the canonical JSON that was hashed, `hash` = SHA-256(text + previous hash)."""

    sequence: int
    at: Moment
    actor: str
    action: str
    subject: str
    text: str
    previous: str
    hash: Hash


class Checkpoint(Model):
    """How far both chains had come, the project's and the installation's, with the hash of the last row of each.

    Kept elsewhere, it proves that nothing which was written up to then has been changed or cut off since.
    """

    project_id: str
    rows: Annotated[int, Field(ge=0, le=COUNT_LIMIT)]
    head: Hash
    installation_rows: Annotated[int, Field(ge=0, le=COUNT_LIMIT)]
    installation_head: Hash


class AuditReport(Checkpoint):
    """The result of verifying both chains: how far they come, and what does not hold.

    Of a chain that does not hold, the last row may have anything for its hash.
    """

    head: str
    installation_head: str
    ok: bool
    problems: tuple[str, ...]
