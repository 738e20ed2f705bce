"""The lattice command: its subcommands, output and exit codes."""
