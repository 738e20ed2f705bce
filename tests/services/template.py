"""What every test's database on Postgres begins with."""

from lattice_console.engine.stores.postgres import PostgresStore
from lattice_console.servers import postgres
from tests.services.databases import at_once


def fill(url: str) -> None:
    """Bring the empty database at that URL to the newest migration."""

    async def migrate() -> None:
        store = await PostgresStore.open(postgres(url))
        await store.close()

    at_once(migrate())
