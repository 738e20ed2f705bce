"""Real servers for tests: Postgres, Redis and Neo4j, found on this machine, started on loopback, gone afterwards."""
