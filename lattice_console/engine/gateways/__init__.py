"""The rooms that know something outside that is no database: hook processes."""
