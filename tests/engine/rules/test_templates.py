"""The templates of specs: what they hold, and that each is a spec in order."""

import json
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.base import TEXT_LIMIT
from lattice_console.contract.models.spec import SpecFormat
from lattice_console.engine.rules import specs, syntax, templates
from lattice_console.engine.rules.rendering import new_path, own_paths, render, render_own

FORMATS: tuple[SpecFormat, ...] = get_args(SpecFormat)
DESCRIPTIONS = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t"), max_size=50)


def test_the_templates_are_known_by_name() -> None:
    assert set(templates.TEMPLATES) == {"authentication", "api", "database", "requirements", "deployment"}


@pytest.mark.parametrize("template", templates.TEMPLATES)
@given(st.from_regex(r"[a-z0-9][a-z0-9._-]{0,99}", fullmatch=True), DESCRIPTIONS, st.sampled_from(FORMATS))
def test_every_template_is_a_spec_without_findings(
    template: str, name: str, description: str, format: SpecFormat
) -> None:
    content = render(template, name, description, format)
    reading = specs.read(new_path(name, format), content)
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
    assert json.loads(render(template, "x", "", "json"))["type"] == kind


def test_a_template_is_indented_json_with_a_final_newline_in_utf_8() -> None:
    content = render("api", "x", "Für alle.", "json")
    assert content == (json.dumps(json.loads(content), indent=2, ensure_ascii=False) + "\n").encode()
    assert "Für alle.".encode() in content


def test_the_authentication_template_holds_what_users_expect() -> None:
    data: dict[str, Any] = json.loads(render("authentication", "user-auth", "", "json"))
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
        render("auth\x07", "x", "", "json")
    assert caught.value.code == "VAL_TEMPLATE"
    assert caught.value.message.isprintable()
    assert all(name in caught.value.message for name in templates.TEMPLATES)


@pytest.mark.parametrize("name", ["a", "0", "user-auth", "user.auth_v2", "a" * 100])
def test_a_slug_is_a_name(name: str) -> None:
    templates.check_name(name)


@pytest.mark.parametrize("name", ["", "-a", ".a", "_a", "A", "a b", "a/b", "ä", "a\n", "a" * 101, "..", "a\u202e"])
def test_what_is_no_slug_is_refused_as_a_name(name: str) -> None:
    for refused in (lambda: templates.check_name(name), lambda: render("api", name, "", "json")):
        with pytest.raises(ValidationFailed) as caught:
            refused()
        assert caught.value.code == "VAL_NAME"
        assert caught.value.message.isprintable()


@pytest.mark.parametrize("description", ["a\x00", "a\u0085", "a\ud800", "x" * (TEXT_LIMIT + 1)])
def test_a_description_is_held_to_what_texts_are(description: str) -> None:
    with pytest.raises(ValidationFailed) as caught:
        render("api", "x", description, "json")
    assert caught.value.code == "VAL_DESCRIPTION"


@pytest.mark.parametrize("template", templates.TEMPLATES)
def test_a_template_says_the_same_in_every_format(template: str) -> None:
    contents = {format: render(template, "x", "What it is for.", format) for format in FORMATS}
    assert [new_path("x", format) for format in FORMATS] == [
        f".lattice/specs/x.{end}" for end in ("json", "yaml", "md")
    ]
    said = [syntax.parse(new_path("x", format), content).data for format, content in contents.items()]
    assert said[0] == said[1] == said[2]
    assert contents["markdown"].endswith(b"---\n\n# x\n\nWhat it is for.\n")


BOMB = b"".join(
    b"%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n" % (at + 1, at + 1, *[at] * 8) for at in range(97, 106)
)
"""A YAML document of nine lines and a hundred million values."""

OWN_YAML = b"""# What every service says of itself.
name: NAME   # the service's
version: 0.0.0
description: |
  Say what it is for.
owners: [team-a]  # who answers for it
"""
OWN_MARKDOWN = b"""---
type: requirements
name: "NAME"
description: Say what it is for.
requirements:
  - State one.  # more below
---

# Service

Prose that stays.
"""


def test_a_template_of_ones_own_keeps_its_comments_and_prose_and_gets_what_is_the_specs_own() -> None:
    made = render_own(".lattice/templates/service.yaml", OWN_YAML, "billing", "Money: all of it", "yaml")
    assert made.decode() == (
        "# What every service says of itself.\n"
        'name: "billing"   # the service\'s\n'
        'version: "1.0.0"\n'
        'description: "Money: all of it"\n'
        "owners: [team-a]  # who answers for it\n"
    )
    made = render_own(".lattice/templates/service.md", OWN_MARKDOWN, "billing", "", "markdown")
    assert made == OWN_MARKDOWN.replace(b'"NAME"', b'"billing"').replace(b"---\ntype", b'---\nversion: "1.0.0"\ntype')
    json_own = b'{"name": "NAME", "version": "3.0.0", "limit": 1.50}'
    made = render_own(".lattice/templates/a.json", json_own, "billing", "", "json")
    assert made == b'{"name": "billing", "version": "1.0.0", "limit": 1.50}'


OWN = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(max_size=5),
        "version": st.sampled_from(["0.1.0", "x"]),
        "description": DESCRIPTIONS,
        "allowed_files": st.just(["src/**/*"]),
        "limit": st.integers() | st.none() | st.booleans() | st.text(max_size=5),
    },
)


@given(OWN, st.sampled_from(FORMATS), st.sampled_from(FORMATS), DESCRIPTIONS)
def test_whatever_a_template_is_and_its_spec_is_to_be_written_in_they_say_the_same(
    own: dict[str, Any], written: SpecFormat, format: SpecFormat, description: str
) -> None:
    path = own_paths("service", written)[0]
    text = json.dumps(own) if written == "json" else yaml.safe_dump(own, allow_unicode=True)
    content = f"---\n{text}\n---\n" if written == "markdown" else text
    made = render_own(path, content.encode(), "billing", description, format)
    data = syntax.parse(path, content.encode()).data
    expected = {**data, "name": "billing", "version": "1.0.0"}
    if description:
        expected["description"] = description
    assert syntax.parse(new_path("billing", format), made).data == expected


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("a.json", b"[1]", "no object"),
        ("a.json", b"{", "cannot be read"),
        ("a.md", b"# No front matter\n", "no object"),
        ("a.yaml", b"a: &a [1,1,1,1,1,1,1,1,1]\n" + BOMB, "more than"),
    ],
)
def test_what_cannot_be_a_template_says_why(path: str, content: bytes, why: str) -> None:
    with pytest.raises(ValidationFailed, match=why) as refused:
        render_own(f".lattice/templates/{path}", content, "x", "", "json")
    assert refused.value.code == "VAL_TEMPLATE"


def test_a_template_is_no_spec() -> None:
    assert specs.read(".lattice/templates/a.json", b'{"name": "a", "type": "api", "version": "1.0.0"}') is None
