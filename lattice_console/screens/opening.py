"""What is there before anything else: the frame of the queue, while the rest of the console is loaded."""

from collections.abc import Sequence

from lattice_console.screens.place import Place

__all__ = ["OpeningScreen"]


class OpeningScreen(Place):
    """Header and footer."""

    CSS_PATH = "opening.tcss"

    def crumbs(self) -> tuple[str, ...]:
        return ("Queue",)

    def hints(self) -> Sequence[tuple[str, str]]:
        return ()
