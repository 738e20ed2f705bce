"""Every rule that a finding about a document can name: stable, as people suppress by them and scripts read them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from lattice_console.contract.models.spec import Severity
from lattice_console.engine.rules.defects import Defect

__all__ = ["RULES", "Rule", "broken"]


class Rule(NamedTuple):
    """Which specs it is about, how much it matters that one breaks it, and what it asks of them."""

    about: str
    severity: Severity
    asks: str


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "syntax": Rule(
            "every",
            "error",
            "JSON, YAML and front matter can be read; specs, and what lies in .lattice, repeat no key.",
        ),
        "policy": Rule("every", "error", "What the policy's documents say is legal."),
        "suppression": Rule("every", "error", "A suppression says its rule, path, owner, reason and expiry."),
        "suppression_expired": Rule("every", "warning", "No suppression has expired."),
        "secret": Rule("every", "warning", "No secret stands in the configuration that is tracked."),
        "name": Rule("every", "error", "A spec is an object with a `name` of up to 100 characters."),
        "plain_name": Rule(
            "every", "warning", "A name is typed without quotes: `a-z`, digits, dots, hyphens, underscores."
        ),
        "no_front_matter": Rule("every", "warning", "Markdown among the specs has front matter."),
        "type": Rule("every", "error", "A `type` is `api`, `database`, `requirements` or `generic`."),
        "version": Rule("every", "error", "A `version` is one of Semantic Versioning 2.0.0, as a text."),
        "no_version": Rule("every", "warning", "A spec has a version."),
        "description": Rule("every", "warning", "A `description` is a text."),
        "requirements": Rule("every", "error", "`requirements` is a list of texts and objects."),
        "endpoints": Rule("every", "error", "`endpoints` is a list of objects."),
        "tables": Rule("every", "error", "`tables` is a list of objects."),
        "allowed_files": Rule("every", "error", "`allowed_files` lists globs that can cover files of the project."),
        "depends_on": Rule("every", "error", "`depends_on` lists names of other specs, which are there."),
        "broken_reference": Rule("every", "error", "A `$ref` to another file of the project leads to something."),
        "name_twice": Rule("every", "error", "No two specs of the head say to have one name."),
        "file_name_twice": Rule("every", "warning", "No two specs of the head have one name by those of their files."),
        "circle": Rule("every", "error", "No spec depends on what depends on it."),
        "schema_definition": Rule("every", "error", "A spec's own JSON Schema is one, and small enough to be used."),
        "schema_unchecked": Rule("every", "warning", "A spec's own JSON Schema can be held against it in full."),
        "schema": Rule("every", "error", "A spec satisfies its own JSON Schema."),
        "endpoint": Rule("api", "error", "An endpoint has a `path` from the root, or a URL, and a `method` of HTTP."),
        "endpoint_twice": Rule(
            "api", "error", "No two endpoints have one method and one path, but for parameters' names."
        ),
        "path_parameter": Rule("api", "warning", "Each parameter of a path has a schema."),
        "status_code": Rule("api", "error", "Status codes are those of HTTP, each once."),
        "no_status_codes": Rule("api", "warning", "An endpoint has status codes, one for when all is well among them."),
        "authentication": Rule("api", "warning", "An endpoint says whether one has to be signed in, or the spec does."),
        "schema_reference": Rule("api", "error", "What fields refer to is one of the `schemas`."),
        "field_type": Rule("api", "warning", "The type of a field is a simple one, or names a schema."),
        "requirement": Rule(
            "requirements", "error", "A requirement is a sentence, or an object with one as `description`."
        ),
        "requirement_twice": Rule("requirements", "warning", "No requirement is there twice."),
        "untestable": Rule(
            "requirements", "warning", "A requirement has a validation, or the spec one for all of them."
        ),
        "validation": Rule("requirements", "error", "A validation of `type` length or regex has bounds or a pattern."),
        "test_case": Rule(
            "requirements", "error", "A test case has `input` and `expected`, and comes out as expected."
        ),
        "not_run": Rule("requirements", "warning", "Validations and test cases can be run without running a program."),
        "many_subjects": Rule("requirements", "warning", "A spec is about one thing, or two."),
        "table": Rule("database", "error", "A table is an object with a `name`, and `columns` in a list."),
        "table_twice": Rule("database", "error", "No two tables have one name, in whatever case."),
        "no_columns": Rule("database", "warning", "A table has columns."),
        "column": Rule("database", "error", "A column has a `name` and a `type`; its switches are true or false."),
        "column_twice": Rule("database", "error", "No two columns of a table have one name, in whatever case."),
        "column_type": Rule("database", "warning", "The type of a column is one of SQL, or one that `types` declares."),
        "primary_key": Rule("database", "warning", "A table has a primary key."),
        "index": Rule("database", "error", "An index has a `name`, and `columns` in a list that is not empty."),
        "index_twice": Rule("database", "error", "No two indexes have one name."),
        "constraint": Rule("database", "error", "A constraint has a `name`, a known `type` and what that type needs."),
        "constraint_twice": Rule("database", "error", "No two constraints of a table have one name."),
        "missing_column": Rule("database", "error", "Keys, indexes and constraints name columns that their table has."),
        "condition": Rule("database", "warning", "The condition of a check names columns that its table has."),
        "foreign_reference": Rule("database", "error", "What a foreign key refers to is a column of a table."),
        "openapi": Rule("OpenAPI", "error", "The document has the form that its version of OpenAPI is published with."),
        "openapi_unchecked": Rule("OpenAPI", "warning", "Its version, and the dialect of its schemas, are known."),
        "openapi_default": Rule("OpenAPI", "error", "The default value of a schema keeps to it."),
        "openapi_items": Rule("OpenAPI", "error", "The items of a list have one schema, not a list of them (2.0)."),
        "openapi_operation_id": Rule("OpenAPI", "error", "No two operations have the same `operationId`."),
        "openapi_parameter": Rule("OpenAPI", "error", "No two parameters of an operation have one name and place."),
        "openapi_path": Rule("OpenAPI", "error", "No two paths differ only in the names of their parameters."),
        "openapi_path_parameter": Rule("OpenAPI", "error", "The parameters of a path are those in its braces."),
        "openapi_reference": Rule("OpenAPI", "error", "A `$ref` within the document leads to something."),
        "openapi_security": Rule("OpenAPI", "error", "A security scheme that is required is declared."),
        "openapi_tag": Rule("OpenAPI", "error", "No two tags have the same name."),
    }
)
"""The rules by their ids."""


def broken(rule: str, message: str, pointer: str, remedy: str) -> Defect:
    """A defect by a rule, as severe as that is."""
    return Defect(rule, message, pointer, RULES[rule].severity, remedy)
