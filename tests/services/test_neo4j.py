"""The fixtures of Neo4j."""

import uuid

import pytest
from neo4j import AsyncGraphDatabase
from neo4j.exceptions import ServiceUnavailable

from tests.services.neo4j import Neo4j


async def test_the_shared_server_keeps_projects_apart_by_their_ids(neo4j_url: str) -> None:
    project = uuid.uuid4().hex
    async with AsyncGraphDatabase.driver(neo4j_url) as driver:
        await driver.execute_query("CREATE (:Spec {project: $project, name: 'a'})", project=project)
        found = await driver.execute_query("MATCH (s:Spec {project: $project}) RETURN s.name AS name", project=project)
        assert [record["name"] for record in found.records] == ["a"]
        await driver.execute_query("MATCH (s:Spec {project: $project}) DETACH DELETE s", project=project)


async def test_a_killed_server_comes_back_with_what_was_committed(own_neo4j: Neo4j) -> None:
    async with AsyncGraphDatabase.driver(own_neo4j.url, max_transaction_retry_time=0.0) as driver:
        await driver.execute_query("CREATE (:Kept {number: 7})")
        own_neo4j.kill()
        with pytest.raises(ServiceUnavailable):
            await driver.execute_query("MATCH (k:Kept) RETURN k.number")
        own_neo4j.start()
        assert (await driver.execute_query("MATCH (k:Kept) RETURN k.number")).records[0][0] == 7
