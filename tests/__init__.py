"""The tests of Lattice Console; their folders mirror the package."""
