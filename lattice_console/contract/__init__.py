"""The ground floor: what every side promises, in pydantic and the standard library only."""
