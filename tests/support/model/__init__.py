"""A simple model of a project, written from the design; it imports nothing of the engine."""
