"""Builds an engine on the servers that settings name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from lattice_console.engine.engine import Engine
from lattice_console.engine.features.context import Limits, Surroundings, utc_now
from lattice_console.engine.ports import Hooks, Store
from lattice_console.engine.stores.bus_carried import CarriedBus, newest_in
from lattice_console.engine.stores.bus_redis import RedisCarrier
from lattice_console.engine.stores.cache_redis import RedisCache
from lattice_console.engine.stores.presence_redis import RedisPresence
from lattice_console.engine.stores.projecting import Neo4jProjection
from lattice_console.engine.stores.redis_link import RedisLink
from lattice_console.engine.stores.sqlite import SqliteStore
from lattice_console.servers import Servers

__all__ = ["Servers", "assemble", "engine_on", "open_store"]


async def assemble(
    servers: Servers,
    *,
    limits: Limits | None = None,
    now: Callable[[], datetime] = utc_now,
    hooks: Hooks | None = None,
) -> Engine:
    """An engine on those servers; the database is made and migrated where needed.

    `now` is its clock, in UTC; `hooks` are those of the folder that it works in. Raises SystemFailure saying what to do
    where the truth cannot be used; what is not the truth may come later.
    """
    return engine_on(await open_store(servers), servers, Surroundings(limits=limits or Limits(), now=now, hooks=hooks))


def engine_on(store: Store, servers: Servers, around: Surroundings) -> Engine:
    """An engine on that truth, with what else those servers are for."""
    bus = store.bus()
    if servers.redis is not None:
        link = RedisLink(servers.redis)
        bus = CarriedBus(RedisCarrier(link), newest_in(store), link.thread)
        around = replace(around, presence=RedisPresence(link), cache=RedisCache(link))
    projection = Neo4jProjection(servers.neo4j, store, bus) if servers.neo4j is not None else None
    return Engine(store, around, bus=bus, projection=projection)


async def open_store(servers: Servers) -> Store:
    """The truth; raises SystemFailure saying what to do where it cannot be used."""
    if servers.database is None or isinstance(servers.database, Path):
        return await SqliteStore.open(servers.database)
    from lattice_console.engine.stores.postgres import PostgresStore

    return await PostgresStore.open(
        servers.database,
        replica=servers.replica,
        pool_size=servers.pool_size,
        max_overflow=servers.max_overflow,
        echo=servers.echo,
    )
