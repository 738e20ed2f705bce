"""Tests of the house itself: its walls and its files."""
