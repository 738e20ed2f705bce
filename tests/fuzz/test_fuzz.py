"""No bytes surprise a reader of untrusted input: by chance here, and for ten minutes by coverage in `make soak`."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import SEEDS, TARGETS

REPOSITORY = Path(__file__).parents[2]
MINUTES = 10


@st.composite
def spoiled(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """A sound input, of which parts were cut, repeated or put in place of others."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 6))):
        first, last = sorted(draw(st.tuples(*[st.integers(0, len(data))] * 2)))
        part = draw(st.sampled_from([b"", data[first:last] * 2, data[last:]]) | st.binary(max_size=8))
        data = data[:first] + part + data[last:]
    return data


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_is_read_is_answered_or_refused(name: str, data: st.DataObject) -> None:
    TARGETS[name](data.draw(spoiled(SEEDS[name]) | st.binary(max_size=200)))


@pytest.mark.soak
@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no wheel for this machine")
@pytest.mark.parametrize("name", TARGETS)
def test_nothing_is_found_in_ten_minutes_by_coverage(name: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.fuzz", name, str(MINUTES * 60), str(tmp_path)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=False)
    found = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert (done.returncode, found) == (0, []), done.stderr[-4000:].decode(errors="replace")
