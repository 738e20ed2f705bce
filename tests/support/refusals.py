"""Expecting a refusal by its code."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lattice_console.contract.errors import LatticeError


@contextmanager
def refusal(code: str) -> Iterator[pytest.ExceptionInfo[LatticeError]]:
    """The block must raise a LatticeError with exactly that code."""
    with pytest.raises(LatticeError) as refused:
        yield refused
    assert refused.value.code == code, f"{refused.value.code}: {refused.value.message}"
