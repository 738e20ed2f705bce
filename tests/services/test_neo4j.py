"""The fixtures of Neo4j."""

import uuid

from neo4j import AsyncGraphDatabase


async def test_the_shared_server_keeps_projects_apart_by_their_ids(neo4j_url: str) -> None:
    project = uuid.uuid4().hex
    async with AsyncGraphDatabase.driver(neo4j_url) as driver:
        await driver.execute_query("CREATE (:Spec {project: $project, name: 'a'})", project=project)
        found = await driver.execute_query("MATCH (s:Spec {project: $project}) RETURN s.name AS name", project=project)
        assert [record["name"] for record in found.records] == ["a"]
        await driver.execute_query("MATCH (s:Spec {project: $project}) DETACH DELETE s", project=project)
