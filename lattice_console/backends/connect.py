"""From settings to a Backend."""

from lattice_console.config import Settings
from lattice_console.contract.backend import Backend


async def connect(settings: Settings, *, actor: str | None = None) -> Backend:
    """The Backend that the settings say, for `actor` or else theirs; raises LatticeError saying what to do."""
    from lattice_console.backends import local
    from lattice_console.engine.assemble import assemble
    from lattice_console.engine.features.context import Limits

    limits = Limits(document=settings.document_limit, lease=settings.lease)
    engine = await assemble(settings.servers, limits=limits)
    return local.bind(engine, actor=actor or settings.actor, project=settings.project_id)
