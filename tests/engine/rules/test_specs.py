"""Specs: which documents are some, what they say, and what stands against them."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lattice_console.contract.models.spec import Finding
from lattice_console.engine.rules import specs
from lattice_console.engine.rules.checks import common
from lattice_console.engine.rules.inherited import marked
from lattice_console.engine.rules.specs import SpecReading
from lattice_console.merge.keys import REPEATED_LIMIT
from tests.engine.rules.json_like import VALUES, is_json_like

HOME = ".lattice/specs/user-auth.json"
TESTED = {"description": "It works.", "validation": "test_it_works"}


def written(data: Any) -> bytes:
    return json.dumps(data, indent=2).encode()


def read(path: str, data: Any) -> SpecReading:
    reading = specs.read(path, data if isinstance(data, bytes) else written(data))
    assert reading is not None
    return reading


def spec(**more: Any) -> dict[str, Any]:
    return {"name": "user-auth", "version": "1.0.0", **more}


def only(reading: SpecReading) -> Finding:
    assert len(reading.findings) == 1
    return reading.findings[0]


def test_a_spec_says_its_name_type_version_description_dependencies_and_requirements() -> None:
    data = spec(
        type="api",
        description="Signs in.\r\nSafely.",
        depends_on=["users", "mail", "users"],
        requirements=[TESTED, TESTED | {"description": "It is quick."}],
    )
    assert read(HOME, data) == SpecReading(
        "user-auth", "api", "1.0.0", "Signs in.\nSafely.", None, ("users", "mail"), 2, ()
    )


@pytest.mark.parametrize("path", ["docs/a.json", "docs/a.yaml", "docs/a.md"])
def test_a_spec_may_be_json_or_yaml_or_front_matter(path: str) -> None:
    data = spec(
        type="database", tables=[{"name": "users", "columns": [{"name": "id", "type": "uuid", "primary_key": True}]}]
    )
    contents = {
        "docs/a.json": written(data),
        "docs/a.yaml": yaml.safe_dump(data).encode(),
        "docs/a.md": b"---\n" + yaml.safe_dump(data).encode() + b"---\n# Users\n",
    }
    assert read(path, contents[path]) == SpecReading("user-auth", "database", "1.0.0", "", None, (), 0, ())


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        ({"type": "generic", "requirements": []}, "generic"),
        ({"requirements": [], "endpoints": [], "tables": []}, "requirements"),
        ({"endpoints": [], "tables": []}, "api"),
        ({"tables": []}, "database"),
        ({"depends_on": []}, "generic"),
    ],
)
def test_a_type_that_is_not_said_follows_from_the_keys(keys: dict[str, Any], kind: str) -> None:
    assert read("a.json", spec(**keys)).type == kind


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("package.json", {"name": "app", "version": "1.0.0", "dependencies": {}}),
        ("a.json", {"name": "x", "type": "module"}),
        ("a.json", {"name": 5, "type": "api"}),
        ("a.json", {"requirements": ["One."]}),
        ("a.json", [{"name": "x", "type": "api"}]),
        ("a.json", b"{"),
        ("a.json", {"openapi": "3.0.0", "info": "x"}),
        ("a.json", {"$schema": "https://json-schema.org/draft/2020-12/schema"}),
        ("a.txt", spec(type="api")),
        (".lattice/specs/notes.txt", spec(type="api")),
        (".lattice/specs", spec(type="api")),
    ],
)
def test_other_documents_are_no_specs(path: str, data: Any) -> None:
    assert specs.read(path, data if isinstance(data, bytes) else written(data)) is None


def test_what_lies_among_the_specs_is_one_by_the_name_of_its_file() -> None:
    reading = read(".lattice/specs/deep/User Auth.json", {"version": "1.0.0"})
    assert (reading.name, reading.type) == ("user-auth", "generic")
    finding = only(reading)
    assert (finding.rule, finding.severity, finding.line) == ("name", "error", 1)


@pytest.mark.parametrize("path", [".lattice/specs/a.json", ".lattice/specs/a.yaml", ".lattice/specs/a.md"])
def test_what_cannot_be_read_among_the_specs_is_a_spec_with_that_finding(path: str) -> None:
    finding = only(read(path, b"---\n[\n---\n"))
    assert (finding.path, finding.rule, finding.severity) == (path, "syntax", "error")


@pytest.mark.parametrize("data", [[], "x", None])
def test_what_is_no_mapping_among_the_specs_is_an_error(data: Any) -> None:
    assert only(read(HOME, data)).severity == "error"


def test_markdown_without_front_matter_among_the_specs_is_a_warning() -> None:
    reading = read(".lattice/specs/README.md", b"# Specs\n")
    assert (reading.name, reading.type, only(reading).severity) == ("readme", "generic", "warning")


@pytest.mark.parametrize(
    ("path", "title", "name"),
    [
        ("apis/petstore.yaml", "Swagger Petstore", "petstore"),
        ("apis/Pet Store.v2.yml", "Swagger Petstore", "pet-store.v2"),
        ("apis/openapi.yaml", "Swagger Petstore!", "swagger-petstore"),
        ("apis/swagger.yaml", None, "swagger"),
        ("apis/openapi.yaml", "日本", "openapi"),
        ("apis/日本.yaml", "Japan", "japan"),
        ("apis/日本.yaml", "日本", "spec"),
    ],
)
def test_an_openapi_document_is_an_api_named_by_its_file(path: str, title: str | None, name: str) -> None:
    info = {"version": "2024-01", "description": "Pets.", **({"title": title} if title else {})}
    content = yaml.safe_dump({"openapi": "3.1.0", "info": info, "paths": {}}).encode()
    assert replace(read(path, content), findings=()) == SpecReading(name, "api", "2024-01", "Pets.", None, (), 0, ())


def test_swagger_by_a_number_is_an_openapi_document_of_no_version() -> None:
    reading = read(".lattice/specs/old.yaml", b"swagger: 2.0\ninfo: {title: Old, version: 1.0}\n")
    assert (reading.name, reading.type, reading.version) == ("old", "api", None)
    assert (
        only(reading).said
        == 'It is 2.0, which is no version of OpenAPI. Write "2.0", "3.0", "3.1" or "3.2", in quotes.'
    )


def test_a_json_schema_among_the_specs_is_checked_as_one_and_held_to_no_key_of_ours() -> None:
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}
    reading = read(".lattice/specs/user.schema.json", schema)
    assert (reading.name, reading.type, reading.schema, reading.findings) == ("user.schema", "generic", schema, ())
    finding = only(read(".lattice/specs/user.schema.json", {**schema, "type": "thing"}))
    assert (finding.rule, finding.pointer, finding.line) == ("schema_definition", "/type", 3)


@pytest.mark.parametrize(
    ("keys", "rule", "pointer", "line"),
    [
        ({"name": 5}, "name", "/name", 2),
        ({"name": " "}, "name", "/name", 2),
        ({"name": "x" * 101}, "name", "/name", 2),
        ({"name": "a\u0007b"}, "name", "/name", 2),
        ({"version": 1.0}, "version", "/version", 3),
        ({"version": "1.0"}, "version", "/version", 3),
        ({"version": "v1.0.0"}, "version", "/version", 3),
        ({"version": "01.0.0"}, "version", "/version", 3),
        ({"version": "1.0.0\n"}, "version", "/version", 3),
        ({"type": "API"}, "type", "/type", 4),
        ({"type": ["api"]}, "type", "/type", 4),
        ({"type": "a\u202epi"}, "type", "/type", 4),
        ({"requirements": "One."}, "requirements", "/requirements", 4),
        ({"requirements": [TESTED, 2, 3]}, "requirements", "/requirements/1", 9),
        ({"endpoints": {}}, "endpoints", "/endpoints", 4),
        ({"endpoints": ["/users"]}, "endpoints", "/endpoints/0", 5),
        ({"tables": [None]}, "tables", "/tables/0", 5),
        ({"depends_on": "users"}, "depends_on", "/depends_on", 4),
        ({"depends_on": ["users", 5]}, "depends_on", "/depends_on/1", 6),
        ({"depends_on": [""]}, "depends_on", "/depends_on/0", 5),
        ({"depends_on": ["user-auth"]}, "depends_on", "/depends_on/0", 5),
        ({"allowed_files": "src/**/*"}, "allowed_files", "/allowed_files", 4),
        ({"allowed_files": ["src/**/*", 5]}, "allowed_files", "/allowed_files/1", 6),
        ({"allowed_files": ["/src/*"]}, "allowed_files", "/allowed_files/0", 5),
        ({"version": "1.0.0-rc..1"}, "version", "/version", 3),
        ({"version": "1.0.0-01"}, "version", "/version", 3),
        ({"schema_definition": 5}, "schema_definition", "/schema_definition", 4),
        ({"schema_definition": "{"}, "schema_definition", "/schema_definition", 4),
        ({"schema_definition": "[]"}, "schema_definition", "/schema_definition", 4),
        ({"schema_definition": '{"type": "x"}'}, "schema_definition", "/schema_definition", 4),
        ({"schema_definition": {"type": "x"}}, "schema_definition", "/schema_definition/type", 5),
        ({"schema": {"type": "x"}}, "schema_definition", "/schema/type", 5),
    ],
)
def test_what_is_wrong_is_an_error_with_its_place(keys: dict[str, Any], rule: str, pointer: str, line: int) -> None:
    finding = only(read(HOME, {**spec(), **keys}))
    assert (finding.path, finding.rule, finding.severity) == (HOME, rule, "error")
    assert (finding.pointer, finding.line) == (pointer, line)


@pytest.mark.parametrize(
    ("keys", "rule"),
    [({"version": None}, "no_version"), ({"description": 5}, "description"), ({"name": "User Auth"}, "plain_name")],
)
def test_what_could_be_better_is_a_warning(keys: dict[str, Any], rule: str) -> None:
    finding = only(read(HOME, {**spec(), **keys}))
    assert (finding.rule, finding.severity) == (rule, "warning")


@pytest.mark.parametrize(
    "version", ["1.0.0", "0.10.2", "1.0.0-rc.1", "1.0.0+build.5", "1.0.0-a.b+c", "1.0.0-0.x-1.00a+001"]
)
def test_a_semantic_version_is_accepted(version: str) -> None:
    reading = read(HOME, {**spec(), "version": version})
    assert (reading.version, reading.findings) == (version, ())


SCHEMA = {"properties": {"limits": {"properties": {"sessions": {"type": "integer"}}}}, "required": ["limits"]}


@pytest.mark.parametrize("key", ["schema_definition", "schema"])
def test_a_spec_is_held_to_its_own_schema(key: str) -> None:
    schema: Any = json.dumps(SCHEMA) if key == "schema_definition" else SCHEMA
    good = read(HOME, spec(limits={"sessions": 3}, **{key: schema}))
    assert (good.schema, good.findings) == (SCHEMA, ())
    bad = only(read(HOME, spec(limits={"sessions": "three"}, **{key: schema})))
    assert (bad.rule, bad.severity, bad.pointer, bad.line) == ("schema", "error", "/limits/sessions", 5)
    assert only(read(HOME, spec(**{key: schema}))).pointer == ""


def test_a_schema_describes_the_document_without_the_schema() -> None:
    schema = {"additionalProperties": False, "properties": {"name": {}, "version": {}}}
    assert read(HOME, spec(schema_definition=schema)).findings == ()


def test_a_schema_key_that_holds_no_mapping_is_no_schema() -> None:
    reading = read(HOME, spec(schema="public"))
    assert (reading.schema, reading.findings) == (None, ())


def test_a_pattern_that_is_not_supported_is_a_warning_of_the_spec() -> None:
    finding = only(read(HOME, spec(schema_definition={"properties": {"a": {"pattern": "(?<=a)"}}})))
    assert (finding.severity, finding.pointer) == ("warning", "/schema_definition/properties/a/pattern")


def test_a_finding_in_front_matter_counts_the_lines_of_the_file() -> None:
    finding = only(read("a.md", b"---\nname: x\ntype: api\nversion: 1\n---\n# X\n"))
    assert (finding.pointer, finding.line) == ("/version", 4)


def test_a_description_is_bounded_and_holds_no_control_characters() -> None:
    description = read(HOME, spec(description="a\u0007b\tc\n" + "x" * 200_000)).description
    assert description.startswith("a\ufffdb\tc\nxxx")
    assert len(description) == 100_000


GOOD, BROKEN = b'{"a": 1}', b'{"a": '


def test_a_patchset_may_not_break_a_document() -> None:
    assert specs.check("a.json", GOOD, None) == ()
    assert specs.check("a.json", GOOD, BROKEN) == ()
    assert [finding.rule for finding in specs.check("a.json", BROKEN, None)] == ["syntax"]
    assert [finding.rule for finding in specs.check("a.json", BROKEN, GOOD)] == ["syntax"]


def inherited(path: str, content: bytes, base: bytes, base_path: str | None = None) -> list[tuple[str, bool]]:
    return [(one.rule, one.inherited) for one in specs.check(path, content, base, base_path)]


def test_what_was_wrong_before_is_told_as_inherited() -> None:
    assert inherited("a.json", BROKEN + b"\n", BROKEN) == [("syntax", True)]
    assert inherited(HOME, BROKEN, BROKEN) == [("syntax", True)]
    bad = written(spec(version="1"))
    assert inherited(HOME, bad, bad) == [("version", True)]
    assert inherited(HOME, written(spec(version="2", type="x")), bad) == [("type", False), ("version", True)]
    assert inherited("a.json", BROKEN, b" ") == [("syntax", False)]


def test_who_brings_a_document_among_the_specs_answers_for_all_of_it() -> None:
    bad = written({"version": "1"})
    assert inherited(HOME, bad, bad, "docs/user-auth.json") == [("name", False), ("version", False)]


def test_an_error_before_stands_for_one_error_after() -> None:
    schema = {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    base, worse = (written(spec(schema=schema, **more)) for more in ({"a": 1}, {"a": 2, "b": 3}))
    assert inherited(HOME, worse, base) == [("schema", True), ("schema", False)]
    assert inherited(HOME, base, worse) == [("schema", True)]


@given(
    st.lists(
        st.builds(
            Finding,
            path=st.just("a"),
            severity=st.just("error"),
            rule=st.sampled_from("xy"),
            message=st.sampled_from("mn"),
            pointer=st.sampled_from(["", "/a"]),
        ),
        max_size=6,
    ),
    st.data(),
)
def test_errors_are_inherited_whatever_their_order_and_no_more_than_there_were(
    found: list[Finding], data: st.DataObject
) -> None:
    before = data.draw(st.permutations(found))[: data.draw(st.integers(0, 6))]
    known = [one for one in marked(found, before) if one.inherited]
    assert len(known) == len(before)
    assert Counter(one.rule for one in known) == Counter(one.rule for one in before)
    assert all(one.inherited for one in marked(before, found))


def test_warnings_stand_against_nothing() -> None:
    assert specs.check(HOME, written({"name": "user-auth"}), None) == ()


def test_documents_of_other_kinds_are_not_judged() -> None:
    assert specs.check("a.py", b"\xff{", None) == ()


KEYS = "name type version description requirements endpoints tables depends_on schema_definition schema openapi info"
SPEC_KEYS = st.sampled_from([*KEYS.split(), "$schema"])
SPEC_VALUES = VALUES | st.sampled_from(
    ["api", "1.0.0", "x", "https://json-schema.org/draft/2020-12/schema", '{"type": 5}']
)
FILES = st.sampled_from(
    [HOME, ".lattice/specs/a.yaml", ".lattice/specs/a.md", "a.json", "a.yaml", "a.md", "openapi.yml"]
)


@given(FILES, st.dictionaries(SPEC_KEYS, SPEC_VALUES) | VALUES)
def test_any_data_gives_a_reading_that_the_contract_takes(path: str, data: Any) -> None:
    content = yaml.safe_dump(data).encode()
    reading = specs.read(path, b"---\n" + content + b"---\n" if path.endswith(".md") else content)
    if path.startswith(specs.FOLDER):
        assert reading is not None
    if reading is not None:
        assert 1 <= len(reading.name) <= common.NAME_LIMIT
        assert is_json_like(reading.schema)
        assert is_json_like([reading.name, reading.version, reading.description, *reading.depends_on])
        assert all(finding.said.isprintable() for finding in reading.findings)


@given(FILES, st.binary(max_size=80), st.none() | st.binary(max_size=20))
def test_any_bytes_give_findings_of_errors_or_none(path: str, content: bytes, base: bytes | None) -> None:
    assert all(finding.severity == "error" for finding in specs.check(path, content, base))


def test_warnings_leave_room_for_the_error_that_comes_after_them() -> None:
    endpoints = [{"path": f"/{at}", "method": "GET"} for at in range(specs.DEFECT_LIMIT)]
    findings = read(HOME, spec(type="api", endpoints=[*endpoints, endpoints[0]])).findings
    assert len(findings) == specs.DEFECT_LIMIT
    assert [one.rule for one in findings if one.severity == "error"] == ["endpoint_twice"]


def test_more_repeated_keys_than_are_told_apart_are_an_error_as_well() -> None:
    keys = ", ".join(f'"k{at}": 1, "k{at}": 2' for at in range(REPEATED_LIMIT + 1))
    found = specs.errors(HOME, f'{{"name": "user-auth", {keys}}}'.encode())
    assert [(one.rule, "more than 10,000 keys" in one.message) for one in found] == [("syntax", True)]


@pytest.mark.parametrize("path", [".lattice/workflows/code-review.json", ".lattice/suppressions.json"])
def test_what_decides_something_repeats_no_key(path: str) -> None:
    twice = b'{"review_requirements": {"min_reviewers": 2},\n "review_requirements": {"min_reviewers": 1}}'
    assert [(one.rule, one.line) for one in specs.errors(path, twice)] == [("syntax", 2)]
    assert specs.errors("docs/notes.json", twice) == ()
