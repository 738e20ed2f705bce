"""A byte that the disk gets wrong is found, or it has changed nothing."""

import random
import re

import pytest

from lattice_console.engine.stores.inspection import inspect
from tests.fault.flips import WHY, Specimen, Tally


@pytest.fixture(scope="module")
def specimen(tmp_path_factory: pytest.TempPathFactory) -> Specimen:
    return Specimen(tmp_path_factory.mktemp("flips"))


def flip(specimen: Specimen, times: int) -> Tally:
    """As many flips, one in each part of the file of the same size."""
    tally = Tally()
    size = len(specimen.whole)
    for part in range(times):
        position = random.randrange(size * part // times, size * (part + 1) // times)
        specimen.judge(position, random.randrange(1, 256), tally)
    return tally


def test_a_byte_that_is_wrong_is_found_or_harmless(specimen: Specimen) -> None:
    flip(specimen, 12)


def test_a_letter_that_is_wrong_in_the_middle_of_a_text_is_found(specimen: Specimen) -> None:
    """SQLite itself does not see it: the text stands in no index."""
    position = specimen.whole.index(WHY.encode()) + 5
    tally = Tally()
    specimen.judge(position, 1, tally)
    assert tally.verdicts == {"harmful   doctor found it, the log holds": 1}
    [found] = inspect(specimen.file)
    assert re.match(r"a row of \w+ is not what was written", found)


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_a_thousand_bytes_that_are_wrong_are_found_or_harmless(
    specimen: Specimen, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = flip(specimen, 1000)
    with capsys.disabled():
        print(tally.table())  # noqa: T201 - the figures are what this run is for
