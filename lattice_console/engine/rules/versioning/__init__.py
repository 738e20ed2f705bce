"""How versions of specs move: what differs, by rules of the spec's type, and which step that asks for."""
