"""Someone who is told what could not be used, and several consoles at once."""

import pytest

# The one way to kill a process at a chosen moment without starting an interpreter for each.
FORKS = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


class Listener(list[str]):
    """What was told, in order."""

    def __call__(self, message: str) -> None:
        self.append(message)
