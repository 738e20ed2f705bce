"""The words that several widgets and screens say alike."""

from typing import get_args

from lattice_console.contract.models.mutation import Status
from lattice_console.widgets.pieces import standing


def test_what_a_mutation_is_ends_a_sentence_about_it() -> None:
    said = {status: f"It {standing(status)}." for status in get_args(Status)}
    assert said["pending"] == "It is pending."
    assert said["needs_manual_resolution"] == "It needs a person."
    assert not any("is needs" in sentence for sentence in said.values())
