"""Tests of the room `merge`."""
