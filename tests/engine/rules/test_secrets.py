"""Secrets in tracked configuration: found by key or looks, and never repeated."""

import json
from typing import Any

import pytest
from hypothesis import given

from lattice_console.engine.rules import secrets
from tests.engine.rules.json_like import VALUES

CONFIG = ".lattice/config.json"
VALUE = "hunter2hunter2hunter2"


def written(way: str, value: Any) -> bytes:
    for key in reversed(way.split("/")):
        value = {key: value}
    return json.dumps(value, indent=1).encode()


@pytest.mark.parametrize(
    ("way", "value"),
    [
        ("api/key", VALUE),
        ("smtp/auth/pass", VALUE),
        ("slack/bot_token", VALUE),
        ("clientSecret", VALUE),
        ("paddle/API-KEY", VALUE),
        ("keys/tokens/0/token", [VALUE]),
        ("database/url", f"postgresql://kim:{VALUE}@db.example/team"),
        ("slack/channel", f"https://hooks.slack.com/services/{VALUE}"),
        ("any", f"-----BEGIN RSA PRIVATE KEY-----\n{VALUE}"),
        ("any", "ghp_" + VALUE),
    ],
)
def test_a_secret_is_found_with_its_place_and_not_repeated(way: str, value: Any) -> None:
    [found] = secrets.check(CONFIG, written(way, value))
    assert (found.rule, found.severity) == ("secret", "warning")
    assert found.pointer is not None
    assert found.pointer.startswith(f"/{way}")
    assert found.line == len(way.split("/")) + 1 + isinstance(value, list)
    assert "${" in found.said
    assert VALUE not in found.said


@pytest.mark.parametrize(
    ("path", "way", "value"),
    [
        (CONFIG, "smtp/pass", "${SMTP_PASSWORD}"),
        (CONFIG, "database/url", "postgresql://kim:${PASSWORD}@db.example/team"),
        (CONFIG, "smtp/pass", ""),
        (CONFIG, "password_minimum", "eight"),
        (CONFIG, "access_token_expire", "30m"),
        (CONFIG, "password", {"min": 8}),
        (CONFIG, "api/endpoint", "https://api.example/v1?key=team"),
        (CONFIG, "key", "name"),
        (".lattice/specs/a.json", "examples/valid/password", VALUE),
        (".lattice/notes.txt", "password", VALUE),
        ("deploy/config.json", "password", VALUE),
    ],
)
def test_what_is_no_secret_or_no_configuration_is_left_alone(path: str, way: str, value: Any) -> None:
    assert secrets.check(path, written(way, value)) == ()


def test_variables_that_are_not_known_are_told_with_their_keys() -> None:
    content = written("smtp/hosts", ["${HOST}", "${USER}@${HOST}:${PORT}"])
    assert list(secrets.unset(CONFIG, content, {"USER"})) == [
        ("smtp.hosts.0", "HOST"),
        ("smtp.hosts.1", "HOST"),
        ("smtp.hosts.1", "PORT"),
    ]
    assert list(secrets.unset("a.json", content, ())) == []


@given(VALUES)
def test_whatever_a_configuration_says_it_is_read(value: Any) -> None:
    content = json.dumps(value).encode()
    assert all(one.pointer for one in secrets.check(CONFIG, content) if isinstance(value, dict))
    assert list(secrets.unset(CONFIG, content, ())) == []
