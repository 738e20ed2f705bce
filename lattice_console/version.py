"""The version of Lattice Console, a constant in a module that imports nothing."""

__version__ = "0.1.0"
