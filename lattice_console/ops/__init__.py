"""Commands that need more than a Backend and may assemble an engine."""
