"""The URLs of servers: which may be, what they mean, and that none is shown."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console import servers
from lattice_console.servers import Servers

BASE = Path("/base")


@pytest.fixture(autouse=True)
def every_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "driver", lambda name: True)


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("sqlite:///:memory:", None),
        ("sqlite://", None),
        ("sqlite:///team.db", BASE / "team.db"),
        ("sqlite:///a%20b/team.db?timeout=3", BASE / "a b/team.db"),
        ("sqlite:////srv/team.db", Path("/srv/team.db")),
        ("postgresql://ann:pw@db.example:5433/team", "postgresql+asyncpg://ann:pw@db.example:5433/team"),
        ("postgresql+asyncpg://db.example/team", "postgresql+asyncpg://db.example/team"),
        ("postgres://db.example/team?sslmode=require&x=1", "postgresql+asyncpg://db.example/team?ssl=require&x=1"),
        ("postgresql://ann@/team?host=/var/run", "postgresql+asyncpg://ann@/team?host=/var/run"),
    ],
)
def test_the_scheme_says_what_the_database_is(url: str, meant: Path | str | None) -> None:
    assert servers.database(url, BASE) == meant


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://u:hunter2@h/d", "mysql is not supported; allowed are sqlite and postgresql"),
        ("mysql+aiomysql://u:hunter2@h/d", "mysql is not supported"),
        ("oracle://u:hunter2@h/d", "the scheme oracle is none of sqlite, postgresql"),
        ("postgresql+psycopg://u:hunter2@h/d", r"the scheme postgresql\+psycopg is none of"),
        ("hunter2@h/d", "no URL"),
        ("u:hunter2@h://d", "its scheme is none of"),
        ("postgresql://u:hunter2@h:port/d", "cannot be read as a URL"),
        ("postgresql://", "cannot be read as a URL"),
        ("postgresql://u:hunter2@[h/d", "cannot be read as a URL"),
    ],
)
def test_a_database_that_cannot_be_is_refused_without_showing_its_url(url: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        servers.database(url, BASE)
    assert "hunter2" not in str(refused.value)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "driver", lambda name: None)
    with pytest.raises(ValueError, match="postgresql takes the driver asyncpg, which is not installed"):
        servers.database("postgresql://h/d", BASE)
    with pytest.raises(ValueError, match="rediss takes the driver redis"):
        servers.server("rediss://h", servers.REDIS)
    assert servers.database("sqlite:///x.db", BASE) == BASE / "x.db"


@given(st.text(max_size=60), st.sampled_from(["", "postgresql://", "redis://", "mysql://"]))
def test_no_text_is_shown_in_a_refusal(text: str, scheme: str) -> None:
    secret = f"q9{text}9q"
    # The port is none, so that no such URL is good.
    with pytest.raises(ValueError, match=r"(scheme|URL)") as refused:
        servers.server(f"{scheme}u:{secret}@h:x/d", (*servers.POSTGRES, *servers.REDIS))
    assert secret not in str(refused.value)
    assert secret not in str(refused.value.__context__)


@given(st.text(min_size=1), st.text())
def test_a_login_goes_into_a_url_and_comes_out_of_it(user: str, password: str) -> None:
    url = servers.with_login("bolt+s://h:7687/?a=b", user, password)
    assert servers.split_login(url) == ("bolt+s://h:7687/?a=b", (user, password))


def test_a_urls_own_login_counts() -> None:
    assert servers.with_login("bolt://me@h", "other", "pw") == "bolt://me@h"
    assert servers.split_login("bolt://h") == ("bolt://h", None)


@pytest.mark.parametrize(
    ("database", "kind"), [(None, "memory"), (Path("x.db"), "local"), ("postgresql://h", "postgres")]
)
def test_servers_tell_where_the_truth_lies_and_never_their_urls(database: Any, kind: str) -> None:
    found = Servers(database, replica="hunter2", redis="hunter2", neo4j="hunter2")
    assert found.kind == kind
    assert "hunter2" not in repr(found)
    assert "://" not in repr(found)
