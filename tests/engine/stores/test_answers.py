from sqlite3 import IntegrityError

import pytest

from lattice_console.engine.ports import Tables
from tests.engine.stores.samples import NOW, PROJECT


def test_an_answer_is_found_under_its_scope_actor_and_key_alone(tables: Tables) -> None:
    tables.answers.keep(PROJECT, "kim", "key", "fingerprint", b"\x00answer", NOW)
    assert tables.answers.find(PROJECT, "kim", "key") == ("fingerprint", b"\x00answer")
    for other in (("installation", "kim", "key"), (PROJECT, "alex", "key"), (PROJECT, "kim", "other")):
        assert tables.answers.find(*other) is None


def test_a_key_is_answered_once(tables: Tables) -> None:
    tables.answers.keep(PROJECT, "kim", "key", "fingerprint", b"first", NOW)
    with pytest.raises(IntegrityError):
        tables.answers.keep(PROJECT, "kim", "key", "fingerprint", b"second", NOW)
    assert tables.answers.find(PROJECT, "kim", "key") == ("fingerprint", b"first")
