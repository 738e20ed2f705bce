"""Use cases: what the engine does, one module per noun, all of one shape."""
