"""Someone who is told what could not be used."""

import pytest

from tests.profile.support import Listener


@pytest.fixture
def told() -> Listener:
    return Listener()
