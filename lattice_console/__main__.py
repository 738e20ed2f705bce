"""`python -m lattice_console` is `lattice`."""

import sys

from lattice_console.cli import main

if __name__ == "__main__":
    sys.exit(main())
