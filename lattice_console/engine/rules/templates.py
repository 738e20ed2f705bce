"""The specs that `spec create` starts from, and what a new one may be called."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from lattice_console.contract.errors import ValidationFailed

__all__ = ["FOLDER", "NAME_LIMIT", "TEMPLATES", "Template", "check_name"]

FOLDER: Final = ".lattice/templates/"
"""Where a project has templates of its own: documents that are no specs themselves."""

NAME_LIMIT = 100
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Template:
    """A spec to begin with: what it is for, its type, and the keys below name, version and description."""

    summary: str
    type: str
    body: Mapping[str, Any]


_SOURCES = ["src/**/*"]

TEMPLATES: Final[Mapping[str, Template]] = MappingProxyType(
    {
        "authentication": Template(
            "Sign-up and sign-in of users by e-mail and password",
            "requirements",
            {
                "requirements": [
                    "Users register with an e-mail address and a password.",
                    {
                        "description": "A password has at least 8 characters.",
                        "validation": {"type": "length", "min": 8},
                    },
                    {
                        "description": "The e-mail address is validated.",
                        "validation": {"type": "regex", "pattern": r"^[^@\s]+@[^@\s]+\.[^@\s]+$"},
                    },
                    "Sessions expire after 24 hours.",
                    "Failed logins are limited.",
                ],
                "allowed_files": _SOURCES,
                "examples": {
                    "valid_registration": {"email": "kim@example.com", "password": "correct-horse-battery"},
                    "invalid_registration": {"email": "kim.example.com", "password": "short"},
                },
                "validation": {"test_coverage": 90, "security_scan": True, "automated_tests": True},
            },
        ),
        "api": Template(
            "The endpoints of an HTTP API with their requests and responses",
            "api",
            {
                "endpoints": [
                    {
                        "path": "/items",
                        "method": "POST",
                        "description": "Create an item.",
                        "authentication": "required",
                        "request": {
                            "schema": {
                                "title": {"type": "string", "required": True, "min_length": 1},
                                "state": {"type": "string", "enum": ["open", "closed"], "default": "open"},
                            }
                        },
                        "response": {
                            "status_codes": [201, 400, 401],
                            "schema": {"id": "string", "title": "string", "created_at": "datetime"},
                        },
                        "examples": {"valid_item": {"title": "A first item"}, "invalid_item": {"title": ""}},
                    }
                ],
                "security": {"authentication": "jwt", "authorization": "rbac", "input_validation": True},
                "allowed_files": _SOURCES,
                "validation": {
                    "test_coverage": 80,
                    "contract_tests": True,
                    "request_validation": "strict",
                    "response_validation": "strict",
                    "error_handling": "standardized",
                    "rate_limiting": {"enabled": True, "requests_per_minute": 60},
                },
            },
        ),
        "database": Template(
            "The tables of a database and how they migrate",
            "database",
            {
                "tables": [
                    {
                        "name": "items",
                        "description": "What users keep.",
                        "columns": [
                            {"name": "id", "type": "uuid", "primary_key": True},
                            {"name": "title", "type": "text", "not_null": True},
                            {"name": "created_at", "type": "timestamptz", "not_null": True, "index": True},
                        ],
                        "indexes": [{"name": "items_title", "columns": ["title"], "unique": False}],
                        "constraints": [{"name": "items_title_present", "type": "check", "condition": "title <> ''"}],
                    }
                ],
                "migrations": {
                    "strategy": "incremental",
                    "rollback_enabled": True,
                    "backup_before_migration": True,
                    "downtime_threshold": "30s",
                },
                "allowed_files": _SOURCES,
                "validation": {"test_coverage": 80, "automated_tests": True},
            },
        ),
        "requirements": Template(
            "What a part of the system must do, in sentences that can be tested",
            "requirements",
            {
                "requirements": ["State one thing that must hold, so that a test can decide it."],
                "allowed_files": _SOURCES,
                "examples": {},
                "validation": {"test_coverage": 80, "automated_tests": True},
            },
        ),
        "deployment": Template(
            "How the system goes to staging and production",
            "generic",
            {
                "requirements": [
                    "Every deployment goes to staging before it goes to production.",
                    "A deployment that raises the error rate is rolled back.",
                ],
                "environments": ["staging", "production"],
                "deployment": {
                    "strategy": "canary",
                    "canary_percentage": 10,
                    "monitoring_period": "2h",
                    "rollback_triggers": ["error_rate > 1%", "response_time > 500ms"],
                },
                "validation": {"automated_tests": True},
            },
        ),
    }
)
"""The templates by name."""


def check_name(name: str) -> None:
    """Accept the name of a new spec: a slug, which is a file's name on every system and is typed without quotes.

    Raises:
        ValidationFailed: VAL_NAME, if it is none or has more than 100 characters.
    """
    if len(name) > NAME_LIMIT or not _NAME.fullmatch(name):
        shown = name if len(name) <= NAME_LIMIT else f"{name[:NAME_LIMIT]}..."
        raise ValidationFailed(
            "VAL_NAME",
            f"{shown!a} cannot name a spec. Use up to {NAME_LIMIT} lower-case letters, digits, dots, hyphens and "
            "underscores, beginning with a letter or a digit.",
            field="name",
        )
