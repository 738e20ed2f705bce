"""The audit log as it is read."""

from lattice_console.contract.models.base import Hash, Model, Moment


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


class AuditReport(Model):
    """The result of verifying both chains: the project's and the installation's."""

    ok: bool
    rows: int
    head: str
    installation_rows: int
    installation_head: str
    problems: tuple[str, ...]
