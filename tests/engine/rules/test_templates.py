"""The templates of specs: what they hold, and that each is a spec in order."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.base import TEXT_LIMIT
from lattice_console.engine.rules import specs, templates

DESCRIPTIONS = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t"), max_size=50)


def test_the_templates_are_known_by_name() -> None:
    assert set(templates.TEMPLATES) == {"authentication", "api", "database", "requirements", "deployment"}


@pytest.mark.parametrize("template", templates.TEMPLATES)
@given(st.from_regex(r"[a-z0-9][a-z0-9._-]{0,99}", fullmatch=True), DESCRIPTIONS)
def test_every_template_is_a_spec_without_findings(template: str, name: str, description: str) -> None:
    content = templates.render(template, name, description)
    reading = specs.read(f".lattice/specs/{name}.json", content)
    assert reading is not None
    assert (reading.name, reading.version, reading.type) == (name, "1.0.0", templates.TEMPLATES[template].type)
    assert reading.description == (description or reading.description) != ""
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        ("authentication", "requirements"),
        ("api", "api"),
        ("database", "database"),
        ("requirements", "requirements"),
        ("deployment", "generic"),
    ],
)
def test_a_template_has_its_type(template: str, kind: str) -> None:
    assert json.loads(templates.render(template, "x", ""))["type"] == kind


def test_a_template_is_indented_json_with_a_final_newline_in_utf_8() -> None:
    content = templates.render("api", "x", "Für alle.")
    assert content == (json.dumps(json.loads(content), indent=2, ensure_ascii=False) + "\n").encode()
    assert "Für alle.".encode() in content


def test_the_authentication_template_holds_what_users_expect() -> None:
    data: dict[str, Any] = json.loads(templates.render("authentication", "user-auth", ""))
    sentences = [one if isinstance(one, str) else one["description"] for one in data["requirements"]]
    for sentence, words in zip(
        sentences,
        [
            "register e-mail password",
            "password 8",
            "e-mail validated",
            "sessions expire 24 hours",
            "failed logins limited",
        ],
        strict=True,
    ):
        assert all(word in sentence.lower() for word in words.split())
    assert data["validation"] == {"test_coverage": 90, "security_scan": True, "automated_tests": True}
    assert [key.partition("_")[0] for key in data["examples"]] == ["valid", "invalid"]
    assert data["allowed_files"] == ["src/**/*"]


def test_an_unknown_template_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValidationFailed) as caught:
        templates.render("auth\x07", "x", "")
    assert caught.value.code == "VAL_TEMPLATE"
    assert caught.value.message.isprintable()
    assert all(name in caught.value.message for name in templates.TEMPLATES)


@pytest.mark.parametrize("name", ["a", "0", "user-auth", "user.auth_v2", "a" * 100])
def test_a_slug_is_a_name(name: str) -> None:
    templates.check_name(name)


@pytest.mark.parametrize("name", ["", "-a", ".a", "_a", "A", "a b", "a/b", "ä", "a\n", "a" * 101, "..", "a\u202e"])
def test_what_is_no_slug_is_refused_as_a_name(name: str) -> None:
    for refused in (lambda: templates.check_name(name), lambda: templates.render("api", name, "")):
        with pytest.raises(ValidationFailed) as caught:
            refused()
        assert caught.value.code == "VAL_NAME"
        assert caught.value.message.isprintable()


@pytest.mark.parametrize("description", ["a\x00", "a\u0085", "a\ud800", "x" * (TEXT_LIMIT + 1)])
def test_a_description_is_held_to_what_texts_are(description: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        templates.render("api", "x", description)
    assert caught.value.code == "VAL_DESCRIPTION"
