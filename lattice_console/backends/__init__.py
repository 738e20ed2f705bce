"""The ways to reach an engine, each of them a Backend."""
