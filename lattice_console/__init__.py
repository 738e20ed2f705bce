"""Lattice Console: review, merge, execute and roll back mutations of living specifications."""
