"""Checkpoints of the audit log as files."""

import json
import os
from pathlib import Path

from pydantic import ValidationError

from lattice_console.contract.errors import ValidationFailed
from lattice_console.contract.models.audit import AuditReport, Checkpoint
from lattice_console.headless.output import SCHEMA_VERSION

_LIMIT = 10_000
"""Bytes that are read of a file: a checkpoint has some 400."""


def of(report: AuditReport) -> Checkpoint:
    """The checkpoint that a report on an intact log makes."""
    return Checkpoint(**{name: getattr(report, name) for name in Checkpoint.model_fields})


def read(file: Path) -> Checkpoint:
    """The checkpoint in a file; raises ValidationFailed (`VAL_CHECKPOINT`) and OSError."""
    with file.open("rb") as source:
        content = source.read(_LIMIT + 1)
    try:
        found = json.loads(content)
        if not isinstance(found, dict) or found.pop("schema_version", None) != SCHEMA_VERSION:
            raise ValueError("no object of this schema version")
        return Checkpoint.model_validate_json(json.dumps(found))
    except (ValueError, RecursionError, ValidationError) as error:
        raise ValidationFailed(
            "VAL_CHECKPOINT",
            f"{file} is no checkpoint of an audit log. Make one: lattice audit checkpoint FILE",
            field="against",
        ) from error


def write(file: Path, checkpoint: Checkpoint) -> None:
    """Put a checkpoint into a file, whole or not at all; raises OSError."""
    text = json.dumps({"schema_version": SCHEMA_VERSION, **checkpoint.model_dump(mode="json")}, indent=2)
    new = file.with_name(f".{file.name}.new")
    new.unlink(missing_ok=True)
    with new.open("x", encoding="utf-8") as target:
        target.write(text + "\n")
        target.flush()
        os.fsync(target.fileno())
    new.replace(file)
