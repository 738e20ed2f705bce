"""`lattice validate`: what is checked, what fails, and the reports that other tools read."""

import json
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from tests.headless.driver import Lattice

API = """openapi: 3.0.3
info: {title: Shop, version: 1.0.0}
paths:
  /pets/{id}:
    get:
      responses: {"200": {description: Found.}}
"""
SOON = date.today() + timedelta(days=30)


@pytest.fixture
def shop(lattice: Lattice) -> Lattice:
    """A project with an error, a warning, a file that cannot be read, and documents without a fault."""
    lattice.write("apis/shop.yaml", API)
    lattice.write(".lattice/specs/bare.json", '{"name": "bare"}\n')
    lattice.write("docs/broken <&>.json", '{\n"a": }\n')
    lattice.ok("track", "apis", ".lattice/specs", "docs")
    return lattice


def suppress(lattice: Lattice, *entries: dict[str, str]) -> None:
    lattice.write(".lattice/suppressions.json", json.dumps({"suppressions": entries}))
    lattice.ok("track", ".lattice/suppressions.json")


def entry(rule: str, path: str, expires: date = SOON) -> dict[str, str]:
    return {"rule": rule, "path": path, "owner": "kim", "reason": "It is old.", "expires": expires.isoformat()}


MENDED = [entry("openapi_path_parameter", "apis/*"), entry("syntax", "docs/*")]


def test_everything_that_is_tracked_is_checked_and_errors_fail(shop: Lattice) -> None:
    found = shop("validate")
    assert found.code == 10
    rows = [line.split()[:3] for line in found.text.splitlines()[1:]]
    assert rows == [
        [".lattice/specs/bare.json:1", "warning", "no_version"],
        ["apis/shop.yaml:5", "error", "openapi_path_parameter"],
        ["docs/broken", "<&>.json:2", "error"],
    ]
    assert 'Add a parameter of that name with "in": "path"' in found.text
    assert "2 errors, 1 warning in 3 of " in found.err
    said = shop("validate", "--output", "json").json
    assert (said["total"], said["errors"], said["warnings"], said["suppressed"]) == (3, 2, 1, 0)
    assert said["documents"] >= 6


def test_what_is_suppressed_is_told_and_does_not_fail(shop: Lattice) -> None:
    suppress(shop, *MENDED)
    found = shop.ok("validate")
    assert "suppressed  openapi_path_parameter  /paths/~1pets~1{id}/get: " in found.text
    assert found.text.count(f"Suppressed by kim until {SOON}: It is old.") == 2
    assert "1 warning, 2 suppressed in 3 of " in found.err
    assert shop("validate", "--strict").code == 10
    suppress_all = [*MENDED, entry("no_version", ".lattice/specs/*")]
    shop.write(".lattice/suppressions.json", json.dumps({"suppressions": suppress_all}))
    proposed = shop.ok("mutation", "create", "--title", "Put up", "--files", ".lattice/suppressions.json")
    shop.ok("mutation", "approve", proposed.text.strip(), "--as", "ana")
    shop.ok("mutation", "execute", proposed.text.strip())
    assert shop("validate", "--strict").code == 0
    assert shop("spec", "validate", "--all").code == 0


def test_a_suppression_that_expired_is_a_finding_and_hides_nothing(shop: Lattice) -> None:
    suppress(shop, *MENDED[1:], entry("openapi_path_parameter", "apis/*", date(2025, 1, 31)))
    found = shop("validate")
    assert found.code == 10
    assert "It expired on 2025-01-31: it suppresses nothing any more." in found.text
    assert "error       openapi_path_parameter" in found.text


def test_a_suppressed_error_holds_no_mutation_back(shop: Lattice) -> None:
    shop.write("apis/other.yaml", API.replace("Shop", "Other"))

    def held_back(path: str) -> bool:
        made = shop.ok("mutation", "create", "--title", path, "--files", path, "--output", "json").json
        return bool({one["name"]: one["state"] for one in made["requirements"]}["specs_valid"] != "satisfied")

    assert held_back("apis/other.yaml")
    suppress(shop, *MENDED)
    shop.write("apis/third.yaml", API.replace("Shop", "Third"))
    assert not held_back("apis/third.yaml")


