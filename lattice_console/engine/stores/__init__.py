"""The rooms that know a database driver."""
