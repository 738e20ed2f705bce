"""What tests of the conflicts share: documents in which mutations meet what was executed since."""

from lattice_console.contract.models.mutation import Mutation
from tests.screens.project import Office
from tests.screens.resolving import LEDGER, OURS, PATH, THEIRS, clashing

PLANS = "specs/plans.md"
TEXT = b"# Plans\n\nSmall is free.\n\nLarge has support.\n\nHuge has people.\n"


async def conflicts(office: Office) -> tuple[Mutation, Mutation]:
    """Two documents in conflict with the head: the ledger for a person, the plans merge by themselves."""
    return await clashing(
        office,
        {
            PATH: (LEDGER, OURS, THEIRS),
            PLANS: (TEXT, TEXT.replace(b"free", b"free for ever"), TEXT.replace(b"people", b"a team")),
        },
    )