def test_a_file_of_suppressions_that_is_wrong_is_proposed_and_held_back(shop: Lattice) -> None:
    shop.write(".lattice/suppressions.json", '{"suppressions": [{"rule": "openapi"}]}')
    shop.ok("mutation", "create", "--title", "Put up", "--files", ".lattice/suppressions.json")
    shown = shop.ok("mutation", "show", "M-1").text
    assert "It has no path. Add path and owner and reason and expires" in shown


def test_where_nothing_is_wrong_that_is_said(empty: Lattice) -> None:
    empty.ok("init")
    found = empty.ok("validate", "--strict")
    assert (found.out, found.err) == (b"", "Nothing was found in 1 document.\n")


# What Jenkins' and GitLab's readers ask of JUnit XML: the attributes, and what may stand within.
NEEDED = {
    "testsuites": ({"name", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped"}, {"testcase"}),
    "testcase": ({"name", "classname"}, {"failure", "skipped", "system-out"}),
    "failure": ({"message", "type"}, set()),
    "skipped": ({"message"}, set()),
    "system-out": (set(), set()),
}


def test_junit_has_a_test_for_every_document(shop: Lattice) -> None:
    suppress(shop, MENDED[0])
    found = shop("validate", "--junit", "test-results.xml")
    report = shop("validate", "--output", "junit")
    assert (found.code, report.code) == (10, 10)
    assert (shop.root / "test-results.xml").read_bytes() == report.out
    root = ElementTree.fromstring(report.out)
    for element in root.iter():
        attributes, within = NEEDED[element.tag]
        assert element.keys() == [*dict.fromkeys(element.keys())]
        assert set(element.keys()) == attributes
        assert {child.tag for child in element} <= within
    cases = {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}
    assert cases["docs/broken <&>.json"] == ["failure"]
    assert cases["apis/shop.yaml"] == ["skipped", "system-out"]
    assert cases[".lattice/specs/bare.json"] == ["system-out"]
    assert cases["docs/api.yaml"] == []
    assert root.attrib == {"name": "lattice", "tests": str(len(cases)), "failures": "1", "errors": "0"}
    strict = ElementTree.fromstring(shop("validate", "--strict", "--output", "junit").out)
    assert strict.get("failures") == "2"


TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


URI = {"type": "string", "pattern": r"^([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$"}
PLACE = closed(
    ["artifactLocation"],
    artifactLocation=closed(["uri"], uri=URI),
    region=closed(["startLine"], startLine={"type": "integer", "minimum": 1}),
)
LOGICAL = closed(["fullyQualifiedName"], fullyQualifiedName={"type": "string"})
RESULT = closed(
    ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level={"enum": ["none", "note", "warning", "error"]},
    message=TEXT,
    locations={
        "type": "array",
        "minItems": 1,
        "items": closed(
            ["physicalLocation"], physicalLocation=PLACE, logicalLocations={"type": "array", "items": LOGICAL}
        ),
    },
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    suppressions={
        "type": "array",
        "items": closed(
            ["kind"],
            kind={"enum": ["inSource", "external"]},
            status={"enum": ["accepted", "underReview", "rejected"]},
            justification={"type": "string"},
        ),
    },
)
RULES = {"type": "array", "uniqueItems": True, "items": closed(["id"], id={"type": "string"})}
DRIVER = closed(["name"], name={"type": "string"}, version={"type": "string"}, rules=RULES)
RUN = closed(
    ["tool", "results"],
    tool=closed(["driver"], driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)
SARIF = closed(
    ["version", "runs"],
    **{"$schema": {"type": "string"}},
    version={"const": "2.1.0"},
    runs={"type": "array", "items": RUN},
)
"""What SARIF 2.1.0 asks of those of its properties that are written."""


def test_sarif_has_a_result_for_every_finding(shop: Lattice) -> None:
    suppress(shop, MENDED[0])
    found = shop("validate", "--output", "sarif")
    assert found.code == 10
    jsonschema.validate(found.json, SARIF)
    [run] = found.json["runs"]
    assert [(one["ruleId"], one["level"], "suppressions" in one) for one in run["results"]] == [
        ("no_version", "warning", False),
        ("openapi_path_parameter", "error", True),
        ("syntax", "error", False),
    ]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    broken = run["results"][2]["locations"][0]["physicalLocation"]
    assert broken == {"artifactLocation": {"uri": "docs/broken%20%3C%26%3E.json"}, "region": {"startLine": 2}}
    assert shop("spec", "validate", "bare", "--output", "sarif").json["runs"][0]["results"] == run["results"][:1]
